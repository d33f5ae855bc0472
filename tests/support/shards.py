"""A run in shards through the command line, and the same run as one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .command import multivon_eval, workplace

PEOPLE = tuple(f"g{number}" for number in range(4))
RUN = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--trials", "2", "--concurrency", "1")


def write_personas(names: tuple[str, ...] = PEOPLE) -> str:
    """Persona lines that differ in name and length."""
    rows = (
        {
            "name": name,
            "profile": "A customer. " * (1 + place),
            "goal": "Find out the refund window.",
            "success_criteria": "The assistant stated the refund window.",
        }
        for place, name in enumerate(names)
    )
    return "".join(json.dumps(row) + "\n" for row in rows)


def furnish(path: Path, names: tuple[str, ...] = PEOPLE) -> Path:
    """A folder with a model and personas."""
    return workplace(path, personas=write_personas(names))


def make_shards(folder: Path, of: int, *more: str, env: Mapping[str, str] | None = None) -> list[Path]:
    """Make all shards of a run, one after another; their files."""
    found = []
    for index in range(1, of + 1):
        path = folder / f"shard-{index}.jsonl"
        done = multivon_eval(*RUN, *more, "--shard", f"{index}/{of}", "--out", path.name, cwd=folder, env=env)
        assert done.returncode == 0, done.stderr
        found.append(path)
    return found


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file's lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def strip_times(path: Path) -> list[str]:
    """The lines of a file without times and the ids of runs: all else must be the same, to the byte."""
    return [json.dumps(_blank(row), ensure_ascii=False) for row in read_rows(path)]


_TIMES = ("seconds", "started_at", "run_id", "waited")


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "" if key in _TIMES else _blank(item) for key, item in value.items()}
    return [_blank(item) for item in value] if isinstance(value, list) else value
