"""A crash was not achieved, whoever judges: neither a rate nor a difference takes it for the judge's word."""

from decimal import Decimal

import pytest

from multivon_eval import Conversation, Provenance, SimulationResult, Verdict
from multivon_eval._measure.comparing import compare_results
from multivon_eval._measure.corrected import CorrectedTally, identify_judge
from multivon_eval._types.calibration import Calibration, JudgeErrors
from multivon_eval._types.conversation import SimulationError
from multivon_eval._types.interval import Interval
from support.people import persona

JUDGE = Provenance(judge_provider="fake", judge_model="fake-1", judge_prompt="d")
DOWN = SimulationError("model_fn", "RuntimeError", "down")


def make_result(number, achieved):
    """The conversation of one persona; with None as what was achieved the system crashed."""
    name, error = f"p{number}", DOWN if achieved is None else None
    talk = Conversation((), persona(name), "driver_error" if error else "max_turns", error=error, case_uid=name)
    return SimulationResult(talk, Verdict(achieved, ""), {}, None, Decimal(0), JUDGE)


def make_calibration(sensitivity, specificity):
    """A calibration of many labels, of a judge that is right so often."""
    sure = [Interval(share, share, share) for share in (sensitivity, specificity)]
    errors = JudgeErrors(*sure, (sensitivity, specificity), (1e-6, 1e-6), 0.0, 500)
    return Calibration(identify_judge(make_result(0, True)), 500, 0, {}, None, errors, None, None)


def correct(results):
    """The corrected rate, by a judge that makes no errors."""
    tally = CorrectedTally(make_calibration(1.0, 1.0))
    for result in results:
        tally.add(result)
    return tally.summary()[0]


def test_crashes_are_conversations_of_the_rate():
    """Ten that crash and ten that are achieved are a half of twenty, and as sure as a half of twenty."""
    found = correct([make_result(number, None if number % 2 else True) for number in range(20)])
    same = correct([make_result(number, not number % 2) for number in range(20)])
    assert found.value == same.value == 0.5
    assert (found.low, found.high) == (pytest.approx(same.low, abs=0.03), pytest.approx(same.high, abs=0.03))
    assert found.half_width > 0.15


def test_a_judge_that_is_too_kind_is_not_so_to_crashes():
    """It calls three of ten failures achieved. A run in which all fail is as bad as one in which all crash."""
    base = [make_result(number, number < 6) for number in range(20)]
    new = [make_result(number, None) for number in range(20)]
    found = compare_results(base, new, make_calibration(1.0, 0.7))
    assert found.metrics[0].difference.value == pytest.approx(-0.3)
    assert found.corrected.value == pytest.approx(0.0, abs=1e-9)
