import asyncio
import json
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from multivon_eval import (
    EvalCase,
    EvalSuite,
    Message,
    Persona,
    PersonaError,
    PluginError,
    Reply,
    Score,
    SharedBudget,
    SimulationResults,
    UsageError,
    asimulate,
    hookimpl,
    result_from_json,
    result_to_json,
    score_simulations,
    simulate,
    stream_simulations,
)
from multivon_eval.sdk import GoalAsked
from support.people import Fails, Keeps, SaysJudge, Talks, answers, persona

THREE = {"conversation_relevance", "knowledge_retention", "turn_consistency"}
ROW = {
    "name": "rushed_customer",
    "profile": "A customer in a hurry who wants a refund for order #1234.",
    "goal": "Find out how to get a refund and confirm the refund window.",
    "success_criteria": "The assistant stated the refund window and the process.",
    "traits": ["terse", "impatient"],
}
FAKES = {"driver": Talks(), "hooks": ()}


def refund_bot(prompt):
    """A system that always says how refunds work."""
    return "Fill in the refund form to start the refund process. The refund window is 30 days."


@attrs.frozen
class Tone:
    """An evaluator that gives what it holds, or raises it."""

    gives: object = attrs.field(factory=lambda: Score(0.75, "friendly", threshold=0.5), repr=False)

    async def evaluate(self, conversation, context):
        if isinstance(self.gives, BaseException):
            raise self.gives
        return self.gives


@attrs.frozen
class Source:
    people: tuple = ()

    async def load(self, context):
        return self.people


@attrs.frozen
class Refuses:
    """A judge that says before the run that it cannot work."""

    model: str = "refuses"

    async def check(self):
        raise UsageError("the key in FAKE_KEY is refused; give another")

    def worst_cost(self, question):
        return Decimal(0)

    async def complete(self, question):
        raise AssertionError("nobody asks me")


@attrs.frozen
class Priceless(SaysJudge):
    """A judge whose price nobody knows."""

    def worst_cost(self, question):
        return None


def test_the_two_lines_of_the_readme_work_as_they_stand():
    """Personas talk to a system, results come back, and their summary has the three default scores."""
    model_fn, personas = refund_bot, [Persona(**ROW)]

    results = simulate(model_fn, personas, max_turns=8, budget_usd=1.00)
    summary = score_simulations(results)

    assert [result.persona.name for result in results] == ["rushed_customer"]
    assert results[0].goal_achieved is True
    assert results[0].metadata["judge_model"] == "offline"
    assert set(results[0].scores) == set(summary.scores) == THREE
    assert (summary.conversations, summary.spent_usd, summary.judge_model) == (1, 0, "offline")


def test_the_offline_run_is_the_same_every_time():
    """Judge, driver and scores are made of words alone, so twice is once."""

    def told():
        results = simulate(refund_bot, [ROW], evaluators=["turn-consistency", "conversation-relevance"], hooks=())
        rows = [result_to_json(result) for result in results]
        return [([m["content"] for m in row["transcript"]], row["verdict"], row["scores"]) for row in rows]

    assert told() == told()


def test_simulate_gives_verdicts_and_scores_only_if_asked():
    """Without evaluators there are no scores; with some there are those."""
    [plain] = simulate(answers, [ROW], judge=SaysJudge(), max_turns=1, **FAKES)
    assert (plain.goal_achieved, dict(plain.scores)) == (True, {})
    [scored] = simulate(
        answers, [ROW], judge=SaysJudge(), max_turns=2, evaluators=["turn-consistency", Tone()], **FAKES
    )
    assert {name: score.value for name, score in scored.scores.items()} == {"turn_consistency": 1.0, "tone": 0.75}


def test_simulate_works_inside_a_running_loop():
    """A notebook or an asynchronous test may call the synchronous door."""

    async def notebook():
        results = simulate(answers, [ROW], judge=SaysJudge(), max_turns=1, **FAKES)
        return results, score_simulations(results)

    results, summary = asyncio.run(notebook())
    assert (results[0].stop_reason, set(summary.scores)) == ("max_turns", THREE)


