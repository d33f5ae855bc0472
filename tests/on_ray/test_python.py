"""From Python: callables by their names, a Ray that is joined already, recordings."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.ray_nodes import Nodes
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
