"""What providers answer instead of an answer, held against labels: what is asked for otherwise, and how a call ends."""

from __future__ import annotations

import contextlib

import pytest

from multivon_eval.errors import AnswerWithheld, JudgeError, JudgeUnavailable, JudgeUnusable
from multivon_eval.sdk import text_question
from multivon_eval_plugins.judges.openai import OpenAI
from support.chat_faults import Response
from support.chat_server import ChatServer
from support.error_bodies import ANSWER, PASSES, REFUSALS, STAYS, UNUSABLE, WITHHELD
from support.openai_judge import PRICES, completed
from support.provider_judges import PROVIDERS

SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}
ENDS = {STAYS: JudgeError, UNUSABLE: JudgeUnusable, PASSES: JudgeUnavailable, WITHHELD: AnswerWithheld}
OTHERS = (JudgeUnusable, JudgeUnavailable, AnswerWithheld)


def test_there_are_enough_of_them():
    """The table is what the rules are measured on."""
    assert len(REFUSALS) >= 60
    assert len({(one.judge, one.name) for one in REFUSALS}) == len(REFUSALS)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.judge}: {one.name}")
def test_it_means_what_its_label_says(refusal):
    """A parameter that is refused is asked for otherwise, once; for the rest there is an error of the right kind."""
    question = text_question(refusal.said, system="Answer.", schema=SCHEMA)
    bodies = [refusal]

    def answer(body):
        if bodies:
            told = bodies.pop()
            return Response(status=told.status, body=told.body.encode())
        return '{"verdict": "yes"}'

    with _server(refusal.judge, answer) as server:
        judge = _judge(refusal.judge, server)
        if refusal.means in ENDS:
            with pytest.raises(ENDS[refusal.means]) as caught:
                completed(judge, question)
            expected = ENDS[refusal.means]
            assert [kind for kind in OTHERS if isinstance(caught.value, kind)] == [expected] * (expected in OTHERS)
            # Nothing was switched off on the way.
            assert completed(judge, question).notes == ()
        elif refusal.means == ANSWER:
            assert "temperature" in completed(judge, question).text
        else:
            (note,) = completed(judge, question).notes
            assert note.startswith(f"the model refused {refusal.means}: ")
            assert server.requests[0] != server.requests[1]


@pytest.mark.parametrize(
    "refusal", [one for one in REFUSALS if one.means not in {*ENDS, ANSWER}], ids=lambda one: one.name
)
def test_what_did_not_help_is_not_given_up(refusal):
    """Where the request is refused whatever is left out, the next one has all of it again."""
    with _server(refusal.judge, lambda body: Response(status=refusal.status, body=refusal.body.encode())) as server:
        judge = _judge(refusal.judge, server)
        for _ in range(2):
            with contextlib.suppress(JudgeError):
                completed(judge, text_question(refusal.said, system="Answer.", schema=SCHEMA))
    first, *_ = server.requests
    assert server.requests.count(first) == 2


def _server(judge, answer):
    return ChatServer(answer) if judge == "openai" else PROVIDERS[judge].server(answer)


def _judge(judge, server):
    if judge == "openai":
        return OpenAI("some-model", server.base_url, reasoning_effort="low", **PRICES)
    return PROVIDERS[judge].judge_for(server)
