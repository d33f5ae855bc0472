"""What observers see, what follows from it, and what an observer may not break."""

import asyncio
import json
import subprocess
import sys
import threading
from decimal import Decimal

import attrs
import pytest

from multivon_eval import UsageError, simulate
from multivon_eval.sdk import JudgeError, Observation, UserTurn, YesNo, ask, yes_no_question
from support.chat_answers import default_answer
from support.chat_server import ChatServer
from support.command import PERSONA, clean_env, multivon_eval, workplace
from support.people import SaysJudge, Talks, answers, persona


@attrs.frozen
class Sees:
    """An observer that looks for a word in the last message of one role, and remembers when it was asked."""

    word: str
    effect: str = "note"
    stop_reason: str | None = None
    role: str = "assistant"
    asked: list = attrs.field(factory=list, repr=False, eq=False)

    async def observe(self, conversation, context):
        last = conversation.messages[-1] if conversation.messages else None
        self.asked.append((last and last.content, conversation.stop_reason))
        if last is None or conversation.stop_reason or last.role != self.role or self.word not in last.content:
            return []
        turn = conversation.numbered()[-1][0]
        return [Observation("seen", turn, f"says {self.word}", self.effect, self.stop_reason)]


@attrs.frozen
class Raises:
    """An observer that fails."""

    error: BaseException = attrs.field(factory=lambda: ValueError("no luck"))
    asked: list = attrs.field(factory=list, repr=False, eq=False)

    async def observe(self, conversation, context):
        self.asked.append(conversation)
        raise self.error


@attrs.frozen
class Gives:
    """An observer that gives whatever it holds."""

    thing: object

    async def observe(self, conversation, context):
        return self.thing


@attrs.frozen
class Improves:
    """A driver that says ``bad`` at first and, told that it was rejected, something else."""

    second: str = "good"
    rejected: list = attrs.field(factory=list, repr=False, eq=False)

    async def next_message(self, conversation, context):
        if context.rejected is None:
            return UserTurn(f"bad {conversation.turns}")
        self.rejected.append(context.rejected)
        return UserTurn(f"{self.second} {conversation.turns}")


def run(*observers, driver=None, model_fn=answers, people=None, **options):
    """The results of a run with these observers."""
    options = {"judge": SaysJudge(), "max_turns": 2, "hooks": (), **options}
    return simulate(model_fn, people or [persona()], driver=driver or Talks(), observers=observers, **options)


def test_observer_is_asked_after_each_message_and_at_the_end():
    """After a user message before the system answers, after a reply, and once when the conversation is over."""
    sees = Sees("nothing")
    run(sees)
    assert sees.asked == [
        ("ann 1", None),
        ("reply 1", None),
        ("ann 2", None),
        ("reply 2", None),
        ("reply 2", "max_turns"),
    ]


def test_note_is_recorded_and_changes_nothing():
    """It stands in the result with the name of the observer."""
    [result] = run(Sees("reply 1"))
    [seen] = result.conversation.observations
    assert (seen.observer, seen.name, seen.turn, seen.effect) == ("sees", "seen", 1, "note")
    assert (result.stop_reason, result.turns, result.driver_faults) == ("max_turns", 2, ())


def test_refusal_ends_a_conversation_unless_it_is_probed():
    """It counts in both cases."""
    refusal = Sees("reply", "refusal")
    [result] = run(refusal, max_turns=3)
    assert (result.stop_reason, result.conversation.refusals_observed) == ("assistant_refused", 2)
    [result] = run(refusal, people=[persona(traits=["adversarial"])], max_turns=3)
    assert (result.stop_reason, result.conversation.refusals_observed) == ("max_turns", 3)


def test_stop_ends_a_conversation_with_its_reason():
    """After a reply the conversation ends with it."""
    [result] = run(Sees("reply 1", "stop", "assistant_refused"))
    assert (result.stop_reason, result.turns) == ("assistant_refused", 1)


def test_stop_at_a_user_message_keeps_it_from_the_system():
    """The system is not called for a message at which an observer stops."""
    prompts = []
    [result] = run(
        Sees("ann 2", "stop", "max_turns", role="user"), model_fn=lambda prompt: prompts.append(prompt) or "so"
    )
    assert (result.stop_reason, result.turns, len(prompts)) == ("max_turns", 1, 1)
    assert result.transcript[-1].content == "ann 2"


def test_message_at_fault_is_replaced_before_the_system_sees_it():
    """The driver is told what was wrong, the system gets the second message, and the repair is counted."""
    driver = Improves()
    [result] = run(Sees("bad", "fault", role="user"), driver=driver)
    assert [message.content for message in result.conversation.said_by("user")] == ["good 0", "good 1"]
    assert [(one.message, one.faults[0].detail) for one in driver.rejected] == [
        ("bad 0", "says bad"),
        ("bad 1", "says bad"),
    ]
    assert (result.conversation.repaired_faults, result.driver_faults) == (2, ())


def test_message_that_stays_at_fault_is_sent_and_reported():
    """The driver is asked twice and no more; what is still at fault is reported."""
    driver = Improves("bad again")
    [result] = run(Sees("bad", "fault", role="user"), driver=driver, max_turns=1)
    assert [message.content for message in result.conversation.said_by("user")] == ["bad again 0"]
    assert [(fault.turn, fault.fault) for fault in result.driver_faults] == [(1, "seen")]
    assert (result.conversation.repaired_faults, len(driver.rejected)) == (0, 1)


