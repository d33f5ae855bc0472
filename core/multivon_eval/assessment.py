"""The nouns of judging: a judge's answer and its cost, a verdict and its evidence, a score.

Money is ``Decimal`` US dollars, counts of tokens are integers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import attrs

YesNoUnknown = Literal["yes", "no", "unknown"]


@attrs.frozen
class Evidence:
    """A quote from the transcript that a judge gave for an answer.

    Attributes:
        turn: The turn it stands in, from 1.
        quote: The words.
        found: Whether they really stand in the transcript.
    """

    turn: int
    quote: str
    found: bool


@attrs.frozen
class Votes:
    """How the votes on one criterion are split.

    Attributes:
        yes: So many said that it is met.
        no: So many said that it is not.
        unknown: So many could not tell.
        missing: So many were asked for and not given: the judge failed, or the budget did not reach.
    """

    yes: int
    no: int
    unknown: int
    missing: int = 0


@attrs.frozen
class CriterionVerdict:
    """The judge's answer on one success criterion.

    Attributes:
        criterion: Its text.
        met: yes, no or unknown; of several votes what more than half of those asked for say, else unknown.
        reason: Why.
        evidence: Quotes, checked against the transcript.
        votes: How the votes are split; None where the judge was asked once.
    """

    criterion: str
    met: YesNoUnknown
    reason: str
    evidence: tuple[Evidence, ...] = ()
    votes: Votes | None = None


@attrs.frozen
class Verdict:
    """Did the assistant meet the persona's success criteria?

    Attributes:
        achieved: True if every criterion is met, False if one is not, None otherwise.
        reason: Why, or why there is no verdict.
        criteria: One answer for each criterion; empty if the judge gave none.
        failed: Whether asking the judge failed, so that there is no verdict.
        cut: Whether the budget kept the judge from being asked.
    """

    achieved: bool | None
    reason: str
    criteria: tuple[CriterionVerdict, ...] = ()
    failed: bool = False
    cut: bool = False

    @classmethod
    def over(cls, criteria: tuple[CriterionVerdict, ...], reason: str) -> Verdict:
        """The verdict that the answers on all criteria make."""
        answers = {criterion.met for criterion in criteria}
        achieved = False if "no" in answers else True if answers == {"yes"} else None
        return cls(achieved, reason, criteria)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The quotes of all criteria."""
        return tuple(quote for criterion in self.criteria for quote in criterion.evidence)


@attrs.frozen
class Score:
    """What an evaluator says of a conversation.

    Attributes:
        value: From 0 to 1, or None where there is no score.
        reason: How it came about, or why there is none.
        status: ``scored``; ``skipped``, nothing to score; ``failed``, the scoring itself failed.
        threshold: From which value on the evaluator calls it good, if it says so.
        cut: Whether the budget kept the score from being made.
    """

    value: float | None
    reason: str
    status: Literal["scored", "skipped", "failed"] = "scored"
    threshold: float | None = None
    cut: bool = False

    def __attrs_post_init__(self) -> None:
        if (self.value is not None) != (self.status == "scored"):
            raise ValueError(f"a score has a value if and only if its status is 'scored': {self!r}")
        if self.value is not None and not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a score stands between 0 and 1, not at {self.value!r}")

    @classmethod
    def skipped(cls, reason: str) -> Score:
        """No score, because there is nothing to score."""
        return cls(None, reason, "skipped")

    @classmethod
    def failed(cls, reason: str) -> Score:
        """No score, because scoring failed."""
        return cls(None, reason, "failed")


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
