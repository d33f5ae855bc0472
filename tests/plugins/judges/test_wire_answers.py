"""What providers answer, held against labels: what is read, and whose fault it is where nothing can be."""

from __future__ import annotations

import attrs
import pytest

from multivon_eval import Persona, simulate
from multivon_eval.errors import AnswerWithheld, JudgeError, JudgeUnavailable, JudgeUnusable, UnreadableAnswer
from multivon_eval.sdk import Prompt, PromptMessage, Question, read_object
from multivon_eval_plugins.judges.openai import OpenAI
from support.chat_answers import default_answer
from support.chat_faults import Response
from support.chat_server import ChatServer
from support.openai_judge import PRICES, completed
from support.provider_judges import PROVIDERS
from support.wire_answers import ANSWERS, PASSES, READ, STAYS, UNUSABLE, WITHHELD

SCHEMA = {
    "type": "object",
    "properties": {"met": {"type": "string"}, "number": {"type": "integer"}},
    "required": ["met", "number"],
    "additionalProperties": False,
}
ENDS = {STAYS: JudgeError, UNUSABLE: JudgeUnusable, PASSES: JudgeUnavailable, WITHHELD: AnswerWithheld}
OTHERS = (JudgeUnusable, JudgeUnavailable, AnswerWithheld)


@attrs.frozen
class Met:
    """Asks for two fields."""

    def read(self, text):
        """Read them."""
        found = read_object(text, ("met", "number"))
        try:
            return found["met"], int(float(found["number"]))
        except (KeyError, ValueError) as error:
            raise UnreadableAnswer(str(error), True) from None


QUESTION = Question(Prompt("Judge.", (PromptMessage("user", ("Was it met?",)),), SCHEMA), Met())


def _server(judge, answer):
    return ChatServer(answer) if judge == "openai" else PROVIDERS[judge].server(answer)


def _judge(judge, server):
    return OpenAI("m", server.base_url, **PRICES) if judge == "openai" else PROVIDERS[judge].judge_for(server)


def test_there_are_enough_of_them():
    """The table is what the judges are measured on."""
    assert len(ANSWERS) >= 60
    assert len({(one.judge, one.name) for one in ANSWERS}) == len(ANSWERS)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: f"{one.judge}: {one.name}")
def test_it_means_what_its_label_says(answer):
    """The answer is read, or the call ends with an error of the right kind."""
    with _server(answer.judge, lambda body: Response(body=answer.body)) as server:
        judge = _judge(answer.judge, server)
        if answer.means in ENDS:
            with pytest.raises(ENDS[answer.means]) as caught:
                completed(judge, QUESTION)
            expected = ENDS[answer.means]
            assert [kind for kind in OTHERS if isinstance(caught.value, kind)] == [expected] * (expected in OTHERS)
            return
        found = completed(judge, QUESTION)
    if answer.means == READ:
        assert QUESTION.read(found.text) == ("yes", 1)
    else:
        with pytest.raises(UnreadableAnswer):
            QUESTION.read(found.text)


NOT_OURS = [one for one in ANSWERS if one.means in (WITHHELD, STAYS) or one.name in ("empty", "nothing", "no parts")]


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("role", ["driver", "judge"])
@pytest.mark.parametrize("answer", NOT_OURS, ids=lambda one: f"{one.judge}: {one.name}")
def test_what_the_provider_did_is_not_put_down_to_the_simulation(answer, role):
    """An answer that is withheld, empty or cut before it began says nothing of persona or driver."""
    wanted = {"driver": "user_turn", "judge": "verdict"}[role]

    def serve(body):
        name = body.get("response_format", {}).get("json_schema", {}).get("name")
        return Response(body=answer.body) if name == wanted else default_answer(body, 1)

    persona = Persona("ann", "A customer.", "Find out the refund window.", "The refund window is stated.")
    with _server(answer.judge, serve) as server:
        (result,) = simulate(
            lambda prompt: "It is 30 days.", [persona], judge=_judge(answer.judge, server), evaluators=[], hooks=()
        )
    assert result.attribution == {"driver": "infrastructure", "judge": "judge"}[role]
