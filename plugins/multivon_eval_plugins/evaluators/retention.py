"""Does the assistant remember what it was told?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from ._counting import ScoredByCount


@attrs.frozen
class KnowledgeRetention(ScoredByCount):
    """The share of the facts that the user gave which the assistant kept.

    Attributes:
        threshold: From which value on the score is good.
    """

    TEXT: ClassVar[str] = (
        "of the facts about themselves or their case that the user gave, each counted once, which does the assistant "
        "later ask for again, contradict, or leave out where they matter? Quote the assistant."
    )
    KEY: ClassVar[str] = "facts_not_kept"
    THINGS: ClassVar[str] = "facts that the user gave"
    LEAST_REPLIES: ClassVar[int] = 2  # it takes two replies to forget something
