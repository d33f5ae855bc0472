"""The action and the example for GitLab: what they run does run, as far as that takes no server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import junitparser
import pytest
import yaml

from support.command import clean_env, workplace

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
GITLAB = (ROOT / "docs" / "how_to" / "run_in_gitlab.md").read_text(encoding="utf-8")


def run_script(script: str, cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=cwd,
        env={**clean_env(), "PATH": path, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


class Runner:
    """Runs the steps of the action in a folder, as GitHub's runner does.

    Args:
        folder: Where the repository is checked out.
        **inputs: What is given; a dash in a name is an underscore here.
    """

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder = folder
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        defaults = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        self.values = {f"inputs.{name}": value for name, value in {**defaults, **given}.items()}
        self.values["runner.temp"] = str(folder / "temp")
        (folder / "temp").mkdir()
        self.files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in self.files.values():
            path.touch()

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run one step."""
        [step] = [one for one in STEPS if one["name"] == name]
        env = {key: self._fill(value) for key, value in step.get("env", {}).items()}
        return run_script(step["run"], self.folder, {**{key: str(path) for key, path in self.files.items()}, **env})

    def _fill(self, text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: self.values[found[1]], text)

    def read(self, name: str) -> str:
        """What the steps wrote into a file of the runner."""
        return self.files[name].read_text(encoding="utf-8")


def test_the_action_is_one() -> None:
    """Each step names its shell, and what is given reaches it in variables alone, so that nobody's words are run."""
    assert ACTION["runs"]["using"] == "composite"
    for step in STEPS:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        given = re.findall(r"\$\{\{ (\S+) \}\}", " ".join(step["env"].values()))
        assert {name.removeprefix("inputs.") for name in given if name.startswith("inputs.")} <= set(ACTION["inputs"])
    used = {name for step in STEPS for name in re.findall(r"inputs\.([\w-]+)", str(step))}
    assert used == set(ACTION["inputs"])
    assert not [step for step in STEPS if "uses" in step], "it uploads nothing and takes nothing of others"


@pytest.mark.process
def test_the_action_writes_the_summary(tmp_path: Path) -> None:
    """The run's page stands in the job's summary, and the outputs name its files."""
    arguments = "--driver scripted --max-turns '1' --sink \"junit:junit report.xml\" --quiet"
    runner = Runner(workplace(tmp_path), model_cmd="model.py", personas="personas.jsonl", arguments=arguments)
    done = runner.run("Simulate")
    assert done.returncode == 0, done.stderr
    assert runner.run("Write the summary").returncode == 0
    assert runner.read("GITHUB_STEP_SUMMARY").startswith("<!-- multivon-eval -->\n## Simulation: ")
    assert runner.read("GITHUB_OUTPUT") == f"results=results.jsonl\nmarkdown={tmp_path}/temp/multivon-eval.md\n"
    assert (tmp_path / "results.jsonl").exists()
    assert (tmp_path / "junit report.xml").exists()


@pytest.mark.process
def test_a_gate_that_is_not_met_fails_the_step_and_the_summary_is_written(tmp_path: Path) -> None:
    """The exit code is that of the run."""
    runner = Runner(
        workplace(tmp_path, "def model_fn(prompt):\n    raise RuntimeError\n"),
        model_cmd="model.py",
        personas="personas.jsonl",
        arguments="--max-error-rate 0",
    )
    assert runner.run("Simulate").returncode == 1
    assert runner.run("Write the summary").returncode == 0
    assert "Conversations that failed (1)" in runner.read("GITHUB_STEP_SUMMARY")


@pytest.mark.process
def test_a_mistake_leaves_no_summary(tmp_path: Path) -> None:
    """What was asked wrongly ends with 2; an unclosed quote ends the step too, and nothing given is run."""
    runner = Runner(
        workplace(tmp_path), model_cmd="nope.py; touch ran", personas="$(touch ran)", arguments="`touch ran`"
    )
    assert runner.run("Simulate").returncode == 2
    assert runner.run("Write the summary").returncode == 0
    assert runner.read("GITHUB_STEP_SUMMARY") == ""
    runner.values["inputs.arguments"] = "'"
    assert runner.run("Simulate").returncode != 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.process
def test_the_example_for_gitlab_runs(tmp_path: Path) -> None:
    """The job's script, but for what is installed, writes the report that the job names."""
    [block] = re.findall(r"^```yaml\n(.*?)^```$", GITLAB, re.DOTALL | re.MULTILINE)
    job = yaml.safe_load(block)["simulate"]
    install, *script = job["script"]
    assert install.startswith("pip install ")
    done = run_script("\n".join(script), workplace(tmp_path), job.get("variables", {}))
    assert done.returncode == 0, done.stderr
    [suite] = junitparser.JUnitXml.fromfile(str(tmp_path / job["artifacts"]["reports"]["junit"]))
    assert suite.tests == 1
    assert all((tmp_path / path).exists() for path in job["artifacts"]["paths"])
    assert job["artifacts"]["when"] == "always"
