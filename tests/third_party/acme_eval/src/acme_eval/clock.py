"""Counts what happens in a run, and lets ``model_fn`` know whose conversation it answers.

What it saw is written as JSON to the file that the environment variable ACME_CLOCK_OUT names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from multivon_eval.sdk import Call, Conversation, Persona, Report, RunInfo, hookimpl

persona_name: ContextVar[str] = ContextVar("persona_name", default="")
"""The persona whose conversation is answered right now; empty outside of ``model_fn``."""

_seen: dict[str, Any] = {}


@hookimpl
def run_started(run: RunInfo) -> None:
    """Begin to count."""
    _seen.clear()
    _seen.update(run_id=run.run_id, conversations=0, turns=0, scopes=0, calls={}, finished=[])


@hookimpl
def conversation_started() -> None:
    """Count a conversation."""
    _seen["conversations"] += 1


@hookimpl
@contextmanager
def conversation_scope(persona: Persona) -> Iterator[None]:
    """Say whose conversation it is, while ``model_fn`` answers."""
    _seen["scopes"] += 1
    token = persona_name.set(persona.name)
    try:
        yield
    finally:
        persona_name.reset(token)


@hookimpl
def call_finished(call: Call) -> None:
    """Count a call by whom it asked, a judge's by what for."""
    asked = f"{call.kind} {call.purpose}".strip()
    _seen["calls"][asked] = _seen["calls"].get(asked, 0) + 1


@hookimpl
def turn_finished(conversation: Conversation) -> None:
    """Count a turn."""
    _seen["turns"] += 1


@hookimpl
def conversation_finished(result: Any) -> None:
    """Remember how it ended."""
    _seen["finished"].append([result.persona.name, result.stop_reason])


@hookimpl
def run_finished(report: Report) -> None:
    """Write what was seen."""
    out = os.environ.get("ACME_CLOCK_OUT")
    if out:
        seen = {**_seen, "left_over": persona_name.get(), "summed_up": report.summary.conversations}
        Path(out).write_text(json.dumps(seen), encoding="utf-8")
