"""Conversations as examples for fine-tuning: one chat a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs

from multivon_eval.sdk import Report, RunInfo, SimulationResult, escape_controls

from ._files import Kept, check_file, write_text


@attrs.define
class ChatSink:
    """Writes conversations as JSON lines of ``messages`` and ``metadata``, as fine-tuning takes them.

    They are written when the run ends: only those that achieved the goal, without what the user says after the last
    reply, and without tool calls.

    Attributes:
        path: The file, which is replaced all at once; ``-`` for standard output.
        all: Whether all conversations with a reply are written.
    """

    path: str
    all: bool = False
    _chats: Kept | None = attrs.field(default=None, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that the file can be written.

        Raises:
            UsageError: If it cannot.
        """
        check_file(self.path, "chat")

    async def open(self, run: RunInfo) -> None:
        """Begin to keep chats.

        Raises:
            UsageError: If the file cannot be written.
        """
        check_file(self.path, "chat")
        self._chats = Kept()

    async def write(self, result: SimulationResult) -> None:
        """Keep one chat, if it is one of those that are wanted."""
        assert self._chats is not None, "a sink is opened before it is written to"
        if (self.all or result.goal_achieved is True) and (messages := _list_messages(result)):
            self._chats.add({"messages": messages, "metadata": _describe(result)})

    async def retake(self, result: SimulationResult) -> None:
        """Keep one of the run that is gone on with."""
        await self.write(result)

    async def close(self, report: Report) -> None:
        """Write the file.

        Raises:
            DeliveryError: If it cannot be written.
        """
        if self._chats is None:
            return
        chats, self._chats = self._chats, None
        try:
            write_text(self.path, _write_lines(chats))
        finally:
            chats.close()


def _list_messages(result: SimulationResult) -> list[dict[str, str]]:
    """All that was said up to the last reply: a model learns nothing from what follows it."""
    said = [{"role": message.role, "content": message.content} for message in result.transcript]
    while said and said[-1]["role"] != "assistant":
        said.pop()
    return said


def _describe(result: SimulationResult) -> dict[str, Any]:
    return {
        "persona": result.persona.name,
        "trial": result.trial,
        "case_uid": result.case_uid,
        "run_id": result.run_id,
        "stop_reason": result.stop_reason,
        "goal_achieved": result.goal_achieved,
        "attribution": result.attribution,
        "scores": {name: score.value for name, score in result.scores.items()},
        "judge_model": result.judge_model,
        "judge_rule": result.provenance.judge_rule,
        "disclaimer": result.disclaimer,
    }


def _write_lines(chats: Kept) -> Iterator[str]:
    for chat in chats:
        yield escape_controls(json.dumps(chat, ensure_ascii=False)) + "\n"
