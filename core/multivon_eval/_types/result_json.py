"""Results as JSON: one object a line, checked against a schema that ships with the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any, get_args

from ..errors import UsageError
from .conversation import Conversation, DriverFault, SimulationError
from .converter import make_plain, structure
from .imported import read_imported_persona
from .message import Message
from .metadata import provenance_from_json
from .observation import STOP_REASONS, Observation
from .persona import Persona
from .persona_json import persona_from_json
from .reading import read_field, read_number, read_object, read_one_of, read_text, read_whole
from .result import SCHEMA_VERSION, Attribution, SimulationResult
from .score import Score
from .shard_header import is_header
from .verdict import Claim, CriterionVerdict, Verdict


def result_to_json(result: SimulationResult) -> dict[str, Any]:
    """Give a result as the JSON object of a result line.

    Args:
        result: The result.

    Returns:
        What :func:`result_schema` describes.
    """
    verdict = result.verdict
    row = {
        "schema_version": SCHEMA_VERSION,
        "persona": _write_persona(result),
        "trial": result.trial,
        "transcript": [message_to_row(message) for message in result.transcript],
        "turns": result.turns,
        "stop_reason": result.stop_reason,
        "goal_achieved": result.goal_achieved,
        "verdict": {
            "reason": verdict.reason,
            "evidence": make_plain(verdict.evidence),
            "criteria": make_plain(verdict.criteria),
            "achieved": verdict.achieved,
            "failed": verdict.failed,
            "cut": verdict.cut,
            "claims": make_plain(verdict.claims),
        },
        "scores": {name: score.value for name, score in result.scores.items()},
        "reasons": {name: score.reason for name, score in result.scores.items()},
        "driver_faults": make_plain(result.driver_faults),
        "attribution": result.attribution,
        "cost_usd": float(result.cost_usd),
        "disclaimer": result.disclaimer,
        "metadata": result.metadata,
    }
    # A field of ours is never hidden by what stood in a file.
    return row | {name: value for name, value in make_plain(result.extra).items() if name not in row}


def message_to_row(message: Message) -> dict[str, Any]:
    """Give a message as it stands in a transcript."""
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        row["tool_calls"] = make_plain(message.tool_calls)
    if message.seconds is not None:
        row["seconds"] = message.seconds
    if message.metadata:
        row["metadata"] = dict(message.metadata)
    return row


def persona_to_json(persona: Persona) -> dict[str, Any]:
    """Give a persona as the JSON object of a persona line; empty optional fields are left out."""
    row: dict[str, Any] = {
        "name": persona.name,
        "profile": persona.profile,
        "goal": persona.goal,
        "success_criteria": make_plain(persona.success_criteria),
        "traits": list(persona.traits),
    }
    for name in ("facts", "script"):
        if value := getattr(persona, name):
            row[name] = list(value)
    if persona.patience is not None:
        row["patience"] = persona.patience
    if persona.history:
        row["history"] = [message_to_row(said) for said in persona.history]
    if persona.metadata:
        row["metadata"] = dict(persona.metadata)
    return row


def _write_persona(result: SimulationResult) -> dict[str, Any]:
    """The persona's object; what an imported transcript does not say is null."""
    row = persona_to_json(result.persona)
    if result.conversation.is_imported:
        row |= {name: row[name] or None for name in ("profile", "goal", "success_criteria")}
    return row


