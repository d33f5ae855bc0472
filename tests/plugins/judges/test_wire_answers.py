"""What providers answer, held against labels: what is read, and whose fault it is where nothing can be."""

from __future__ import annotations

import attrs
import pytest

from multivon_eval import Persona, simulate
from multivon_eval.errors import UnreadableAnswer
from multivon_eval.sdk import Prompt, PromptMessage, Question, read_object
from support.call_ends import ENDS, STAYS, WITHHELD, assert_ends, make_judge, serve
from support.chat_answers import default_answer
from support.chat_faults import Response
from support.openai_judge import completed
from support.wire_answers import ANSWERS, READ

SCHEMA = {
    "type": "object",
    "properties": {"met": {"type": "string"}, "number": {"type": "integer"}},
    "required": ["met", "number"],
    "additionalProperties": False,
}


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


def test_there_are_enough_of_them():
    """The table is what the judges are measured on."""
    assert len(ANSWERS) >= 60
    assert len({(one.judge, one.name) for one in ANSWERS}) == len(ANSWERS)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: f"{one.judge}: {one.name}")
def test_it_means_what_its_label_says(answer):
    """The answer is read, or the call ends with an error of the right kind."""
    with serve(answer.judge, lambda body: Response(body=answer.body)) as server:
        judge = make_judge(answer.judge, server)
        if answer.means in ENDS:
            assert_ends(judge, QUESTION, answer.means)
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

    def say(body):
        name = body.get("response_format", {}).get("json_schema", {}).get("name")
        return Response(body=answer.body) if name == wanted else default_answer(body, 1)

    persona = Persona("ann", "A customer.", "Find out the refund window.", "The refund window is stated.")
    with serve(answer.judge, say) as server:
        (result,) = simulate(
            lambda prompt: "It is 30 days.", [persona], judge=make_judge(answer.judge, server), evaluators=[], hooks=()
        )
    assert result.attribution == {"driver": "infrastructure", "judge": "judge"}[role]
