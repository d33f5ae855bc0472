"""What a person sees: a conversation without anything that was said about it, and where answers are typed."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from multivon_eval.sdk import Message, SimulationResult, make_printable

NARROWEST, WIDEST = 40, 100
"""Columns; a longer line is hard to read."""
_MARGIN = 15
_TAB = 4


class Screen:
    """The terminal, or whatever stands in its place.

    The width is that of the terminal, 80 where there is none.
    """

    def __init__(self) -> None:
        columns = shutil.get_terminal_size().columns
        # A line that fills the last column would be followed by an empty one in some terminals.
        self._width = min(max(columns - 1, NARROWEST), WIDEST)
        self._console = Console(file=sys.stdout, width=self._width, highlight=False, emoji=False, markup=False)
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  (arrow keys in what is typed)

    def tell(self, text: str = "", style: str = "") -> None:
        """Print a text, wrapped at the width."""
        for line in self._wrap(text, self._width):
            self._print(Text(line, style=style))

    def tell_beside(self, name: str, text: str, margin: int = _MARGIN, style: str = "") -> None:
        """Print a text, wrapped, with a name beside its first line."""
        for line in self._wrap(text, self._width - margin):
            self._print(Text.assemble((name, style), " " * (margin - len(name)), line))
            name = ""

    def tell_command(self, name: str, command: str) -> None:
        """Print a command as one line, however long: it is there to be copied."""
        self._print(Text(f"{name:<{_MARGIN}}{make_printable(command)}"))

    def show_list(self, items: list[str]) -> None:
        """Print texts with their numbers."""
        margin = len(str(len(items))) + 4
        for number, item in enumerate(items, 1):
            self.tell_beside(f"{number:>{margin - 2}}  ", item, margin)

    def show(self, result: SimulationResult, header: str) -> None:
        """Print what a person judges by, and nothing that a judge or an observer said."""
        self.tell()
        self.tell("-" * self._width)
        self.tell(header)
        self.tell()
        persona = result.persona
        for name, text in (("Profile", persona.profile), ("Goal", persona.goal)):
            if text.strip():
                self.tell_beside(name, text, style="bold")
        for number, criterion in enumerate(persona.criteria, 1):
            self.tell_beside(f"{'Criteria' if number == 1 else '':<11}{number:>2}", criterion, style="bold")
        before = 0
        for turn, message in result.conversation.numbered():
            if turn != before:
                self.tell()
            self._show_message(message, f"{turn:>2}" if turn != before else "  ")
            before = turn
        self.tell()

    def read(self, prompt: str) -> str:
        """Read a line; control characters in it are replaced, and white space at its ends is taken away.

        Raises:
            EOFError: If there is none.
        """
        try:
            if sys.stdin is None:
                raise EOFError
            line = input(prompt)
        except (EOFError, KeyboardInterrupt):
            self.tell()
            raise
        answer = make_printable(" ".join(line.split()))
        if not sys.stdin.isatty():
            self.tell(answer)  # what is not typed is not seen
        return answer

    def _show_message(self, message: Message, turn: str) -> None:
        names = [turn, *["  "] * (2 * len(message.tool_calls))]
        for name, text in _list_parts(message):
            self.tell_beside(f"{names.pop(0)}  {name}", text, style="bold")

    def _wrap(self, text: str, width: int) -> Iterator[str]:
        clean = make_printable(text.replace("\r\n", "\n").expandtabs(_TAB))
        for paragraph in clean.split("\n"):
            lines = Text(paragraph).wrap(self._console, width)
            yield from (line.plain.rstrip() for line in lines)

    def _print(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, soft_wrap=True)


def _list_parts(message: Message) -> Iterator[tuple[str, str]]:
    """The tools that were called, in the order in which that happened, and then the words."""
    for call in message.tool_calls:
        yield "tool", f"{call.name} {_write_json(dict(call.arguments))}"
        yield "result", _write_json(call.result)
    yield message.role, message.content if message.content.strip() else "(no words)"


def _write_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
