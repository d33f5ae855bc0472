"""May the judge be believed? What labels of people say of its verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import attrs

from .._statistics.correction import Judged, correct_own_rate, measure_judge
from .._statistics.kappa import estimate_kappa
from .._statistics.rates import estimate_clustered
from .._types.calibration import Calibration, Disagreement, JudgeIdentity
from .._types.interval import Interval
from .._types.label import Label, digest_transcript
from .._types.result import SimulationResult
from .._types.unseen import FailureKinds
from ..errors import UsageError
from .agreement import AgreementTally, name_verdict
from .corrected import identify_judge
from .kinds import KindTally

FEWEST = 5
"""Labels of conversations with one verdict from which on a rate is corrected."""
CRASHED = "crashed"


def calibrate(results: Sequence[SimulationResult], labels: Sequence[Label]) -> Calibration:
    """Say how a judge's verdicts agree with the labels of people, and what rate follows from that.

    The labelled conversations must have been drawn by lot within each verdict, not chosen by hand:
    then those of each verdict stand for all of that verdict.

    Args:
        results: All conversations of the run.
        labels: What people say of some of them.

    Raises:
        UsageError: If a label belongs to none of the results, two people labelled one, the criteria are others, or the
            results are of several judges.
    """
    by_result = _match(results, labels)
    judge = _find_judge(results)
    agreement, disagreements = AgreementTally(), []
    for result, label in by_result.values():
        said = {"goal_achieved": label.goal_achieved, "criteria": [one.met for one in label.criteria]}
        agreement.add(attrs.evolve(result, extra={**result.extra, "label": said}))
        if (found := _find_disagreement(result, label)) is not None:
            disagreements.append(found)
    measured = [one for one in results if one.attribution in (None, "system")]
    rows = [_read_row(one, by_result) for one in measured]
    decided = [row for row in rows if row.stratum in ("yes", "no")]
    counts = Counter(row.stratum for row in rows if row.truth is not None)
    lacking = _find_lacking(decided, counts)
    one_sided = _find_one_sided(decided)
    errors = None if lacking or one_sided else measure_judge(decided)
    # The strata that nobody labelled enough of are left out: what people would say of them is not known.
    known = [row for row in rows if row.stratum in ("yes", "no", CRASHED) or counts["unknown"] >= FEWEST]
    return Calibration(
        judge=judge,
        labels=counts["yes"] + counts["no"],
        unsure=sum(label.goal_achieved == "unknown" for _, label in by_result.values()),
        agreement=agreement.summary(),
        kappa=_find_kappa(decided, by_result),
        errors=errors,
        goal_rate=_find_rate(measured),
        corrected_goal_rate=correct_own_rate(known) if not lacking else None,
        reason=lacking or one_sided,
        disagreements=tuple(disagreements),
        kinds=_count_kinds(measured, by_result),
    )


_Matched = Mapping[tuple[str, str], tuple[SimulationResult, Label]]


def _match(results: Sequence[SimulationResult], labels: Sequence[Label]) -> _Matched:
    """Find the conversation of each label; of several by one person the last one holds.

    Raises:
        UsageError: If there is none, or something else is wrong; with all of it.
    """
    known = {(one.case_uid, digest_transcript(one)): one for one in results}
    found: dict[tuple[str, str], tuple[SimulationResult, Label]] = {}
    problems = []
    for number, label in enumerate(labels, 1):
        key, name = (label.case_uid, label.transcript), f"label {number}, of {label.persona!r}"
        result = known.get(key)
        if result is None:
            problems.append(f"{name}: belongs to none of these conversations; give the results that were labelled")
        elif key in found and found[key][1].labelled_by != label.labelled_by:
            others = f"{found[key][1].labelled_by!r} and {label.labelled_by!r}"
            problems.append(f"{name}: {others} both labelled that conversation; keep the labels of one of them")
        elif tuple(one.criterion for one in label.criteria) != result.persona.criteria:
            problems.append(f"{name}: its success criteria are not those of the results; label them again")
        else:
            found[key] = result, label
    if problems:
        raise UsageError(problems)
    return found


def _find_judge(results: Sequence[SimulationResult]) -> JudgeIdentity:
    """The judge of all verdicts.

    Raises:
        UsageError: If there are several, or none.
    """
    judges = list(dict.fromkeys(identify_judge(one) for one in results if one.verdict.criteria))
    if not judges:
        raise UsageError("no conversation of these results was judged; have them judged with multivon-eval score")
    if len(judges) > 1:
        changes = "; ".join(judges[0].list_changes(judges[1])) or "they were asked for under different names"
        raise UsageError(f"these results are of {len(judges)} judges, and a calibration is of one: {changes}")
    return judges[0]


def _count_kinds(measured: Sequence[SimulationResult], by_result: _Matched) -> FailureKinds:
    tally = KindTally()
    for result in measured:
        matched = by_result.get((result.case_uid, digest_transcript(result)))
        tally.add(result, matched[1].kind if matched else "")
    return tally.summary()


def _read_row(result: SimulationResult, by_result: _Matched) -> Judged:
    if result.has_crashed:
        return Judged(result.persona.name, CRASHED, 0)  # nobody has to judge that
    matched = by_result.get((result.case_uid, digest_transcript(result)))
    said = matched[1].goal_achieved if matched else "unknown"
    return Judged(
        result.persona.name, name_verdict(result.verdict.achieved), None if said == "unknown" else int(said == "yes")
    )


def _find_lacking(decided: Sequence[Judged], counts: Mapping[str, int]) -> str:
    """Say which labels are missing for a correction; empty where there are enough."""
    sizes = Counter(row.stratum for row in decided)
    if not sizes:
        return "the judge decided no conversation that measured the system"
    missing = [
        f"{least} of conversations that the judge calls {_WORDS[stratum]}, and there are {counts[stratum]}"
        for stratum, size in sorted(sizes.items())
        if counts[stratum] < (least := min(FEWEST, size))
    ]
    return "too few labels: it takes " + "; ".join(missing) if missing else ""


def _find_one_sided(decided: Sequence[Judged]) -> str:
    """Say which verdict the judge never gave: then how often it errs there is not known."""
    never = [word for stratum, word in _WORDS.items() if stratum not in {row.stratum for row in decided}]
    return f"the judge calls none {never[0]}, so that its errors are known on one side only" if never else ""


_WORDS = {"yes": "achieved", "no": "not achieved"}


def _find_kappa(decided: Sequence[Judged], by_result: _Matched) -> Interval | None:
    sizes, labelled = Counter(row.stratum for row in decided), [row for row in decided if row.truth is not None]
    drawn = Counter(row.stratum for row in labelled)
    return estimate_kappa(
        [
            (row.cluster, row.stratum, "yes" if row.truth else "no", sizes[row.stratum] / drawn[row.stratum])
            for row in labelled
        ]
    )


def _find_rate(measured: Sequence[SimulationResult]) -> Interval | None:
    counts: dict[str, tuple[int, int]] = {}
    for one in measured:
        if one.goal_achieved is not None:
            hits, of = counts.get(one.persona.name, (0, 0))
            counts[one.persona.name] = hits + one.goal_achieved, of + 1
    rate = estimate_clustered(counts.values())
    if rate.value is None or rate.low is None or rate.high is None:
        return None
    return Interval(rate.value, rate.low, rate.high)


def _find_disagreement(result: SimulationResult, label: Label) -> Disagreement | None:
    said, differ = name_verdict(result.verdict.achieved), []
    for one, verdict in zip(label.criteria, result.verdict.criteria, strict=False):
        if "unknown" not in (one.met, verdict.met) and one.met != verdict.met:
            differ.append(one.criterion)
    is_other = "unknown" not in (said, label.goal_achieved) and said != label.goal_achieved
    if not is_other and not differ:
        return None
    person = result.persona.name
    return Disagreement(person, result.trial, result.case_uid, said, label.goal_achieved, tuple(differ), label.note)
