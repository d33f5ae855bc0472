"""Judging and scoring results that are there already, from Python, in synchronous code and in a loop."""

from __future__ import annotations

import asyncio
import json
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pandas
import polars
import pytest

from multivon_eval import (
    Message,
    ScoringOptions,
    SimulationResult,
    SimulationResults,
    UsageError,
    ascore_simulations,
    hookimpl,
    read_results,
    result_from_json,
    result_to_json,
    score_simulations,
    simulate,
)
from multivon_eval.sdk import GoalAsked
from support.people import Keeps, SaysJudge, Talks, answers, persona

FAKES: dict[str, Any] = {"driver": Talks(), "hooks": (), "max_turns": 2}
THREE = {"conversation_relevance", "knowledge_retention", "turn_consistency"}


def held(**options: Any) -> SimulationResults:
    """Two conversations that a judge said yes of."""
    return simulate(answers, [persona("ann"), persona("bob")], **{"judge": SaysJudge(), **FAKES, **options})


def read_again(results: list[SimulationResult]) -> list[SimulationResult]:
    """The results as a file gives them back."""
    return [result_from_json(json.loads(json.dumps(result_to_json(result)))) for result in results]


@pytest.mark.parametrize("is_saved", [False, True])
def test_new_verdicts(is_saved: bool) -> None:
    """Another judge says what it says; what was said before stands beside it, and every score is made anew."""
    results: Any = held(evaluators=["turn-consistency"])
    results = read_again(results) if is_saved else results
    before = list(results)
    strict = SaysJudge(met="no")
    summary = score_simulations(results, verdicts=True, judge=strict, evaluators=["conversation-relevance"])
    assert (summary.goal_rate.hits, summary.goal_rate.of) == (0, 2)
    for old, new in zip(before, results, strict=True):
        assert (old.persona, old.transcript) == (new.persona, new.transcript)
        assert (old.goal_achieved, new.goal_achieved) == (True, False)
        assert new.provenance.rescored_from is not None
        assert new.provenance.rescored_from.goal_achieved is True
        assert set(new.scores) == {"conversation_relevance"}
    assert sum(isinstance(question.about, GoalAsked) for question in strict.asked) == 2


def test_the_runs_own_judge_gives_a_second_verdict_on_what_is_left() -> None:
    """Without a judge of its own a new verdict is asked of the run's, and paid from the same budget."""
    judge = SaysJudge(cost=Decimal("0.10"))
    results = held(judge=judge, budget_usd="0.40")
    summary = score_simulations(results, verdicts=True, evaluators=())
    assert summary.spent_usd == Decimal("0.40")
    assert sum(isinstance(question.about, GoalAsked) for question in judge.asked) == 4


def test_what_is_read_can_be_judged_from_python(tmp_path: Path) -> None:
    """Transcripts of others are judged and watched as the command does it, also those that are alike."""
    said = [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "I can't help with that."}]
    line = {"messages": said, "persona": "ann", "goal": "Find it.", "success_criteria": "It was found."}
    path = tmp_path / "transcripts.jsonl"
    path.write_text("".join(json.dumps({**line, "mine": number}) + "\n" for number in (1, 2)), encoding="utf-8")
    results = read_results(path, takes_foreign=True)
    score_simulations(results, verdicts=True, judge=SaysJudge())
    assert [result.extra["mine"] for result in results] == [1, 2]
    assert all(result.goal_achieved and result.conversation.refusals_observed == 1 for result in results)
    score_simulations(results, verdicts=True, judge=SaysJudge(met="no"), observers=[])
    assert [result.extra["mine"] for result in results] == [1, 2]
    assert not any(result.goal_achieved for result in results)


def test_two_results_that_share_everything_but_their_words() -> None:
    """Each score stands with the conversation that it is about."""
    (one,) = simulate(answers, [persona("ann")], judge=SaysJudge(), **FAKES)
    other = attrs.evolve(
        one, conversation=attrs.evolve(one.conversation, messages=(Message("user", "Hm."), Message("assistant", "No.")))
    )
    results = [one, other, one]
    score_simulations(results, judge=SaysJudge(), concurrency=1)
    assert [result.transcript for result in results] == [one.transcript, other.transcript, one.transcript]
    assert all(set(result.scores) == THREE for result in results)


