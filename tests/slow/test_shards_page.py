"""The page on shards: what it gives to a scheduler does run, as far as that takes no cluster."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from multivon_eval import read_results
from support.command import clean_env
from support.shards import furnish

pytestmark = pytest.mark.process

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how_to" / "shards.md").read_text(encoding="utf-8")
CONVERSATIONS = 4


def blocks(language: str) -> list[str]:
    """The page's code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def run_script(script: str, cwd: Path, env: Mapping[str, str], shell: tuple[str, ...] = ("bash", "-e")) -> None:
    """Run a script as a runner does; it ends well."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [*shell, "-c", script],
        cwd=cwd,
        env={**clean_env(), "PATH": path, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def find_scripts(job: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """The scripts of a job's steps, but for what they install, each with its variables."""
    steps = [step for step in job["steps"] if "run" in step]
    assert steps[0]["run"].startswith("pip install ")
    return [(step["run"], step.get("env", {})) for step in steps[1:]]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into the expressions of a text."""
    return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: values[found[1]], text)


def test_the_matrix_makes_each_shard_and_merges(tmp_path: Path) -> None:
    """The expressions give ``I/N`` from 1, and the second job finds what the first one uploads."""
    jobs, folder = yaml.safe_load(blocks("yaml")[0])["jobs"], furnish(tmp_path)
    shards = jobs["simulate"]["strategy"]["matrix"]["shard"]
    assert shards == [*range(1, len(shards) + 1)]
    for shard in shards:
        values = {"matrix.shard": str(shard), "strategy.job-total": str(len(shards)), "secrets.OPENAI_API_KEY": ""}
        for script, variables in find_scripts(jobs["simulate"]):
            run_script(script, folder, {name: fill(text, values) for name, text in variables.items()})
    assert jobs["merge"]["needs"] == "simulate"
    for script, variables in find_scripts(jobs["merge"]):
        run_script(script, folder, {**variables, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")})
    assert len(read_results(folder / "results.jsonl")) == CONVERSATIONS
    assert (folder / "summary.md").read_text(encoding="utf-8").startswith("<!-- multivon-eval -->")


def test_the_indexed_job_makes_each_shard_and_merges(tmp_path: Path) -> None:
    """Kubernetes counts from 0; the number behind ``auto`` is that of the completions."""
    simulate, merge = (yaml.safe_load(block) for block in blocks("yaml")[1:])
    folder, runs = furnish(tmp_path), tmp_path / "runs"
    runs.mkdir()
    spec = simulate["spec"]
    assert spec["completionMode"] == "Indexed"
    containers = [job["spec"]["template"]["spec"]["containers"][0] for job in (simulate, merge)]
    assert f"--shard auto/{spec['completions']} " in containers[0]["args"][0]
    for index in range(spec["completions"]):
        env = {"RUN": str(runs), "JOB_COMPLETION_INDEX": str(index)}
        run_script(containers[0]["args"][0], folder, env, ("sh",))
    run_script(containers[1]["args"][0], folder, {"RUN": str(runs)}, ("sh",))
    assert len(read_results(runs / "results.jsonl")) == CONVERSATIONS


def test_the_array_makes_each_shard_and_merges(tmp_path: Path) -> None:
    """The script knows as many shards as the array has tasks."""
    simulate, merge, _ = blocks("bash")
    folder = furnish(tmp_path)
    [tasks] = re.findall(r"^#SBATCH --array=1-(\d+)$", simulate, re.MULTILINE)
    assert f"SHARDS={tasks}\n" in simulate
    for task in range(1, int(tasks) + 1):
        run_script(simulate, folder, {"SLURM_ARRAY_TASK_ID": str(task)})
    run_script(merge, folder, {})
    assert len(read_results(folder / "results.jsonl")) == CONVERSATIONS
