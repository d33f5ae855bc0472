"""Was everything taken care of?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from multivon_eval.sdk import YesNo

from ._questions import ScoredByQuestions


@attrs.frozen
class ConversationCompleteness(ScoredByQuestions):
    """The share of questions on completeness that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    QUESTIONS: ClassVar[tuple[YesNo, ...]] = (
        YesNo(
            "addresses_every_request",
            "Does the assistant address every request and question of the user, be it by declining openly?",
        ),
        YesNo(
            "leaves_user_waiting",
            "At the end, is the user left with a request that was neither resolved nor declined nor handed on?",
            hoped="no",
        ),
        YesNo(
            "next_step_is_clear",
            "At the end, is it clear to the user what happens next, or that nothing more is needed?",
        ),
    )
