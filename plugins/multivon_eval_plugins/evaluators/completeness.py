"""Was everything taken care of?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from ._counting import ScoredByCount


@attrs.frozen
class ConversationCompleteness(ScoredByCount):
    """The share of the user's requests that were taken care of.

    Attributes:
        threshold: From which value on the score is good.
    """

    TEXT: ClassVar[str] = (
        "of the user's requests and questions, each counted once, which are at the end neither resolved nor declined "
        "openly nor handed on? Quote the user."
    )
    KEY: ClassVar[str] = "requests_left_open"
    THINGS: ClassVar[str] = "requests"
