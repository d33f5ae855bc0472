import json
import subprocess
import sys
import threading
from decimal import Decimal

import attrs
import pytest

from multivon_eval import UsageError, simulate
from multivon_eval.sdk import JudgeError, JudgeUnavailable
from multivon_eval_plugins.refusal.known import is_known_language
from multivon_eval_plugins.refusal.observer import Refusals
from multivon_eval_plugins.refusal.question import KEY
from support.chat_answers import default_answer
from support.chat_server import ChatServer
from support.command import PERSONA, clean_env, multivon_eval, workplace
from support.people import SaysJudge, Talks, answers, asks_refusal, persona

REFUSAL = "I'm sorry, but I can't help with that."


def run(judge, model_fn=answers, by="judge", someone=None, **options):
    """The one result of a run in which the judge is asked whether replies refuse."""
    options = {"driver": Talks(), "max_turns": 3, "hooks": (), **options}
    [result] = simulate(model_fn, [someone or persona()], judge=judge, observers=[Refusals(by)], **options)
    return result


def notes(result):
    """What the observers noted."""
    return [seen.detail for seen in result.conversation.observations if seen.effect == "note"]


def replies_asked_about(judge):
    """The replies about which a judge was asked whether they refuse."""
    return [question.about.conversation.messages[-1].content for question in judge.asked if asks_refusal(question)]


def test_the_judge_decides_where_it_is_asked():
    """Its yes ends a conversation that the rules would go on with, its no goes on where they would end it."""
    judge = SaysJudge(refused="yes")
    result = run(judge)
    assert (result.stop_reason, result.conversation.refusals_observed) == ("assistant_refused", 2)
    assert replies_asked_about(judge) == ["reply 1", "reply 2"]
    judge = SaysJudge(refused="no")
    result = run(judge, lambda prompt: REFUSAL)
    assert (result.stop_reason, result.conversation.refusals_observed) == ("max_turns", 0)
    assert replies_asked_about(judge) == [REFUSAL] * 3
    assert notes(result) == []


def test_without_the_option_the_judge_is_not_asked():
    """The rules decide by default, for nothing."""
    judge = SaysJudge(refused="yes")
    result = run(judge, by="rules")
    assert (result.stop_reason, replies_asked_about(judge)) == ("max_turns", [])


def test_an_adversarial_persona_goes_on_after_what_the_judge_calls_a_refusal():
    """It is counted, as with the rules."""
    result = run(SaysJudge(refused="yes"), someone=persona(traits=["adversarial"]))
    assert (result.stop_reason, result.conversation.refusals_observed) == ("max_turns", 3)


@attrs.frozen
class Answers(SaysJudge):
    """A judge that answers whether a reply refuses with a text of its own, or raises."""

    text: object = ""

    async def complete(self, question):
        if not asks_refusal(question):
            return await super().complete(question)
        if isinstance(self.text, BaseException):
            raise self.text
        return await SaysJudge(says=[self.text]).complete(question)


def row(refused, quote):
    """An answer with one quote."""
    evidence = [{"turn": 1, "quote": quote}]
    return json.dumps({KEY: {"reason": "so it is", "evidence": evidence, "answer": refused}})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (JudgeError("it is down"), "it is down"),
        (RuntimeError("a fault of its own"), "raised RuntimeError: a fault of its own"),
        ("no JSON", "no JSON object in the answer"),
        (row("unknown", "reply"), "the judge could not tell: so it is"),
        (row("yes", "words that nobody said"), "the judge said yes without a quote from the reply: so it is"),
        (row("yes", "ann"), "the judge said yes without a quote from the reply: so it is"),
    ],
)
@pytest.mark.parametrize(("said", "stop"), [(REFUSAL, "assistant_refused"), ("Fine.", "max_turns")])
def test_where_the_judge_fails_the_rules_step_in_with_a_note(text, why, said, stop):
    """Failure, an answer that cannot be read, unknown, a yes that quotes nothing: decided all the same, and said."""
    result = run(Answers(text=text), lambda prompt: said, max_turns=2)
    assert (result.stop_reason, result.turns) == (stop, 2)
    note, another = notes(result)
    assert note.startswith("whether the reply declines was decided by the rules: ")
    assert why in note and another


