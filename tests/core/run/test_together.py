"""Verdict and scores from one request: the transcript is sent once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from multivon_eval import UsageError, simulate
from multivon_eval.sdk import Score, goal_question
from multivon_eval_plugins.judges.offline import Offline
from support.chat_answers import default_answer
from support.chat_faults import Response
from support.chat_server import ChatServer
from support.openai_judge import judge_for
from support.people import Talks, answers, persona

EVALUATORS = ("conversation-relevance", "knowledge-retention", "turn-consistency")


def name_of(body: dict[str, Any]) -> str:
    """What a request asks for."""
    return str(body["response_format"]["json_schema"]["name"])


def answer_together(body: dict[str, Any]) -> dict[str, Any]:
    """Answer each part as if it were asked by itself."""
    told: dict[str, Any] = {}
    asked = body["messages"][1]["content"]
    fence, _, tasks = asked.partition("\n\nSeveral tasks")
    for task in tasks.split("## ")[1:]:
        name, _, text = task.partition("\n")
        part = body["response_format"]["json_schema"]["schema"]["properties"][name]
        kind = "verdict" if "criteria" in part["properties"] else "count"
        form = {"type": "json_schema", "json_schema": {"name": kind, "schema": part, "strict": True}}
        messages = [body["messages"][0], {"role": "user", "content": f"{fence}\n\n{text.strip()}"}]
        told[name] = json.loads(default_answer({**body, "messages": messages, "response_format": form}, 2))
    return told


def run(server: ChatServer, **options: Any) -> Any:
    """One conversation of two turns, scored three times."""
    return simulate(
        answers,
        [persona()],
        judge=judge_for(server),
        driver=Talks(goal_after=2),
        evaluators=EVALUATORS,
        hooks=(),
        **{"judge_calls": "together", **options},
    )


def test_one_request_gives_what_four_give() -> None:
    """The same verdict and the same scores, the transcript once, the cost booked once."""
    found = {}

    def answer(body: dict[str, Any]) -> str:
        return json.dumps(answer_together(body)) if name_of(body) == "together" else default_answer(body, 2)

    for way in ("separate", "together"):
        with ChatServer(answer) as server:
            results = run(server, judge_calls=way)
            asked = [name_of(body) for body in server.requests]
        (result,) = results
        scores = {name: score.value for name, score in result.scores.items()}
        found[way] = result.goal_achieved, scores, len(result.verdict.evidence)
        assert results.report.summary.spent_usd == result.cost_usd > 0
        assert result.metadata["options"]["judge_calls"] == way
        assert asked == (["together"] if way == "together" else ["verdict", *["count"] * 3])
        assert results.report.info.estimate.calls_most == len(asked)
    assert found["separate"] == found["together"]


SPOILED = {
    "a part is missing": lambda told: told.pop("part_2"),
    "a part is empty": lambda told: told.update(part_1={}),
    "a part is of another form": lambda told: told.update(part_3=[1]),
    "all are": lambda told: told.update(dict.fromkeys(told, "yes")),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_what_cannot_be_read_is_asked_by_itself(spoil: Any) -> None:
    """What else was answered stands."""

    def answer(body: dict[str, Any]) -> str:
        if name_of(body) != "together":
            return default_answer(body, 2)
        told = answer_together(body)
        spoil(told)
        return json.dumps(told)

    with ChatServer(answer) as server:
        (result,) = run(server)
        asked = [name_of(body) for body in server.requests]
    assert result.goal_achieved is True
    assert all(score.value is not None for score in result.scores.values())
    assert asked[0] == "together" and 2 <= len(asked) <= 5


def test_a_request_that_fails_falls_back() -> None:
    """A provider that does not take so large a schema still gives verdict and scores, question by question."""

    def answer(body: dict[str, Any]) -> str | Response:
        if name_of(body) == "together":
            return Response(status=400, body={"error": {"message": "the schema is too deep", "code": "bad"}})
        return default_answer(body, 2)

    with ChatServer(answer) as server:
        (result,) = run(server)
    assert result.goal_achieved is True
    assert all(score.value is not None for score in result.scores.values())


class Tone:
    """Asks something of its own, and does not say so before."""

    async def evaluate(self, conversation: Any, context: Any) -> Score:
        """Score by one answer."""
        answer = await context.judge.complete(goal_question(conversation, temperature=0.5))
        return Score(1.0 if answer.text else 0.0)


def test_who_does_not_say_what_it_asks_asks_by_itself() -> None:
    """And so do votes, which are asked for at a temperature."""
    with ChatServer(lambda body: default_answer(body, 2)) as server:
        results = simulate(
            answers,
            [persona()],
            judge=judge_for(server),
            driver=Talks(goal_after=2),
            evaluators=[Tone()],
            judge_votes=3,
            judge_calls="together",
            hooks=(),
        )
        assert [name_of(body) for body in server.requests] == ["verdict"] * 4
    assert results[0].goal_achieved is True


def test_the_judge_without_a_model_answers_part_by_part() -> None:
    """As by itself."""
    found = [
        simulate(answers, [persona()], judge=Offline(), evaluators=EVALUATORS, judge_calls=way, hooks=())[0]
        for way in ("separate", "together")
    ]
    assert found[0].verdict == found[1].verdict
    assert found[0].scores == found[1].scores


def test_an_unknown_way_is_refused() -> None:
    """Before anything is spent."""
    with pytest.raises(UsageError, match="judge-calls is 'both'; give separate or together"):
        simulate(answers, [persona()], judge="offline", judge_calls="both", hooks=())
