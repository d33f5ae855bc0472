"""Whether MLflow is where it is said to be, found out before anything is spent."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

_SECONDS = 10.0
"""How long a tracking server may take to say that it is there. MLflow's own client would try for minutes."""


def find_obstacle(tracking_uri: str) -> str:
    """Say why a destination cannot be used; empty if nothing speaks against it.

    Args:
        tracking_uri: Where MLflow is; empty for where the process as a whole logs to.
    """
    import mlflow

    uri = tracking_uri or mlflow.get_tracking_uri()
    parts = urlsplit(uri)
    if parts.scheme in ("http", "https"):
        return _ask_server(uri)
    if parts.scheme.startswith("sqlite"):
        return _look_at_file(Path(unquote(uri.partition(":///")[2])))
    return ""


def _ask_server(uri: str) -> str:
    import requests

    try:
        answer = requests.get(f"{uri.rstrip('/')}/health", timeout=_SECONDS)
    except requests.RequestException as error:
        return f"it does not answer ({type(error).__name__})"
    # Behind a proxy that wants a login there may be no such page for us: then MLflow itself finds out.
    return f"it answers with {answer.status_code}" if answer.status_code >= 500 else ""


def _look_at_file(path: Path) -> str:
    place = path if path.exists() else path.parent
    if path.is_dir():
        return f"{path} is a directory"
    if not place.exists():
        return f"{place} does not exist"
    return "" if os.access(place, os.W_OK) else f"{place} cannot be written"
