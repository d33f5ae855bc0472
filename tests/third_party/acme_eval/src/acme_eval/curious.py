"""A user who always wants to know more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from multivon_eval.sdk import Conversation, Question, RunContext, UserTurn, ask, user_turn_question

INSTRUCTIONS = """\
You are {profile} You write to an assistant because you want this: {goal} Write your next message, one short sentence. \
Answer with one JSON object: {{"message": what you write, "ends": "goal_reached" once you have what you want, \
"gave_up" if you leave without it, else "no"}}."""


@attrs.frozen
class Curious:
    """Lets the judge write each message, and asks one thing more.

    Attributes:
        asks: The question it adds.
        patience: After so many messages it has what it wants.
    """

    asks: str = "Why is that?"
    patience: int = attrs.field(default=3, validator=attrs.validators.ge(1))

    def questions(self, conversation: Conversation) -> Sequence[Question[Any]] | None:
        """Say what it will ask: one question for each message, and nothing once patience has run out."""
        is_done = len(conversation.said_by("user")) >= self.patience
        return None if is_done else [self._question(conversation)]

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next message, until patience runs out."""
        if len(conversation.said_by("user")) >= self.patience:
            return UserTurn("", goal_reached=True)
        turn = await ask(context.judge, self._question(conversation))
        return turn if turn.goal_reached else UserTurn(f"{turn.message} {self.asks}")

    def _question(self, conversation: Conversation) -> Question[UserTurn]:
        persona = conversation.persona
        assert persona is not None, "a driver plays a persona"
        return user_turn_question(conversation, INSTRUCTIONS.format(profile=persona.profile, goal=persona.goal))