def test_an_error_comes_out_of_a_running_loop_too():
    """What was asked wrongly is said there as anywhere."""

    async def notebook():
        simulate(answers, [], **FAKES)

    with pytest.raises(PersonaError, match="no personas"):
        asyncio.run(notebook())


def test_asimulate_does_the_same_on_the_loop_of_the_caller():
    """The asynchronous door runs where it is awaited."""
    seen = []

    async def model_fn(prompt):
        seen.append(asyncio.get_running_loop())
        return "ok"

    async def embedded():
        results = await asimulate(model_fn, [ROW], judge=SaysJudge(), max_turns=2, **FAKES)
        assert set(seen) == {asyncio.get_running_loop()}
        return results

    results = asyncio.run(embedded())
    assert isinstance(results, SimulationResults)
    assert results[0].turns == 2


def test_a_stream_gives_each_result_in_a_for_loop():
    """Without a loop at hand the results come to a plain ``for``, and the report is there at the end."""
    people = [persona(name) for name in ("ann", "bob", "cleo")]
    stream = stream_simulations(answers, people, judge=SaysJudge(), max_turns=1, **FAKES)
    assert stream.report is None
    names = [result.persona.name for result in stream]
    assert sorted(names) == ["ann", "bob", "cleo"]
    assert (stream.report.summary.conversations, stream.report.interrupted) == (3, False)


def test_a_stream_gives_each_result_in_an_async_for_loop():
    """With a loop at hand they come to an ``async for``."""

    async def embedded():
        stream = stream_simulations(answers, [ROW], judge=SaysJudge(), max_turns=1, trials=2, **FAKES)
        trials = [result.trial async for result in stream]
        return sorted(trials), stream.report.summary.conversations

    assert asyncio.run(embedded()) == ([1, 2], 2)


def test_a_stream_gives_a_result_as_soon_as_it_is_finished():
    """The first result is there while the other conversation is still waiting for its reply."""

    async def embedded():
        go_on = asyncio.Event()

        async def model_fn(prompt):
            if "ann" in prompt:
                await go_on.wait()
            return "ok"

        people = [persona("ann"), persona("bob")]
        names = []
        async for result in stream_simulations(model_fn, people, judge=SaysJudge(), max_turns=1, **FAKES):
            names.append(result.persona.name)
            go_on.set()
        return names

    assert asyncio.run(embedded()) == ["bob", "ann"]


def test_a_stream_starts_no_more_than_is_taken():
    """New conversations start as results are taken, so a slow reader holds the run back."""
    started = []

    class Counts:
        @hookimpl
        def conversation_started(self, persona):
            started.append(persona.name)

    people = [persona(f"p{number}") for number in range(8)]
    options = {**FAKES, "hooks": [Counts()], "judge": SaysJudge(), "max_turns": 1, "concurrency": 2}
    # Two talk and one may be judged or wait; in the place of the one that is taken another begins.
    for _ in stream_simulations(answers, people, **options):
        break
    assert len(started) <= 4


def test_the_next_persona_talks_while_the_last_one_is_judged():
    """A conversation that is being judged keeps nobody from talking to the system."""

    async def embedded():
        judged, talked = asyncio.Event(), []

        class Slow(SaysJudge):
            async def complete(self, question):
                if isinstance(question.about, GoalAsked):
                    await judged.wait()
                return await SaysJudge.complete(self, question)

        async def model_fn(prompt):
            talked.append(prompt)
            if len(talked) == 3:
                judged.set()
            return "ok"

        people = [persona("ann"), persona("bob"), persona("cai")]
        options = {**FAKES, "judge": Slow(), "max_turns": 1, "concurrency": 2}
        return {result.persona.name async for result in stream_simulations(model_fn, people, **options)}

    assert asyncio.run(embedded()) == {"ann", "bob", "cai"}


