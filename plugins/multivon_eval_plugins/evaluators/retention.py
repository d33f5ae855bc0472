"""Does the assistant remember what it was told?"""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, Question, RunContext, Score, YesNo

from ._questions import Answers, asked, is_share, score_by_questions

QUESTIONS = (
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


@attrs.frozen
class KnowledgeRetention:
    """The share of questions on retention that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    threshold: float = attrs.field(default=0.5, validator=is_share)

    def questions(self, conversation: Conversation) -> list[Question[Answers]]:
        """Give the one call that ``evaluate`` makes."""
        return asked(conversation, QUESTIONS, least_replies=2)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation; it takes two replies to forget something."""
        return await score_by_questions(conversation, context, self.questions(conversation), self.threshold)
