"""What MLflow keeps of a run beside its conversations: parameters, tags, metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from multivon_eval.sdk import Rate, Report, RunInfo, ScoreSummary, hide_secrets

RUN_TAG = "multivon_eval.run_id"
"""The tag by which a run of ours is found again."""
_LONGEST = 5000
"""Characters that each store of MLflow takes of a parameter or a tag."""


def list_params(run: RunInfo) -> dict[str, str]:
    """Give what a run is made with, as MLflow's parameters."""
    told: dict[str, object] = {
        "purpose": run.purpose,
        "judge_model": run.judge_model,
        "judge_reason": run.judge_reason,
        "judge_votes": run.judge_votes,
        "judge_calls": run.judge_calls,
        "driver_model": run.driver_model,
        "personas": run.persona_count,
        "conversations": run.conversations,
        "trials": run.trials,
        "max_turns": run.max_turns,
        "concurrency": run.concurrency,
        "timeout": f"{run.timeout:g}",
        "budget_usd": "none" if run.budget_usd is None else run.budget_usd,
        "seed": "none" if run.seed is None else run.seed,
    }
    told |= {"until": run.until} if run.until else {}
    told |= {f"version/{name}": version for name, version in run.versions.items()}
    told |= dict(_list_plugins(run))
    return {clean_name(name): shorten(str(value)) for name, value in told.items()}


def list_tags(run: RunInfo) -> dict[str, str]:
    """Give the tags with which an MLflow run begins."""
    told = {RUN_TAG: run.run_id, "multivon_eval.disclaimer": run.disclaimer}
    if run.judge_rule:
        told["multivon_eval.judge_rule"] = f"{run.judge_rule}: a smoke test and no measure"
    return {name: shorten(value) for name, value in told.items()}


def list_last_tags(report: Report) -> dict[str, str]:
    """Give the tags that the end of a run adds; the note is what MLflow shows as its description."""
    summary = report.summary
    told = {"mlflow.note.content": f"{summary.headline}\n\n{summary.disclaimer}"}
    if summary.judge_model:
        told["multivon_eval.judge_model"] = summary.judge_model
    if problems := [f"{one.where}: {one.message}" for one in report.problems]:
        told["multivon_eval.problems"] = "\n".join(problems)
    return {name: shorten(value) for name, value in told.items()}


def list_metrics(report: Report) -> dict[str, float]:
    """Give a run's numbers; what there is none of is left out, and a rate where a rule judged."""
    summary = report.summary
    told: dict[str, float | None] = {
        "conversations": summary.conversations,
        "judged": summary.judged,
        "undecided": summary.undecided,
        "crashed": summary.crashed,
        "errors": summary.errors,
        "cut": summary.cut,
        "gave_up": summary.gave_up,
        "driver_faults": summary.driver_faults,
        "repaired": summary.repaired,
        "disagreements": summary.disagreements,
        "spent_usd": float(summary.spent_usd),
        "system_cost_usd": None if summary.system_cost_usd is None else float(summary.system_cost_usd),
        "input_tokens": summary.usage.input_tokens,
        "output_tokens": summary.usage.output_tokens,
        "seconds": report.seconds,
    }
    told |= {f"cost_usd/{purpose}": float(usd) for purpose, usd in summary.costs.items()}
    told |= {f"unmeasured/{who}": count for who, count in summary.attributions.items() if who != "system"}
    told |= {f"stop_reason/{reason}": count for reason, count in summary.stop_reasons.items()}
    if not summary.judge_rule:
        told |= _list_rate(summary.goal_rate)
        if (corrected := summary.corrected_goal_rate) is not None:
            ends = {"": corrected.value, "_low": corrected.low, "_high": corrected.high}
            told |= {f"corrected_goal_rate{end}": value for end, value in ends.items()}
    for name, score in summary.scores.items():
        told |= _list_score(name, score)
    return {clean_name(name): float(value) for name, value in told.items() if value is not None}


def clean_name(name: str) -> str:
    """Replace what MLflow takes in no name."""
    return re.sub(r"[^\w\-./ ]", "_", name, flags=re.ASCII)[:250]


def shorten(text: str) -> str:
    """Hide secrets, and cut off what no store takes."""
    text = hide_secrets(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."


def _list_plugins(run: RunInfo) -> Iterator[tuple[str, str]]:
    for use in run.plugins:
        by = f" ({use.distribution} {use.version})" if use.distribution else ""
        yield f"{use.kind.replace(' ', '_')}/{use.name}", f"{use.spec or use.name}{by}"


def _list_rate(rate: Rate) -> Mapping[str, float | None]:
    return {"goal_rate": rate.value, "goal_rate_low": rate.low, "goal_rate_high": rate.high, "measured": rate.of}


def _list_score(name: str, score: ScoreSummary) -> Mapping[str, float | None]:
    return {
        f"score/{name}": score.mean,
        f"score/{name}_low": score.low,
        f"score/{name}_high": score.high,
        f"score/{name}_scored": score.scored,
        f"score/{name}_skipped": score.skipped,
        f"score/{name}_failed": score.failed,
        f"score/{name}_passed": score.passed,
    }