@attrs.define
class SlowToClose(Keeps):
    """A sink that needs a few rounds of the loop to close."""

    async def close(self, report):
        for _ in range(10):
            await asyncio.sleep(0)
        await Keeps.close(self, report)


def check_broken_off(stream, sink, judge):
    """Hold a stream that was left early against what it must leave behind."""
    assert sink.calls[0] == "open"
    assert sink.calls[-1] == "close"
    assert sink.report.interrupted
    assert sink.report.summary.conversations == len(sink.results) >= 1
    assert stream.report is not None
    assert judge.closed == [True]


def test_a_stream_that_is_broken_off_is_cleaned_up():
    """Leaving the loop early ends the conversations, closes the sinks and the judge, and leaves the report."""
    sink, judge = SlowToClose(), SaysJudge()
    people = [persona(f"p{number}") for number in range(6)]
    stream = stream_simulations(answers, people, judge=judge, max_turns=1, sinks=[sink], concurrency=2, **FAKES)
    for _ in stream:
        break
    check_broken_off(stream, sink, judge)


def test_an_async_stream_that_is_broken_off_is_cleaned_up():
    """Closing the asynchronous iterator does the same before it returns."""
    sink, judge = SlowToClose(), SaysJudge()
    people = [persona(f"p{number}") for number in range(6)]

    async def embedded():
        stream = stream_simulations(answers, people, judge=judge, max_turns=1, sinks=[sink], concurrency=2, **FAKES)
        async with aclosing(aiter(stream)) as results:
            async for _ in results:
                break
        check_broken_off(stream, sink, judge)

    asyncio.run(embedded())


def test_a_stream_that_is_asked_wrongly_says_so_before_it_starts():
    """The options are checked when the stream is made, not when it is read."""
    with pytest.raises(UsageError, match="trials is 0"):
        stream_simulations(answers, [ROW], trials=0)


def test_scores_are_added_only_where_they_are_missing():
    """Evaluators that a result has scores of are not asked again; the results are changed in place."""
    judge = SaysJudge()
    results = simulate(answers, [ROW], judge=judge, max_turns=2, evaluators=["turn-consistency"], **FAKES)
    before = results[0]
    asked = len(judge.asked)
    summary = score_simulations(results)
    assert len(judge.asked) == asked + 2
    assert set(results[0].scores) == set(summary.scores) == THREE
    assert results[0].scores["turn_consistency"] is before.scores["turn_consistency"]
    assert results[0].verdict == before.verdict
    score_simulations(results)
    assert len(judge.asked) == asked + 2


def test_scoring_asks_the_runs_judge_on_the_rest_of_its_budget():
    """What the run has spent counts: the scores get what is left of the same ceiling and no more."""
    judge = SaysJudge(cost=Decimal("0.10"))
    results = simulate(answers, [ROW], judge=judge, max_turns=2, budget_usd="0.30", **FAKES)
    assert results[0].cost_usd == Decimal("0.10")
    summary = score_simulations(results)
    assert summary.spent_usd == Decimal("0.30")
    assert sum(score.value is not None for score in results[0].scores.values()) == 2
    [cut] = [score for score in results[0].scores.values() if score.value is None]
    assert cut.cut
    assert "budget" in cut.reason
    assert len(judge.asked) == 3


def test_scoring_with_a_budget_of_its_own():
    """``budget_usd`` opens a new account for the scores."""
    judge = SaysJudge(cost=Decimal("0.10"))
    results = simulate(answers, [ROW], judge=judge, max_turns=2, budget_usd="1.00", **FAKES)
    score_simulations(results, budget_usd="0.10", evaluators=["turn-consistency"])
    assert results[0].scores["turn_consistency"].value == 1.0
    assert results[0].cost_usd == Decimal("0.20")


