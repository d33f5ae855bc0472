"""No test of a judge sees anybody's key, options or proxy."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """Take keys, our own options and proxies out of the environment."""
    for name in list(os.environ):
        is_ours = name.upper().endswith(("_API_KEY", "_PROXY")) or name.startswith("MULTIVON_EVAL")
        if is_ours:
            monkeypatch.delenv(name)
