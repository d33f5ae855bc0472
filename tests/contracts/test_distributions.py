"""Our plug-ins in distributions of their own get nothing that a stranger's do not get."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))
DOORS = {"multivon_eval", "multivon_eval.sdk"}
BY_NAME = [pytest.param(folder, id=folder.name) for folder in FOLDERS]


def list_imports(folder: Path) -> Iterator[tuple[str, str]]:
    """What the modules in a folder import of ours, with the file that does."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            yield from ((name, str(path)) for name in names if re.match(r"multivon_eval(_plugins)?(\.|$)", name))


def test_there_are_distributions() -> None:
    """They are found."""
    assert {"multivon-eval-deepeval", "multivon-eval-inspect"} <= {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", BY_NAME)
def test_imports_the_doors_alone(folder: Path) -> None:
    """A distribution imports the public doors, and its tests the kit as well; nothing deeper, and no built-in."""
    assert [found for found in list_imports(folder / "src") if found[0] not in DOORS] == []
    assert [
        found for found in list_imports(folder / "tests") if found[0] not in DOORS | {"multivon_eval.testing"}
    ] == []


@pytest.mark.parametrize("folder", BY_NAME)
def test_is_whole(folder: Path) -> None:
    """It has its own project with lower bounds and types, its README, and a how-to that its tests run."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["name"] == folder.name
    assert [one for one in project["project"]["dependencies"] if ">=" not in one] == []
    package = folder.name.replace("-", "_")
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [f"src/{package}"]
    assert (folder / "src" / package / "py.typed").is_file()
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {folder.name}\n")
    name = folder.name.removeprefix("multivon-eval-")
    assert (ROOT / "docs" / "how_to" / f"{name}.md").is_file()
    tests = "".join(path.read_text(encoding="utf-8") for path in (folder / "tests").glob("test_*.py"))
    assert f'run_how_to("{name}"' in tests, "no test runs its page"


def test_the_session_finds_them() -> None:
    """The session that tests them takes every folder, and CI calls it."""
    noxfile = (ROOT / "noxfile.py").read_text(encoding="utf-8")
    assert 'glob("*/pyproject.toml")' in noxfile
    assert re.search(r"nox -s .*\bplugins\b", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))


def test_the_wheel_of_the_core_has_none_of_them() -> None:
    """What goes into it is named folder by folder."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert packages == ["core/multivon_eval", "plugins/multivon_eval_plugins"]