def test_scoring_with_another_judge_and_evaluators_of_ones_own():
    """Both may be given as instances; the run's own judge is then left alone."""
    first, second = SaysJudge(), SaysJudge(answer="no")
    results = simulate(answers, [ROW], judge=first, max_turns=2, **FAKES)
    asked = len(first.asked)
    summary = score_simulations(results, judge=second, evaluators=["conversation-relevance", Tone()])
    assert (len(first.asked), len(second.asked)) == (asked, 1)
    assert summary.scores["tone"].mean == 0.75
    assert summary.scores["tone"].passed == 1
    assert summary.scores["conversation_relevance"].mean == pytest.approx(1 / 2)


def test_results_of_a_file_can_be_scored():
    """Results that come from no run of this process have a budget of their own and the chosen judge."""
    results = simulate(refund_bot, [ROW], **FAKES, max_turns=2)
    read = [result_from_json(json.loads(json.dumps(result_to_json(result)))) for result in results]
    summary = score_simulations(read)
    assert set(read[0].scores) == set(summary.scores) == THREE


def test_scoring_nothing_is_refused():
    """No results are no summary."""
    with pytest.raises(UsageError, match="no results to score"):
        score_simulations([])


@pytest.mark.parametrize("gives", [RuntimeError("no idea"), SystemExit(2), 0.5, None])
def test_an_evaluator_that_fails_gives_a_reason_and_no_number(gives):
    """Whatever goes wrong in an evaluator, the other scores and the summary's mean are not touched."""
    [result] = results = simulate(
        answers, [ROW], judge=SaysJudge(), max_turns=2, evaluators=[Tone(gives), "turn-consistency"], **FAKES
    )
    tone = result.scores["tone"]
    assert (tone.value, tone.status) == (None, "failed")
    assert ("gave None" if gives is None else type(gives).__name__) in tone.reason
    assert result.scores["turn_consistency"].value == 1.0
    assert results.summary.scores["tone"].mean is None
    assert results.summary.scores["tone"].failed == 1


@pytest.mark.parametrize("where", ["judge", "evaluator"])
def test_a_judge_or_evaluator_that_is_cancelled_from_within_fails_alone(where):
    """A CancelledError that leaks out of a plug-in is its failure and does not cancel the run."""
    judge = SaysJudge(fails=asyncio.CancelledError()) if where == "judge" else SaysJudge()
    evaluators = [Tone(asyncio.CancelledError())] if where == "evaluator" else []
    [result] = simulate(answers, [ROW], judge=judge, max_turns=1, evaluators=evaluators, **FAKES)
    assert result.stop_reason == "max_turns"


def test_unknown_options_are_all_refused_at_once_with_what_was_meant():
    """Each misspelt option is named, with the one that was meant."""
    with pytest.raises(UsageError) as caught:
        simulate(answers, [ROW], max_turn=3, bugdet_usd=1, trails=2)
    assert caught.value.problems == (
        "there is no option 'max_turn'; did you mean 'max_turns'?",
        "there is no option 'bugdet_usd'; did you mean 'budget_usd'?",
        "there is no option 'trails'; did you mean 'trials'?",
    )


def test_wrong_values_are_all_refused_at_once():
    """Every value that cannot be is named in one error, and nothing is spent."""
    judge = SaysJudge()
    with pytest.raises(UsageError) as caught:
        simulate(
            answers,
            [ROW],
            judge=judge,
            max_turns=0,
            trials=True,
            concurrency=1.5,
            timeout=float("inf"),
            seed="x",
            budget_usd=-1,
        )
    told = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 6
    for part in ("max-turns is 0", "trials is True", "concurrency is 1.5", "timeout is inf", "seed is 'x'", "-1"):
        assert part in told
    assert judge.asked == []


@pytest.mark.parametrize("budget", [-1, "-0.01", float("nan"), float("inf"), "ten", "", True, [], "1,000"])
def test_what_is_no_budget_is_refused(budget):
    """A budget is a finite amount from 0 on, or none."""
    with pytest.raises(UsageError, match="the budget is"):
        simulate(answers, [ROW], budget_usd=budget)


