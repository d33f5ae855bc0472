"""What the report says of a run: which conversations to read first, whether to believe it, and in which numbers."""

from __future__ import annotations

import random
from typing import Any

import attrs
import pytest

from multivon_eval import Label, calibrate, digest_transcript, report_results
from multivon_eval.sdk import CriterionLabel, Score
from multivon_eval.testing import result
from multivon_eval_plugins.html_report.numbers import describe_run
from multivon_eval_plugins.html_report.pile import Pile
from multivon_eval_plugins.html_report.row import make_row
from multivon_eval_plugins.html_report.worth import link_worth
from support.reports import make_report, make_result, make_results


def pile_of(*results: Any) -> Pile:
    """The rows of some results."""
    pile = Pile()
    for one in results:
        pile.add(make_row(one))
    return pile


def choose(*results: Any, calibration: Any = None) -> list[Any]:
    """What the page names to read first: what the summary names, with addresses."""
    summary = report_results(results, calibration=calibration).summary
    return link_worth(pile_of(*results), summary.worth_reading)


def make_labels(results: list[Any]) -> list[Label]:
    """Labels of a person who agrees with the judge but now and then."""
    chance = random.Random(3)
    return [
        Label(
            one.case_uid,
            digest_transcript(one),
            tuple(
                CriterionLabel(each.criterion, each.met if chance.random() < 0.9 else "no")
                for each in one.verdict.criteria
            ),
            one.persona.name,
            one.trial,
            seed=1,
        )
        for one in results
        if one.verdict.criteria
    ]


def make_plain(number: int, **fields: Any) -> Any:
    """A conversation that went well and of which there is nothing to say."""
    one = make_result(number, met=1.0)
    said = attrs.evolve(one.conversation, observations=(), driver_said_goal=True, stop_reason="goal_reached")
    return attrs.evolve(one, conversation=said, scores={"turn_consistency": Score(0.9, "as hoped")}, **fields)


def test_a_label_that_the_judge_contradicts_comes_first() -> None:
    """Then where driver and judge differ, then what failed as most do; each conversation once, with its reason."""
    labelled = make_plain(1, extra={"label": {"goal_achieved": "no"}})
    differ = make_plain(5)
    differ = attrs.evolve(differ, conversation=attrs.evolve(differ.conversation, driver_said_goal=False))
    differ = attrs.evolve(differ, conversation=attrs.evolve(differ.conversation, stop_reason="max_turns"))
    failed = attrs.evolve(make_result(3, met=0.0), attribution="system")
    said = attrs.evolve(failed.conversation, driver_said_goal=False, stop_reason="max_turns")
    failed = attrs.evolve(failed, conversation=said)
    found = choose(make_plain(4), failed, differ, labelled)
    assert [one.key for one in found] == [one.case_uid for one in (labelled, differ, failed)]
    assert found[0].why == "the judge says yes, and a person no"
    assert found[1].why == "the driver said the goal is not reached, and the judge says achieved"
    assert found[2].why.startswith("not met: ")


def test_where_all_went_well_the_lowest_score_is_read() -> None:
    """There is always something to read, and no reason is made up."""
    low = make_plain(1)
    low = attrs.evolve(low, scores={"turn_consistency": Score(0.2, "one thing said twice in two ways")})
    [found] = choose(make_plain(5), low)
    assert (found.key, found.why) == (low.case_uid, "turn_consistency 0.20, the lowest")
    assert choose() == []


def test_a_calibration_says_where_people_differ() -> None:
    """Sensitivity, specificity and kappa stand in the page, and a conversation on which people differ is read first."""
    results = make_results(60)
    calibration = calibrate(results, make_labels(results))
    report = make_report(results, calibration=calibration)
    told = {fact.name: fact.text for fact in describe_run(report, pile_of(*results)).trust}
    assert calibration.errors is not None
    assert str(calibration.errors.sensitivity) in told["sensitivity"]
    assert str(calibration.errors.specificity) in told["specificity"]
    assert str(calibration.kappa) in told["Cohen's kappa"]
    first = choose(*results, calibration=calibration)[0]
    assert first.key in {one.case_uid for one in calibration.disagreements}


def test_a_run_that_nobody_calibrated_says_so() -> None:
    """The absence of labels is a warning, and never silence."""
    [fact] = describe_run(make_report(make_results(3)), pile_of()).trust
    assert (fact.name, fact.is_warning) == ("not calibrated", True)


def test_what_is_not_sound_is_a_warning() -> None:
    """Faults left, what is not counted and what the budget cut are told before any rate."""
    results = make_results(40)
    facts = {fact.name: fact for fact in describe_run(make_report(results), pile_of(*results)).sound}
    faults = sum(bool(one.driver_faults) for one in results)
    assert facts["faults of the simulated user"].text == f"in {faults} of 40 conversations: repetition {faults}"
    failed = sum(one.attribution == "judge" for one in results)
    assert facts["not counted in the rate"].text.startswith(f"{failed} judge, ")
    assert facts["not counted in the rate"].is_warning
    assert not facts["cut by the budget"].is_warning


@pytest.mark.parametrize("trials", [1, 3])
def test_numbers_are_those_of_the_summary(trials: int) -> None:
    """Rate, scores and trials are the summary's own, with their intervals."""
    results = make_results(40, trials)
    report = make_report(results)
    told, summary = describe_run(report, pile_of(*results)), report.summary
    [rate] = told.rates
    assert (rate.value, rate.low, rate.high) == (summary.goal_rate.value, summary.goal_rate.low, summary.goal_rate.high)
    scores = {bar.name: (bar.value, bar.low, bar.high) for bar in told.scores}
    assert scores == {name: (one.mean, one.low, one.high) for name, one in summary.scores.items()}
    assert [bar.name for bar in told.trials] == (["pass@2", "pass^2", "pass@3", "pass^3"] if trials == 3 else [])
    assert dict(told.kinds) == dict(summary.kinds.counts if summary.kinds else {})


def test_criteria_are_counted_over_all_conversations() -> None:
    """The one that failed most comes first; what was not told and not judged is counted beside it."""
    results = make_results(40)
    bars = describe_run(make_report(results), pile_of(*results)).criteria
    assert [bar.value for bar in bars] == sorted(bar.value or 0 for bar in bars)
    for bar in bars:
        said = [one.met for each in results for one in each.verdict.criteria if one.criterion == bar.name]
        assert bar.text == f"{said.count('yes')} of {said.count('yes') + said.count('no')}"
        counts = ((said.count("unknown"), "unknown"), (40 - len(said), "not judged"))
        assert bar.note == ", ".join(f"{count} {what}" for count, what in counts if count)


def test_a_conversation_without_criteria_has_a_row() -> None:
    """An imported transcript says nothing of goal and criteria."""
    bare = result(attrs.evolve(make_plain(1).conversation, is_imported=True))
    [row] = pile_of(bare).rows
    assert row["key"] == bare.case_uid
