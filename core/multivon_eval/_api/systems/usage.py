"""What a reply used and cost, where the SDK that made it tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from ..._money.amount import read_budget
from ...errors import UsageError

_MILLION = Decimal(1_000_000)
_INPUT = ("input_tokens", "prompt_tokens")
_OUTPUT = ("output_tokens", "completion_tokens")


@attrs.frozen
class TokenPrices:
    """What a system's tokens cost.

    Attributes:
        input: USD per million tokens of the prompt; None where nobody said.
        output: USD per million tokens of the answer; likewise.
    """

    input: Decimal | None = None
    output: Decimal | None = None

    @classmethod
    def of(cls, price_in: object, price_out: object) -> TokenPrices:
        """Read the prices that a caller gave.

        Raises:
            UsageError: If only one is there, or one is no amount.
        """
        if (price_in is None) != (price_out is None):
            raise UsageError("one price of two is given; give price_in and price_out, in USD per million tokens")
        try:
            return cls(*(None if price is None else read_budget(price) for price in (price_in, price_out)))
        except UsageError:
            given = f"price_in={price_in!r}, price_out={price_out!r}"
            raise UsageError(f"{given} are no prices; give USD per million tokens, 0 or more") from None

    def cost(self, usage: Mapping[str, int]) -> Decimal | None:
        """What a reply cost, in USD; None where prices or tokens are not known."""
        if self.input is None or self.output is None or not usage:
            return None
        return (usage["input_tokens"] * self.input + usage["output_tokens"] * self.output) / _MILLION


def sum_usage(told: Iterable[object]) -> dict[str, int]:
    """Add up the tokens that an SDK's objects or dicts tell.

    Returns:
        ``input_tokens`` and ``output_tokens``; empty where nothing tells them.
    """
    known = [pair for one in told if None not in (pair := (_find(one, _INPUT), _find(one, _OUTPUT)))]
    if not known:
        return {}
    return {
        "input_tokens": sum(given or 0 for given, _ in known),
        "output_tokens": sum(made or 0 for _, made in known),
    }


def _find(usage: object, names: tuple[str, ...]) -> int | None:
    for name in names:
        value: Any = usage.get(name) if isinstance(usage, Mapping) else getattr(usage, name, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
