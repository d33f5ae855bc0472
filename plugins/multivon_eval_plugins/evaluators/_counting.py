"""What the evaluators share: one question that counts, the score the share that is as it should be."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs

from multivon_eval.sdk import Conversation, Counted, Question, RunContext, Score, ask, count_question


def is_share(_: object, attribute: Any, value: float) -> None:
    """Validate a field that stands between 0 and 1."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{attribute.name} is {value}; give a number from 0 to 1")


@attrs.frozen
class ScoredByCount:
    """Asks the judge in one call which of so many things fail; the score is the share that does not.

    Attributes:
        threshold: From which value on the score is good.
    """

    KEY: ClassVar[str] = ""
    TEXT: ClassVar[str] = ""
    THINGS: ClassVar[str] = "things"
    LEAST_REPLIES: ClassVar[int] = 1
    threshold: float = attrs.field(default=0.5, validator=is_share)

    def questions(self, conversation: Conversation) -> list[Question[Counted]]:
        """Give the one call that ``evaluate`` makes; none where there are too few replies to score."""
        if len(conversation.said_by("assistant")) < self.LEAST_REPLIES:
            return []
        of = self.count(conversation)
        return [count_question(conversation, self.KEY, self.write(conversation), of=of)]

    def count(self, conversation: Conversation) -> int | None:
        """How many things there are; None where the judge counts them."""
        return None

    def write(self, conversation: Conversation) -> str:
        """The question on a conversation."""
        return self.TEXT

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation.

        Returns:
            The share that is as it should be, unknown counting as not; none where there is nothing to count, or less
            than half of it could be told, for then too little was measured. What fails is among the findings.
        """
        questions = self.questions(conversation)
        if not questions:
            replies = len(conversation.said_by("assistant"))
            return Score.skipped(f"{replies} reply to score; it takes more" if replies else "no reply to score")
        counted = await ask(context.judge, questions[0])
        findings = tuple(f"turn {found.turn}: {found.quote!r}" for found in counted.against)
        if not counted.of:
            return Score.skipped(f"no {self.THINGS}: {counted.reason}")
        if 2 * counted.decided < counted.of:
            reason = f"{counted.decided} of {counted.of} {self.THINGS} could be told: {counted.reason}"
            return attrs.evolve(Score.skipped(reason), findings=findings)
        kept = counted.decided - len(counted.against)
        unknown = f", {counted.unknown} unknown" if counted.unknown else ""
        told = f": {'; '.join(findings)}; {counted.reason}" if findings else ""
        reason = f"{kept} of {counted.of} {self.THINGS} are as they should be{unknown}{told}"
        return Score(counted.share, reason, threshold=self.threshold, items=counted.of, findings=findings)
