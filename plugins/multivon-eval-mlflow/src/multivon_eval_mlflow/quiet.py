"""MLflow without a word on the screen, and without handlers that nobody asked for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.RLock()


@contextmanager
def set_for_a_moment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable, and set it back; MLflow has no other way to be told some things."""
    with _LOCK:
        before = os.environ.get(name)
        os.environ[name] = value
        try:
            yield
        finally:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before


def import_mlflow() -> None:
    """Import MLflow so that it sets up no logging; where somebody has imported it before, that is theirs."""
    if "mlflow" in sys.modules:
        return
    with set_for_a_moment("MLFLOW_CONFIGURE_LOGGING", "false"):
        import mlflow.tracing.client  # noqa: F401
