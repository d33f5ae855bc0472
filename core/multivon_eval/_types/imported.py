"""Transcripts of others: a line with ``messages`` or ``transcript``, and beside it what there is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import attrs

from ..errors import UsageError
from .conversation import Conversation
from .disclaimer import IMPORTED
from .message_reading import INSTRUCTIONS, read_said
from .persona import Persona
from .persona_json import persona_from_json
from .provenance import Provenance
from .result import SimulationResult
from .verdict import Verdict

_KNOWN = ("messages", "transcript", "persona", "goal", "success_criteria")
_UNSAID = ("profile", "goal", "success_criteria")


def is_foreign(row: object) -> bool:
    """Whether a line is no result of ours, but a transcript that may be judged."""
    return isinstance(row, Mapping) and "schema_version" not in row and ("messages" in row or "transcript" in row)


def read_foreign(row: Mapping[str, Any], number: int) -> SimulationResult:
    """Read a transcript of others; nothing has to be made up for it.

    Args:
        row: The parsed line: ``messages`` (the form of OpenAI, Anthropic or LangChain, tool calls included) or
            ``transcript`` (ours), and what there is of ``persona``, ``goal``, ``success_criteria``. Other keys,
            ``label`` among them, are kept as they are; instructions stand in the metadata.
        number: Which line it is; names the conversation where nothing else does.

    Returns:
        A result without verdict and scores.

    Raises:
        UsageError: If there is no message of a user and an assistant, or a value has another type than it should have.
    """
    name = "messages" if "messages" in row else "transcript"
    said = read_said(row[name], name)
    messages = said.messages
    if not any(message.role == "assistant" for message in messages):
        raise UsageError(f"{name!r} has no message of the assistant; there is nothing to judge")
    given = row.get("persona") or {}
    user = {"name": given} if isinstance(given, str) else given
    if not isinstance(user, Mapping):
        raise UsageError(f"'persona' is {type(given).__name__}; give an object, a name, or leave it out")
    user = {"name": f"conversation {number}", **user}
    user |= {key: row[key] for key in ("goal", "success_criteria") if row.get(key) is not None}
    persona = read_imported_persona(user)
    text = json.dumps([number, [message.content for message in messages]], ensure_ascii=False)
    uid = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    conversation = Conversation(messages, persona, case_uid=uid, is_imported=True)
    extra = {key: value for key, value in row.items() if key not in _KNOWN}
    told = [{"role": one.role, "content": one.content} for one in said.instructions]
    made = Provenance(extra={INSTRUCTIONS: told} if told else {})
    verdict = Verdict(None, "not judged yet")
    return SimulationResult(conversation, verdict, provenance=made, disclaimer=IMPORTED, extra=extra)


def read_imported_persona(row: Any) -> Persona:
    """Read what an imported line says of its user; what it does not say is empty.

    Raises:
        UsageError: If something that it says is wrong.
    """
    if not isinstance(row, Mapping):
        raise UsageError(f"'persona' is {type(row).__name__}; give an object")
    told = {key: value for key, value in row.items() if value is not None and value != ""}
    filled = persona_from_json({**dict.fromkeys(_UNSAID, "-"), **told})
    return attrs.evolve(
        filled,
        profile=filled.profile if "profile" in told else "",
        goal=filled.goal if "goal" in told else "",
        success_criteria=filled.success_criteria if "success_criteria" in told else (),
    )
