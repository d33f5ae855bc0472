"""Do the replies answer what was said?"""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, Question, RunContext, Score, YesNo

from ._questions import Answers, asked, is_share, score_by_questions

QUESTIONS = (
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


@attrs.frozen
class ConversationRelevance:
    """The share of questions on relevance that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    threshold: float = attrs.field(default=0.5, validator=is_share)

    def questions(self, conversation: Conversation) -> list[Question[Answers]]:
        """Give the one call that ``evaluate`` makes."""
        return asked(conversation, QUESTIONS)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation."""
        return await score_by_questions(conversation, context, self.questions(conversation), self.threshold)
