"""What a person says of a conversation, and the line of a file in which that stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from .._set_module import set_module
from ..errors import UsageError
from .agreement import WORDS
from .converter import make_plain
from .reading import read_field, read_list_of, read_number, read_object, read_one_of, read_text, read_whole
from .result import SimulationResult
from .verdict import YesNoUnknown

LABEL_VERSION = 1
"""The version of a line of labels; only additions within one version."""
_REQUIRED = ("case_uid", "transcript", "criteria")
"""What makes a line a label; written whatever it is."""


@set_module("multivon_eval")
@attrs.frozen
class CriterionLabel:
    """What a person says of one success criterion.

    Attributes:
        criterion: Its text.
        met: yes, no or unknown.
    """

    criterion: str
    met: YesNoUnknown


@set_module("multivon_eval")
@attrs.frozen
class Label:
    """What a person says of one conversation, without having seen the judge's verdict.

    Attributes:
        case_uid: The identity of persona and trial.
        transcript: The digest of what was said, of :func:`multivon_eval.digest_transcript`: a label belongs to these
            words, whoever judges them.
        criteria: One answer for each success criterion, in their order.
        persona: The persona's name, for people.
        trial: Which conversation of this persona, from 1.
        turn: The turn that decides, from 1; None where none was named.
        note: What the person has to say of it.
        kind: In which way it failed, in a word or two of the person's; empty where it did not or none was named.
        labelled_by: Who said it.
        labelled_at: When, ISO 8601, UTC.
        seconds: How long it took.
        seed: The seed of the sample.
    """

    case_uid: str
    transcript: str
    criteria: tuple[CriterionLabel, ...]
    persona: str = ""
    trial: int = 1
    turn: int | None = None
    note: str = ""
    kind: str = ""
    labelled_by: str = ""
    labelled_at: str = ""
    seconds: float | None = None
    seed: int | None = None

    @property
    def goal_achieved(self) -> YesNoUnknown:
        """No if one criterion is not met, yes if all are, unknown otherwise: as a verdict follows from its criteria."""
        said = {criterion.met for criterion in self.criteria}
        return "no" if "no" in said else "yes" if said == {"yes"} else "unknown"


def digest_transcript(result: SimulationResult) -> str:
    """Derive from a conversation what a label knows it by: 16 hexadecimal digits of a SHA-256 of all that was said."""
    said = [[message.role, message.content] for message in result.transcript]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()[:16]


def label_to_json(label: Label) -> dict[str, Any]:
    """Give a label as the JSON object of its line; what was not said is left out."""
    row: dict[str, Any] = make_plain(label)
    kept = {name: value for name, value in row.items() if value not in ("", None) or name in _REQUIRED}
    return {"schema_version": LABEL_VERSION, **kept, "goal_achieved": label.goal_achieved}


def label_from_json(row: Mapping[str, Any]) -> Label:
    """Read a label from the parsed object of its line.

    Raises:
        UsageError: If it is none, or a value has another type than it should have; the message names the field.
    """
    if not isinstance(row, Mapping):
        raise UsageError(f"a label is an object, and this is {type(row).__name__}; give a file of labels")
    version = row.get("schema_version", LABEL_VERSION)
    if version != LABEL_VERSION:
        raise UsageError(f"'schema_version' is {version!r}, not {LABEL_VERSION}; upgrade multivon-eval to read it")
    if missing := [name for name in _REQUIRED if row.get(name) is None]:
        raise UsageError(f"{', '.join(map(repr, missing))} is missing; give a file of labels")
    given = {name: read_field(row, name, read) for name, read in _READERS.items() if row.get(name) is not None}
    return Label(**given)


def _read_criteria(rows: Any) -> tuple[CriterionLabel, ...]:
    return read_list_of(lambda row: _read_criterion(read_object(row)))(rows)


def _read_criterion(row: Mapping[str, Any]) -> CriterionLabel:
    return CriterionLabel(read_field(row, "criterion", read_text), read_field(row, "met", read_one_of(*WORDS)))


_READERS: dict[str, Callable[[Any], Any]] = {
    "case_uid": read_text,
    "transcript": read_text,
    "criteria": _read_criteria,
    "persona": read_text,
    "trial": read_whole,
    "turn": read_whole,
    "note": read_text,
    "kind": read_text,
    "labelled_by": read_text,
    "labelled_at": read_text,
    "seconds": read_number,
    "seed": read_whole,
}