@pytest.mark.parametrize("budget", [None, "none", " NONE ", 0, "0", "$2.50", Decimal("0.000001"), 1e-9, 10**6])
def test_what_is_a_budget_is_taken(budget):
    """Numbers, their text, and the word that lifts the ceiling."""
    [result] = simulate(answers, [ROW], budget_usd=budget, max_turns=1, **FAKES)
    assert result.stop_reason == "max_turns"
    shown = None if budget is None or str(budget).strip().lower() == "none" else float(str(budget).strip("$"))
    assert result.metadata["options"]["budget_usd"] == shown


def test_what_is_found_at_different_times_is_said_at_once(tmp_path):
    """The system, an option, the judge, the personas and where results go: nobody corrects them one by one."""
    people, sink = tmp_path / "personas.jsonl", f"jsonl:{tmp_path}/no/x"
    people.write_text('{"name": "ann"}\n')
    with pytest.raises(UsageError) as caught:
        simulate(5, people, max_turns=0, judge="nope", sinks=[sink], hooks=(), **{"turns": 3})
    told = str(caught.value)
    for expected in (
        "model_fn is int",
        "there is no option 'turns'",
        "max-turns is 0",
        "no judge is named 'nope'",
        "'goal' is missing",
        "no/x cannot be written",
    ):
        assert expected in told


def test_all_that_is_wrong_with_plug_ins_is_said_at_once():
    """Unknown names and misfits of every kind come in one error, with what was meant."""
    with pytest.raises(UsageError) as caught:
        simulate(
            answers,
            "jsnl:personas",
            judge="ofline",
            driver="scriptd",
            evaluators=["turn-consistancy", object()],
            sinks=["jsonl"],
            hooks=(),
        )
    told = str(caught.value)
    for part in ("'offline'", "'scripted'", "'turn-consistency'", "evaluator object", "needs 'path'", "'jsonl'"):
        assert part in told
    assert len(caught.value.problems) == 6


def test_an_evaluator_named_twice_is_refused():
    """Two scores of one name could not be told apart."""
    with pytest.raises(UsageError, match="named twice"):
        simulate(answers, [ROW], evaluators=["turn-consistency", "turn-consistency,threshold=0.9"], **FAKES)


def test_a_judge_without_a_price_is_refused_under_a_ceiling():
    """The message says how to state the price and how to lift the ceiling; without one the run goes on."""
    with pytest.raises(UsageError) as caught:
        simulate(answers, [ROW], judge=Priceless(), **FAKES)
    assert "price_in=USD,price_out=USD" in str(caught.value)
    assert "--budget none" in str(caught.value)
    [result] = simulate(answers, [ROW], judge=Priceless(), budget_usd=None, max_turns=1, **FAKES)
    assert result.goal_achieved is True


def test_a_judge_that_says_it_cannot_work_ends_the_run_before_it_begins():
    """The check comes before the first call of the system, and before any sink is opened."""
    sink, called = Keeps(), []
    with pytest.raises(UsageError, match="FAKE_KEY"):
        simulate(called.append, [ROW], judge=Refuses(), sinks=[sink], **FAKES)
    assert (called, sink.calls) == ([], [])


def test_two_personas_of_one_name_are_refused():
    """Their results could not be told apart; every name that is there twice is named."""
    people = [persona("ann"), persona("bob"), persona("ann"), persona("bob", goal="Another.")]
    with pytest.raises(PersonaError) as caught:
        simulate(answers, people, **FAKES)
    assert len(caught.value.problems) == 2
    assert "'ann'" in str(caught.value)
    assert "'bob'" in str(caught.value)


@pytest.mark.parametrize("nobody", [[], (), Source()])
def test_no_personas_are_refused(nobody):
    """A run without personas measures nothing."""
    with pytest.raises(PersonaError, match="there are no personas"):
        simulate(answers, nobody, **FAKES)


def test_a_source_that_gives_no_personas_is_refused():
    """What a source gives back is looked at."""
    with pytest.raises(PersonaError, match=r"source gave dict .*give Persona objects"):
        simulate(answers, Source((ROW,)), **FAKES)


