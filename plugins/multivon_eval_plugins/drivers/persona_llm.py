"""The driver that lets a model play the persona."""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, RunContext, UserTurn, ask, user_turn_question


@attrs.frozen
class PersonaLlm:
    """Asks the judge for each user turn, with the persona's instructions first and unchanged.

    Attributes:
        max_words: How long a user message may be, in words.
    """

    max_words: int = attrs.field(default=60, validator=attrs.validators.ge(1))

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Ask for the next user turn, once more where the answer cannot be read."""
        return await ask(context.judge, user_turn_question(conversation, max_words=self.max_words))