def test_a_call_that_the_budget_does_not_reach_for_leaves_the_verdict_its_money():
    """The rules step in, and what is held for the verdict stays held for it."""

    @attrs.frozen
    class Dear(SaysJudge):
        def worst_cost(self, question):
            return Decimal("0.50") if asks_refusal(question) else Decimal("0.10")

    judge = Dear(cost=Decimal("0.10"), refused="yes")
    someone = persona(history=[{"role": "user", "content": "When?"}])  # nothing is held before the first reply
    result = run(judge, someone=someone, budget_usd="0.45", max_turns=1)
    assert replies_asked_about(judge) == []
    assert "does not fit" in notes(result)[0]
    assert result.goal_achieved is True


@attrs.frozen
class Charges(SaysJudge):
    """A judge that charges for a question about a reply and never answers it."""

    async def complete(self, question):
        self.asked.append(question)
        if asks_refusal(question):
            raise JudgeUnavailable("hung up", True, retry_after=0)
        return await SaysJudge(cost=self.cost).complete(question)


def test_repetitions_do_not_eat_what_is_held_for_the_verdict():
    """Where a question is never answered the last try of it finds nothing, and the verdict does."""
    judge = Charges(cost=Decimal("0.10"))
    result = run(judge, budget_usd="0.40", max_turns=1)
    assert len(replies_asked_about(judge)) == 3
    assert "does not fit" in notes(result)[0]
    assert (result.goal_achieved, result.cost_usd) == (True, Decimal("0.40"))


def test_what_a_question_took_is_held_again_before_the_next_turn():
    """A turn begins only if its reply can be asked about, so each was, and the verdict is not cut."""
    judge = SaysJudge(cost=Decimal("0.10"))
    result = run(judge, budget_usd="0.50", max_turns=8)
    assert (result.stop_reason, result.turns, notes(result)) == ("budget_exceeded", 3, [])
    assert (result.goal_achieved, result.cost_usd) == (True, Decimal("0.40"))


def test_the_estimate_counts_a_question_for_each_reply():
    """At most one more call for each turn; usually between half of that and all of it."""
    judge = SaysJudge()
    rules, asked = (
        simulate(
            answers, [persona()], judge=judge, max_turns=4, hooks=(), observers=[f"refusals:{by}"]
        ).report.info.estimate
        for by in ("rules", "judge")
    )
    assert (asked.calls - rules.calls, asked.calls_most - rules.calls_most) == (3, 4)
    assert asked.input_tokens > rules.input_tokens


SWEDISH = "Tyvärr kan jag inte hjälpa dig med det här ärendet just nu, men du kan ringa vår kundtjänst i morgon."


def test_a_language_without_rules_is_said_to_be_unknown_once():
    """Nothing is counted, and the result says why; the judge, if it is asked, reads any language."""
    result = run(SaysJudge(), lambda prompt: SWEDISH, by="rules")
    assert (result.stop_reason, result.conversation.refusals_observed) == ("max_turns", 0)
    [note] = [seen for seen in result.conversation.observations if seen.name == "language_unknown"]
    assert note.turn == 1 and "refusals:judge" in note.detail
    assert notes(run(SaysJudge(refused="yes"), lambda prompt: SWEDISH)) == []


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (SWEDISH, False),
        ("К сожалению, я не могу помочь вам с этим вопросом.", False),
        ("申し訳ありませんが、そのご要望にはお応えできません。", False),
        ("죄송하지만 그 요청은 도와드릴 수 없습니다. 다른 질문이 있으신가요?", False),
        ("Maaf, saya tidak dapat membantu Anda dengan permintaan itu sekarang, silakan coba lagi besok pagi.", False),
        ("Unfortunately I can't do that for you today, but you may try it again in the morning.", True),
        ("Leider kann ich Ihnen damit heute nicht helfen, aber morgen ist mein Kollege wieder für Sie da.", True),
        ("Ok.", True),
        ("", True),
    ],
)
def test_which_languages_the_rules_know(text, known):
    """By the small words of a language, from a dozen words on; other letters than Latin ones tell it sooner."""
    assert is_known_language(text) is known