def test_personas_come_as_objects_mappings_paths_specs_and_sources(tmp_path):
    """All ways of giving personas give the same conversation."""
    path = tmp_path / "some, people.jsonl"
    path.write_text(json.dumps(ROW), encoding="utf-8")
    simple = tmp_path / "people.jsonl"
    simple.write_text(json.dumps(ROW), encoding="utf-8")
    ways = [
        [Persona(**ROW)],
        Persona(**ROW),
        ROW,
        [ROW],
        (row for row in [ROW]),
        path,
        str(path),
        simple,
        f"jsonl:{simple}",
        Source((Persona(**ROW),)),
    ]
    told = {simulate(answers, way, max_turns=1, judge=SaysJudge(), **FAKES)[0].case_uid for way in ways}
    assert len(told) == 1


def test_a_persona_is_taken_as_it_is():
    """What was handed in stands in the result."""
    someone = persona(
        facts=["one"], script=["hi"], history=[Message("user", "a"), Message("assistant", "b")], metadata={"k": 1}
    )
    [result] = simulate(answers, [someone], max_turns=1, judge=SaysJudge(), **FAKES)
    assert result.persona == someone


def test_all_that_is_wrong_with_personas_is_said_at_once():
    """Each problem has its place and its field, also for objects handed in."""
    with pytest.raises(UsageError) as caught:
        simulate(answers, [{**ROW, "gaol": "x"}, persona(name=" "), "ann", {"name": "x"}], **FAKES)
    told = str(caught.value)
    assert "personas[0]: unknown key 'gaol'; did you mean 'goal'?" in told
    assert "personas[1]: 'name' is empty" in told
    assert "personas[2]: a string, not an object" in told
    assert told.count("personas[3]:") == 3


@pytest.mark.parametrize("nonsense", [5, True, None])
def test_what_is_no_collection_of_personas_is_refused(nonsense):
    """A number is nobody."""
    with pytest.raises(UsageError):
        simulate(answers, nonsense, **FAKES)


def test_a_path_that_is_not_there_is_named():
    """A file that does not exist is told by its name, whether a string or a path."""
    for path in ("nowhere/personas.jsonl", Path("nowhere") / "personas.jsonl"):
        with pytest.raises(UsageError, match="no such file"):
            simulate(answers, path, **FAKES)


def test_who_asks_wrongly_in_one_way_only_can_catch_that():
    """Personas that cannot be used are a PersonaError and plug-ins a PluginError, wherever they are found."""
    with pytest.raises(PersonaError):
        simulate(answers, [{**ROW, "gaol": "x"}], **FAKES)
    with pytest.raises(PluginError):
        simulate(answers, [ROW], judge="ofline", **FAKES)


def test_hooks_are_none_or_exactly_those_given():
    """``()`` keeps a host free of ambient plug-ins; instances take part and are named in the metadata."""
    heard = []

    class Listens:
        @hookimpl
        def run_started(self, run):
            heard.append(run.conversations)

    [quiet] = simulate(answers, [ROW], judge=SaysJudge(), max_turns=1, driver=Talks(), hooks=())
    [loud] = simulate(answers, [ROW], judge=SaysJudge(), max_turns=1, driver=Talks(), hooks=[Listens()])
    assert heard == [1]
    kinds = [[use["kind"] for use in result.metadata["plugins"]] for result in (quiet, loud)]
    assert "hook" not in kinds[0]
    assert kinds[1].count("hook") == 1


def test_a_hook_that_does_not_exist_is_refused():
    """A misspelt hook is an error with its name, and not a hook that never fires."""

    class Misspelt:
        @hookimpl
        def run_begun(self, run):
            raise AssertionError

    with pytest.raises(UsageError, match="run_begun"):
        simulate(answers, [ROW], driver=Talks(), hooks=[Misspelt()])


