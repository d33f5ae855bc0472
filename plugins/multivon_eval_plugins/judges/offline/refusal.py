"""Whether a reply refuses, by the same rules that decide where no judge is asked."""

from __future__ import annotations

from typing import Any

from multivon_eval.sdk import RefusalAsked, is_refusal


def answer_refusal(asked: RefusalAsked) -> dict[str, Any]:
    """Answer in the words of the question's schema."""
    said = asked.reply.content
    if not is_refusal(said):
        return {"reason": "the reply does not decline as a whole", "evidence": [], "refused": "no"}
    return {"reason": "the reply declines", "evidence": [{"turn": asked.turn, "quote": said}], "refused": "yes"}
