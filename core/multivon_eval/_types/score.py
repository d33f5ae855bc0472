"""What an evaluator says of a conversation."""

from __future__ import annotations

from typing import Literal

import attrs

from .._set_module import set_module


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
