"""Do the replies answer what was said?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from multivon_eval.sdk import Conversation

from ._counting import ScoredByCount


@attrs.frozen
class ConversationRelevance(ScoredByCount):
    """The share of the replies that respond to what was said.

    Attributes:
        threshold: From which value on the score is good.
    """

    TEXT: ClassVar[str] = (
        "which of the assistant's {of} replies do not respond to what the user had just said, bring what nobody asked "
        "about, or say again what it said to another request? A question back responds if it is needed."
    )
    KEY: ClassVar[str] = "replies_that_miss"
    THINGS: ClassVar[str] = "replies"

    def count(self, conversation: Conversation) -> int:
        """Number of replies to a user's message."""
        spoken, replies = False, 0
        for message in conversation.messages:
            spoken = spoken or message.role == "user"
            replies += spoken and message.role == "assistant"
        return max(1, replies)

    def write(self, conversation: Conversation) -> str:
        """The question, with the number of replies."""
        return self.TEXT.format(of=self.count(conversation))
