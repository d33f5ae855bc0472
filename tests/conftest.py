import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine and of what else it does, nothing of the property.
# The same examples each time, so that a change is told by what it broke; `nox -s explore` looks for new ones.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", _UNTIMED, max_examples=500)
settings.register_profile("same", _UNTIMED, derandomize=True, database=None)
settings.load_profile("same")

KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY")


def pytest_configure():
    """Take back what a shell does to a job in the background: it ignores Ctrl-C, and so would every child of ours."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nobodys_keys(monkeypatch):
    """Take keys and settings out of the environment, so that no test depends on whose machine it runs on."""
    for name in [*os.environ]:
        if name in KEYS or name.startswith("MULTIVON_EVAL_"):
            monkeypatch.delenv(name)
