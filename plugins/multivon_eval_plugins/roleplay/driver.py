"""The driver that lets a model play the persona."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from multivon_eval.sdk import Conversation, Question, RunContext, UserTurn, ask

from .prompt import ask_for_another, roleplay_question


@attrs.frozen
class PersonaLlm:
    """Asks the judge for each user turn, with the persona's instructions first and unchanged.

    Attributes:
        max_words: The most words of a user message.
    """

    max_words: int = attrs.field(default=60, validator=attrs.validators.ge(1))

    def questions(self, conversation: Conversation) -> Sequence[Question[Any]]:
        """Return the question for the next user turn."""
        return [roleplay_question(conversation, max_words=self.max_words)]

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Ask for the next user turn, once more where the answer cannot be read."""
        question = roleplay_question(conversation, max_words=self.max_words)
        if context.rejected is not None:
            question = ask_for_another(question, context.rejected)
        return await ask(context.judge, question)
