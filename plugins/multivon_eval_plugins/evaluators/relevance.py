"""Do the replies answer what was said?"""

from __future__ import annotations

from typing import ClassVar

import attrs

from multivon_eval.sdk import YesNo

from ._questions import ScoredByQuestions


@attrs.frozen
class ConversationRelevance(ScoredByQuestions):
    """The share of questions on relevance that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    QUESTIONS: ClassVar[tuple[YesNo, ...]] = (
        YesNo(
            "answers_what_was_asked",
            "Does every assistant reply respond to what the user had just said? A question back counts if it is needed "
            "to answer.",
        ),
        YesNo(
            "stays_on_topic",
            "Do all assistant replies stay with what the user came for, without content nobody asked about?",
        ),
        YesNo(
            "repeats_itself",
            "Does the assistant give the same reply, or one that differs only in its wording, to different user "
            "messages that called for different replies?",
            hoped="no",
        ),
    )
