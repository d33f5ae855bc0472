"""Hooks are told of each call of a run: whom it asks, for what, inside which other, and what came of it."""

import json
from contextvars import ContextVar
from decimal import Decimal

import attrs
import pytest

from multivon_eval import Reply, hookimpl, result_to_json, simulate
from multivon_eval.sdk import (
    Answer,
    Call,
    JudgeError,
    JudgeUnavailable,
    Observation,
    Score,
    TextAsked,
    UserTurn,
    ask,
    text_question,
)
from multivon_eval.testing import write_distribution
from support.command import multivon_eval
from support.people import SaysJudge, Talks, persona

INSIDE: ContextVar[int] = ContextVar("INSIDE", default=0)


@attrs.define
class Listens:
    """Keeps what it is told, and sets a context variable as a tracer would."""

    started: list = attrs.field(factory=list)
    ended: list = attrs.field(factory=list)
    questions: dict = attrs.field(factory=dict)
    _tokens: dict = attrs.field(factory=dict)

    @hookimpl
    def call_started(self, call: Call, question: object) -> None:
        self.started.append(call)
        self.questions[call.call_id] = question
        assert INSIDE.get() == call.parent_id
        self._tokens[call.call_id] = INSIDE.set(call.call_id)

    @hookimpl
    def call_finished(self, call: Call, outcome: object, error: object) -> None:
        # In another context this would raise, and the hook be left out.
        INSIDE.reset(self._tokens.pop(call.call_id))
        self.ended.append((call, outcome, error))

    def outcomes(self, kind):
        return [outcome for call, outcome, _ in self.ended if call.kind == kind]


class Judges(SaysJudge):
    """A judge that answers a question of one's own too."""

    async def complete(self, question):
        return Answer("well") if isinstance(question.about, TextAsked) else await super().complete(question)


@attrs.frozen
class Asking:
    """A driver that asks the judge what to say."""

    async def next_message(self, conversation, context):
        said = await ask(context.judge, text_question("What next?"))
        return UserTurn(f"{said} {len(conversation.messages)}")


@attrs.frozen
class Scores:
    """An evaluator that asks the judge."""

    async def evaluate(self, conversation, context):
        await ask(context.judge, text_question("How was it?"))
        return Score(0.5, "half")


@attrs.frozen
class Sees:
    """An observer."""

    async def observe(self, conversation, context):
        return [Observation("seen", len(conversation.messages), "something")]


def run(listens, system=lambda prompt: "hello", **options):
    given = {"driver": Asking(), "judge": Judges(), "observers": [Sees()], "max_turns": 1, **options}
    return simulate(system, [persona("ann"), persona("bob")], hooks=[listens], **given)


def test_each_call_is_told_with_its_outcome():
    """Driver, system, observer, evaluator and judge, each with what it gave."""
    listens = Listens()
    results = run(listens, evaluators=[Scores()])
    assert results.report.problems == ()
    assert {call.kind for call in listens.started} == {"driver", "system", "observer", "evaluator", "judge"}
    assert [call for call, *_ in listens.ended] != []
    assert {call.call_id for call in listens.started} == {call.call_id for call, *_ in listens.ended}
    assert all(isinstance(one, UserTurn) for one in listens.outcomes("driver"))
    assert all(isinstance(one, Reply) for one in listens.outcomes("system"))
    assert all(isinstance(one, Answer) for one in listens.outcomes("judge"))
    assert listens.outcomes("evaluator") == [Score(0.5, "half")] * 2
    assert all(error is None for *_, error in listens.ended)
    assert {call.run_id for call in listens.started} == {results.report.info.run_id}
    assert {call.case_uid for call in listens.started} == {result.case_uid for result in results}


def test_a_judge_is_asked_inside_of_whom_asks():
    """Its call names that of the driver or evaluator that asks, its purpose and its model; a verdict has no parent."""
    listens = Listens()
    run(listens, evaluators=[Scores()])
    by_id = {call.call_id: call for call in listens.started}
    found = {
        (call.purpose, by_id[call.parent_id].kind if call.parent_id else "", call.name)
        for call in listens.started
        if call.kind == "judge"
    }
    model = "judges"
    assert found == {("driver", "driver", model), ("verdict", "", model), ("scores", "evaluator", model)}
    for call in listens.started:
        if call.parent_id:
            assert by_id[call.parent_id].case_uid == call.case_uid
        assert (listens.questions[call.call_id] is not None) == (call.kind == "judge")


