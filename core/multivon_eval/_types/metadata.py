"""The ``metadata`` of a result: what it was made with and how it ended, as JSON values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from .answer import Usage
from .conversation import Conversation
from .converter import make_plain, structure
from .provenance import JudgeRetry, Provenance, RescoredFrom
from .reading import read_field, read_list_of, read_number, read_object, read_one_of, read_text, read_whole
from .run_info import PluginUse
from .run_part import RunPart
from .score import Score


def metadata_to_json(
    made: Provenance, conversation: Conversation, scores: Mapping[str, Score], disagreement: bool
) -> dict[str, Any]:
    """Give the parts of a result that stand in its ``metadata``.

    Args:
        made: What the result was made with.
        conversation: A finished one.
        scores: By name.
        disagreement: Whether driver and judge contradict each other.

    Returns:
        JSON values that are nobody else's: they may be changed.
    """
    row: dict[str, Any] = make_plain(made)
    extra = row.pop("extra")
    for name in _ABSENT_IF_NONE:
        if row[name] is None:
            del row[name]
    row |= {**_write_ending(conversation), "disagreement": disagreement, "score_status": _score_status(scores)}
    # A field of ours is never hidden by what stood in a file.
    return row | {name: value for name, value in extra.items() if name not in row}


_ABSENT_IF_NONE = ("rescored_from", "scores_judge_model", "part", "place")


def _write_ending(conversation: Conversation) -> dict[str, Any]:
    """What a conversation says of its end beyond its fields in the line itself."""
    return {
        "simulated": not conversation.is_imported,
        "case_uid": conversation.case_uid,
        "driver_said_goal": conversation.driver_said_goal,
        "gave_up": conversation.gave_up,
        "refusals_observed": conversation.refusals_observed,
        "driver_faults_repaired": conversation.repaired_faults,
        "observations": make_plain(conversation.observations),
        "system_cost_usd": make_plain(conversation.system_cost_usd),
        "error": make_plain(conversation.error),
    }


def _score_status(scores: Mapping[str, Score]) -> dict[str, Any]:
    return {
        name: {
            "status": score.status,
            "threshold": score.threshold,
            "cut": score.cut,
            "items": score.items,
            "findings": list(score.findings),
        }
        for name, score in scores.items()
    }


def provenance_from_json(metadata: Mapping[str, Any]) -> Provenance:
    """Read what a result was made with from the ``metadata`` of its line.

    Args:
        metadata: The object. What is missing or null has its default, so that lines of leaner writers can be read.

    Raises:
        UsageError: If a value has another type than it should have; the message names the field.
    """
    given = {
        name: read_field(metadata, name, read) for name, read in _READERS.items() if metadata.get(name) is not None
    }
    extra = {name: value for name, value in metadata.items() if name not in _READERS and name not in _ENDING}
    return Provenance(**given, extra=extra)


_ENDING = (*_write_ending(Conversation()), "disagreement", "score_status")


def _read_usage(value: Any) -> Usage:
    row = read_object(value)
    return Usage(**{name: read_field(row, name, read_whole) for name in _TOKENS if name in row})


def _read_costs(value: Any) -> dict[str, Decimal]:
    return {read_text(name): structure(read_number(usd), Decimal) for name, usd in read_object(value).items()}


def _read_plugin_use(value: Any) -> PluginUse:
    row = read_object(value)
    return PluginUse(**{name: read_text(row.get(name, "")) for name in _USE})


def _retry(value: Any) -> JudgeRetry:
    row = read_object(value)
    return JudgeRetry(
        read_text(row.get("role", "")), read_text(row.get("error", "")), read_number(row.get("waited", 0.0))
    )


def _read_rescored_from(value: Any) -> RescoredFrom:
    row = read_object(value)
    return RescoredFrom(
        read_text(row.get("run_id") or ""),
        read_text(row.get("judge_model") or ""),
        read_one_of(True, False, None)(row.get("goal_achieved")),
        structure(read_number(row.get("cost_usd", 0.0)), Decimal),
    )


def _read_part(value: Any) -> RunPart:
    row = read_object(value)
    whole = read_field(row, "of", read_whole), read_field(row, "conversations", read_whole)
    return RunPart(whole[0], read_field(row, "shards", read_list_of(read_whole)), whole[1])


_TOKENS = tuple(field.name for field in attrs.fields(Usage))
_USE = tuple(field.name for field in attrs.fields(PluginUse))
_READERS: dict[str, Callable[[Any], Any]] = {
    "run_id": read_text,
    "seed": read_whole,
    "judge_provider": read_text,
    "judge_model": read_text,
    "judge_temperature": read_number,
    "judge_reason": read_text,
    "judge_rule": read_text,
    "judge_prompt": read_text,
    "driver_model": read_text,
    "driver_temperature": read_number,
    "prices": read_object,
    "plugins": read_list_of(_read_plugin_use),
    "versions": read_object,
    "options": read_object,
    "sources": read_object,
    "started_at": read_text,
    "seconds": read_number,
    "usage": _read_usage,
    "costs": _read_costs,
    "judge_calls": read_whole,
    "judge_retries": read_list_of(_retry),
    "notes": read_list_of(read_text),
    "rescored_from": _read_rescored_from,
    "scores_judge_model": read_text,
    "part": _read_part,
    "place": read_whole,
}