@pytest.mark.parametrize("error", [JudgeError("down"), ValueError("no")])
def test_message_at_fault_is_sent_where_no_other_can_be_had(error):
    """A driver that fails the second time does not lose the first message."""

    @attrs.frozen
    class FailsTheSecondTime:
        async def next_message(self, conversation, context):
            if context.rejected is not None:
                raise error
            return UserTurn("bad")

    [result] = run(Sees("bad", "fault", role="user"), driver=FailsTheSecondTime(), max_turns=1)
    assert (result.stop_reason, len(result.driver_faults)) == ("max_turns", 1)


def test_script_is_sent_word_for_word():
    """What the persona's script says is not asked for again, whatever an observer says of it."""
    driver = Improves()
    [result] = run(Sees("bad", "fault", role="user"), driver=driver, people=[persona(script=["bad luck"])], max_turns=1)
    assert result.conversation.said_by("user")[0].content == "bad luck"
    assert driver.rejected == []


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (Raises(), "ValueError: no luck"),
        (Raises(SystemExit(3)), "SystemExit: 3"),
        (Raises(asyncio.CancelledError("mine")), "CancelledError: mine"),
        (Gives(None), "it gave None, not a list of Observation"),
        (Gives("seen"), "it gave str ('seen'), not a list of Observation"),
        (Gives([("seen", 1)]), "it gave a list with tuple (('seen', 1)) in it, not Observation"),
    ],
    ids=str,
)
def test_broken_observer_is_left_out_and_reported(broken, says):
    """No conversation is lost, the others go on watching, and the report says once what happened."""
    results = run(broken, Sees("reply 1"), people=[persona("ann"), persona("bob")])
    assert [result.stop_reason for result in results] == ["max_turns", "max_turns"]
    assert [len(result.conversation.observations) for result in results] == [1, 1]
    [problem] = results.report.problems
    assert problem.where == f"observer {type(broken).__name__.lower()}"
    assert problem.message == f"{says}; left out for the rest of the run"
    if isinstance(broken, Raises):
        assert len(broken.asked) <= 2


def test_observer_asks_the_judge_under_the_budget():
    """Its calls are metered and estimated; without the money for them it sees nothing and is not left out."""

    @attrs.frozen
    class AsksAboutReplies:
        def questions(self, conversation):
            is_reply = conversation.stop_reason is None and conversation.messages[-1].role == "assistant"
            return [yes_no_question(conversation, [YesNo("kind", "Is it kind?")])] if is_reply else []

        async def observe(self, conversation, context):
            for question in self.questions(conversation):
                [answer] = await ask(context.judge, question)
                return [Observation(answer.answer, 1, "asked")]
            return []

    judge = SaysJudge(cost=Decimal("0.01"))
    results = run(AsksAboutReplies(), judge=judge, max_turns=2)
    assert [seen.name for seen in results[0].conversation.observations] == ["yes", "yes"]
    estimate = results.report.info.estimate
    assert estimate.calls_most == len(judge.asked) == 3
    poor = run(AsksAboutReplies(), judge=judge, budget_usd="0.005", max_turns=1)
    assert poor[0].conversation.observations == ()
    assert poor.report.problems == ()


def test_no_observers_can_be_named():
    """An empty list is nobody: nothing is a refusal then."""
    [result] = run(model_fn=lambda prompt: "I'm sorry, but I can't help with that.")
    assert result.stop_reason == "max_turns"


def test_unknown_observer_is_refused_before_a_run():
    """With what was perhaps meant."""
    with pytest.raises(UsageError, match="no observer is named 'refusal'; did you mean 'refusals'"):
        simulate(answers, [persona()], judge=SaysJudge(), hooks=(), observers=["refusal"])


MODEL = """
def model_fn(messages):
    return f"That takes a look at part {len(messages)} of it."
"""


@pytest.mark.process
def test_observations_survive_a_kill(tmp_path):
    """After ``kill -9`` the run goes on with what was observed, and asks the driver again for no message it had."""
    killed, is_asked = threading.Event(), threading.Event()
    (tmp_path / "watch.py").write_text(
        "import attrs\nfrom multivon_eval.sdk import Observation\n\n@attrs.frozen\nclass Watch:\n"
        "    async def observe(self, conversation, context):\n"
        "        turn, message = conversation.numbered()[-1]\n"
        "        return [Observation('heard', turn, message.role)] if conversation.stop_reason is None else []\n",
        encoding="utf-8",
    )

    def answer(body):
        asked = sum(message["role"] == "assistant" for message in body["messages"])
        if asked == 2 and not killed.is_set():
            is_asked.set()
            killed.wait()
        return default_answer(body, goal_after=9)

    workplace(tmp_path, MODEL, PERSONA)
    with ChatServer(answer) as server:
        args = ["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "results.jsonl"]
        args += ["--max-turns", "3", "--observer", "watch.Watch"]
        args += ["--judge", f"openai:any,base_url={server.base_url},price_in=1,price_out=2"]
        process = subprocess.Popen([sys.executable, "-m", "multivon_eval", *args], cwd=tmp_path, env=clean_env())
        try:
            is_asked.wait()
        finally:
            process.kill()
            process.wait()
            killed.set()
        done = multivon_eval(*args, "--resume", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    [line] = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    seen = [(one["turn"], one["detail"]) for one in json.loads(line)["metadata"]["observations"]]
    assert seen == [(turn, role) for turn in (1, 2, 3) for role in ("user", "assistant")]
