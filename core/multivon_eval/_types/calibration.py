"""What labels of people say of a judge, and what it is bound to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._set_module import set_module
from ..errors import UsageError
from .agreement import Agreement
from .converter import make_plain, structure
from .interval import Interval
from .json_value import freeze_values
from .reading import read_field, read_object
from .unseen import FailureKinds

CALIBRATION_VERSION = 1


@set_module("multivon_eval")
@attrs.frozen
class JudgeIdentity:
    """What makes a judge the one that it is: change one of these and its errors are others.

    Attributes:
        provider: The name of the judge plug-in.
        asked: The model that was asked for.
        model: The model that the provider said it used.
        temperature: That of the verdict; None if none was sent.
        prompt: The digest of the words it is asked with.
        votes: How many votes make a verdict.
        calls: Whether questions are asked in ``separate`` requests, or ``together``.
        options: The options of its SPEC that may change what it says: not where it is, its key and its prices.
    """

    provider: str
    asked: str
    model: str
    temperature: float | None
    prompt: str
    votes: int = 1
    calls: str = "separate"
    options: str = ""

    def list_changes(self, other: JudgeIdentity, *, is_before: bool = False) -> list[str]:
        """Say in which way another judge differs from this one.

        Args:
            other: The other one.
            is_before: Whether it was not asked yet, so that what it will use is known by what is asked for.
        """
        unknown = ("model", "temperature") if is_before else ("asked",)
        return [
            f"the judge's {_NAMES[name]} was {before!r} and is {now!r}"
            for name in _NAMES
            if name not in unknown and (before := getattr(self, name)) != (now := getattr(other, name))
        ]


_NAMES = {
    "provider": "provider",
    "asked": "model",
    "model": "model",
    "temperature": "temperature",
    "prompt": "prompt (its digest)",
    "votes": "number of votes",
    "calls": "way of being asked",
    "options": "SPEC",
}


@set_module("multivon_eval")
@attrs.frozen
class Disagreement:
    """A conversation of which judge and person say different things.

    Attributes:
        persona: Its persona's name.
        trial: Which conversation of it.
        case_uid: The identity of both.
        judge: What the judge says: yes, no or unknown.
        person: What the person says.
        criteria: The texts of the criteria on which they differ.
        note: The person's note.
    """

    persona: str
    trial: int
    case_uid: str
    judge: str
    person: str
    criteria: tuple[str, ...] = ()
    note: str = ""


@set_module("multivon_eval")
@attrs.frozen
class JudgeErrors:
    """How often a judge is right, with what correcting another run takes.

    Attributes:
        sensitivity: Of the conversations that achieved the goal, the share that the judge calls so.
        specificity: Of those that did not, the share that the judge calls so.
        centre: Both, drawn a little to the middle: what a correction reckons with, for few labels that all agree are
            no proof of a judge without errors.
        variances: Of both.
        covariance: Of the two.
        freedom: Degrees of freedom of these estimates.
    """

    sensitivity: Interval
    specificity: Interval
    centre: tuple[float, float]
    variances: tuple[float, float]
    covariance: float
    freedom: int


@set_module("multivon_eval")
@attrs.frozen
class Calibration:
    """How a judge's verdicts agree with the labels of people.

    Attributes:
        judge: Which judge it holds for.
        labels: Number of conversations with a label of yes or no and a verdict of yes or no.
        unsure: Number of labels of unknown, which calibrate nothing.
        agreement: How verdicts agree with labels, as they were drawn: on ``goal achieved``, on ``all criteria``, and on
            each criterion that has five labels or more, by its text.
        kappa: Cohen's kappa, for all conversations of the run, with its interval; None where it is not defined.
        errors: How often the judge is right; None where there are too few labels.
        goal_rate: The goal rate of the labelled run as the judge has it; None where it decided nothing.
        corrected_goal_rate: The goal rate of that run corrected by the labels; None where there are too few.
        reason: Why something is missing; empty where nothing is.
        disagreements: The conversations of which judge and person say different things.
        kinds: In which ways the conversations of the run failed, a kind that a person named in the place of criteria;
            None where nothing was counted.
    """

    judge: JudgeIdentity
    labels: int
    unsure: int
    agreement: Mapping[str, Agreement] = attrs.field(converter=freeze_values)
    kappa: Interval | None
    errors: JudgeErrors | None
    goal_rate: Interval | None
    corrected_goal_rate: Interval | None
    reason: str = ""
    disagreements: tuple[Disagreement, ...] = ()
    kinds: FailureKinds | None = None


def calibration_to_json(calibration: Calibration) -> dict[str, Any]:
    """Give a calibration as the JSON object of its file."""
    row: dict[str, Any] = make_plain(calibration)
    return {"schema_version": CALIBRATION_VERSION, **row}


def calibration_from_json(row: Mapping[str, Any]) -> Calibration:
    """Read a calibration from the parsed object of its file.

    Raises:
        UsageError: If it is none.
    """
    if not isinstance(row, Mapping) or "judge" not in row or "agreement" not in row:
        raise UsageError("no calibration; give a file that multivon-eval calibrate --out wrote")
    version = row.get("schema_version")
    if version != CALIBRATION_VERSION:
        raise UsageError(f"'schema_version' is {version!r}, not {CALIBRATION_VERSION}; calibrate again")
    return read_field({"calibration": row}, "calibration", lambda given: structure(read_object(given), Calibration))
