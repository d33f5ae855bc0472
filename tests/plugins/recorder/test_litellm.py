"""litellm is asked against a real server, in a process of its own: it takes seconds to import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.command import clean_env

pytestmark = pytest.mark.process

TESTS = Path(__file__).resolve().parents[2]
BOT = """
import litellm
from litellm import acompletion, completion

ASKED = {"model": "openai/m", "messages": [{"role": "user", "content": "Hello?"}], "api_key": "k"}


def positional(url):
    completion(ASKED["model"], ASKED["messages"], api_key="k", api_base=url)


def by_module(url):
    litellm.completion(**ASKED, api_base=url)


def streamed(url):
    assert list(completion(**ASKED, api_base=url, stream=True))


async def awaited(url):
    await acompletion(**ASKED, api_base=url)


async def streamed_async(url):
    assert [chunk async for chunk in await litellm.acompletion(**ASKED, api_base=url, stream=True)]


async def gathered(url):
    await asyncio.gather(acompletion(**ASKED, api_base=url))


RESPOND = {"model": "openai/m", "input": "Hello?", "instructions": "Be brief.", "api_key": "k"}


def respond(url):
    litellm.responses(**RESPOND, api_base=url)


def respond_streamed(url):
    assert list(litellm.responses(RESPOND["input"], RESPOND["model"], api_key="k", api_base=url, stream=True))


async def respond_async(url):
    await litellm.aresponses(**RESPOND, api_base=url)


import asyncio
"""
PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from multivon_eval import record_prompts
from support.sdk_server import SdkServer

async def all_async(url):
    for ask in (bot.awaited, bot.streamed_async, bot.gathered, bot.respond_async):
        await ask(url)

def all_sync(url):
    for ask in (bot.positional, bot.by_module, bot.streamed, bot.respond, bot.respond_streamed):
        ask(url)

with SdkServer() as server:
    url = server.url + "/v1"
    with record_prompts(".", "late.jsonl") as late:
        import bot
        all_sync(url)
    import litellm
    def list_places():
        main = sys.modules["litellm.responses.main"]
        asked = litellm.completion, litellm.acompletion, litellm.main.completion, litellm.main.acompletion
        return *asked, litellm.responses, litellm.aresponses, main.responses, main.aresponses
    originals = list_places()
    kinds = {type(one).__name__ for one in (*originals, bot.completion, bot.acompletion)}
    with record_prompts(".", "early.jsonl") as early:
        all_sync(url)
        asyncio.run(all_async(url))
    now = list_places()
    all_sync(url)
print(json.dumps({
    "kinds": sorted(kinds),
    "same": all(one is other for one, other in zip(originals, now)) and bot.completion is litellm.completion,
    "calls": [late.summary.calls, early.summary.calls],
    "problems": [*late.summary.problems, *early.summary.problems],
}))
"""


def test_litellm_is_recorded_once_and_restored(tmp_path):
    """Each way is recorded once, not also as openai's; names imported from litellm are, and are put back."""
    (tmp_path / "bot.py").write_text(BOT, encoding="utf-8")
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    env = clean_env({"PYTHONPATH": str(TESTS), "LITELLM_LOCAL_MODEL_COST_MAP": "True"})
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "kinds": ["function"],
        "same": True,
        "calls": [5, 9],
        "problems": [],
    }
    sync = {"positional": 1, "by_module": 1, "streamed": 1, "respond": 1, "respond_streamed": 1}
    for name, expected in (
        ("late.jsonl", sync),
        ("early.jsonl", {**sync, "awaited": 1, "streamed_async": 1, "gathered": 1, "respond_async": 1}),
    ):
        rows = [json.loads(line) for line in (tmp_path / name).read_text(encoding="utf-8").splitlines()]
        assert {row["sdk"] for row in rows} == {"litellm"}
        assert {row["site"]["qualname"]: row["count"] for row in rows} == expected
