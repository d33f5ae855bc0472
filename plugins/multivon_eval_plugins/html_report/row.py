"""What a report keeps of a result: an index by which it is found, and a body that is read when it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from multivon_eval.sdk import SimulationResult, list_kinds, result_to_json

from ..labelling.candidates import identify, list_obstacles, make_candidate

NOT_ASKED = "none"
"""The answer on a criterion of which the judge said nothing."""


def make_row(result: SimulationResult) -> dict[str, Any]:
    """Give what the report keeps of a result, as JSON values.

    Args:
        result: The result.

    Returns:
        ``index``, what lists and tables need; ``persona``; ``body``, what is shown when the conversation is opened.
    """
    line = result_to_json(result)
    return {"index": _make_index(result), "persona": line["persona"], "body": _make_body(result, line)}


def _make_index(result: SimulationResult) -> dict[str, Any]:
    uid, digest = identify(result)
    said = result.conversation
    index = {
        "uid": uid,
        "digest": digest,
        "trial": result.trial,
        "verdict": _tell(result.goal_achieved),
        "measured": result.goal_achieved is not None and result.attribution in (None, "system"),
        "stop": result.stop_reason or "imported",
        "blame": result.attribution,
        "turns": result.turns,
        "cost": float(result.cost_usd),
        "latency": _measure_latency(result),
        "scores": {name: score.value for name, score in result.scores.items() if score.value is not None},
        "mean": make_candidate((uid, digest), result).score,
        "criteria": _list_answers(result),
        "kinds": sorted(list_kinds(result)),
        "faults": [fault.fault for fault in result.driver_faults],
        "refusals": said.refusals_observed,
        "disagrees": result.disagreement and not result.provenance.judge_rule,
        "reached": said.driver_said_goal,
        "gave_up": said.gave_up,
        "crashed": result.has_crashed,
        "cut": result.cut,
        "label": _read_label(result.extra),
        "may_label": not list_obstacles(result),
    }
    # What is not said is left out; a number of 0 is said.
    return {name: value for name, value in index.items() if value or _is_number(value)}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _make_body(result: SimulationResult, line: Mapping[str, Any]) -> dict[str, Any]:
    metadata = dict(line["metadata"])
    status = metadata.pop("score_status")
    past = len(result.persona.history)
    turns = [turn for turn, _ in result.conversation.numbered()]
    messages = [{**message, "turn": turn} for turn, message in zip(turns, line["transcript"], strict=True)]
    for message in messages[:past]:
        message["past"] = True
    scores = {
        name: {**status[name], "value": line["scores"][name], "reason": line["reasons"][name]}
        for name in line["scores"]
    }
    body = {
        "messages": messages,
        "verdict": line["verdict"],
        "scores": scores,
        "seen": metadata.pop("observations"),
        "error": metadata.pop("error"),
        "metadata": metadata,
    }
    return body | ({"extra": dict(result.extra)} if result.extra else {})


def _tell(achieved: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[achieved]


def _measure_latency(result: SimulationResult) -> float | None:
    """The mean of the seconds that the system took for a reply; None where nobody measured."""
    took = [said.seconds for said in result.transcript if said.role == "assistant" and said.seconds is not None]
    return fmean(took) if took else None


def _list_answers(result: SimulationResult) -> list[str]:
    """The judge's answer on each of the persona's criteria, in their order."""
    said = {one.criterion: one.met for one in result.verdict.criteria}
    return [said.get(criterion, NOT_ASKED) for criterion in result.persona.criteria]


def _read_label(extra: Mapping[str, Any]) -> str:
    """What a person said of the goal, where the line brought that along."""
    label = extra.get("label")
    said = label.get("goal_achieved") if isinstance(label, Mapping) else label
    if isinstance(said, bool):
        return _tell(said)
    return said if said in ("yes", "no", "unknown") else ""
