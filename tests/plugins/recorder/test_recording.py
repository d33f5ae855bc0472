"""``record_prompts`` as its users have it."""

import asyncio
import json
import os
from pathlib import Path

import openai
import pytest

from multivon_eval import UsageError, record_prompts
from multivon_eval.sdk import DeliveryError

HERE = Path(__file__).resolve().parent
CHAT = {"model": "m", "messages": [{"role": "user", "content": "Hello?"}]}


@pytest.fixture
def ask(server):
    """Ask something with openai's SDK."""
    client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0)
    yield lambda: client.chat.completions.create(**CHAT)
    client.close()


def test_async_with(out, ask, rows):
    """It goes around asynchronous code as well."""

    async def main():
        async with record_prompts(HERE, out):
            ask()

    asyncio.run(main())
    assert [row["count"] for row in rows()] == [1]


def test_decorators(out, ask, rows):
    """It decorates functions, coroutine functions and generators; each call is a recording of its own."""

    @record_prompts(HERE, out)
    def plain(one, *, two):
        """Ask once."""
        ask()
        return one, two

    @record_prompts(HERE, out)
    async def coroutine():
        await asyncio.sleep(0)
        ask()

    @record_prompts(HERE, out)
    def generator():
        got = yield 1
        ask()
        return got

    assert plain(1, two=2) == (1, 2) and plain(1, two=2) == (1, 2)
    assert (plain.__name__, plain.__doc__) == ("plain", "Ask once.")
    asyncio.run(coroutine())
    running = generator()
    assert next(running) == 1
    with pytest.raises(StopIteration, match="sent"):
        running.send("sent")
    counts = {row["site"]["qualname"].rpartition(".")[2]: row["count"] for row in rows()}
    assert counts == {"<lambda>": 4}


def test_decorating_an_asynchronous_generator(out):
    """What it cannot go around it refuses, with what to write instead."""

    async def pages():
        yield 1

    with pytest.raises(UsageError, match=r"pages is an asynchronous generator.*write 'with record_prompts\(\):' in it"):
        record_prompts(HERE, out)(pages)


def test_the_default_file(tmp_path, monkeypatch, ask):
    """Without a name it is prompt_recordings.jsonl, in the folder where the recording was made."""
    monkeypatch.chdir(tmp_path)
    recording = record_prompts()
    os.chdir("/")
    with recording:
        ask()
    (row,) = map(json.loads, (tmp_path / "prompt_recordings.jsonl").read_text(encoding="utf-8").splitlines())
    assert row["site"] is None and "text" not in row
    assert str(recording.summary) == "1 call with 1 text; 1 call from outside the repository root"


@pytest.mark.parametrize(
    ("root", "name", "message"),
    [
        ("missing", "r.jsonl", "missing is no folder; give repo_root the folder of your code"),
        (".", "missing/r.jsonl", "name a file in a folder that exists"),
    ],
)
def test_asked_wrongly(tmp_path, root, name, message):
    """What cannot work is refused when the recording is entered, and nothing is wrapped."""
    recording = record_prompts(tmp_path / root, tmp_path / name)
    with pytest.raises(UsageError, match=message), recording:
        pytest.fail("it began")


def test_a_file_that_cannot_be_written_in_the_end(tmp_path, ask):
    """Leaving it says so; what was recorded is still there and can be written again."""
    out = tmp_path / "folder" / "r.jsonl"
    out.parent.mkdir()
    recording = record_prompts(HERE, out)
    recording.__enter__()
    ask()
    out.parent.rmdir()
    out.parent.touch()
    with pytest.raises(DeliveryError, match="cannot be written"):
        recording.__exit__(None, None, None)
    out.parent.unlink()
    out.parent.mkdir()
    with recording:
        ask()
    assert json.loads(out.read_text(encoding="utf-8"))["count"] == 2


def test_the_error_under_way_comes_first(tmp_path, ask):
    """Where the block has failed already, that error comes out, and the file's is in the summary."""
    out = tmp_path / "folder" / "r.jsonl"
    out.parent.mkdir()
    recording = record_prompts(HERE, out)

    def fails():
        ask()
        out.parent.rmdir()
        out.parent.touch()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), recording:
        fails()
    assert "cannot be written" in recording.summary.problems[0]


def test_foreign_lines_are_told(out, ask, recording):
    """Lines of the file that are no recordings are in the summary."""
    out.write_text("nonsense\n", encoding="utf-8")
    with recording:
        ask()
    assert recording.summary.problems == (
        "lines of prompt_recordings.jsonl that are no recordings: 1 (line 1), kept as they are",
    )
