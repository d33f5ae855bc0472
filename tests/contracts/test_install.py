"""Nothing installs us by our name alone: in public registries it is another program's."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from multivon_eval.sdk import INSTALL

ROOT = Path(__file__).resolve().parents[2]
OWN = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HERE = Path(__file__).resolve()
SKIPPED = {".git", ".venv", ".nox", "dist", "build", "node_modules"}
# Commands that fetch what they name, then options and other words of the same command, then our name without a place.
FETCHES = re.compile(
    r"\b(?:pip[\d.]* +(?:install|download|wheel)|pipx +(?:install|run|inject)|uvx|uv +(?:add|run|tool|pip +install)"
    r"|(?:poetry|pdm|rye) +add|(?:conda|mamba) +install)\b(?:[ \t]+(?!\|)[^\s|;&#]+)*?[ \t]+"
    r"['\"]?multivon[-_.]eval(?:\[[^\]]*\])?(?:[<>=!~][^\s'\"]*)?(?=['\"\s`,]|$)(?!['\"]?\s*@)",
    re.IGNORECASE | re.MULTILINE,
)
BARE = re.compile(r"multivon[-_.]eval(?:\[[^\]]*\])?\s*(?:[<>=!~][^@]*)?", re.IGNORECASE)
"""A requirement that a registry would be asked for."""
TOML = re.compile(r"^```toml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def list_texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the repository but this one."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED and not name.endswith(("_cache", "cache__"))]
        for name in files:
            path = Path(folder, name)
            if path != HERE:
                try:
                    yield path, path.read_text(encoding="utf-8")
                except (UnicodeDecodeError, OSError):
                    continue


TEXTS = dict(list_texts())


def list_requirements(project: dict[str, Any]) -> Iterator[str]:
    """All that a ``pyproject.toml`` has somebody fetch."""
    yield from project.get("build-system", {}).get("requires", [])
    yield from project.get("project", {}).get("dependencies", [])
    groups = [*project.get("project", {}).get("optional-dependencies", {}).values()]
    groups += project.get("dependency-groups", {}).values()
    yield from (one for group in groups for one in group if isinstance(one, str))


def find_bare(requirements: Iterable[str]) -> list[str]:
    """The requirements that are our name without a place."""
    return [one for one in requirements if BARE.fullmatch(one.partition(";")[0].strip())]


def test_no_command_fetches_our_name() -> None:
    """In docs, code, messages, templates and CI files."""
    found = {path.relative_to(ROOT).as_posix(): FETCHES.findall(text) for path, text in TEXTS.items()}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_project_requires_our_name() -> None:
    """Neither a distribution of this repository, nor a project that a page shows."""
    shown = [(path, block) for path, text in TEXTS.items() if path.suffix == ".md" for block in TOML.findall(text)]
    projects = [(path, text) for path, text in TEXTS.items() if path.name == "pyproject.toml"]
    assert len(projects) > 1
    found = {
        path.relative_to(ROOT).as_posix(): find_bare(list_requirements(tomllib.loads(text)))
        for path, text in [*projects, *shown]
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("line", "fetches"),
    [
        ("pip install multivon-eval", True),
        ("run: pip install 'multivon-eval[parquet]'", True),
        ("python -m pip install -U multivon_eval==1.0", True),
        ("uv add multivon-eval", True),
        ("uvx multivon-eval simulate", True),
        ("pipx run multivon-eval", True),
        ("uv run --with multivon-eval pytest", True),
        ("pip install multivon-eval other", True),
        ('pip install "$MULTIVON_EVAL"', False),
        ("pip install vendor/multivon_eval-0.1.0-py3-none-any.whl", False),
        ("pip install 'multivon-eval[parquet] @ git+https://host/o/multivon-eval@c'", False),
        ("pip install . && multivon-eval plugins", False),
        ("pip install /src/multivon-eval", False),
        ("uv pip install -e ../multivon-eval", False),
    ],
)
def test_the_search_finds_what_fetches(line: str, fetches: bool) -> None:
    """A command that asks a registry is found, and one that names a place is not."""
    assert bool(FETCHES.search(line)) is fetches


def test_requirements_are_told_apart() -> None:
    """A version does not make a name ours; a place does."""
    bare = ["multivon-eval", "multivon_eval>=0.1", "multivon-eval[parquet]", "Multivon.Eval ; python_version > '3'"]
    assert find_bare(bare) == bare
    assert find_bare(["multivon-eval @ git+https://host/o@c", "multivon-eval-otel", "attrs"]) == []


def test_all_say_it_in_one_way() -> None:
    """Pages and CI files install by the one constant, and a wheel that they name is this version's."""
    assert INSTALL == 'pip install "$MULTIVON_EVAL"'
    for page in ("install", "write_a_plugin", "run_in_ci", "run_in_gitlab"):
        assert INSTALL in (ROOT / "docs/how_to" / f"{page}.md").read_text(encoding="utf-8"), page
    job = yaml.safe_load((ROOT / "plugins/multivon_eval_plugins/commands/template/ci.yml").read_text("utf-8"))
    assert [step["run"] for step in job["jobs"]["simulate"]["steps"] if "MULTIVON_EVAL" in step.get("env", {})] == [
        INSTALL
    ]
    wheels = {
        name for text in TEXTS.values() for name in re.findall(r"multivon_eval-(\d[\w.]*)-py3-none-any\.whl", text)
    }
    assert wheels == {OWN["version"]}


def test_our_own_metadata_names_no_address() -> None:
    """There is none that would be ours, so the wheel has none."""
    assert "urls" not in OWN
