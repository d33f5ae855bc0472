"""Personas, drivers and judges of a few lines, for tests that need somebody to talk, to play or to judge."""

import json
from decimal import Decimal

import attrs

from multivon_eval.sdk import (
    Answer,
    Conversation,
    CountAsked,
    GoalAsked,
    Message,
    Persona,
    UserTurn,
    UserTurnAsked,
    YesNoAsked,
)
from multivon_eval_plugins.refusal.question import KEY as DECLINES

FREE = Decimal(0)


def asks_refusal(question):
    """Whether a judge is asked whether a reply declines."""
    return isinstance(question.about, YesNoAsked) and question.about.questions[0].key == DECLINES


def persona(name="ann", **changes):
    """A persona that can be used as it is."""
    given = {
        "name": name,
        "profile": "A customer with order #1234.",
        "goal": "Find out the refund window.",
        "success_criteria": "The assistant stated the refund window.",
    }
    return Persona(**{**given, **changes})


def talk(*contents, **changes):
    """A conversation of messages that alternate, the user's first."""
    messages = [Message("assistant" if index % 2 else "user", text) for index, text in enumerate(contents)]
    return Conversation(messages, **{"persona": persona(), **changes})


@attrs.frozen
class Talks:
    """A driver that says ``NAME 1``, ``NAME 2``, ... and, once ``goal_after`` replies are there, that it is done."""

    goal_after: int | None = None
    last_word: str = ""

    def questions(self, conversation):
        is_done = self.goal_after is not None and conversation.turns >= self.goal_after
        return None if is_done else ()

    async def next_message(self, conversation, context):
        if self.goal_after is not None and conversation.turns >= self.goal_after:
            return UserTurn(self.last_word, goal_reached=True)
        return UserTurn(f"{conversation.persona.name} {conversation.turns + 1}")


@attrs.frozen
class Fails:
    """A driver that raises for one persona and otherwise talks."""

    error: BaseException
    name: str = "ann"

    async def next_message(self, conversation, context):
        if conversation.persona.name == self.name:
            raise self.error
        return UserTurn(f"{conversation.persona.name} {conversation.turns + 1}")


@attrs.frozen
class SaysJudge:
    """A judge that gives the same answer to every criterion and every yes/no question, and counts what it is asked.

    Attributes:
        met: Its answer on each criterion; ``yes`` quotes the last message of the assistant.
        answer: Its answer to each yes/no question; ``hoped`` is the hoped one.
        says: Raw answers that it gives before any other, one after the other.
        fails: What it raises when it is asked for a verdict or an answer.
        cost: What each call costs, and at most costs, in USD.
        goal_after: After how many replies it says, as a persona, that the goal is reached.
        refused: Its answer to whether a reply refuses, quoting it.
    """

    met: str = "yes"
    answer: str = "hoped"
    says: list[str] = attrs.field(factory=list, repr=False)
    fails: BaseException | None = None
    cost: Decimal = FREE
    goal_after: int | None = None
    refused: str = "no"
    asked: list = attrs.field(factory=list, repr=False)
    closed: list = attrs.field(factory=list, repr=False)

    def worst_cost(self, question):
        return self.cost

    async def complete(self, question):
        self.asked.append(question)
        if self.says:
            return Answer(self.says.pop(0), cost_usd=self.cost, model="fake-1")
        about = question.about
        if isinstance(about, UserTurnAsked):
            return self._answer(self._turn(about.conversation))
        if self.fails is not None:
            raise self.fails
        if isinstance(about, GoalAsked):
            return self._answer(verdict_of(about.conversation, self.met))
        if isinstance(about, CountAsked):
            return self._answer(count_of(about, self.answer))
        assert isinstance(about, YesNoAsked)
        if asks_refusal(question):
            turn, reply = about.conversation.numbered()[-1]
            evidence = [{"turn": turn, "quote": reply.content}]
            return self._answer({DECLINES: {"reason": "as seen", "evidence": evidence, "answer": self.refused}})
        return self._answer(
            {
                one.key: {
                    "reason": "so it is",
                    "evidence": [],
                    "answer": one.hoped if self.answer == "hoped" else self.answer,
                }
                for one in about.questions
            }
        )

    def _turn(self, conversation):
        if self.goal_after is not None and conversation.turns >= self.goal_after:
            return {"message": "", "ends": "goal_reached"}
        return {"message": f"{conversation.persona.name} {conversation.turns + 1}", "ends": "no"}

    def _answer(self, row):
        return Answer(
            json.dumps(row), cost_usd=self.cost, model="fake-1", temperature=self.asked[-1].prompt.temperature
        )

    async def aclose(self):
        self.closed.append(True)


def count_of(about, answer):
    """An answer to a question that counts: none of three things fails, or one, or all are unknown."""
    of = 3 if about.of is None else about.of
    turn, last = [pair for pair in about.conversation.numbered() if pair[1].role == "assistant"][-1]
    against = [{"turn": turn, "quote": last.content}] if answer in ("yes", "no") else []
    row = {"reason": "so it is", "of": of, "against": against, "unknown": of if answer == "unknown" else 0}
    return row if about.of is None else {name: value for name, value in row.items() if name != "of"}


def verdict_of(conversation, met):
    """An answer to the question for the verdict, the same on each criterion."""
    last = [(turn, message) for turn, message in conversation.numbered() if message.role == "assistant"][-1]
    evidence = [{"turn": last[0], "quote": last[1].content}] if met == "yes" else []
    rows = [
        {"number": number, "reason": "as seen", "evidence": evidence, "turns": [], "met": met}
        for number in range(1, len(conversation.persona.criteria) + 1)
    ]
    return {"criteria": rows, "claims": [], "reason": "judged by a fake"}


@attrs.define
class Keeps:
    """A sink that keeps what it is given, and the order of its calls."""

    calls: list = attrs.field(factory=list, repr=False)
    results: list = attrs.field(factory=list, repr=False)
    report: object = attrs.field(default=None, repr=False)

    async def open(self, run):
        self.calls.append("open")

    async def write(self, result):
        self.calls.append("write")
        self.results.append(result)

    async def close(self, report):
        self.calls.append("close")
        self.report = report


def answers(prompt):
    """A ``model_fn`` that counts its replies: ``reply 1``, ``reply 2``, ..."""
    return f"reply {prompt.count('ASSISTANT:') + 1}"
