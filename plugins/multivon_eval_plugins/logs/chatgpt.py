"""Conversations as ChatGPT's own export has them: a tree, for an edited message begins a branch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .logged import LogProblem

_SHOWN = ("text", "multimodal_text")


def is_chatgpt(row: Mapping[str, Any]) -> bool:
    """Whether a record is a conversation of that export."""
    return isinstance(row.get("mapping"), Mapping) and ("current_node" in row or "conversation_id" in row)


def list_branch(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The messages of the branch that was on the screen last, without what was hidden there.

    Raises:
        LogProblem: If the branch leads nowhere, or in a circle.
    """
    nodes = row["mapping"]
    at = row.get("current_node") or next(reversed(list(nodes)), None)
    branch: list[Mapping[str, Any]] = []
    seen: set[object] = set()
    while at is not None:
        node = nodes.get(at) if isinstance(at, str) and at not in seen else None
        if not isinstance(node, Mapping):
            raise LogProblem(f"the message {at!r} is not in its mapping; export the conversation again")
        seen.add(at)
        if _is_shown(node.get("message")):
            branch.append(node["message"])
        at = node.get("parent")
    return branch[::-1]


def _is_shown(message: object) -> bool:
    if not isinstance(message, Mapping):
        return False
    author, content, about = (message.get(key) or {} for key in ("author", "content", "metadata"))
    if not all(isinstance(one, Mapping) for one in (author, content, about)):
        return False
    return (
        author.get("role") in ("user", "assistant")
        and content.get("content_type") in _SHOWN
        and message.get("recipient") in (None, "all")
        and not about.get("is_visually_hidden_from_conversation")
    )
