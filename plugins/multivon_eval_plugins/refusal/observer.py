"""The observer of refusals: by rules, or by asking the judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import attrs

from multivon_eval.sdk import BudgetExceeded, Conversation, JudgeError, Observation, Question, RunContext, ask

from .known import is_known_language
from .question import read_refusal, refusal_question
from .rules import is_refusal

UNKNOWN = "language_unknown"
UNKNOWN_DETAIL = (
    "the rules know no refusal in the language of this reply, so none is counted; with --observer refusals:judge the "
    "judge decides"
)


@attrs.frozen
class Refusals:
    """Finds the replies in which the assistant declines as a whole.

    Attributes:
        by: Who decides: ``rules`` on words, free and the same each time, in the languages that they know; or ``judge``,
            who is asked about each reply. A judge that fails, cannot tell or is not within the budget is stood in
            for by the rules, with a note.
    """

    by: Literal["rules", "judge"] = attrs.field(default="rules", validator=attrs.validators.in_(("rules", "judge")))

    def questions(self, conversation: Conversation) -> Sequence[Question[Any]]:
        """Return the question about the last reply, if the judge is asked about it."""
        return [refusal_question(conversation)] if self.by == "judge" and _has_new_reply(conversation) else []

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        """Decide on the last message, if it is a reply."""
        if not _has_new_reply(conversation):
            return ()
        if conversation.messages[-1].metadata.get("refusal") is True:
            return [_make_refusal(conversation, "the provider marks the reply as a refusal")]
        if self.by == "judge":
            return await self._ask(conversation, context)
        return _observe_by_rules(conversation)

    async def _ask(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        try:
            answers = await ask(context.judge, refusal_question(conversation))
        except (BudgetExceeded, JudgeError) as error:
            why = str(error)
        else:
            declines, reason = read_refusal(conversation, answers)
            if declines != "unknown":
                return [_make_refusal(conversation, reason)] if declines == "yes" else []
            why = f"the judge could not tell: {reason}"
        turn = conversation.numbered()[-1][0]
        note = Observation("decided_by_rules", turn, f"whether the reply declines was decided by the rules: {why}")
        return [note, *_observe_by_rules(conversation)]


def _has_new_reply(conversation: Conversation) -> bool:
    return conversation.stop_reason is None and conversation.messages[-1].role == "assistant"


def _observe_by_rules(conversation: Conversation) -> Sequence[Observation]:
    reply = conversation.messages[-1].content
    if is_refusal(reply):
        return [_make_refusal(conversation, "the reply declines as a whole, by the rules on words")]
    if any(one.name == UNKNOWN for one in conversation.observations):
        return ()
    # All replies together: one alone may be too short to tell.
    if is_known_language(" ".join(message.content for message in conversation.said_by("assistant"))):
        return ()
    return [Observation(UNKNOWN, conversation.numbered()[-1][0], UNKNOWN_DETAIL)]


def _make_refusal(conversation: Conversation, detail: str) -> Observation:
    return Observation("refusal", conversation.numbered()[-1][0], detail, "refusal")
