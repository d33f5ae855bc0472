"""A judge that looks for one word."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import attrs

from multivon_eval.sdk import (
    Answer,
    Conversation,
    CountAsked,
    GoalAsked,
    JudgeError,
    Prices,
    Question,
    Usage,
    UserTurnAsked,
    YesNoAsked,
)


@attrs.frozen
class Keyword:
    """Says yes to everything in a conversation whose assistant says the word, and unknown otherwise.

    Attributes:
        word: What it looks for.
        price: What one word of an answer costs, in USD.
    """

    word: str
    price: Decimal = Decimal(0)

    @property
    def model(self) -> str:
        """The model's name in results."""
        return f"keyword-{self.word}"

    def prices(self) -> Prices | None:
        """Prices per word are none per token."""
        return None

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """No answer is longer than the question allows."""
        limit = question.prompt.max_tokens
        return None if limit is None else self.price * limit

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer from the typed thing that is asked about."""
        text = json.dumps(self._answer(question.about))
        words = len(text.split())
        return Answer(text, Usage(output_tokens=words), self.price * words, self.model)

    def _answer(self, about: object) -> dict[str, Any]:
        if isinstance(about, UserTurnAsked):
            said = len(about.conversation.said_by("user"))
            message = f"Message {said + 1}: {about.persona.goal}"
            is_done = said > 1 and self._evidence(about.conversation)
            return {"message": message, "ends": "goal_reached" if is_done else "no"}
        if isinstance(about, GoalAsked):
            row = {**self._row(about.conversation), "number": 0, "turns": []}
            row["met"] = row.pop("answer")
            rows = [{**row, "number": number} for number in range(1, len(about.persona.criteria) + 1)]
            return {"criteria": rows, "claims": [], "reason": row["reason"]}
        if isinstance(about, CountAsked):
            of = 2 if about.of is None else about.of
            row = {"reason": "by one word", "of": of, "against": [], "unknown": of}
            return {**row, "unknown": 0} if self._evidence(about.conversation) else row
        if isinstance(about, YesNoAsked):
            return {question.key: self._row(about.conversation) for question in about.questions}
        raise JudgeError(f"acme-keyword has no answer to {type(about).__name__}; name another judge")

    def _row(self, conversation: Conversation) -> dict[str, Any]:
        evidence = self._evidence(conversation)
        said = "was said" if evidence else "was not said"
        return {
            "reason": f"{self.word!r} {said}.",
            "evidence": evidence,
            "answer": "yes" if evidence else "unknown",
        }

    def _evidence(self, conversation: Conversation) -> list[dict[str, object]]:
        return [
            {"turn": turn, "quote": message.content}
            for turn, message in conversation.numbered()
            if message.role == "assistant" and self.word.lower() in message.content.lower()
        ]
