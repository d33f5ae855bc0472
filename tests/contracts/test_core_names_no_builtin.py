"""The core knows no built-in plug-in: their names stand in one table of defaults, and nowhere else."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

from multivon_eval._plugins.kinds import GROUPS, JUDGE_KEY
from multivon_eval._plugins.registry import Registry

CORE = Path(__file__).resolve().parents[2] / "core" / "multivon_eval"
TABLE = CORE / "_run" / "defaults.py"
AMBIGUOUS = {name: f"multivon-eval {name}" for name in ("label", "report", "show")}
"""Commands called like something of the core, and what would mean the command: a label is a key of a line too."""
FORMS = {"_messages": {"openai", "anthropic"}}
"""Forms of messages are called after whose they are, which has nothing to do with who judges."""
# From Python 3.12 on the pieces of an f-string are tokens of their own.
WORDS = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def _names() -> set[str]:
    """The names of our own plug-ins, and the variables whose keys choose a judge."""
    registry = Registry()
    entries = [entry for kind in GROUPS for entry in registry.entries(kind) if entry.distribution == "multivon-eval"]
    names = {entry.name for entry in entries}
    assert {"persona-llm", "refusals", "propose"} <= names
    assert any(entry.kind == JUDGE_KEY for entry in entries)
    return {AMBIGUOUS.get(name, name) for name in names}


NAME = re.compile(rf"(?<![\w.-])(?:{'|'.join(sorted(map(re.escape, _names())))})(?![\w-]|\.\w)")


def _mentions(text: str) -> list[str]:
    """The strings and comments of a file that name a built-in; names of variables are not looked at."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    texts = [(token.start[0], token.string) for token in tokens if token.type in WORDS]
    return [f"line {line}: {found}" for line, text in texts for found in NAME.findall(text)]


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: path.relative_to(CORE).as_posix())
def test_core_names_no_builtin(path: Path) -> None:
    """A word that is also a plug-in's name ("the terminal") is said otherwise, but for one that lines have as a key."""
    if path != TABLE:
        allowed = FORMS.get(path.relative_to(CORE).parts[0], set())
        found = _mentions(path.read_text(encoding="utf-8"))
        assert [line for line in found if line.rpartition(" ")[2] not in allowed] == []


def test_a_name_is_found() -> None:
    """The table itself has them, and so would any other file."""
    assert len(_mentions(TABLE.read_text(encoding="utf-8"))) > 8
    assert _mentions('x = "say offline"  # or refusals\n') == ["line 1: offline", "line 1: refusals"]
    assert _mentions('x = f"say {x} to offline"\n') == ["line 1: offline"]
    assert _mentions('x = "a label, or multivon-eval label"\n') == ["line 1: multivon-eval label"]
    assert _mentions('init = field(init=False)\npath = "personas.jsonl"\n') == []
