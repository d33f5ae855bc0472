"""A user who always wants to know more."""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, RunContext, UserTurn, ask, user_turn_question


@attrs.frozen
class Curious:
    """Lets the judge write each message, and asks one thing more.

    Attributes:
        asks: The question it adds.
        patience: After so many messages it has what it wants.
    """

    asks: str = "Why is that?"
    patience: int = attrs.field(default=3, validator=attrs.validators.ge(1))

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next message, until patience runs out."""
        if len(conversation.said_by("user")) >= self.patience:
            return UserTurn("", goal_reached=True)
        turn = await ask(context.judge, user_turn_question(conversation))
        return turn if turn.goal_reached else UserTurn(f"{turn.message} {self.asks}")
