"""Conversations that workers hold: the results are those of one process, whoever dies, and the ceiling holds."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import Persona, SimulationResult, SimulationResults, asimulate, simulate, stream_simulations
from multivon_eval.errors import RunStopped, UsageError
from multivon_eval.sdk import result_to_json
from multivon_eval.testing import RecordingSink
from multivon_eval_plugins.judges.offline import Offline
from support.chat_server import ChatServer
from support.examples import examples
from support.near_workers import NearWorkers
from support.till import CHARGED

pytestmark = pytest.mark.slow
EVALUATORS = ("conversation-relevance", "knowledge-retention", "turn-consistency")
_TILLS = itertools.count()


def people(count: int) -> list[Persona]:
    """Personas that talk for more than a turn."""
    return [
        Persona(f"p{index}", "A customer.", "Find out the refund window and the address.", ["The window is stated."])
        for index in range(count)
    ]


async def bot(prompt: str) -> str:
    """Answer, after a moment."""
    await asyncio.sleep(0)
    return f"The refund window is {prompt.count('USER:')} days. " + "More words. " * (len(prompt) % 7)


def run(personas: Sequence[Persona], executor: object, **more: Any) -> SimulationResults:
    """Simulate with three evaluators and the judge ``offline``, or a till."""
    options = {"judge": "offline", "evaluators": EVALUATORS, "concurrency": 4, "max_turns": 3, "hooks": ()}
    return asyncio.run(asimulate(bot, personas, executor=executor, **{**options, **more}))


def plain(result: SimulationResult) -> dict[str, Any]:
    """A result without times, ids, and who held it."""
    row = json.loads(json.dumps(result_to_json(result)))
    metadata = row["metadata"]
    for name in ("run_id", "started_at", "seconds", "sources"):
        metadata.pop(name, None)
    metadata["plugins"] = [use for use in metadata["plugins"] if use["kind"] != "executor"]
    for message in row["transcript"]:
        message.pop("seconds", None)
    return row


def test_results_are_those_of_one_process() -> None:
    """Word for word, in the personas' order, but for times and ids."""
    here = run(people(7), "local", trials=2)
    there = run(people(7), NearWorkers(3), trials=2)
    assert [plain(one) for one in there] == [plain(one) for one in here]
    assert there.report is not None
    assert not there.report.problems


@examples(8)
@given(
    numbers=st.sets(st.integers(0, 120), max_size=4),
    workers=st.integers(1, 3),
    slots=st.integers(1, 4),
    share=st.sampled_from([0.1, 0.4, 1.0, 3.0]),
    fails=st.sampled_from([0.0, 0.1]),
)
def test_whoever_dies_the_ceiling_holds(
    numbers: set[int], workers: int, slots: int, share: float, fails: float
) -> None:
    """Each conversation has one result, and what was charged is under the budget and counted."""
    till, budget = f"till {next(_TILLS)}", (Decimal("0.6") * Decimal(str(share))).quantize(Decimal("0.0001"))
    executor = NearWorkers(workers, slots, lambda number, _: number in numbers and not numbers.discard(number))
    judge = f"support.till.Till:{till},price=0.001,fails={fails}"
    results = run(people(8), executor, judge=judge, budget_usd=budget)
    assert sorted(result.persona.name for result in results) == sorted(one.name for one in people(8))
    assert results.report is not None
    charged, told = CHARGED.get(till, Decimal(0)), results.report.summary.spent_usd
    assert charged <= told <= budget
    assert sum(result.cost_usd for result in results) <= told
    if not executor.deaths:
        # What is spent at both ends is the same sum of the same amounts.
        assert abs(charged - told) < Decimal("1e-9")
    deaths = [one for one in results.report.problems if one.where == "infrastructure"]
    assert len({one.message for one in deaths}) == executor.deaths


def test_nothing_is_cut_where_the_budget_is_enough() -> None:
    """Leases of several workers do not keep money from each other: all conversations are finished and judged."""
    till = f"till {next(_TILLS)}"
    judge = f"support.till.Till:{till}"
    alone = run(people(8), "local", judge=judge, budget_usd=None)
    assert alone.report is not None
    needed = alone.report.summary.spent_usd
    budget = needed * Decimal("2")
    results = run(people(8), NearWorkers(3), judge=f"support.till.Till:{till} again", budget_usd=budget)
    assert [result.stop_reason for result in results] == [result.stop_reason for result in alone]
    assert not any(result.verdict.cut for result in results)


def test_a_conversation_goes_on_from_its_last_turn() -> None:
    """What a dead worker had told is not paid for again, and stands in the transcript once."""

    def dies(number: int, message: bytes) -> bool:
        # When it is judged: all turns are told by then, and the verdict that comes with this message is lost.
        return not executor.deaths and b'"judged"' in message

    executor = NearWorkers(1, 1, dies)
    here = run(people(1), "local")
    there = run(people(1), executor)
    assert executor.deaths == 1
    assert plain(there[0])["transcript"] == plain(here[0])["transcript"]
    assert there[0].stop_reason == here[0].stop_reason
    told = [one for message in executor.seen for one in json.loads(message)]
    places = [row[2] for one in told if one["kind"] == "rows" for row in one["rows"] if row[0] == "said"]
    assert places == sorted(set(places)), "a turn was held a second time"


