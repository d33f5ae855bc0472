"""Do the replies agree with each other, and with what was done?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from multivon_eval.sdk import Conversation

from ._counting import ScoredByCount


@attrs.frozen
class TurnConsistency(ScoredByCount):
    """The share of what the assistant stated that it kept to.

    Attributes:
        threshold: From which value on the score is good.
    """

    TEXT: ClassVar[str] = (
        "of the figures, dates, prices, rules and offers that the assistant stated, each counted once, which does it "
        "later state otherwise without correcting itself openly? Quote the later one."
    )
    BACKED: ClassVar[str] = " What it says it has done counts as stated too, and fails where no tool call shows it."
    KEY: ClassVar[str] = "statements_not_kept"
    THINGS: ClassVar[str] = "statements"
    LEAST_REPLIES: ClassVar[int] = 2  # it takes two replies to disagree

    def write(self, conversation: Conversation) -> str:
        """The question; where the system has tools, on what it claims to have done too."""
        return self.TEXT + (self.BACKED if conversation.has_tools else "")
