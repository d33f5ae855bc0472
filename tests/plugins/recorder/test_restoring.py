"""What is wrapped while a recording is on is the very same object before and after."""

import asyncio
import importlib
import inspect
import logging
import operator
import subprocess
import sys
import threading
from pathlib import Path

import openai
import pytest

from multivon_eval import record_prompts
from multivon_eval_plugins.recorder.points import SDKS
from support.command import clean_env

HERE = Path(__file__).resolve().parent
CHAT = {"model": "m", "messages": [{"role": "user", "content": "Hello?"}]}
HERE_IMPORTED = [sdk for sdk in SDKS if sdk.name != "litellm"]
"""The SDKs that are quick to import."""


def points():
    """What lies at each point of the SDKs that are imported here, by name."""
    found = {}
    for sdk in SDKS:
        for point in sdk.points:
            if point.module in sys.modules:
                owner, _, name = point.path.rpartition(".")
                module = importlib.import_module(point.module)
                parent = operator.attrgetter(owner)(module) if owner else module
                found[str(point)] = inspect.getattr_static(parent, name)
    return found


@pytest.fixture
def originals():
    """What lies there while nothing is recorded; looked at again in the end."""
    for sdk in HERE_IMPORTED:
        for point in sdk.points:
            if point.loses:
                importlib.import_module(point.module)
    before = points()
    # litellm too, if a test before this one in the same process has imported it.
    assert {sdk.package.partition(".")[0] for sdk in HERE_IMPORTED} <= {name.partition(".")[0] for name in before}
    yield before
    assert points().keys() == before.keys()
    assert all(now is before[name] for name, now in points().items())
    assert not any(type(finder).__module__.startswith("multivon_eval") for finder in sys.meta_path)


@pytest.fixture
def ask(server):
    """Ask something with openai's SDK."""
    client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0)
    yield lambda: client.chat.completions.create(**CHAT)
    client.close()


def test_everything_is_put_back(originals, recording):
    """While it is on every point is wrapped; afterwards each is what it was."""
    with recording:
        assert not [name for name, now in points().items() if now is originals[name]]


def test_put_back_after_an_error(originals, recording):
    """An error in the block ends the recording too, and comes out as it is."""
    with pytest.raises(ZeroDivisionError), recording:
        raise ZeroDivisionError


def test_recordings_in_each_other(originals, recording, ask, tmp_path):
    """Two at once both record; what is wrapped is put back when the last one ends, whichever began first."""
    other = record_prompts(HERE, tmp_path / "other.jsonl")
    recording.__enter__()
    ask()
    other.__enter__()
    ask()
    recording.__exit__(None, None, None)
    wrapped = points()
    ask()
    other.__exit__(None, None, None)
    assert (recording.summary.calls, other.summary.calls) == (2, 2)
    assert all(wrapped[name] is not original for name, original in originals.items())


def test_one_recording_entered_twice(originals, recording, ask, rows):
    """The same recording inside itself counts once and ends with the outer block."""
    with recording:
        with recording:
            ask()
        ask()
    assert [row["count"] for row in rows()] == [2]


def test_recordings_in_threads(originals, ask, tmp_path):
    """Recordings that begin and end in several threads, crossing each other, leave nothing behind."""
    begun, done = threading.Barrier(4), []

    def work(number):
        for again in range(5):
            with record_prompts(HERE, tmp_path / f"{number}.jsonl") as recording:
                if again == 0:
                    begun.wait()
                ask()
            done.append(recording.summary.calls)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A recording hears the calls of all threads while it is on, its own at least.
    assert len(done) == 20 and min(done) >= 1


def test_two_event_loops(originals, server, recording, rows):
    """One recording hears two event loops in two threads."""

    async def main():
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as client:
            await asyncio.gather(*(client.chat.completions.create(**CHAT) for _ in range(5)))

    with recording:
        threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (row,) = rows()
    assert row["count"] == 10 and row["site"]["qualname"] == "test_two_event_loops.<locals>.main"