def test_offline_answers_it_by_the_rules():
    """With no model the answer is that of the rules."""
    for said, stop in ((REFUSAL, "assistant_refused"), ("Sorry for the wait! It was issued.", "max_turns")):
        results = [run("offline", lambda prompt, said=said: said, by, max_turns=2) for by in ("judge", "rules")]
        assert [result.stop_reason for result in results] == [stop, stop]
        assert notes(results[0]) == []


def test_what_decides_must_exist():
    """A word that is none is refused before anything is spent."""
    with pytest.raises(UsageError, match=r"observer 'refusals' of .*by"):
        simulate(answers, [persona()], judge=SaysJudge(), hooks=(), observers=["refusals:model"])


MODEL = """
def model_fn(messages):
    with open("calls.txt", "a") as file:
        file.write("called\\n")
    return f"That takes a look at part {len(messages)} of it."
"""
ARGS = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "results.jsonl")
ASKED = ("--observer", "refusals:judge", "--judge-votes", "3", "--max-turns", "3")


def asked_in(body):
    """What a request asks for: ``verdict``, ``refusal`` or another schema's name."""
    schema = body["response_format"]["json_schema"]
    return "refusal" if KEY in schema["schema"]["properties"] else schema["name"]


def asked_for(server, name):
    """The transcripts on which a server was asked one kind of question."""
    bodies = [body for body in server.requests if asked_in(body) == name]
    return [body["messages"][1]["content"].count('"role": "assistant"') for body in bodies]


@pytest.mark.process
def test_a_killed_run_asks_again_only_what_was_under_way(tmp_path):
    """After ``kill -9`` in the second question of three, the first is not asked again and no reply is made again."""
    killed, is_asked = threading.Event(), threading.Event()

    def answer(body):
        if is_second(body) and not killed.is_set():
            is_asked.set()
            killed.wait()
        return default_answer(body, goal_after=9)

    def is_second(body):
        is_refusal_question = asked_in(body) == "refusal"
        return is_refusal_question and body["messages"][1]["content"].count('"role": "assistant"') == 2

    workplace(tmp_path, MODEL, PERSONA)
    with ChatServer(answer) as server:
        args = (*ARGS, *ASKED, "--judge", f"openai:any,base_url={server.base_url},price_in=1,price_out=2")
        process = subprocess.Popen([sys.executable, "-m", "multivon_eval", *args], cwd=tmp_path, env=clean_env())
        try:
            is_asked.wait()
        finally:
            process.kill()
            process.wait()
            killed.set()
        assert asked_for(server, "refusal") == [1, 2]
        done = multivon_eval(*args, "--resume", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert asked_for(server, "refusal") == [1, 2, 2, 3]
        assert asked_for(server, "verdict") == [3, 3, 3]
    assert (tmp_path / "calls.txt").read_text().count("called") == 3
    [line] = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    result = json.loads(line)
    assert result["verdict"]["criteria"][0]["votes"]["yes"] == 3
    assert result["metadata"]["sources"]["judge_votes"] == result["metadata"]["sources"]["observers"] == "command line"


@pytest.mark.process
def test_the_command_line_refuses_what_cannot_be(tmp_path):
    """An even number of votes and a word that is none: exit code 2, both at once, nothing asked."""
    workplace(tmp_path, MODEL, PERSONA)
    done = multivon_eval(*ARGS, "--judge-votes", "4", "--observer", "refusals:model", cwd=tmp_path)
    assert done.returncode == 2
    assert "judge-votes is 4; give an odd number" in done.stderr
    assert "observer 'refusals'" in done.stderr
    assert not (tmp_path / "calls.txt").exists()


@pytest.mark.process
def test_a_resume_with_other_votes_is_refused(tmp_path):
    """Both options are among what a run must go on with."""
    workplace(tmp_path, "import os, signal\ndef model_fn(prompt):\n    os.kill(os.getpid(), signal.SIGKILL)\n", PERSONA)
    multivon_eval(*ARGS, cwd=tmp_path)
    done = multivon_eval(*ARGS, *ASKED[:4], "--resume", cwd=tmp_path)
    assert done.returncode == 2
    assert "judge-votes was '1' and is '3'" in done.stderr
    assert "observers was 'driver-faults, refusals' and is 'refusals:judge'" in done.stderr
