"""Whether a reply declines, by the same rules that decide where no judge is asked."""

from __future__ import annotations

from typing import Any

from multivon_eval.sdk import Conversation

from ...refusal.rules import is_refusal


def answer_refusal(conversation: Conversation) -> dict[str, Any]:
    """Answer for the last reply, in the words of a yes/no question's schema."""
    turn, reply = conversation.numbered()[-1]
    if not is_refusal(reply.content):
        return {"reason": "the reply does not decline as a whole", "evidence": [], "answer": "no"}
    evidence = [{"turn": turn, "quote": reply.content}]
    return {"reason": "the reply declines", "evidence": evidence, "answer": "yes"}
