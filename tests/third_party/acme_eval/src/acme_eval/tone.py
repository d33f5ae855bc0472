"""How friendly the assistant is."""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, RunContext, Score, YesNo, ask, yes_no_question

QUESTIONS = (
    YesNo("is_friendly", "Is the assistant friendly in every reply?"),
    YesNo("blames_the_user", "Does the assistant blame the user for anything?", hoped="no"),
)


@attrs.frozen
class Tone:
    """The share of questions on tone that the judge answers as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    threshold: float = attrs.field(default=0.5, validator=[attrs.validators.ge(0), attrs.validators.le(1)])

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation."""
        if not conversation.said_by("assistant"):
            return Score.skipped("no reply whose tone could be judged")
        answers = await ask(context.judge, yes_no_question(conversation, QUESTIONS))
        hits = sum(answer.as_hoped for answer in answers)
        return Score(hits / len(answers), f"{hits} of {len(answers)} as hoped", threshold=self.threshold)
