"""Results as JSON: one object a line, checked against a schema that ships with the package."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib import resources
from typing import Any, TypeVar, get_args

import attrs
from cattrs.preconf.json import JsonConverter, make_converter

from ..errors import UsageError
from .conversation import Conversation, DriverFault, SimulationError
from .message import Message
from .observation import STOP_REASONS, Observation
from .persona import Persona
from .persona_json import persona_from_json
from .result import SCHEMA_VERSION, Attribution, SimulationResult
from .score import Score
from .summary import Summary
from .verdict import CriterionVerdict, Verdict


def _converter() -> JsonConverter:
    converter = make_converter()
    # JSON has one kind of number. The shortest digits that give the float back also give the Decimal back,
    # for any amount of money there is.
    converter.register_unstructure_hook(Decimal, float)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(repr(value)))
    # Values of metadata are JSON already; criteria are a string or a list of them.
    converter.register_structure_hook(str | tuple[str, ...], lambda value, _: _text_or_tuple(value))
    return converter


def _text_or_tuple(value: Any) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)


_CONVERTER = _converter()
T = TypeVar("T")


def result_to_json(result: SimulationResult) -> dict[str, Any]:
    """Give a result as the JSON object of a result line.

    Args:
        result: The result.

    Returns:
        What :func:`result_schema` describes.
    """
    verdict = result.verdict
    return {
        "schema_version": SCHEMA_VERSION,
        "persona": persona_to_json(result.persona),
        "trial": result.trial,
        "transcript": [message_to_row(message) for message in result.transcript],
        "turns": result.turns,
        "stop_reason": result.stop_reason,
        "goal_achieved": result.goal_achieved,
        "verdict": {
            "reason": verdict.reason,
            "evidence": plain(verdict.evidence),
            "criteria": plain(verdict.criteria),
            "failed": verdict.failed,
            "cut": verdict.cut,
        },
        "scores": {name: score.value for name, score in result.scores.items()},
        "reasons": {name: score.reason for name, score in result.scores.items()},
        "driver_faults": plain(result.driver_faults),
        "attribution": result.attribution,
        "cost_usd": float(result.cost_usd),
        "disclaimer": result.disclaimer,
        "metadata": {**result.metadata, **_ending(result)},
    }


def _ending(result: SimulationResult) -> dict[str, Any]:
    conversation = result.conversation
    return {
        "simulated": True,
        "case_uid": conversation.case_uid,
        "driver_said_goal": conversation.driver_said_goal,
        "disagreement": result.disagreement,
        "refusals_observed": conversation.refusals_observed,
        "driver_faults_repaired": conversation.repaired_faults,
        "observations": plain(conversation.observations),
        "system_cost_usd": _CONVERTER.unstructure(conversation.system_cost_usd),
        "error": attrs.asdict(conversation.error) if conversation.error else None,
        "score_status": {
            name: {"status": score.status, "threshold": score.threshold, "cut": score.cut}
            for name, score in result.scores.items()
        },
    }


def plain(value: Any) -> Any:
    """Give a noun as JSON values."""
    return _CONVERTER.unstructure(value)


def structured(row: Any, kind: type[T]) -> T:
    """Read a noun from JSON values."""
    return _CONVERTER.structure(row, kind)


def message_to_row(message: Message) -> dict[str, Any]:
    """Give a message as it stands in a transcript."""
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        row["tool_calls"] = _CONVERTER.unstructure(message.tool_calls)
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
        "success_criteria": _CONVERTER.unstructure(persona.success_criteria),
        "traits": list(persona.traits),
    }
    for name in ("facts", "script"):
        if value := getattr(persona, name):
            row[name] = list(value)
    if persona.history:
        row["history"] = [{"role": said.role, "content": said.content} for said in persona.history]
    if persona.metadata:
        row["metadata"] = dict(persona.metadata)
    return row


def result_from_json(row: Mapping[str, Any]) -> SimulationResult:
    """Read a result line.

    Args:
        row: The parsed line.

    Raises:
        UsageError: It is not a result line of this version; the message names the field.
    """
    if not isinstance(row, Mapping):
        raise UsageError(f"{type(row).__name__}, not an object; take the line as simulate wrote it")
    version = row.get("schema_version")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"schema_version is {version!r} and this version reads {SCHEMA_VERSION}; "
            "read the file with the multivon-eval that wrote it, or a newer one"
        )
    metadata = _field(row, "metadata", dict)
    conversation = _conversation(row, metadata)
    verdict = _field(
        row, "verdict", lambda said: _verdict(said, _field(row, "goal_achieved", _one_of(True, False, None)))
    )
    status = metadata.get("score_status") or {}
    reasons = _field(row, "reasons", dict)
    scores = _field(
        row, "scores", lambda found: {name: _score(value, reasons, status, name) for name, value in found.items()}
    )
    kept = {key: value for key, value in metadata.items() if key not in (*_ENDING, "score_status", "case_uid")}
    return SimulationResult(
        conversation,
        verdict,
        scores,
        _field(row, "attribution", _one_of(*get_args(Attribution), None)),
        _field(row, "cost_usd", lambda value: structured(_number(value), Decimal)),
        kept,
        _field(row, "disclaimer", _text),
    )


_ENDING = (
    "error",
    "driver_said_goal",
    "refusals_observed",
    "driver_faults_repaired",
    "observations",
    "system_cost_usd",
    "disagreement",
    "simulated",
)


def _field(row: Mapping[str, Any], name: str, read: Callable[[Any], T]) -> T:
    if name not in row:
        raise UsageError(f"{name!r} is missing; take the line as simulate wrote it")
    try:
        return read(row[name])
    except UsageError as error:
        raise UsageError([f"{name!r}: {problem}" for problem in error.problems]) from None
    except Exception as error:
        raise UsageError(f"{name!r} cannot be read ({error}); take the line as simulate wrote it") from None


def _conversation(row: Mapping[str, Any], metadata: Mapping[str, Any]) -> Conversation:
    error, cost = metadata.get("error"), metadata.get("system_cost_usd")
    return Conversation(
        messages=_field(row, "transcript", _transcript),
        persona=_field(row, "persona", persona_from_json),
        trial=_field(row, "trial", _whole),
        case_uid=_field(metadata, "case_uid", _text),
        stop_reason=_field(row, "stop_reason", _one_of(*STOP_REASONS)),
        driver_said_goal=bool(metadata.get("driver_said_goal")),
        error=structured(error, SimulationError) if error else None,
        observations=_observations(row, metadata),
        repaired_faults=_whole(metadata.get("driver_faults_repaired") or 0),
        system_cost_usd=None if cost is None else structured(_number(cost), Decimal),
    )


def _observations(row: Mapping[str, Any], metadata: Mapping[str, Any]) -> tuple[Observation, ...]:
    """Read what was observed; of a line that only has the faults of the driver, these."""
    faults = _field(row, "driver_faults", lambda found: structured(found, tuple[DriverFault, ...]))
    if "observations" not in metadata:
        return tuple(Observation(one.fault, one.turn, one.detail, "fault") for one in faults)
    return _field(metadata, "observations", lambda found: structured(found, tuple[Observation, ...]))


def _transcript(rows: Any) -> tuple[Message, ...]:
    for row in rows:
        _text(row["content"])
    return structured(rows, tuple[Message, ...])


def _verdict(said: Mapping[str, Any], achieved: bool | None) -> Verdict:
    criteria = structured(said.get("criteria", []), tuple[CriterionVerdict, ...])
    return Verdict(achieved, _text(said["reason"]), criteria, said.get("failed", False), said.get("cut", False))


def _score(value: Any, reasons: Mapping[str, Any], status: Mapping[str, Any], name: str) -> Score:
    kept = status.get(name, {})
    state = kept.get("status", "failed" if value is None else "scored")
    number = None if value is None else _number(value)
    return Score(number, reasons.get(name, ""), state, kept.get("threshold"), kept.get("cut", False))


def _one_of(*values: T) -> Callable[[Any], T]:
    def read(value: Any) -> T:
        for known in values:
            if value is known or (isinstance(known, str) and value == known):
                return known
        raise ValueError(f"{value!r} is none of {', '.join(map(repr, values))}")

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no string")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{value!r} is no whole number")
    return value


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"{value!r} is no number")
    return value


def summary_to_json(summary: Summary) -> dict[str, Any]:
    """Give a summary as a JSON object."""
    row: dict[str, Any] = _CONVERTER.unstructure(summary)
    row["goal_achieved"]["value"] = summary.goal_achieved.value
    return row


def result_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a result line."""
    text = resources.files("multivon_eval").joinpath("result.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
