"""From Python: callables by their names, a Ray that is joined already, and what a worker's process knows of a case."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.chat_server import ChatServer
from support.command import multivon_eval
from support.ray_nodes import SETTINGS, Nodes, start_nodes
from support.ray_run import furnish, run_python

pytestmark = pytest.mark.process

JOINED = """
import json, logging, os, signal, sys
import ray
from bot import model_fn
from multivon_eval import simulate

address = sys.argv[1]
ray.init(address=address, logging_level=logging.ERROR)
handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
results = simulate(model_fn, "personas.jsonl", judge="offline", max_turns=1, executor="ray,workers=2")
assert ray.is_initialized()
assert handlers == [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
print(json.dumps([result.transcript[-1].content for result in results]))
"""
"""Joins by itself, and has joined still when the run is over."""
BOT = """
import os


def model_fn(prompt: str) -> str:
    return f"The refund window is 30 days. {os.getpid()}"
"""


def test_a_ray_that_is_joined_already(tmp_path: Path, nodes: Nodes) -> None:
    """A callable that can be imported is found by its name; the run neither leaves Ray nor touches a signal."""
    folder = tmp_path / "run"
    furnish(folder, 6)
    (folder / "bot.py").write_text(BOT, encoding="utf-8")
    said = json.loads(run_python(folder, JOINED, nodes.address))
    processes = {int(text.rsplit(" ", 1)[1]) for text in said}
    assert len(said) == 6
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2


RECORDED = """
import atexit
import os

import openai

from multivon_eval import record_prompts

recording = record_prompts(out="prompts.jsonl")
recording.__enter__()
atexit.register(recording.__exit__, None, None, None)
client = openai.AsyncOpenAI(base_url=os.environ["BOT_URL"], api_key="any")


async def model_fn(messages):
    answer = await client.chat.completions.create(model="bot", messages=messages)
    return answer.choices[0].message.content
"""
"""A system that records its own prompts, in each process that it is loaded in."""


def test_prompts_carry_their_case(tmp_path: Path) -> None:
    """What is recorded in workers is bound to the conversations as at home; two workers write one file."""
    furnish(tmp_path, 6, RECORDED)
    with (
        ChatServer(answer=lambda body: "The refund window is 30 days.") as bot,
        start_nodes(2, {"BOT_URL": bot.base_url}) as nodes,
    ):
        done = multivon_eval(
            *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--judge", "offline"),
            *("--executor", f"ray:{nodes.address},per_worker=1", "--max-turns", "2", "--out", "results.jsonl"),
            cwd=tmp_path,
            env={**SETTINGS, "BOT_URL": bot.base_url},
        )
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    recorded = [json.loads(line) for line in (tmp_path / "prompts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {uid for row in recorded for uid in row["case_uids"]} == {row["metadata"]["case_uid"] for row in results}
    assert len(bot.requests) == sum(row["turns"] for row in results)
