"""Recordings and keys in the processes of somebody's executor, under pytest and from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.acme import Installed, install_acme
from support.command import clean_env, multivon_eval, workplace
from support.sdk_server import SdkServer

pytestmark = [pytest.mark.process, pytest.mark.slow]

MODEL = """
import multiprocessing
import os

import openai

client = openai.OpenAI(base_url=os.environ["SDK_URL"] + "/v1", api_key="k", max_retries=0)
if multiprocessing.parent_process() is not None:
    for name in os.environ.get("LOSES", "").split():
        del os.environ[name]  # as on a machine where nobody set it


def model_fn(messages):
    asked = [{"role": "system", "content": "You answer questions on refunds."}]
    return client.chat.completions.create(model="m", messages=asked).choices[0].message.content
"""
PEOPLE = "".join(
    json.dumps(
        {
            "name": name,
            "profile": "A customer.",
            "goal": "Find out the refund window.",
            "success_criteria": "The assistant stated the refund window.",
        }
    )
    + "\n"
    for name in ("ann", "ben", "cai")
)
TESTS = """
from multivon_eval import simulate


def test_personas():
    results = simulate("model.py", "personas.jsonl", judge="offline", max_turns=1, executor="acme-pool,workers=2")
    assert results.summary.errors == 0
    assert results.report.problems == ()
"""


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Acme's plug-ins, its executor among them."""
    return install_acme(tmp_path_factory.mktemp("acme"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a bot on an SDK, and three personas."""
    return workplace(tmp_path, MODEL, PEOPLE)


def simulate(place: Path, acme: Installed, url: str, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Simulate in two processes."""
    args = ["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--max-turns", "1"]
    args += ["--executor", "acme-pool,workers=2", "--out", "results.jsonl", *more]
    return multivon_eval(*args, cwd=place, env={"PYTHONPATH": str(acme.target), "SDK_URL": url, **env})


def test_pytest_records_what_workers_render(acme: Installed, place: Path) -> None:
    """``pytest --record-prompts``: each conversation is the case, whatever process it was held in."""
    (place / "test_bot.py").write_text(TESTS, encoding="utf-8")
    (place / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    with SdkServer() as server:
        env = clean_env({"PYTHONPATH": str(acme.target), "SDK_URL": server.url})
        for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER"):
            env.pop(name, None)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--record-prompts", "test_bot.py"]
        done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    line = "recorded prompts: 3 calls with 3 texts; prompt_recordings.jsonl holds 1 recording of 1 call site"
    assert line in done.stdout
    (row,) = [json.loads(one) for one in (place / "prompt_recordings.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (row["count"], row["site"]["file"], row["site"]["qualname"]) == (3, "model.py", "model_fn")
    assert sorted(row["case_uids"].values()) == [1, 1, 1]
    assert not any("test_bot" in case for case in row["case_uids"])


def test_key_that_a_worker_lacks_is_named(acme: Installed, place: Path) -> None:
    """With the worker and the variable, before anything is spent; the head had the key, and nobody was sent it."""
    with SdkServer() as server:
        judge = f'openai:m,base_url={server.url}/v1,price_in=1,price_out=1,headers_env={{X-Key="SHOP_KEY"}}'
        keys = {"SHOP_KEY": "a-key-of-the-shop-77", "LOSES": "SHOP_KEY"}
        done = simulate(place, acme, server.url, "--judge", judge, **keys)
    assert done.returncode == 2, done.stdout + done.stderr
    said = " ".join(done.stderr.split())
    assert "error: worker pool-" in said
    assert "judge 'openai:m' cannot send its headers: SHOP_KEY is not set" in said
    assert keys["SHOP_KEY"] not in done.stdout + done.stderr
    assert "$0.0000" in done.stdout