def test_a_result_says_what_it_was_made_with():
    """Options and where they come from, judge, driver, plug-ins, versions and seed stand in every result."""
    [result] = simulate(answers, [ROW], judge=SaysJudge(), max_turns=1, seed=7, budget_usd="2.5", **FAKES)
    made = result.metadata
    numbers = {
        "max_turns": 1,
        "trials": 1,
        "judge_model": "says-judge",
        "judge_votes": 1,
        "judge_calls": "separate",
        "concurrency": 16,
        "timeout": 60.0,
        "budget_usd": 2.5,
    }
    assert made["options"] == numbers
    assert (made["sources"]["max_turns"], made["sources"]["trials"]) == ("call", "default")
    assert (made["seed"], made["judge_provider"], made["judge_model"]) == (7, "says-judge", "fake-1")
    assert {use["kind"] for use in made["plugins"]} >= {"judge", "driver"}
    assert set(made["versions"]) == {"multivon-eval", "python"}
    assert len(made["run_id"]) == 16


def test_without_a_key_the_judge_is_offline():
    """The choice and its reason stand in the result; a judge that was asked for needs no other reason."""
    [result] = simulate(answers, [ROW], max_turns=1, **FAKES)
    assert result.metadata["judge_model"] == "offline"
    assert "no key in the environment" in result.metadata["judge_reason"]
    [result] = simulate(answers, [ROW], max_turns=1, judge="offline", **FAKES)
    assert result.metadata["judge_reason"] == "asked for"


def test_another_judge_may_play_the_personas():
    """``driver_judge`` is asked by the driver only, and both stand in the metadata."""
    plays, judges = SaysJudge(), SaysJudge()
    [result] = simulate(answers, [ROW], judge=judges, driver_judge=plays, max_turns=1, hooks=())
    assert {question.prompt.schema_name for question in plays.asked} == {"user_turn"}
    assert {question.prompt.schema_name for question in judges.asked} == {"verdict"}
    assert "driver judge" in {use["kind"] for use in result.metadata["plugins"]}


def test_sinks_get_every_result_and_one_that_fails_keeps_no_other_from_it():
    """A sink's failure is in the report, marked as undelivered, and the other sink has its results."""

    @attrs.define
    class Full(Keeps):
        async def write(self, result):
            raise OSError("disk full")

    good = Keeps()
    results = simulate(answers, [ROW], judge=SaysJudge(), max_turns=1, trials=2, sinks=[Full(), good], **FAKES)
    assert good.calls == ["open", "write", "write", "close"]
    assert good.report.summary.conversations == 2
    assert [problem.undelivered for problem in results.report.problems] == [True, True]
    assert "disk full" in results.report.problems[0].message


def test_a_sink_that_cannot_be_opened_ends_the_run_before_anything_is_spent():
    """The destination is looked at first."""

    @attrs.define
    class Locked(Keeps):
        async def open(self, run):
            raise OSError("read-only")

    judge = SaysJudge()
    with pytest.raises(UsageError, match="read-only"):
        simulate(answers, [ROW], judge=judge, sinks=[Locked()], hooks=())
    assert judge.asked == []


def test_the_judge_is_closed_once_at_the_end():
    """A plug-in that holds connections gives them back, also where two roles share it."""
    judge = SaysJudge()
    simulate(answers, [persona("ann"), persona("bob")], judge=judge, driver_judge=judge, max_turns=1, hooks=())
    assert judge.closed == [True]


def test_one_failure_never_reaches_another_persona():
    """Results come in the personas' order, always, whatever failed."""
    people = [persona(name) for name in ("ann", "bob", "cleo")]
    results = simulate(
        lambda prompt: None if "bob" in prompt else "ok",
        people,
        judge=SaysJudge(),
        driver=Fails(ValueError("no")),
        max_turns=1,
        hooks=(),
    )
    assert [result.stop_reason for result in results] == ["driver_error", "driver_error", "max_turns"]
    assert results.summary.errors == 2


