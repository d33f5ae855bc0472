"""Results as JSON: one object a line, checked against a schema that ships with the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

import attrs
from cattrs.preconf.json import JsonConverter, make_converter

from .assessment import CriterionVerdict, Score, Verdict
from .data import Conversation, DriverFault, Message, Persona, SimulationError
from .errors import UsageError
from .results import SCHEMA_VERSION, SimulationResult, Summary


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


def result_to_json(result: SimulationResult) -> dict[str, Any]:
    """Give a result as the JSON object of a result line.

    Args:
        result: The result.

    Returns:
        What :func:`result_schema` describes.
    """
    plain = _CONVERTER.unstructure
    verdict = result.verdict
    return {
        "schema_version": SCHEMA_VERSION,
        "persona": persona_to_json(result.persona),
        "trial": result.trial,
        "transcript": [_message(message) for message in result.transcript],
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
        "system_cost_usd": _CONVERTER.unstructure(conversation.system_cost_usd),
        "error": attrs.asdict(conversation.error) if conversation.error else None,
        "score_status": {
            name: {"status": score.status, "threshold": score.threshold, "cut": score.cut}
            for name, score in result.scores.items()
        },
    }


def _message(message: Message) -> dict[str, Any]:
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
    version = row.get("schema_version")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"schema_version is {version!r} and this version reads {SCHEMA_VERSION}; "
            "read the file with the multivon-eval that wrote it, or a newer one"
        )
    try:
        return _result(row)
    except KeyError as error:
        raise UsageError(f"{error} is missing; take the line as simulate wrote it") from None
    except (TypeError, ValueError, ArithmeticError, AttributeError, ExceptionGroup) as error:
        raise UsageError(f"not a result line ({error}); take the line as simulate wrote it") from None


def _money(value: float | None) -> Decimal | None:
    return None if value is None else _CONVERTER.structure(value, Decimal)


_ENDING = ("error", "driver_said_goal", "refusals_observed", "system_cost_usd")


def _result(row: Mapping[str, Any]) -> SimulationResult:
    metadata = dict(row["metadata"])
    ending = {key: metadata.pop(key, None) for key in _ENDING}
    status = metadata.pop("score_status", {})
    for key in ("disagreement", "simulated"):
        metadata.pop(key, None)
    read = _CONVERTER.structure
    conversation = Conversation(
        messages=read(row["transcript"], tuple[Message, ...]),
        persona=Persona(**row["persona"]),
        trial=int(row["trial"]),
        case_uid=metadata.pop("case_uid"),
        stop_reason=row["stop_reason"],
        driver_said_goal=bool(ending["driver_said_goal"]),
        error=SimulationError(**ending["error"]) if ending["error"] else None,
        driver_faults=read(row["driver_faults"], tuple[DriverFault, ...]),
        refusals_observed=int(ending["refusals_observed"] or 0),
        system_cost_usd=_money(ending["system_cost_usd"]),
    )
    said = row["verdict"]
    criteria = read(said.get("criteria", []), tuple[CriterionVerdict, ...])
    verdict = Verdict(row["goal_achieved"], said["reason"], criteria, said.get("failed", False), said.get("cut", False))
    scores = {name: _score(row, status, name) for name in row["scores"]}
    return SimulationResult(
        conversation,
        verdict,
        scores,
        row["attribution"],
        read(row["cost_usd"], Decimal),
        metadata,
        row["disclaimer"],
    )


def _score(row: Mapping[str, Any], status: Mapping[str, Any], name: str) -> Score:
    value = row["scores"][name]
    kept = status.get(name, {})
    state = kept.get("status", "failed" if value is None else "scored")
    return Score(value, row["reasons"].get(name, ""), state, kept.get("threshold"), kept.get("cut", False))


def summary_to_json(summary: Summary) -> dict[str, Any]:
    """Give a summary as a JSON object."""
    row: dict[str, Any] = _CONVERTER.unstructure(summary)
    row["goal_achieved"]["value"] = summary.goal_achieved.value
    return row


def result_line(result: SimulationResult) -> str:
    """Give a result as one line of JSON, without the line's end."""
    return json.dumps(result_to_json(result), ensure_ascii=False, default=str)


def result_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a result line."""
    text = resources.files("multivon_eval").joinpath("result.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
