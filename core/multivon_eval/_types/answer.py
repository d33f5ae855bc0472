"""A judge's answer, its usage and its prices. Money is ``Decimal`` US dollars, usage is in tokens."""

from __future__ import annotations

from decimal import Decimal

import attrs

from .._set_module import set_module


@set_module("multivon_eval.sdk")
@attrs.frozen
class Usage:
    """What a judge read and wrote, in tokens.

    Attributes:
        input_tokens: All prompt tokens, cached ones included.
        output_tokens: All completion tokens.
        cached_tokens: Prompt tokens that the provider served from its cache.
        cache_write_tokens: Prompt tokens that it wrote to its cache, where it charges for that.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )


@set_module("multivon_eval.sdk")
@attrs.frozen
class Prices:
    """What a judge's tokens cost, in USD per million.

    Attributes:
        input: Prompt tokens.
        output: Completion tokens.
        cached: Prompt tokens served from the provider's cache.
        source: Where the numbers come from.
        cache_write: Prompt tokens written to the provider's cache; None where they cost what others cost.
    """

    input: Decimal
    output: Decimal
    cached: Decimal
    source: str
    cache_write: Decimal | None = None

    @property
    def dearest_input(self) -> Decimal:
        """The most that a prompt token can cost, in USD per million."""
        return max(self.input, self.cached, self.cache_write or self.input)

    def cost(self, usage: Usage) -> Decimal:
        """The cost of a call in USD."""
        written = self.input if self.cache_write is None else self.cache_write
        fresh = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
        total = fresh * self.input + usage.cached_tokens * self.cached + usage.cache_write_tokens * written
        return (total + usage.output_tokens * self.output) / 1_000_000


@set_module("multivon_eval.sdk")
@attrs.frozen
class Answer:
    """What a judge gives back for a question.

    Attributes:
        text: The answer as the model wrote it.
        usage: What it took, in tokens.
        cost_usd: What it cost, in USD.
        model: The model the provider says it used.
        temperature: The temperature that was really sent; None if none was.
        notes: What differed from the request, such as a parameter that the model refused.
    """

    text: str
    usage: Usage = attrs.field(factory=Usage)
    cost_usd: Decimal = Decimal(0)
    model: str = ""
    temperature: float | None = None
    notes: tuple[str, ...] = ()