CASES = [
    EvalCase("What is the refund window?", name="window"),
    EvalCase([Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", "Where is order 1234?")]),
]


def test_fixed_cases_are_the_same_contract():
    """Each case is answered once, with the rendered conversation, and its conversation is scored."""
    prompts = []

    def model_fn(prompt):
        prompts.append(prompt)
        return Reply("It is 30 days.", cost_usd=0.1)

    judge = SaysJudge()
    results = EvalSuite(CASES, ["turn-consistency", Tone()]).run(model_fn, judge=judge)
    assert sorted(prompts) == sorted(case.conversation_str() for case in CASES)
    assert [result.case for result in results] == CASES
    assert [result.conversation.messages[-1].content for result in results] == ["It is 30 days."] * 2
    assert [result.scores["turn_consistency"].status for result in results] == ["skipped", "scored"]
    assert results[1].scores["tone"].value == 0.75
    assert judge.closed == [True]


def test_a_case_that_fails_has_an_error_and_no_score():
    """The others are answered, and the failed one says why."""

    def model_fn(prompt):
        if "1234" in prompt:
            raise RuntimeError("no such order")
        return "30 days."

    first, second = EvalSuite(CASES, [Tone()]).run(model_fn, judge=SaysJudge())
    assert (first.error, first.scores["tone"].value) == ("", 0.75)
    assert "no such order" in second.error
    assert (second.scores["tone"].value, second.scores["tone"].status) == (None, "skipped")
    assert len(second.conversation.messages) == 3


def test_a_suite_keeps_its_budget():
    """Scores that do not fit are cut, with the reason."""
    judge = SaysJudge(cost=Decimal("0.10"))
    results = EvalSuite(CASES, ["conversation-relevance"]).run(answers, judge=judge, budget_usd="0.10")
    scores = [result.scores["conversation_relevance"] for result in results]
    assert sorted(score.cut for score in scores) == [False, True]
    assert sum(result.cost_usd for result in results) == Decimal("0.10")


def test_a_suite_draws_on_a_shared_budget(tmp_path):
    """Two suites spend from one account: what the first took the second does not have."""
    budget = SharedBudget(tmp_path / "budget", usd="0.15")
    cuts = []
    for _ in range(2):
        judge = SaysJudge(cost=Decimal("0.10"))
        [result] = EvalSuite(CASES[:1], ["conversation-relevance"]).run(answers, judge=judge, budget_usd=budget)
        cuts.append(result.scores["conversation_relevance"].cut)
    assert (cuts, budget.spent) == ([False, True], Decimal("0.10"))


def test_a_suite_runs_its_cases_side_by_side():
    """As many at once as ``concurrency`` says, each of them answered, the results in the cases' order."""
    running, most = 0, 0

    async def model_fn(prompt):
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(5):
            await asyncio.sleep(0)
        running -= 1
        return prompt

    cases = [EvalCase(f"case {number}") for number in range(7)]
    results = EvalSuite(cases, []).run(model_fn, judge="offline", concurrency=3)
    assert [result.case for result in results] == cases
    assert [result.conversation.messages[-1].content for result in results] == [f"USER: case {n}" for n in range(7)]
    assert most == 3


def test_a_suite_says_everything_that_is_wrong_at_once():
    """System, options, budget, judge and evaluators are all named in one error, and nothing is asked."""
    with pytest.raises(UsageError) as wrong:
        EvalSuite(CASES, ["tonne"]).run(3, judge="oracle", budget_usd="much", timeout=-1)
    told = "\n".join(wrong.value.problems)
    for part in ("model_fn is int", "timeout is -1", "the budget is 'much'", "'oracle'", "'tonne'"):
        assert told.count(part) == 1


def test_a_suite_asks_its_default_evaluators():
    """Without evaluators the default three score, judged offline."""
    [result] = EvalSuite(CASES[1:]).run(refund_bot)
    assert set(result.scores) == THREE


def test_a_case_ends_with_the_user():
    """There must be something to answer."""
    for messages in ([], [Message("user", "a"), Message("assistant", "b")]):
        with pytest.raises(UsageError, match="does not end with a user message"):
            EvalCase(messages, name="odd")
