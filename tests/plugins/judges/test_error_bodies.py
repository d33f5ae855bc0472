"""What providers answer instead of an answer, held against labels: what is asked for otherwise, and how a call ends."""

from __future__ import annotations

import contextlib

import attrs
import pytest

from multivon_eval.errors import JudgeError
from multivon_eval.sdk import text_question
from support.call_ends import ENDS, assert_ends, make_judge, serve
from support.chat_faults import Response
from support.error_bodies import ANSWER, REFUSALS
from support.openai_judge import completed

SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}},
    "required": ["verdict"],
    "additionalProperties": False,
}


def test_there_are_enough_of_them():
    """The table is what the rules are measured on."""
    assert len(REFUSALS) >= 60
    assert len({(one.judge, one.name) for one in REFUSALS}) == len(REFUSALS)


def ask_for(refusal):
    """A question that is asked several times, so that it is sent with marks for a cache."""
    question = text_question(refusal.said, system="Answer.", schema=SCHEMA)
    return attrs.evolve(question, prompt=attrs.evolve(question.prompt, is_repeated=True))


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.judge}: {one.name}")
def test_it_means_what_its_label_says(refusal):
    """A parameter that is refused is asked for otherwise, once; for the rest there is an error of the right kind."""
    question = ask_for(refusal)
    bodies = [refusal]

    def answer(body):
        if bodies:
            told = bodies.pop()
            return Response(status=told.status, body=told.body.encode())
        return '{"verdict": "yes"}'

    with serve(refusal.judge, answer) as server:
        judge = make_judge(refusal.judge, server)
        if refusal.means in ENDS:
            assert_ends(judge, question, refusal.means)
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
    with serve(refusal.judge, lambda body: Response(status=refusal.status, body=refusal.body.encode())) as server:
        judge = make_judge(refusal.judge, server)
        for _ in range(2):
            with contextlib.suppress(JudgeError):
                completed(judge, ask_for(refusal))
    first, *_ = server.requests
    assert server.requests.count(first) == 2
