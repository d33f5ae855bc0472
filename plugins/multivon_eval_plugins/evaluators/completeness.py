"""Was everything taken care of?"""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, Question, RunContext, Score, YesNo

from ._questions import Answers, asked, is_share, score_by_questions

QUESTIONS = (
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


@attrs.frozen
class ConversationCompleteness:
    """The share of questions on completeness that the judge answers as hoped.

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
