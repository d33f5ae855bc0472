"""Does the assistant remember what it was told?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from multivon_eval.sdk import YesNo

from ._questions import ScoredByQuestions


@attrs.frozen
class KnowledgeRetention(ScoredByQuestions):
    """The share of questions on retention that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    QUESTIONS: ClassVar[tuple[YesNo, ...]] = (
        YesNo(
            "asks_again",
            "Does the assistant ask for a piece of information that the user had already given in an earlier message?",
            hoped="no",
        ),
        YesNo(
            "contradicts_the_user",
            "Does the assistant state something that contradicts what the user had told it about themselves or their "
            "case, without saying that it has reason to?",
            hoped="no",
        ),
        YesNo(
            "uses_what_was_given",
            "Where details the user had given matter for a later reply, does the assistant use them?",
        ),
    )
    LEAST_REPLIES: ClassVar[int] = 2  # it takes two replies to forget something
