"""Pretend installed distributions, so that no test needs pip."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path

__all__ = ["write_distribution"]


def write_distribution(
    path: Path,
    name: str,
    version: str = "1.0.0",
    entry_points: Mapping[str, Mapping[str, str]] | None = None,
    modules: Mapping[str, str] | None = None,
) -> Path:
    """Write what an installation of a distribution would leave behind.

    Put the folder on ``sys.path`` or ``PYTHONPATH``, and the distribution counts as installed. Several may
    share one folder.

    Args:
        path: The folder; made if it is not there.
        name: The distribution's name.
        version: Its version.
        entry_points: By group, by name, the target: ``{"multivon_eval.evaluators": {"tone": "acme.tone:Tone"}}``.
        modules: By dotted name, the source: ``{"acme.tone": "..."}``. Packages around them are made.

    Returns:
        The folder.
    """
    info = path / f"{re.sub(r'[-_.]+', '_', name)}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    _write(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    _write(info / "INSTALLER", "multivon_eval.testing\n")
    groups = [
        "".join([f"[{group}]\n", *(f"{key} = {target}\n" for key, target in points.items())])
        for group, points in (entry_points or {}).items()
    ]
    _write(info / "entry_points.txt", "\n".join(groups))
    sources = modules or {}
    for module, source in sources.items():
        _write(_make_file(path, module, is_package=any(other.startswith(f"{module}.") for other in sources)), source)
    importlib.invalidate_caches()
    return path


def _make_file(path: Path, module: str, *, is_package: bool) -> Path:
    *packages, last = module.split(".")
    folder = path
    for package in packages:
        folder = folder / package
        folder.mkdir(exist_ok=True)
        if not (folder / "__init__.py").exists():
            _write(folder / "__init__.py", "")
    if not is_package:
        return folder / f"{last}.py"
    (folder / last).mkdir(exist_ok=True)
    return folder / last / "__init__.py"


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
