"""What stands before the numbers: what a run was made with, whether it is sound, whether its judge may be believed."""

from __future__ import annotations

from collections import Counter

import attrs

from multivon_eval.sdk import Calibration, Report, format_count


@attrs.frozen
class Fact:
    """A line of a list.

    Attributes:
        name: What it is about.
        text: What there is to say.
        is_warning: Whether a reader should know it before any number.
    """

    name: str
    text: str
    is_warning: bool = False


def describe_setup(report: Report) -> list[Fact]:
    """Say what a run was made with."""
    info = report.info
    size = f"{format_count(info.persona_count, 'persona')}, {format_count(info.trials, 'trial')} of each"
    votes = f", {info.judge_votes} votes on each verdict" if info.judge_votes > 1 else ""
    facts = [
        Fact("run", f"{info.run_id}, {info.started_at[:19].replace('T', ' ')} UTC, {report.seconds:.0f} s"),
        Fact("size", f"{size}, up to {format_count(info.max_turns, 'turn')}"),
        Fact("judge", f"{report.summary.judge_model or info.judge_model} ({info.judge_reason}){votes}"),
        Fact("driver", info.driver_model),
        Fact("budget", "no ceiling" if info.ceiling_usd is None else f"${info.ceiling_usd} at most"),
        Fact("seed", "none" if info.seed is None else str(info.seed)),
    ]
    if info.part is not None:
        facts.append(Fact("part", str(info.part), is_warning=True))
    if info.until:
        facts.append(Fact("until", info.until))
    if info.resumed:
        facts.append(Fact("resumed", f"{info.resumed} of {info.conversations} conversations were finished before"))
    for kind in dict.fromkeys(use.kind for use in info.plugins):
        facts.append(Fact(kind.replace("_", " "), ", ".join(use.spec for use in info.plugins if use.kind == kind)))
    if info.versions:
        facts.append(Fact("versions", ", ".join(f"{name} {version}" for name, version in info.versions.items())))
    return facts


def describe_soundness(report: Report, faults: Counter[str]) -> list[Fact]:
    """Say whether the simulation is sound.

    Args:
        report: The end of the run.
        faults: How often each fault of the simulated user was seen.
    """
    summary = report.summary
    left = ", ".join(f"{name} {count}" for name, count in faults.most_common())
    told = f"in {summary.driver_faults} of {format_count(summary.conversations, 'conversation')}"
    others = [f"{count} {who}" for who, count in summary.attributions.items() if who != "system"]
    others += [f"{summary.undecided} undecided"] if summary.undecided else []
    facts = [
        Fact("faults of the simulated user", f"{told}: {left}" if left else "none left", bool(left)),
        Fact("repaired in time", format_count(summary.repaired, "message")),
        Fact("not counted in the rate", ", ".join(others) or "none", bool(others)),
        Fact("cut by the budget", str(summary.cut or "none"), bool(summary.cut)),
        Fact("the user gave up", f"in {summary.gave_up}" if summary.gave_up else "never"),
    ]
    if summary.crashed:
        facts.append(Fact("the system crashed", f"in {summary.crashed}; counted as not achieved", is_warning=True))
    if summary.disagreements and not summary.judge_rule:
        facts.append(Fact("driver and judge disagree", f"on {summary.disagreements}", is_warning=True))
    facts += [Fact(f"problem: {one.where}", one.message, is_warning=True) for one in report.problems]
    return facts


def describe_trust(report: Report) -> list[Fact]:
    """Say whether the judge may be believed."""
    summary, calibration = report.summary, report.calibration
    if summary.judge_rule:
        why = f"{summary.judge_rule} decided in the place of a model: no rate is given, name a model as judge for one"
        return [Fact("no model judged", why, is_warning=True)]
    facts = [Fact(f"agreement on {name}", str(found)) for name, found in summary.agreement.items()]
    if calibration is None:
        why = "nobody's labels say how often this judge is right; label a sample in this page, then run calibrate"
        return [Fact("not calibrated", why, is_warning=True), *facts]
    return [*_describe_calibration(calibration), *facts, *_describe_correction(report)]


def _describe_calibration(found: Calibration) -> list[Fact]:
    facts = [Fact("labels", f"{found.labels} of conversations that the judge decided, {found.unsure} of unknown")]
    if found.errors is not None:
        sensitivity, specificity = found.errors.sensitivity, found.errors.specificity
        facts.append(Fact("sensitivity", f"{sensitivity} of those that achieved the goal are called so"))
        facts.append(Fact("specificity", f"{specificity} of those that did not are called so"))
    if found.kappa is not None:
        facts.append(Fact("Cohen's kappa", f"{found.kappa}, for the labelled run as a whole"))
    if found.reason:
        facts.append(Fact("missing", found.reason, is_warning=True))
    return facts


def _describe_correction(report: Report) -> list[Fact]:
    summary = report.summary
    if summary.corrected_goal_rate is not None:
        return [Fact("corrected goal rate", f"{summary.corrected_goal_rate}, {summary.correction}")]
    return [Fact("goal rate", summary.correction, is_warning=True)] if summary.correction else []


def describe_spending(report: Report) -> list[Fact]:
    """Say what a run cost, and what was left of it unsaid."""
    summary, usage = report.summary, report.summary.usage
    ceiling = "" if report.info.ceiling_usd is None else f" of ${report.info.ceiling_usd}"
    system = summary.system_cost_usd
    said = "not known: model_fn returned no Reply(cost_usd=...)" if system is None else f"${system:.4f}, as it says"
    tokens = f"{usage.input_tokens:,} in ({usage.cached_tokens:,} cached), {usage.output_tokens:,} out"
    return [
        Fact("judge and driver", f"${summary.spent_usd:.4f}{ceiling}"),
        Fact("tokens", tokens),
        Fact("the system", said),
    ]
