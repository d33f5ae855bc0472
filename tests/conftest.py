import os

import pytest

KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY")


@pytest.fixture(autouse=True)
def nobodys_keys(monkeypatch):
    """Take keys and settings out of the environment, so that no test depends on whose machine it runs on."""
    for name in [*os.environ]:
        if name in KEYS or name.startswith("MULTIVON_EVAL_"):
            monkeypatch.delenv(name)
