"""Nothing is sent anywhere, and nothing around the system under test changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import asyncio, os, sys

reached = []

def listen(event, args):
    if event in ("socket.getaddrinfo", "socket.connect"):
        reached.append((event, args))

sys.addaudithook(listen)
from multivon_eval.testing import ScriptedJudge, context, conversation
from multivon_eval_deepeval import DeepEvalMetric

score = asyncio.run(DeepEvalMetric("TurnRelevancyMetric").evaluate(conversation(), context(ScriptedJudge())))
print(score.value, os.environ.get("FROM_A_FILE"), reached, sorted(os.listdir()))
"""


def test_a_score_reaches_nobody(tmp_path: Path) -> None:
    """No name is looked up, no connection is made, no ``.env`` is read, no file is written."""
    (tmp_path / ".env").write_text("FROM_A_FILE=1\n", encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if not key.startswith("DEEPEVAL_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1.0 None [] ['.env']\n"
