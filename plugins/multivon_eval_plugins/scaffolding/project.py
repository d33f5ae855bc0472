"""The files of a new project."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from multivon_eval.sdk import INSTALL, UsageError, find_origin

from .kinds import NewKind
from .name import NewName


def render_project(kind: NewKind, name: NewName) -> dict[str, str]:
    """Write the files of a project.

    Args:
        kind: What it is for.
        name: What it is called.

    Returns:
        The text of each file, by its path in the project.
    """
    # The braces of Python, TOML and GitHub's expressions stay theirs.
    environment = Environment(
        loader=PackageLoader(__package__, "template"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
    )
    told = {
        "name": name.name,
        "package": name.package,
        "class_name": name.class_name,
        "kind": kind.words,
        "article": kind.article,
        "about": kind.about,
        "group": kind.group,
        "target": _find_target(kind, name),
        "dependencies": kind.needs,
        "use": kind.use.format(name=name.name),
        "install": INSTALL,
        "source": _find_source(),
    }
    files = {
        "pyproject.toml": "common/pyproject.toml.txt",
        "README.md": "common/README.md",
        ".gitignore": "common/gitignore",
        ".github/workflows/test.yml": "common/test.yml",
        f"src/{name.package}/__init__.py": "common/package.py.txt",
        f"src/{name.package}/{kind.module}.py": f"{kind.name}/plugin.py.txt",
        f"tests/test_{kind.module}.py": f"{kind.name}/test.py.txt",
    }
    rendered = {path: environment.get_template(template).render(told) for path, template in files.items()}
    return {**rendered, f"src/{name.package}/py.typed": ""}


def write_project(folder: Path, files: dict[str, str]) -> None:
    """Write the files of a project into a folder that is new or empty.

    Raises:
        UsageError: If there is something in it, or it cannot be written.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(f"{folder} has files in it; remove it, or name another folder with --dir")
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written ({error.strerror}); name another folder with --dir") from None


def _find_target(kind: NewKind, name: NewName) -> str:
    module = f"{name.package}.{kind.module}"
    attribute = {"hook": "", "command": f":{name.package}"}.get(kind.name, f":{name.class_name}")
    return module + attribute


def _find_source() -> str:
    """What a machine that is not this one installs us from: the repository that we came from, or a wheel beside it."""
    origin = find_origin()
    version = importlib.metadata.version("multivon-eval")
    return origin if " @ " in origin else f"vendor/multivon_eval-{version}-py3-none-any.whl"