def test_somebody_elses_wrapper_stays(recording, ask, monkeypatch):
    """Who has wrapped a method once more in the meantime keeps it; ours under it only passes calls on."""
    from openai._base_client import SyncAPIClient

    original = vars(SyncAPIClient)["request"]
    calls = []
    with recording:
        inner = SyncAPIClient.request

        def theirs(self, *args, **kwargs):
            calls.append(1)
            return inner(self, *args, **kwargs)

        SyncAPIClient.request = theirs
        ask()
    try:
        assert vars(SyncAPIClient)["request"] is theirs
        ask()
        assert (recording.summary.calls, len(calls)) == (1, 2)
    finally:
        SyncAPIClient.request = original


@pytest.mark.parametrize(
    ("owner", "name", "loses"),
    [
        ("openai._base_client:SyncAPIClient", "request", "what is asked synchronously is not recorded"),
        ("openai.resources.chat.completions:AsyncCompletions", "create", "recorded without a call site"),
    ],
)
def test_a_method_that_has_moved_is_named(recording, monkeypatch, caplog, owner, name, loses):
    """Where an SDK has a method no more, a warning and the summary name it, with what is lost."""
    module, _, cls = owner.partition(":")
    monkeypatch.delattr(getattr(importlib.import_module(module), cls), name)
    with caplog.at_level(logging.WARNING, "multivon_eval.recorder"), recording:
        pass
    (problem,) = recording.summary.problems
    assert problem.startswith(f"openai {openai.__version__} has no {module}.{cls}.{name}, so ") and loses in problem
    assert caplog.messages == [problem]
    assert problem in str(recording.summary)


@pytest.mark.process
def test_an_sdk_of_another_make_is_named(tmp_path):
    """An SDK that has none of what is looked for is named too, and works as ever."""
    package = tmp_path / "anthropic"
    package.mkdir()
    (package / "__init__.py").write_text("def ask():\n    return 42\n", encoding="utf-8")
    program = (
        "from multivon_eval import record_prompts\n"
        "with record_prompts() as recording:\n    import anthropic\n    assert anthropic.ask() == 42\n"
        "print(*recording.summary.problems, sep='\\n')"
    )
    env = clean_env({"PYTHONPATH": str(tmp_path)})
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 3 and all(line.startswith("anthropic ") for line in told)
    assert "has no anthropic._base_client.SyncAPIClient.request" in told[0]
    assert done.stderr == ""


def test_a_body_that_cannot_be_read_goes_out_all_the_same(recording, ask, monkeypatch):
    """What fails in recording is a problem in the summary, never one of the call."""
    from multivon_eval_plugins.recorder.tally import Tally

    def broken(*_):
        raise RuntimeError("out of order")

    monkeypatch.setattr(Tally, "add", broken)
    with recording:
        assert ask().choices
    (problem,) = recording.summary.problems
    assert problem == "a call of openai could not be read (RuntimeError: out of order); report it to us"


NEVER = """
import sys
import multivon_eval
from multivon_eval import record_prompts, simulate
recording = record_prompts()
for name in ("openai", "anthropic", "google.genai", "litellm"):
    assert name not in sys.modules, name
finders = list(sys.meta_path)
persona = {"name": "ann", "profile": "A.", "goal": "Learn it.", "success_criteria": "It was told."}
simulate(lambda prompt: "Fine.", [persona], judge="offline", max_turns=1)
for name in ("openai", "anthropic", "google.genai", "litellm"):
    assert name not in sys.modules, name
assert sys.meta_path == finders
import openai._base_client
from types import FunctionType
assert type(vars(openai._base_client.SyncAPIClient)["request"]) is FunctionType
with recording:
    assert type(vars(openai._base_client.SyncAPIClient)["request"]) is not FunctionType
    for name in ("anthropic", "google.genai", "litellm"):
        assert name not in sys.modules, name
assert type(vars(openai._base_client.SyncAPIClient)["request"]) is FunctionType
print("fine")
"""


@pytest.mark.process
def test_nothing_is_imported_or_wrapped_unless_it_is_on(tmp_path):
    """A process that never records imports no SDK and wraps none; one that does wraps what is imported, no more."""
    done = subprocess.run(
        [sys.executable, "-c", NEVER], cwd=tmp_path, env=clean_env(), capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "fine\n", done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_wrapt_is_imported_when_it_is_needed():
    """To have ``record_prompts`` at hand costs no import of what wraps."""
    program = "import sys; from multivon_eval import record_prompts; print('wrapt' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