def result_from_json(row: Mapping[str, Any]) -> SimulationResult:
    """Read a result line.

    Args:
        row: The parsed line.

    Raises:
        UsageError: If it is no result line of this version; the message names the field.
    """
    if not isinstance(row, Mapping):
        raise UsageError(f"{type(row).__name__}, not an object; take the line as simulate wrote it")
    if is_header(row):
        raise UsageError("the header of a shard and no result; skip it, or read the file with read_results")
    version = row.get("schema_version")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"schema_version is {version!r} and this version reads {SCHEMA_VERSION}; "
            "read the file with the multivon-eval that wrote it, or a newer one"
        )
    metadata = read_field(row, "metadata", read_object)
    conversation = _read_conversation(row, metadata)
    verdict = read_field(
        row,
        "verdict",
        lambda said: _read_verdict(said, read_field(row, "goal_achieved", read_one_of(True, False, None))),
    )
    status = metadata.get("score_status") or {}
    reasons = read_field(row, "reasons", dict)
    scores = read_field(
        row, "scores", lambda found: {name: _score(value, reasons, status, name) for name, value in found.items()}
    )
    return SimulationResult(
        conversation,
        verdict,
        scores,
        read_field(row, "attribution", read_one_of(*get_args(Attribution), None)),
        read_field(row, "cost_usd", lambda value: structure(read_number(value), Decimal)),
        read_field(row, "metadata", provenance_from_json),
        read_field(row, "disclaimer", read_text),
        {name: value for name, value in row.items() if name not in _FIELDS},
    )


_FIELDS = frozenset(
    "schema_version persona trial transcript turns stop_reason goal_achieved verdict scores reasons driver_faults "
    "attribution cost_usd disclaimer metadata".split()
)


def _read_conversation(row: Mapping[str, Any], metadata: Mapping[str, Any]) -> Conversation:
    error, cost = metadata.get("error"), metadata.get("system_cost_usd")
    is_imported = metadata.get("simulated") is False
    return Conversation(
        messages=read_field(row, "transcript", _read_transcript),
        persona=read_field(row, "persona", read_imported_persona if is_imported else persona_from_json),
        trial=read_field(row, "trial", read_whole),
        case_uid=read_field(metadata, "case_uid", read_text),
        stop_reason=read_field(row, "stop_reason", read_one_of(*STOP_REASONS, *([None] if is_imported else []))),
        is_imported=is_imported,
        driver_said_goal=bool(metadata.get("driver_said_goal")),
        gave_up=bool(metadata.get("gave_up")),
        error=structure(error, SimulationError) if error else None,
        observations=_read_observations(row, metadata),
        repaired_faults=read_whole(metadata.get("driver_faults_repaired") or 0),
        system_cost_usd=None if cost is None else structure(read_number(cost), Decimal),
    )


def _read_observations(row: Mapping[str, Any], metadata: Mapping[str, Any]) -> tuple[Observation, ...]:
    """Read what was observed; of a line that only has the faults of the driver, these."""
    faults = read_field(row, "driver_faults", lambda found: structure(found, tuple[DriverFault, ...]))
    if "observations" not in metadata:
        return tuple(Observation(one.fault, one.turn, one.detail, "fault") for one in faults)
    return read_field(metadata, "observations", lambda found: structure(found, tuple[Observation, ...]))


def _read_transcript(rows: Any) -> tuple[Message, ...]:
    for row in rows:
        read_text(row["content"])
    return structure(rows, tuple[Message, ...])


def _read_verdict(said: Mapping[str, Any], goal_achieved: bool | None) -> Verdict:
    # They differ where the system crashed: that is no word of the judge's.
    achieved = read_one_of(True, False, None)(said.get("achieved", goal_achieved))
    criteria = structure(said.get("criteria", []), tuple[CriterionVerdict, ...])
    claims = structure(said.get("claims", []), tuple[Claim, ...])
    return Verdict(
        achieved, read_text(said["reason"]), criteria, said.get("failed", False), said.get("cut", False), claims
    )


def _score(value: Any, reasons: Mapping[str, Any], status: Mapping[str, Any], name: str) -> Score:
    kept = status.get(name, {})
    state = kept.get("status", "failed" if value is None else "scored")
    number = None if value is None else read_number(value)
    items, findings = kept.get("items"), tuple(map(read_text, kept.get("findings") or ()))
    return Score(number, reasons.get(name, ""), state, kept.get("threshold"), kept.get("cut", False), items, findings)


def result_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a result line."""
    text = resources.files("multivon_eval").joinpath("result.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