def test_the_system_runs_inside_its_call():
    """A context variable that a hook sets when the call begins is seen by ``model_fn``: a span becomes its parent."""
    listens, seen = Listens(), []

    def threaded(prompt):
        seen.append(INSIDE.get())
        return "hello"

    run(listens, threaded)
    assert seen == [call.call_id for call in listens.started if call.kind == "system"]


def test_each_repetition_is_a_call_of_its_own():
    """A judge that fails and is asked again is told twice, the first time with its error."""
    asked = []

    class Stumbles(Judges):
        async def complete(self, question):
            asked.append(question)
            if len(asked) == 1:
                raise JudgeUnavailable("busy", retry_after=0.0)
            return await super().complete(question)

    listens = Listens()
    run(listens, driver=Talks(), judge=Stumbles(), concurrency=1)
    judged = [(outcome, error) for call, outcome, error in listens.ended if call.kind == "judge"]
    assert isinstance(judged[0][1], JudgeUnavailable) and judged[0][0] is None
    assert isinstance(judged[1][0], Answer) and judged[1][1] is None


def test_what_fails_is_told_with_its_error():
    """A system that raises and a driver that fails are told, and the run goes on."""

    def broken(prompt):
        raise ConnectionError("no database")

    @attrs.frozen
    class Fails:
        async def next_message(self, conversation, context):
            raise JudgeError("no idea")

    listens = Listens()
    run(listens, broken, driver=Talks())
    assert {str(error) for call, _, error in listens.ended if call.kind == "system"} == {
        "model_fn raised ConnectionError: no database"
    }
    listens = Listens()
    run(listens, driver=Fails())
    assert {type(error) for call, _, error in listens.ended if call.kind == "driver"} == {JudgeError}


def test_a_call_that_the_ceiling_refuses_is_none():
    """What was not sent is not told."""

    @attrs.frozen
    class Dear(Judges):
        def worst_cost(self, question):
            return Decimal(5)

    listens = Listens()
    run(listens, judge=Dear(), budget_usd=1)
    assert not [call for call in listens.started if call.kind == "judge"]


@pytest.mark.parametrize("hook", ["call_started", "call_finished"])
def test_a_hook_that_fails_there_is_left_out(hook):
    """It is reported once, and the conversation goes on."""

    class Fails:
        def _fail(self):
            raise ValueError("fell over")

    setattr(Fails, hook, hookimpl(lambda self: self._fail()))
    report = run(Fails()).report
    [problem] = report.problems
    assert problem.message == f"raised ValueError: fell over in {hook}; left out for the rest of the run"
    assert report.summary.conversations == 2


TELLS = """
from contextvars import ContextVar
from multivon_eval.sdk import hookimpl

HERE = ContextVar("here", default="")

@hookimpl
def conversation_started(persona, trial, case_uid):
    HERE.set(case_uid)
    say("started", persona.name, trial, case_uid)

@hookimpl
def call_started(call):
    say("call", call.kind, call.case_uid == HERE.get())

@hookimpl
def conversation_finished(result):
    say("finished", result.persona.name, bool(HERE.get()))

def say(*words):
    with open("told.txt", "a") as file:
        print(*words, file=file)
"""


@pytest.mark.process
def test_scoring_again_is_told_as_a_conversation(tmp_path):
    """``score`` tells when each begins and ends, in one task, and its calls carry the same ``case_uid``."""
    results = simulate(lambda prompt: "hello", [persona("ann")], judge="offline", max_turns=1, hooks=(), trials=2)
    lines = "\n".join(json.dumps(result_to_json(one)) for one in results)
    (tmp_path / "results.jsonl").write_text(lines, encoding="utf-8")
    points = {"multivon_eval.hooks": {"tells": "tells"}}
    site = write_distribution(tmp_path / "site", "tells", entry_points=points, modules={"tells": TELLS})
    args = ("score", "results.jsonl", "--out", "again.jsonl", "--judge", "offline", "--quiet")
    done = multivon_eval(*args, cwd=tmp_path, env={"PYTHONPATH": str(site)})
    assert done.returncode == 0, done.stderr
    told = (tmp_path / "told.txt").read_text(encoding="utf-8").splitlines()
    begun = [line for line in told if line.startswith("started ann")]
    assert len(begun) == len(set(begun)) == 2
    assert told.count("finished ann True") == 2
    assert {line for line in told if line.startswith("call")} == {"call judge True", "call evaluator True"}
