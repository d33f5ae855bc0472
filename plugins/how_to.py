"""Run a how-to of a distribution as its reader would, from top to bottom, against the libraries that it is about.

The tests of each distribution under ``plugins/`` do it (``pythonpath = [".."]`` in their settings): the page on
``multivon-eval-NAME`` is ``docs/how_to/NAME.md``. What is in a page:

- a block behind a comment ``file: NAME`` is written to that file,
- a ``python`` block without a file is run, and what it defines the next one has too,
- each line of a ``sh`` block is run, but for installing, which is checked: what it installs must be there,
- a ``text`` block is what the block before it prints: each of its lines, in that order, up to `` ...``,
- ``json`` is checked by the tests of the pages; there may be nothing else.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"^(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SECONDS = 180
"""How long one command may take: far longer than any does."""
_END = "-- end of the block --"
_PYTHON = f"""
import json, sys, traceback
told = {{"__name__": "__main__"}}
for block in sys.stdin:
    try:
        exec(compile(json.loads(block), "<the page>", "exec"), told)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
        sys.exit(1)
    print({_END!r}, flush=True)
"""
"""One Python for all blocks of a page, as a notebook has it."""


def run_how_to(name: str, folder: Path, **env: str) -> list[str]:
    """Run a page.

    Args:
        name: Its name, ``inspect`` for ``docs/how_to/inspect.md``.
        folder: An empty folder to run it in.
        **env: Variables beside those of this process, whose keys of providers are left out.

    Returns:
        What was run, in order.

    Raises:
        AssertionError: If something fails, prints something else than the page shows, or would not be run.
    """
    text = (ROOT / "docs" / "how_to" / f"{name}.md").read_text(encoding="utf-8")
    with Page(folder, env) as page:
        for file, language, body in _BLOCK.findall(text):
            page.take(file, language, body)
    assert page.ran, f"{name}.md runs nothing"
    return page.ran


class Page:
    """A page that is being run.

    Attributes:
        ran: What was run so far.
    """

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.ran: list[str] = []
        self._folder = folder
        self._printed = ""
        self._python: subprocess.Popen[str] | None = None
        kept = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
        scripts = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
        self._env = {**kept, "PATH": scripts, "COLUMNS": "240", "PYTHONIOENCODING": "utf-8", **env}

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *error: object) -> None:
        """Let the Python of its blocks end."""
        if self._python is not None:
            self._python.communicate(timeout=_SECONDS)

    def take(self, file: str, language: str, body: str) -> None:
        """Do what a block says."""
        if file:
            path = self._folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        elif language == "python":
            self._printed = self._run_block(body)
        elif language == "sh":
            self._printed = "".join(self._run_line(line) for line in _split_lines(body))
        elif language == "text":
            _check_shown(body, self._printed)
        else:
            assert language == "json", f"a block of {language!r} that belongs to no file would not be run"

    def _run_line(self, line: str) -> str:
        if re.match(r"(uv )?pip install ", line):
            _check_installed(line)
            return ""
        return self._run(["bash", "-c", line], line)

    def _run_block(self, body: str) -> str:
        if self._python is None:
            # What goes wrong at its end, a warning say, is seen among what it prints.
            self._python = subprocess.Popen(
                [sys.executable, "-c", _PYTHON],
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
            )
        assert self._python.stdin is not None and self._python.stdout is not None
        self._python.stdin.write(json.dumps(body) + "\n")
        self._python.stdin.flush()
        printed = ""
        for line in self._python.stdout:
            if line.strip() == _END:
                self.ran.append("python")
                return printed
            printed += line
        raise AssertionError(f"{body}\n{printed}")

    def _run(self, command: list[str], what: str) -> str:
        done = subprocess.run(
            command,
            cwd=self._folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
        )
        assert done.returncode == 0, f"{what}\n{done.stdout}\n{done.stderr}"
        self.ran.append(what)
        return done.stdout


def _split_lines(body: str) -> Iterator[str]:
    for line in body.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def _check_installed(line: str) -> None:
    """See that each folder which a line installs is a distribution of ours, and the one it says that it is."""
    for folder in re.findall(r"\./(\S+)", line):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["name"] == Path(folder).name, folder
    assert "./" in line or not [word for word in shlex.split(line) if word.startswith("multivon")], line


def _check_shown(body: str, printed: str) -> None:
    rest = [_squeeze(line) for line in printed.splitlines()]
    for line in filter(str.strip, body.splitlines()):
        shown = _squeeze(line.partition(" ...")[0])
        places = [index for index, said in enumerate(rest) if said.startswith(shown)]
        assert places, f"the page shows {line!r}, which is not printed there:\n{printed}"
        rest = rest[places[0] + 1 :]


def _squeeze(line: str) -> str:
    return " ".join(line.split())
