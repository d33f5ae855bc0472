"""Dispatches a question to the rule that can answer it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from multivon_eval.sdk import (
    Answer,
    CountAsked,
    GoalAsked,
    JudgeError,
    PersonasAsked,
    Prices,
    Question,
    TogetherAsked,
    UserTurnAsked,
    YesNoAsked,
)

from ...logs.question import LogPersonaAsked
from .checks import answer_questions
from .counts import answer_count
from .goal import answer_goal
from .logged import BY_RULE as LOGGED_BY_RULE
from .logged import answer_logged
from .proposal import BY_RULE, answer_proposal
from .user import answer_turn


@attrs.frozen
class Offline:
    """Answers from words alone: no model, no network, no cost, the same answer on every machine.

    A smoke test of the pipeline. It plays a persona that opens with its goal, answers from profile and facts
    and presses on what is missing; it calls a criterion met when the assistant's statements cover its words
    and numbers; it casts the headings and sentences of a document as personas, and the user of a logged
    conversation as one; and where words alone cannot decide
    it answers ``unknown``.
    """

    @property
    def model(self) -> str:
        """The model's name in results."""
        return "offline"

    @property
    def rule(self) -> str:
        """What decides: no model."""
        return "words alone"

    def prices(self) -> Prices:
        """It costs nothing."""
        return Prices(Decimal(0), Decimal(0), Decimal(0), "free")

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """It costs nothing."""
        return Decimal(0)

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer from the typed thing that is asked about.

        Raises:
            JudgeError: If there is no rule for this kind of question.
        """
        about = question.about
        answer: Mapping[str, Any]
        if isinstance(about, UserTurnAsked):
            answer = answer_turn(about.conversation)
        elif isinstance(about, GoalAsked):
            answer = answer_goal(about.conversation)
        elif isinstance(about, CountAsked):
            answer = answer_count(about)
        elif isinstance(about, YesNoAsked):
            answer = answer_questions(about)
        elif isinstance(about, TogetherAsked):
            answers = {name: await self.complete(question) for name, question in about.parts.items()}
            answer = {name: json.loads(one.text) for name, one in answers.items()}
        elif isinstance(about, LogPersonaAsked):
            answer = answer_logged(about)
            return Answer(json.dumps(answer, ensure_ascii=False), model="offline", notes=(LOGGED_BY_RULE,))
        elif isinstance(about, PersonasAsked):
            answer = answer_proposal(about, question.prompt.schema)
            return Answer(json.dumps(answer, ensure_ascii=False), model="offline", notes=(BY_RULE,))
        else:
            raise JudgeError(f"the judge 'offline' has no rule for {type(about).__name__}; name a model with --judge")
        return Answer(json.dumps(answer, ensure_ascii=False), model="offline")
