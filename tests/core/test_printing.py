"""What ``print`` shows of a result, of the results of a run, and of a summary."""

from decimal import Decimal

import attrs
import pytest

from multivon_eval import DISCLAIMER, Rate, Score, Verdict, hookimpl, simulate
from multivon_eval.sdk import OUTCOMES, Observation, ScoreSummary, Usage
from multivon_eval.testing import conversation, persona, report, result
from support.people import SaysJudge, Talks, answers
from support.people import persona as somebody

FAKES = {"driver": Talks(), "hooks": (), "max_turns": 2}


@pytest.mark.parametrize(("achieved", "outcome"), [*zip((True, False, None), OUTCOMES, strict=True)])
def test_a_verdict_has_one_word(achieved, outcome):
    """A verdict is achieved, not achieved or unknown, and prints so."""
    assert Verdict(achieved, "").outcome == outcome
    assert f"Ann: {outcome} (goal_reached, 2 turns, $0.0123)\n" in str(result(achieved=achieved, scores={}))


def test_a_result_prints_as_a_few_lines():
    """Name, verdict in words, stop reason, turns, cost, reason, scores and the disclaimer, a line each."""
    assert str(result()).splitlines() == [
        "Ann: achieved (goal_reached, 2 turns, $0.0123)",
        "  verdict: The date was stated.",
        "  turn_consistency: 0.75: 3 of 4 as hoped",
        "  knowledge_retention: skipped: one reply to score; it takes 2",
        "  conversation_relevance: failed: not scored: the judge did not answer",
        f"{DISCLAIMER}",
    ]


def test_a_result_prints_what_went_wrong():
    """Faults, who is at fault instead of the system, and what the budget kept from being made stand there."""
    talked = conversation("Hi", "Yes?", trial=2, observations=(Observation("repetition", 1, "x", "fault"),))
    odd = result(
        talked, "max_turns", None, {"tone": Score(None, "no money", "skipped", cut=True)}, attribution="simulation"
    )
    lines = str(odd).splitlines()
    assert lines[0] == "Ann #2: unknown (max_turns, 1 turn, $0.0123)"
    assert "  driver fault in turn 1: repetition" in lines
    assert "  not counted against the system: simulation" in lines
    assert "  the budget kept a part of it from being made" in lines


def test_a_result_prints_the_error_that_ended_it():
    """Who failed and what it said comes before the verdict."""
    [failed] = simulate(lambda prompt: None, [somebody()], judge=SaysJudge(), **FAKES)
    assert str(failed).splitlines()[1].startswith("  model_fn: model_fn returned None")


def test_what_is_printed_cannot_move_the_cursor_or_forge_a_line():
    """Control characters are replaced, and line feeds of others are spaces."""
    evil = "\x1b[2Jgone\nBob: achieved \u202e \ud800"
    odd = result(conversation(of=persona(evil)), scores={evil: Score(0.5, evil)}, verdict=Verdict(False, evil))
    results = simulate(answers, [somebody(evil)], judge=SaysJudge(), **FAKES)
    summary = attrs.evolve(results.summary, judge_model=evil, scores={evil: ScoreSummary(None, 0, 0, 0)})
    for shown in (str(odd), str(results), str(summary)):
        assert shown.encode("utf-8")
        assert not set(shown) & {"\x1b", "\u202e"}
        assert not any(line.startswith("Bob") for line in shown.splitlines())


def test_repr_stays_complete():
    """What ``print`` leaves out is in the ``repr``: the transcript, the provenance."""
    one = result()
    assert "Where is my order 4711?" in repr(one)
    assert one.run_id in repr(one)
    results = simulate(answers, [somebody()], judge=SaysJudge(), **FAKES)
    assert repr(results) == f"[{results[0]!r}]"


def test_results_print_a_line_each_and_the_rate():
    """Each conversation has its line, in the personas' order; then the run's rate and the disclaimer."""
    results = simulate(answers, [somebody("ann"), somebody("bob")], judge=SaysJudge(), trials=2, **FAKES)
    assert str(results).splitlines() == [
        "ann: achieved (max_turns, 2 turns, $0.0000)",
        "ann #2: achieved (max_turns, 2 turns, $0.0000)",
        "bob: achieved (max_turns, 2 turns, $0.0000)",
        "bob #2: achieved (max_turns, 2 turns, $0.0000)",
        "goal achieved: 4 of 4 (100%, 95 % interval 34% to 100%)   4 of 4 judged",
        DISCLAIMER,
    ]


class Clumsy:
    """A hook that fails."""

    @hookimpl
    def run_started(self, run):
        """Raise."""
        raise ValueError("no\nroom")


def test_results_print_what_went_wrong_beside_the_conversations():
    """A hook that was left out is told where somebody looks, and in a notebook."""
    results = simulate(answers, [somebody("ann")], judge=SaysJudge(), **{**FAKES, "hooks": [Clumsy()]})
    told = "hook Clumsy: raised ValueError: no room in run_started; left out for the rest of the run"
    assert f"problem: {told}" in str(results).splitlines()
    assert "raised ValueError" in results._repr_html_()


def test_many_results_print_twenty():
    """Of more than twenty the first are shown, and how many are not."""
    results = simulate(answers, [somebody()], judge=SaysJudge(), trials=23, **FAKES)
    lines = str(results).splitlines()
    assert len(lines) == 23
    assert lines[19:21] == ["ann #20: achieved (max_turns, 2 turns, $0.0000)", "... and 3 more"]
    assert "23 of 23" in lines[21]


def test_a_summary_prints_the_rate_and_what_stands_beside_it():
    """Rate, interval, judged, whom else it is put down to, cut, scores, money, judge and disclaimer."""
    full = attrs.evolve(
        report(result()).summary,
        conversations=6,
        judged=3,
        goal_rate=Rate(1, 2, 0.0945, 0.9055),
        attributions={"system": 1, "judge": 2},
        scores={"tone": ScoreSummary(0.5, 3, 2, 1, 2), "pace": ScoreSummary(None, 0, 6, 0)},
        spent_usd=Decimal("0.25"),
        undecided=1,
        cut=2,
        usage=Usage(1, 1, 0),
    )
    assert str(full).splitlines() == [
        "goal achieved: 1 of 2 (50%, 95 % interval 9% to 91%)   3 of 6 judged; "
        "not counted against the system: 2 judge, 1 undecided; 2 cut short by the budget",
        "tone: mean 0.50, 3 scored, 2 skipped, 1 failed, 2 of 3 passed",
        "pace: no mean, 0 scored, 6 skipped",
        "spent $0.2500, judge fake",
        DISCLAIMER,
    ]


def test_a_rate_of_nothing_says_so():
    """Where no conversation measured the system there is no number to read."""
    assert str(Rate(0, 0, None, None)) == "no conversation measured the system"


@pytest.mark.parametrize(("name", "shown"), [("x" * 500, "x" * 57 + "..."), ("ann\n5/5  achieved", "ann 5/5 achieved")])
def test_a_name_hides_nothing_and_begins_no_line(name, shown):
    """A stranger's name is one of the things on a line, however long it is and whatever is in it."""
    one = result(of=attrs.evolve(conversation(), persona=persona(name)))
    lines = str(one).splitlines()
    assert lines[0].startswith(f"{shown}: ")
