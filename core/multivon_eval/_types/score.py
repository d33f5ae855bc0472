"""What an evaluator says of a conversation."""

from __future__ import annotations

from numbers import Real
from typing import Literal

import attrs

from .._set_module import set_module


def _read_share(value: float | None) -> float | None:
    """Read a number from 0 to 1, of whatever class it is (numpy has its own); JSON has one kind."""
    if value is None:
        return None
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"a score stands between 0 and 1, and is no {type(value).__name__}")
    share = float(value)
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a score stands between 0 and 1, not at {share!r}")
    return share


def _check_reason(score: Score, attribute: attrs.Attribute[str], value: str) -> None:
    if not isinstance(value, str):  # type checkers are not everybody's
        raise TypeError(f"the reason of a score is a string, and no {type(value).__name__}")


@set_module("multivon_eval")
@attrs.frozen
class Score:
    """What an evaluator says of a conversation.

    Attributes:
        value: From 0 to 1, or None where there is no score.
        reason: How it came about, or why there is none.
        status: ``scored``; ``skipped``, nothing to score; ``failed``, the scoring itself failed.
        threshold: From which value on the evaluator calls it good, if it says so.
        cut: Whether the budget kept the score from being made.
        items: Number of things that the score rests on; None where nothing was counted.
        findings: What is not as it should be, a sentence each with its turn; also where there is no score.

    Raises:
        TypeError: If the value or the threshold is no number, or the reason no string.
        ValueError: If value or threshold do not stand between 0 and 1, or there is a value without ``scored``.
    """

    value: float | None = attrs.field(converter=_read_share)
    reason: str = attrs.field(validator=_check_reason)
    status: Literal["scored", "skipped", "failed"] = "scored"
    threshold: float | None = attrs.field(default=None, converter=_read_share)
    cut: bool = False
    items: int | None = None
    findings: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if (self.value is not None) != (self.status == "scored"):
            raise ValueError(f"a score has a value if and only if its status is 'scored': {self!r}")

    @classmethod
    def skipped(cls, reason: str) -> Score:
        """No score, because there is nothing to score."""
        return cls(None, reason, "skipped")

    @classmethod
    def failed(cls, reason: str) -> Score:
        """No score, because scoring failed."""
        return cls(None, reason, "failed")