def test_in_an_event_loop_the_loop_goes_on() -> None:
    """The asynchronous twin does the same and does not block."""

    async def embedded() -> None:
        results, beats = held(), 0

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0)
                beats += 1

        beating = asyncio.create_task(beat())
        summary = await ascore_simulations(results)
        beating.cancel()
        assert set(results[0].scores) == set(summary.scores) == THREE
        assert beats > 3

    asyncio.run(embedded())


def test_scores_that_are_there_stay_when_scoring_is_broken_off() -> None:
    """Each result is in its place as soon as it is scored."""

    async def embedded() -> None:
        results = held()
        reached, gate = asyncio.Event(), asyncio.Event()

        @attrs.frozen
        class Waits:
            async def evaluate(self, conversation: Any, context: Any) -> Any:
                if conversation.persona.name == "bob":
                    reached.set()
                    await gate.wait()
                return results[0].scores.get("none") or _score()

        scoring = asyncio.create_task(ascore_simulations(results, evaluators=[Waits()], concurrency=1))
        await reached.wait()
        scoring.cancel()
        with pytest.raises(asyncio.CancelledError):
            await scoring
        assert [len(result.scores) for result in results] == [1, 0]

    asyncio.run(embedded())


def _score() -> Any:
    from multivon_eval import Score

    return Score(1.0, "fine")


def test_hooks_sinks_and_limits(caplog: pytest.LogCaptureFixture) -> None:
    """Hooks and sinks take part if they are named; a sink that fails is in the report, or in the log."""
    seen: list[str] = []

    class Hears:
        @hookimpl
        def conversation_finished(self, result: SimulationResult) -> None:
            seen.append(result.persona.name)

    class Breaks(Keeps):
        async def write(self, result: SimulationResult) -> None:
            raise OSError("the disk is full")

    results, sink = held(), Keeps()
    score_simulations(results, hooks=[Hears()], sinks=[sink], timeout=5, patience=1, concurrency=1)
    assert seen == ["ann", "bob"] and [result.persona.name for result in sink.results] == seen
    assert results.report.problems == ()
    score_simulations(results, verdicts=True, sinks=[Breaks()])
    assert "the disk is full" in results.report.problems[0].message
    with caplog.at_level(logging.WARNING, "multivon_eval"):
        score_simulations(list(results), verdicts=True, judge=SaysJudge(), sinks=[Breaks()])
    assert "the disk is full" in caplog.text


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """Before anything is asked."""
    judge = SaysJudge()
    options: Any = {"trials": 3, "timeout": 0, "evaluators": ["nonsense"], "judge": judge, "calibration": "none.json"}
    with pytest.raises(UsageError) as caught:
        score_simulations([7], **options)  # type: ignore[list-item]
    told = str(caught.value)
    for problem in ("results hold int", "'trials'", "timeout is 0", "nonsense", "none.json"):
        assert problem in told
    assert not judge.asked
    with pytest.raises(UsageError, match="results are tuple, which takes no scores"):
        score_simulations(tuple(held()))  # type: ignore[arg-type]


def test_help_lists_every_option() -> None:
    """Of both doors, with the words that the type checkers' options have."""
    for door in (score_simulations, ascore_simulations):
        for name in ScoringOptions.__annotations__:
            assert f"{name}: " in (door.__doc__ or ""), name
        assert "**options" not in (door.__doc__ or "")


def test_rows_make_a_flat_frame() -> None:
    """A row for each result and the same columns in each, whichever evaluators scored it."""
    results = held()
    first = results[:1]
    score_simulations(first, judge=SaysJudge(), evaluators=["turn-consistency"])
    results[0] = first[0]
    rows = results.rows()
    assert [row["score_turn_consistency"] for row in rows] == [1.0, None]
    for frame in (pandas.DataFrame(rows), polars.DataFrame(rows)):
        assert frame.shape == (2, len(rows[0]))
        assert list(frame["persona"]) == ["ann", "bob"]
    assert isinstance(results[0], SimulationResult), "the list itself holds results"
