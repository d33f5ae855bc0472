"""The README's two commands are the ones that CI runs and that work."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from multivon_eval import DISCLAIMER, result_schema

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)


def test_ci_calls_the_test_line() -> None:
    """``.ci/run`` holds README's test command, word for word."""
    line = next(block for block in SHELL if "nox" in block)
    assert line.count("\n") == 0
    assert line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


@pytest.mark.process
def test_the_main_command_does_what_it_says(tmp_path: Path) -> None:
    """README's first command, from its simulate on, twice: three scores or reasons in every valid line."""
    line = next(block for block in SHELL if "simulate" in block)
    assert line.count("\n") == 0
    args = shlex.split(line.rpartition("multivon-eval simulate")[2])
    out = tmp_path / "results.jsonl"
    args[args.index("--out") + 1] = str(out)
    env = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "multivon_eval", "simulate", *args],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert DISCLAIMER in " ".join(done.stdout.split())
        rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        assert len(rows) == 5
        for row in rows:
            jsonschema.validate(row, result_schema())
            assert row["turns"] > 1
            assert len(row["scores"]) == 3
            assert all(row["reasons"][name] for name in row["scores"])
        by_name = {row["persona"]["name"]: row for row in rows}
        assert "30 day, then 14 day" in by_name["rushed_customer"]["reasons"]["turn_consistency"]
        assert "asks for the order" in by_name["order_checker"]["reasons"]["knowledge_retention"]
        assert by_name["haggler"]["metadata"]["refusals_observed"] > 0


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    """Every link of the README that names a file names one that is there."""
    assert (ROOT / target).exists()


@pytest.mark.process
def test_the_finding_is_drawn_as_it_is_printed() -> None:
    """README's picture shows what the command prints today, and fetches nothing."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "_pictures.py"), "--check"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    drawn = (ROOT / "docs" / "images" / "finding.svg").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' ]*", drawn)) == {"http://www.w3.org/2000/svg"}
    assert "<script" not in drawn and "@font-face" not in drawn


@pytest.mark.process
def test_the_lines_that_readme_shows_are_printed() -> None:
    """Each line of the output below the picture is one of the example's."""
    shown = re.search(r"```text\n(simulation .*?)```", README, re.DOTALL)
    assert shown
    env = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    examples = ("--model-cmd=docs/examples/refund_bot.py", "--personas=docs/examples/personas.jsonl")
    done = subprocess.run(
        [sys.executable, "-m", "multivon_eval", "simulate", *examples],
        cwd=ROOT,
        env={**env, "COLUMNS": "240"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    printed = {line.strip() for line in done.stdout.splitlines()}
    wanted = [line.strip() for line in shown[1].splitlines() if "multivon-eval show" not in line]
    missing = [line for line in wanted if not any(line.split("criteria    ")[-1] in one for one in printed)]
    assert missing == []