def test_what_kills_two_workers_is_given_up_and_the_rest_goes_on() -> None:
    """It is a driver_error of the infrastructure; whoever stood beside it is held again and finishes."""
    poison = '"p3"'

    def dies(number: int, message: bytes) -> bool:
        return b"said" in message and any(uid.encode() in message for uid in uids if uid)

    wanted = people(8)
    uids = [one.case_uid for one in run(wanted, "local") if one.persona.name == poison.strip('"')]
    executor = NearWorkers(2, 3, dies)
    results = run(wanted, executor)
    by_name = {result.persona.name: result for result in results}
    lost = by_name["p3"]
    assert (lost.stop_reason, lost.attribution) == ("driver_error", "infrastructure")
    assert lost.conversation.error is not None
    assert "the test killed it" in lost.conversation.error.message
    assert executor.deaths == 2
    assert {one.stop_reason for name, one in by_name.items() if name != "p3"} == {"max_turns"}


def test_who_comes_further_between_deaths_is_not_given_up() -> None:
    """Workers that die for other reasons, again and again, cost no conversation its end."""
    told = 0

    def dies(number: int, message: bytes) -> bool:
        nonlocal told
        # After each turn that is told: whoever said it came further.
        told += b'"said"' in message
        return told > 2 * executor.deaths + 2 and executor.deaths < 6

    executor = NearWorkers(1, 1, dies)
    results = run(people(3), executor)
    assert executor.deaths == 6
    assert {one.stop_reason for one in results} == {"max_turns"}


def test_no_worker_is_left() -> None:
    """The run stops with the reason, and what is finished is delivered."""
    with pytest.raises(RunStopped, match="no worker is left"):
        run(people(8), NearWorkers(2, 1, lambda number, _: number == 30, most_deaths=1))


def test_a_reader_that_stops_leaves_nobody_behind() -> None:
    """The stream is closed after two results: workers end, and no task goes on."""

    async def read_two() -> int:
        before = len(asyncio.all_tasks())
        stream = stream_simulations(bot, people(20), judge="offline", executor=NearWorkers(2, 2), hooks=())
        results = aiter(stream)
        for _ in range(2):
            await anext(results)
        await results.aclose()
        return len(asyncio.all_tasks()) - before

    assert asyncio.run(read_two()) == 0


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"judge": Offline()}, "judge: Offline"),
        ({"evaluators": [object()]}, "evaluator"),
        ({"hooks": [object()]}, "hooks are objects"),
    ],
)
def test_what_has_no_name_is_refused_beforehand(options: dict[str, Any], what: str) -> None:
    """Each in one line with the way out, before anything is spent."""
    with pytest.raises(UsageError, match=what):
        run(people(1), NearWorkers(1), **options)


def test_a_function_without_a_name_is_refused_beforehand() -> None:
    """A lambda, or a function inside another, is not found by another process."""
    with pytest.raises(UsageError, match="cannot be found by its name"):
        simulate(lambda prompt: "Hello.", people(1), judge="offline", executor=NearWorkers(1))


def test_a_budget_that_is_too_small_for_any_call() -> None:
    """Every conversation is cut before it costs anything, and nobody waits for ever."""
    results = run(people(2), NearWorkers(2), judge=f"support.till.Till:till {next(_TILLS)}", budget_usd="0.0001")
    assert {one.stop_reason for one in results} == {"budget_exceeded"}
    assert results.report is not None
    assert results.report.summary.spent_usd == 0


def test_a_judge_that_gets_too_much_is_spared_by_all_workers(no_pauses: None) -> None:
    """One worker is refused with 429: the others are told, and it is not told itself."""
    executor = NearWorkers(3, 2)
    with ChatServer(script=[*[None] * 9, "429:0"]) as server:
        judge = f"openai:any,base_url={server.base_url},price_in=1,price_out=2"
        results = run(people(6), executor, judge=judge)
    assert all(one.stop_reason in ("goal_reached", "max_turns") for one in results)
    told = [(name, one) for name, message in executor.told for one in json.loads(message) if one["kind"] == "overload"]
    assert len(told) == 2
    assert len({name for name, _ in told}) == 2
    assert {one["judge"] for _, one in told} == {"judge"}


def test_what_is_finished_when_the_run_is_interrupted_is_delivered() -> None:
    """Also what the head had not looked at yet, and what workers say while they end."""

    async def interrupt(after: int) -> tuple[set[str], set[str]]:
        reached, sink = asyncio.Event(), RecordingSink()

        def look(number: int, message: bytes) -> bool:
            if number >= after:
                reached.set()
            return False

        executor = NearWorkers(2, 3, look)
        options = {"judge": "offline", "hooks": (), "max_turns": 3, "sinks": [sink], "executor": executor}
        task = asyncio.create_task(asimulate(bot, people(12), **options))
        waiting = asyncio.create_task(reached.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        waiting.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        told = {one["uid"] for data in executor.seen for one in json.loads(data) if one["kind"] == "result"}
        return told, {result.case_uid for result in sink.results}

    found = [asyncio.run(interrupt(after)) for after in range(5, 150, 12)]
    assert all(told == delivered for told, delivered in found)
    assert any(0 < len(told) < 12 for told, _ in found)
