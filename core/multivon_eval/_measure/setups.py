"""What differs in what two runs were made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._types.result import SimulationResult
from .corrected import identify_judge

_OPTIONS = ("max_turns", "trials", "timeout", "until")
"""The options that change what is measured, beside those of the judge."""


def list_setup_changes(base: Sequence[SimulationResult], new: Sequence[SimulationResult]) -> list[str]:
    """Say what differs in what two runs were made with, a sentence each."""
    before, now = _describe(base), _describe(new)
    rules = sorted({one.provenance.judge_rule for one in (*base, *new)} - {""})
    told = [f"judged by {rule}: a smoke test, whose rates are no measure" for rule in rules]
    return told + [
        f"{name}: {_join(before.get(name, ()))} -> {_join(now.get(name, ()))}"
        for name in {**before, **now}
        if before.get(name) != now.get(name)
    ]


def _describe(results: Iterable[SimulationResult]) -> dict[str, list[str]]:
    """By the name of each part what the results say of it, each thing once and in order."""
    found: dict[str, set[str]] = {}
    for result in results:
        for name, value in _list_parts(result).items():
            found.setdefault(name, set()).add(value)
    return {name: sorted(values) for name, values in found.items()}


def _list_parts(result: SimulationResult) -> dict[str, str]:
    made, judge = result.provenance, identify_judge(result)
    used: dict[str, list[str]] = {}
    for use in made.plugins:
        if use.kind in ("driver", "evaluator", "observer"):
            used.setdefault(use.kind, []).append(use.spec.removeprefix(f"{use.distribution}/"))
    parts = {
        "judge": judge.model,
        "judge's temperature": str(judge.temperature),
        "judge's prompt (its digest)": judge.prompt,
        "judge's votes": str(judge.votes),
        "judge's way of being asked": judge.calls,
        "driver": ", ".join(used.get("driver", [])),
        "driver's model": made.driver_model,
        "driver's temperature": str(made.driver_temperature),
        "evaluators": ", ".join(used.get("evaluator", [])),
        "observers": ", ".join(used.get("observer", [])),
        **{f"version of {name}": str(version) for name, version in made.versions.items()},
        **{name.replace("_", " "): str(made.options[name]) for name in _OPTIONS if name in made.options},
    }
    return {name: value for name, value in parts.items() if value}


def _join(values: Sequence[str]) -> str:
    return " or ".join(values) or "not recorded"
