"""Results as a page of Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import attrs

from multivon_eval.sdk import Report, RunInfo, SimulationResult, UsageError


@attrs.frozen
class Markdown:
    """Writes a section for each conversation.

    Attributes:
        path: The file.
        title: The first heading.
    """

    path: str
    title: str = "Simulated conversations"

    async def open(self, run: RunInfo) -> None:
        """Begin the page, or go on with the one that there is.

        Raises:
            UsageError: It cannot be written.
        """
        if run.is_resumption and Path(self.path).exists():
            return
        try:
            self._add(f"# {self.title}\n\n_{run.disclaimer}_\n", mode="w")
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written ({error.strerror}); name another file") from None

    async def write(self, result: SimulationResult) -> None:
        """Add one conversation."""
        lines = [f"**{message.role}**: {' '.join(message.content.split())}" for message in result.transcript]
        self._add(f"\n## {result.persona.name}: {result.stop_reason}\n\n" + "\n\n".join(lines) + "\n")

    async def close(self, report: Report) -> None:
        """Add the summary."""
        rate = report.summary.goal_rate
        self._add(f"\n## Summary\n\ngoal achieved: {rate.hits} of {rate.of}\n")

    def _add(self, text: str, mode: Literal["a", "w"] = "a") -> None:
        with Path(self.path).open(mode, encoding="utf-8") as file:
            file.write(text)
