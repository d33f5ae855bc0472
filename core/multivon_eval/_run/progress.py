"""Keeps what a run is doing, for those who show it."""

from __future__ import annotations

import time

from .._types.conversation import Conversation
from .._types.progress import ActiveConversation, Doing, Moment
from .._types.run_info import RunInfo
from .._workers.wire import Message
from .plan import Plan


class RunProgress:
    """What a run is doing.

    Args:
        plan: What the run is made with.
        info: How many conversations there will be.
    """

    def __init__(self, plan: Plan, info: RunInfo) -> None:
        self._plan, self._info = plan, info
        self._started = time.monotonic()
        self._active: dict[str, tuple[Conversation | Message, Doing, float]] = {}
        self._begun = 0
        self._calls = 0

    def note(self, conversation: Conversation, doing: Doing = "talking") -> None:
        """Keep how far a conversation is."""
        _, _, since = self._active.get(conversation.case_uid, (None, None, time.monotonic()))
        self._active[conversation.case_uid] = conversation, doing, since

    def note_elsewhere(self, told: Message) -> None:
        """Keep how far a conversation is that a worker holds, as :func:`describe_moment` said it there."""
        _, _, since = self._active.get(told["uid"], (None, None, time.monotonic()))
        self._active[told["uid"]] = told, told["doing"], since

    def count_calls(self, number: int) -> None:
        """So many calls to judges have ended in workers."""
        self._calls += number

    def end(self, case_uid: str) -> None:
        """A conversation is finished, or given up."""
        if self._active.pop(case_uid, None) is not None:
            self._begun += 1

    def look(self) -> Moment:
        """What the run is doing just now."""
        # A copy is made in one step, so that another thread may look while conversations come and go.
        active = [_describe(*entry) for entry in list(self._active.values())]
        info, ledger = self._info, self._plan.ledger
        return Moment(
            active=tuple(active),
            finished=info.resumed + self._begun,
            begun=self._begun,
            conversations=info.conversations,
            spent_usd=ledger.spent,
            budget_usd=info.ceiling_usd,
            calls=self._plan.count_calls() + self._calls,
            seconds=time.monotonic() - self._started,
            pause=self._plan.find_pause(),
        )


def describe_moment(conversation: Conversation, doing: Doing) -> Message:
    """Say how far a conversation is."""
    past = len(conversation.persona.history) if conversation.persona else 0
    said = conversation.messages[past:]
    return {
        "uid": conversation.case_uid,
        "persona": conversation.persona.name if conversation.persona else "",
        "trial": conversation.trial,
        "turn": sum(message.role == "user" for message in said),
        "words": said[-1].content[:500] if said else "",
        "doing": doing,
    }


def _describe(active: Conversation | Message, doing: Doing, since: float) -> ActiveConversation:
    told = describe_moment(active, doing) if isinstance(active, Conversation) else active
    seconds = time.monotonic() - since
    return ActiveConversation(told["persona"], told["trial"], told["turn"], told["words"], doing, seconds)
