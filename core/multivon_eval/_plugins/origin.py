"""Where a distribution was installed from, and how to install it from there again.

The name alone would not do: in a public registry it may be somebody else's program.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

import importlib_metadata

OURS = "multivon-eval"
VARIABLE = "MULTIVON_EVAL"
"""Docs, templates and CI files install what this variable of the environment names: a wheel, a folder, a repository."""
INSTALL = f'pip install "${VARIABLE}"'
"""The one line by which docs, templates and CI files install us."""


def find_origin(distribution: str = OURS, extra: str = "") -> str:
    """Find where an installed distribution came from, as pip takes it.

    Args:
        distribution: Its name.
        extra: An extra of it to ask for.

    Returns:
        A folder or a file with its extra, or ``NAME[EXTRA] @ URL`` for a repository or an archive on a server; empty
        where the installation does not say it, as with one from a package index, or where nothing is there any more.

    Source: https://packaging.python.org/en/latest/specifications/direct-url/
    """
    origin = _read_direct_url(distribution)
    url = origin.get("url")
    if not isinstance(url, str):
        return ""
    wanted = f"[{extra}]" if extra else ""
    parts = urlsplit(url)
    version_control = origin.get("vcs_info")
    if isinstance(version_control, dict):
        kind, commit = version_control.get("vcs", "git"), version_control.get("commit_id", "")
        url = f"{kind}+{_without_secrets(url)}" + (f"@{commit}" if commit else "")
    elif parts.scheme == "file":
        place = url2pathname(parts.path)
        return place + wanted if Path(place).exists() else ""
    else:
        url = _without_secrets(url)
    return f"{distribution}{wanted} @ {url}"


def format_install_command(extra: str = "", distribution: str = OURS) -> str:
    """Write the command that installs a distribution again from where it came, with an extra.

    Args:
        extra: The extra; empty for none.
        distribution: Whose extra it is; ours, or a plug-in's own.

    Returns:
        A line for a shell. Where it is not known where the distribution came from, the line has a name to fill in.
    """
    origin = find_origin(distribution, extra)
    if not origin:
        # Left to the reader to fill in, and nothing that a registry could have.
        place = f"${{{VARIABLE}}}" if distribution == OURS else f"PATH-OF-{distribution.upper()}"
        return f'pip install "{place}{f"[{extra}]" if extra else ""}"'
    editable = "-e " if _read_direct_url(distribution).get("dir_info", {}).get("editable") else ""
    return f"pip install {editable}{shlex.quote(origin)}"


def _read_direct_url(distribution: str) -> dict[str, Any]:
    try:
        told = json.loads(importlib_metadata.distribution(distribution).read_text("direct_url.json") or "{}")
    except (importlib_metadata.PackageNotFoundError, OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _without_secrets(url: str) -> str:
    """A URL without user and password; whoever wrote it down should have left them out."""
    parts = urlsplit(url)
    # "git@" is the user that everybody has over SSH, and no secret.
    user, at, host = parts.netloc.rpartition("@")
    netloc = parts.netloc if at and user == "git" else host
    return urlunsplit(parts._replace(netloc=netloc))
