import os
import signal
import sys

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine and of what else it does, nothing of the property.
# The same examples each time, so that a change is told by what it broke; `nox -s explore` looks for new ones.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", _UNTIMED, max_examples=500)
settings.register_profile("same", _UNTIMED, derandomize=True, database=None)
settings.load_profile("same")

KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY")
_STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"}
_STARTED = []


# The SDKs ask once what machine this is, whichever test comes first.
_ASKS_FOR_THE_MACHINE = {"uname", "lsb_release"}


def _note_process(event, args):
    if event in _STARTS:
        command = args[1] if event == "subprocess.Popen" else ()
        name = os.path.basename(str(command[0])) if isinstance(command, list | tuple) and command else ""
        if name not in _ASKS_FOR_THE_MACHINE:
            _STARTED.append(f"{event} {name}".strip())


def pytest_configure():
    """Take back what a shell does to a job in the background: it ignores Ctrl-C, and so would every child of ours."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.addaudithook(_note_process)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """Find out whether a test, or a fixture made for it, starts a process."""
    _STARTED.clear()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test that starts a process and is not marked, for then those that take seconds would take minutes."""
    done = yield
    if _STARTED and item.get_closest_marker("process") is None:
        pytest.fail(f"it starts a process ({_STARTED[0]}); mark it with @pytest.mark.process", pytrace=False)
    return done


@pytest.fixture
def no_pauses(monkeypatch):
    """Let calls that failed come again at once, unless the provider asks for a pause; how often stays as it is."""
    monkeypatch.setattr("multivon_eval._money.pacing.FIRST", 0.0)


@pytest.fixture(autouse=True)
def nobodys_keys(monkeypatch):
    """Take keys and settings out of the environment, so that no test depends on whose machine it runs on."""
    for name in [*os.environ]:
        if name in KEYS or name.startswith("MULTIVON_EVAL_"):
            monkeypatch.delenv(name)
