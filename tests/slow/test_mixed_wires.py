"""One run of a hundred conversations in which each driver or judge is answered in another odd way."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from multivon_eval import Persona, SimulationResult, result_schema, result_to_json, simulate
from support.call_ends import make_judge, serve
from support.chat_answers import default_answer
from support.chat_faults import Response
from support.wire_answers import ANSWERS, READ, UNREADABLE, YES, WireAnswer

BUDGET = 50
EMPTY = ("empty", "null", "blank", "nothing", "an empty tool", "no parts")
"""Answers in which nothing stands: no driver said something wrong, so it is not the simulation's fault."""


def put_in(shape: Any, text: str) -> Any:
    """An answer in the shape of one of the table."""
    if isinstance(shape, str):
        return shape.replace(YES, text)
    if shape == json.loads(YES):
        return json.loads(text)
    if isinstance(shape, list):
        return [put_in(part, text) for part in shape]
    return {key: put_in(part, text) for key, part in shape.items()} if isinstance(shape, dict) else shape


def list_cases(judge: str) -> list[tuple[WireAnswer, str]]:
    """Each answer of the table for the driver and for the verdict; not those that are odd only in their own fields."""
    fits = [one for one in ANSWERS if one.judge == judge and (one.means != READ or put_in(one.body, "{}") != one.body)]
    return [(one, asked) for one in fits for asked in ("message", "criteria")]


def check_end(result: SimulationResult, answer: WireAnswer, asked: str) -> None:
    """What was read is as if nothing had been; what was not is put down to whose it is, and says why."""
    if answer.means == READ:
        assert (result.stop_reason, result.goal_achieved, result.attribution) == ("goal_reached", True, None)
    elif asked == "criteria":
        assert (result.stop_reason, result.goal_achieved, result.attribution) == ("goal_reached", None, "judge")
        assert result.verdict.reason.startswith("not judged: ")
    else:
        is_drivers = answer.means == UNREADABLE and answer.name not in EMPTY
        assert result.attribution == ("simulation" if is_drivers else "infrastructure")
        assert result.stop_reason == "driver_error"
        assert result.conversation.error is not None and result.conversation.error.message


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize(("judge", "count"), [("openai", 100), ("anthropic", 38), ("gemini", 30)])
def test_each_is_delivered_and_put_down_to_whose_it_is(judge: str, count: int) -> None:
    """None reaches another conversation, and the ceiling holds."""
    cases = list_cases(judge)
    assert len(cases) >= count
    people = [
        Persona(f"{asked}: {answer.name}", f"Of order-{number}.", "Find out the window.", [f"It said order-{number}."])
        for number, (answer, asked) in enumerate(cases)
    ]

    def reply(body: dict[str, Any]) -> str | Response:
        text = default_answer(body, goal_after=2)
        answer, asked = cases[int(re.findall(r"order-(\d+)\.", json.dumps(body))[0])]
        return Response(body=put_in(answer.body, text)) if asked in json.loads(text) else text

    with serve(judge, reply) as server:
        results = simulate(
            lambda prompt: f"The window is {30 + prompt.count('USER:')} days.",
            people,
            judge=make_judge(judge, server),
            max_turns=2,
            budget_usd=BUDGET,
            patience=0.0,
            concurrency=50,
            hooks=(),
        )
    assert [result.persona for result in results] == people
    for result, (answer, asked) in zip(results, cases, strict=True):
        jsonschema.validate(result_to_json(result), result_schema())
        check_end(result, answer, asked)
    assert results.report.summary.spent_usd == sum(result.cost_usd for result in results) <= BUDGET
