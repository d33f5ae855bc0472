"""A verdict on the goal and its evidence."""

from __future__ import annotations

from typing import Literal

import attrs

from .._set_module import set_module

YesNoUnknown = Literal["yes", "no", "unknown"]

Outcome = Literal["achieved", "not achieved", "unknown"]
OUTCOMES: tuple[Outcome, ...] = ("achieved", "not achieved", "unknown")
"""A verdict in words, each there is."""


@set_module("multivon_eval")
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


@set_module("multivon_eval")
@attrs.frozen
class Claim:
    """Something that the assistant says it has done and no tool call shows.

    Attributes:
        turn: The turn it stands in, from 1.
        quote: The words.
        found: Whether they really stand in the transcript.
        backed: False where the system has tools and no call shows it; None where it shows no tools, so none could.
    """

    turn: int
    quote: str
    found: bool
    backed: bool | None = None


@set_module("multivon_eval")
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


@set_module("multivon_eval")
@attrs.frozen
class CriterionVerdict:
    """The judge's answer on one success criterion.

    Attributes:
        criterion: Its text.
        met: yes, no or unknown; of several votes what more than half of those asked for say, else unknown.
        reason: Why.
        evidence: Quotes, checked against the transcript.
        votes: How the votes are split; None where the judge was asked once.
        turns: For something that was not done: the turns in which it could have been.
    """

    criterion: str
    met: YesNoUnknown
    reason: str
    evidence: tuple[Evidence, ...] = ()
    votes: Votes | None = None
    turns: tuple[int, ...] = ()


@set_module("multivon_eval")
@attrs.frozen
class Verdict:
    """Did the assistant meet the persona's success criteria?

    Attributes:
        achieved: True if every criterion is met, False if one is not, None otherwise.
        reason: Why, or why there is no verdict.
        criteria: One answer for each criterion; empty if the judge gave none.
        failed: Whether asking the judge failed, so that there is no verdict.
        cut: Whether the budget kept the judge from being asked.
        claims: What the assistant says it has done and no tool call shows.
    """

    achieved: bool | None
    reason: str
    criteria: tuple[CriterionVerdict, ...] = ()
    failed: bool = False
    cut: bool = False
    claims: tuple[Claim, ...] = ()

    @classmethod
    def over(cls, criteria: tuple[CriterionVerdict, ...], reason: str) -> Verdict:
        """The verdict that the answers on all criteria make."""
        answers = {criterion.met for criterion in criteria}
        achieved = False if "no" in answers else True if answers == {"yes"} else None
        return cls(achieved, reason, criteria)

    @property
    def outcome(self) -> Outcome:
        """The verdict in words: ``achieved``, ``not achieved`` or ``unknown``."""
        if self.achieved is None:
            return "unknown"
        return "achieved" if self.achieved else "not achieved"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The quotes of all criteria."""
        return tuple(quote for criterion in self.criteria for quote in criterion.evidence)
