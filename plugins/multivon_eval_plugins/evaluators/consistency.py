"""Do the replies agree with each other?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from multivon_eval.sdk import YesNo

from ._questions import ScoredByQuestions


@attrs.frozen
class TurnConsistency(ScoredByQuestions):
    """The share of questions on consistency that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    QUESTIONS: ClassVar[tuple[YesNo, ...]] = (
        YesNo(
            "changes_figures",
            "Does the assistant give different numbers, dates, prices or periods for one and the same thing, without "
            "correcting itself openly?",
            hoped="no",
        ),
        YesNo(
            "contradicts_itself",
            "Does the assistant say something in one reply that cannot be true together with what it said in another, "
            "without correcting itself openly?",
            hoped="no",
        ),
        YesNo(
            "keeps_its_rules",
            "Does the assistant apply the same rules and keep the same role from the first reply to the last?",
        ),
    )
    LEAST_REPLIES: ClassVar[int] = 2  # it takes two replies to disagree
