"""Do the replies agree with each other?"""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, Question, RunContext, Score, YesNo

from ._questions import Answers, asked, is_share, score_by_questions

QUESTIONS = (
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


@attrs.frozen
class TurnConsistency:
    """The share of questions on consistency that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    threshold: float = attrs.field(default=0.5, validator=is_share)

    def questions(self, conversation: Conversation) -> list[Question[Answers]]:
        """Give the one call that ``evaluate`` makes."""
        return asked(conversation, QUESTIONS, least_replies=2)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation; it takes two replies to disagree."""
        return await score_by_questions(conversation, context, self.questions(conversation), self.threshold)
