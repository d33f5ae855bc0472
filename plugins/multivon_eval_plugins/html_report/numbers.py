"""A run's numbers as the page shows them: names, texts, and bars with their intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from multivon_eval.sdk import Report, Summary, format_count

from .pile import Pile
from .setup import Fact, describe_setup, describe_soundness, describe_spending, describe_trust

SHOWN_K = (2, 3, 4, 5, 8, 16, 32)
"""For how many trials pass@k and pass^k are shown; of one trial both are the goal rate."""


@attrs.frozen
class Bar:
    """A share with its interval, to be drawn.

    Attributes:
        name: Of what.
        text: It in words.
        value: From 0 to 1; None where there is nothing to draw.
        low: Lower end of the interval; None where there is none.
        high: Upper end.
        note: What it rests on.
    """

    name: str
    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


@attrs.frozen
class Told:
    """What the page says of a run.

    Attributes:
        setup: What it was made with.
        sound: Whether the simulation is sound.
        trust: Whether the judge may be believed.
        rates: The goal rate, and the corrected one where there is one; empty where a rule decided.
        lines: What stands below: what was left out, the decision, where outcomes vary.
        criteria: One for each criterion, the most failed first.
        scores: One for each evaluator.
        trials: pass@k and pass^k.
        stops: Why conversations ended.
        kinds: In which ways they failed, with counts.
        spending: What it cost.
    """

    setup: list[Fact]
    sound: list[Fact]
    trust: list[Fact]
    rates: list[Bar]
    lines: list[str]
    criteria: list[Bar]
    scores: list[Bar]
    trials: list[Bar]
    stops: list[Bar]
    kinds: list[tuple[str, int]]
    spending: list[Fact]


def describe_run(report: Report, pile: Pile) -> Told:
    """Put a run's numbers in words.

    Args:
        report: The end of the run.
        pile: Its rows.
    """
    summary = report.summary
    return Told(
        setup=describe_setup(report),
        sound=describe_soundness(report, Counter(fault for row in pile.rows for fault in row.get("faults", ()))),
        trust=describe_trust(report),
        rates=[] if summary.judge_rule else _list_rates(summary),
        lines=_list_lines(summary),
        criteria=_list_criteria(pile, bool(summary.judge_rule)),
        scores=_list_scores(summary),
        trials=[] if summary.judge_rule else _list_trials(summary),
        stops=_count_bars(summary.stop_reasons),
        kinds=Counter(kind for row in pile.rows for kind in row.get("kinds", ())).most_common(),
        spending=describe_spending(report),
    )


def _list_rates(summary: Summary) -> list[Bar]:
    rate, corrected = summary.goal_rate, summary.corrected_goal_rate
    value = rate.value
    text = "none" if value is None else f"{value:.0%}"
    note = str(rate) if value is None else f"{rate.low:.0%} to {rate.high:.0%}, {rate.hits} of {rate.of}"
    bars = [Bar("goal rate, as the judge sees it", text, value, rate.low, rate.high, note)]
    if corrected is not None:
        note = f"{corrected.low:.0%} to {corrected.high:.0%}, {summary.correction}"
        text = f"{corrected.value:.0%}"
        bars.append(Bar("as people would see it", text, corrected.value, corrected.low, corrected.high, note))
    return bars


def _list_lines(summary: Summary) -> list[str]:
    lines = [summary.headline.replace("   ", "; ")]
    if summary.corrected_goal_rate is None and summary.correction:
        lines.append(f"goal rate {summary.correction}")
    if summary.decision is not None:
        lines.append(f"until: {summary.decision}")
    if summary.trials is not None:
        lines += [summary.trials.told_flaky] if summary.judge_rule else summary.trials.told[1:]
    if summary.spread is not None and not summary.judge_rule:
        lines += [f"outcomes vary: {summary.spread.told}", *(f"next: {step}" for step in summary.spread.steps)]
    if summary.kinds is not None and summary.kinds.counts and not summary.judge_rule:
        lines.append(f"failures: {'; '.join(summary.kinds.told)}")
    return lines


def _list_criteria(pile: Pile, is_rule: bool) -> list[Bar]:
    counts: dict[str, Counter[str]] = {}
    for row in pile.rows:
        for criterion, answer in pile.pair_criteria(row):
            counts.setdefault(criterion, Counter())[answer] += 1
    bars = []
    for criterion, found in counts.items():
        met, of = found["yes"], found["yes"] + found["no"]
        told = [f"{found['no']} not"] if is_rule else []
        told += [
            f"{found[word]} {what}" for word, what in (("unknown", "unknown"), ("none", "not judged")) if found[word]
        ]
        text = f"{met} met" if is_rule else f"{met} of {of}"
        bars.append(Bar(criterion, text, met / of if of and not is_rule else None, note=", ".join(told)))
    return sorted(bars, key=lambda bar: (bar.value is None, bar.value, bar.name))


def _list_scores(summary: Summary) -> list[Bar]:
    bars = []
    for name, score in summary.scores.items():
        told = [f"{score.scored} of {summary.conversations} scored"]
        told += [f"rests on {score.items} items"] if score.items is not None else []
        told += [f"{count} {word}" for count, word in ((score.skipped, "skipped"), (score.failed, "failed")) if count]
        told += [f"{score.passed} passed"] if score.passed is not None else []
        told += [f"findings in {format_count(score.findings, 'conversation')}"] if score.findings else []
        bars.append(Bar(name, score.told_mean, score.mean, score.low, score.high, ", ".join(told)))
    return bars


def _list_trials(summary: Summary) -> list[Bar]:
    bars = []
    for rate in summary.trials.rates if summary.trials is not None else ():
        if rate.k in SHOWN_K:
            of = f"of {format_count(rate.personas, 'persona')}"
            for name, found, what in (("@", rate.at, "one of them at least"), ("^", rate.every, "all of them")):
                text = f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"
                bars.append(Bar(f"pass{name}{rate.k}", text, found.value, found.low, found.high, f"{what}, {of}"))
    return bars


def _count_bars(counts: Mapping[str, int]) -> list[Bar]:
    most = max(counts.values(), default=0)
    return [Bar(name, str(count), count / most) for name, count in counts.items() if count]
