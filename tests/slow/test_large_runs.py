"""A run of more personas than are held: killed, resumed, had again in part, and complete."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from multivon_eval import UsageError, result_to_json
from multivon_eval._run.people import KEPT
from multivon_eval._run.result_lines import open_results
from support.command import PERSONA, multivon_eval, workplace
from support.reports import make_results

pytestmark = [pytest.mark.process, pytest.mark.slow]

MANY = KEPT + 100
CUT = 1_050
ARGS = ("simulate", "--model-cmd=model.py", "--personas=personas.jsonl", "--out=results.jsonl", "--max-turns=1")
OPTIONS = ("--judge=offline", "--quiet", "--evaluator=turn-consistency", "--concurrency=3", "--sink=junit:report.xml")

# It kills itself once, and counts its calls in a file.
MODEL = f"""
import os, signal
def model_fn(messages):
    with open("calls.txt", "a") as file:
        file.write("called\\n")
        file.flush()
    with open("calls.txt") as file:
        if sum(1 for _ in file) >= {CUT} and not os.path.exists("killed"):
            open("killed", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
    return "The refund window is 30 days."
"""


def _write_personas() -> str:
    rows = ({**json.loads(PERSONA), "name": f"p{number}"} for number in range(MANY))
    return "".join(json.dumps(row) + "\n" for row in rows)


def _names(path: Path) -> list[str]:
    return [json.loads(line)["persona"]["name"] for line in (path / "results.jsonl").read_text().splitlines()]


def _count_calls(path: Path) -> int:
    return len((path / "calls.txt").read_text().splitlines())


def test_a_killed_run_of_many_is_gone_on_with(tmp_path: Path) -> None:
    """Each conversation is had once, a sink that needs all gets all, and a result that was lost is in the journal.

    When it is complete nothing is asked.
    """
    workplace(tmp_path, MODEL, _write_personas())
    assert multivon_eval(*ARGS, *OPTIONS, cwd=tmp_path).returncode == -9
    lines = (tmp_path / "results.jsonl").read_text().splitlines(keepends=True)
    assert CUT - 20 < len(lines) < CUT
    # The journal knows of it, and nobody else does; and a line that is torn.
    (tmp_path / "results.jsonl").write_text("".join(lines[:700] + lines[701:]) + lines[0][:50])

    resumed = multivon_eval(*ARGS, *OPTIONS, "--resume", "--json", cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    found = json.loads(resumed.stdout)
    assert Counter(_names(tmp_path)) == Counter(f"p{number}" for number in range(MANY))
    assert found["conversations"] == MANY and len(found["personas"]) == found["goal_rate"]["of"]
    # Those that were under way when it was killed were asked once more.
    assert MANY <= _count_calls(tmp_path) <= MANY + 6
    assert (tmp_path / "report.xml").read_text().count("<testcase ") >= MANY
    assert not list(tmp_path.glob("*.journal*"))

    calls = _count_calls(tmp_path)
    complete = multivon_eval(*ARGS, *OPTIONS, "--resume", "--json", cwd=tmp_path)
    assert complete.returncode == 0, complete.stderr
    again = json.loads(complete.stdout)
    assert _count_calls(tmp_path) == calls
    assert {**again["personas"]} == {**found["personas"]} and again["goal_rate"] == found["goal_rate"]


def test_results_of_a_file_are_read_anew_each_time(tmp_path: Path) -> None:
    """They are those of the file, in its order, as often as one likes; those that are chosen are some of them."""
    path, results = tmp_path / "results.jsonl", make_results(20, 2)
    lines = [json.dumps(result_to_json(one)) + "\n" for one in results]
    path.write_text("".join(lines) + lines[0][:30])
    found = open_results(path, may_be_torn=True)
    assert len(found) == len(results) == 40
    assert [one.case_uid for one in found] == [one.case_uid for one in found] == [one.case_uid for one in results]
    assert next(iter(found)) in found and "nothing" not in found

    path.write_text("".join([*lines[:3], "{\n", *lines[3:], "[]\n"]))
    with pytest.raises(UsageError) as caught:
        open_results(path)
    assert [problem.partition(": ")[0] for problem in caught.value.problems] == [f"{path}:4", f"{path}:42"]
