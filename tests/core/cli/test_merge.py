"""``multivon-eval merge``: the shards of a run as one run, or the reason why not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import result_schema, summary_schema
from support.command import multivon_eval
from support.shards import RUN, furnish, make_shards, read_rows, strip_times, write_personas

pytestmark = pytest.mark.process

OUT = ("--out", "merged.jsonl")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of eight conversations as one, and in three shards."""
    folder = furnish(tmp_path_factory.mktemp("made"))
    make_shards(folder, 3, "--quiet")
    done = multivon_eval(*RUN, "--out", "whole.jsonl", "--quiet", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return shutil.copytree(made, tmp_path / "run")


def merge(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Merge the shards that are named, all if none is."""
    named = [arg for arg in args if arg.startswith("shard-")]
    rest = [arg for arg in args if arg not in named]
    shards = named or sorted(path.name for path in folder.glob("shard-?.jsonl"))
    return multivon_eval("merge", *shards, *rest, *(() if "--out" in rest else OUT), cwd=folder)


def test_merged_is_what_one_run_gives(folder: Path) -> None:
    """The same lines in the same order, whatever the order of the files, and twice gives the same bytes."""
    # What the screen shows takes part in a run, so both have it.
    one = multivon_eval(*RUN, "--out", "merged.jsonl", cwd=folder)
    whole = strip_times(folder / "merged.jsonl")
    done = merge(folder, "shard-3.jsonl", "shard-1.jsonl", "shard-2.jsonl")
    assert done.returncode == 0, done.stderr
    assert strip_times(folder / "merged.jsonl") == whole
    rows = read_rows(folder / "merged.jsonl")
    for row in rows:
        jsonschema.validate(row, result_schema())
    assert len({row["metadata"]["run_id"] for row in rows}) == 1
    first = (folder / "merged.jsonl").read_bytes()
    merge(folder)
    assert (folder / "merged.jsonl").read_bytes() == first
    numbers = [line for line in one.stdout.splitlines() if line.startswith(("verdicts", "criteria", "ended"))]
    assert numbers
    assert set(numbers) <= set(done.stdout.splitlines())


def test_summary_and_gates_are_those_of_the_whole(folder: Path) -> None:
    """JSON on standard output, the same numbers as one run's, exit 1 for a gate that the whole does not meet."""
    gates = ("--fail-under", "goal_rate=1", "--max-error-rate", "0", "--json")
    one = multivon_eval(*RUN, *gates, cwd=folder)
    done = merge(folder, *gates)
    assert done.returncode == one.returncode == 0
    ours, theirs = json.loads(done.stdout), json.loads(one.stdout)
    jsonschema.validate({name: ours[name] for name in summary_schema()["properties"]}, summary_schema())
    for name in ("goal_rate", "judged", "conversations", "scores", "personas", "criteria", "gates", "trials", "part"):
        assert ours[name] == theirs[name], name
    failed = merge(folder, "--fail-under", "conversation_relevance=0.99")
    assert failed.returncode == 1
    assert "gate not met" in failed.stderr
    unknown = merge(folder, "--fail-under", "conversation_relevanc=0.99")
    assert unknown.returncode == 2
    assert "nothing measures it" in unknown.stderr


def test_until_baseline_and_configuration_are_held_on_the_whole(folder: Path) -> None:
    """What shards left for the merge it reads from the same file."""
    (folder / "pyproject.toml").write_text(
        '[tool.multivon-eval]\nfail-under = ["goal_rate=0.5"]\n[tool.multivon-eval.merge]\nuntil = "width<=0.99"\n',
        encoding="utf-8",
    )
    done = merge(folder, "--baseline", "whole.jsonl", "--fail-on", "regression", "--json")
    told = json.loads(done.stdout)
    assert [one["gate"] for one in told["gates"]] == [
        "goal_rate >= 0.5",
        "unmeasured <= 0.2",
        "regression",
        "until width<=0.99",
    ]
    assert told["decision"]["condition"] == "width<=0.99"
    assert next(one["pairs"] for one in told["comparison"]["metrics"] if one["name"] == "goal_rate") == 8
    assert done.returncode == 1 - all(one["is_met"] for one in told["gates"])
    assert {row["metadata"]["options"]["until"] for row in read_rows(folder / "merged.jsonl")} == {"width<=0.99"}


def test_until_is_decided_as_one_run_decides_it(tmp_path: Path) -> None:
    """With the same seed personas are looked at in the same order, so the decision falls at the same conversation."""
    folder, seed = furnish(tmp_path), ("--seed", "5")
    make_shards(folder, 2, *seed, "--quiet")
    until = ("--until", "width<=0.98", "--json")
    one = json.loads(multivon_eval(*RUN, *seed, *until, cwd=folder).stdout)["decision"]
    merged = json.loads(merge(folder, *until).stdout)["decision"]
    assert one["outcome"] == "met"
    assert one["not_run"] > 0, "one run stops, and shards have held all of it"
    for name in ("outcome", "interval", "personas", "conversations"):
        assert merged[name] == one[name], name


def _tear(folder: Path) -> None:
    path = folder / "shard-2.jsonl"
    path.write_bytes(path.read_bytes()[:-20])


def _cut(folder: Path) -> None:
    path = folder / "shard-2.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _leave_journal(folder: Path) -> None:
    (folder / "shard-2.jsonl.journal").touch()


def _double(folder: Path) -> None:
    shutil.copy(folder / "shard-2.jsonl", folder / "shard-4.jsonl")


def _double_line(folder: Path) -> None:
    path = folder / "shard-2.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1])


def _move_line(folder: Path) -> None:
    line = (folder / "shard-1.jsonl").read_bytes().splitlines(keepends=True)[-1]
    path = folder / "shard-2.jsonl"
    path.write_bytes(path.read_bytes() + line)


def _join(folder: Path) -> None:
    path = folder / "shard-1.jsonl"
    path.write_bytes(path.read_bytes() + (folder / "shard-2.jsonl").read_bytes())
    (folder / "shard-2.jsonl").unlink()


def _behead(folder: Path) -> None:
    path = folder / "shard-2.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])


def _garble(folder: Path) -> None:
    path = folder / "shard-2.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"schema_version": 1, "persona"', b'"schema_version": 9, "persona"'))


def _age(folder: Path) -> None:
    path = folder / "shard-2.jsonl"
    path.write_bytes(path.read_bytes().replace(b'{"schema_version": 1, "run_id"', b'{"schema_version": 9, "run_id"'))


def _overdraw(folder: Path) -> None:
    for path in folder.glob("shard-?.jsonl"):
        head, rest = path.read_bytes().split(b"\n", 1)
        row = json.loads(head)
        row["manifest"]["shares_usd"] = [0.5, 0.5, 0.5]
        path.write_bytes(json.dumps(row).encode() + b"\n" + rest)


WRONG: dict[str, tuple[Callable[[Path], Any], tuple[str, ...]]] = {
    "missing": (lambda folder: (folder / "shard-2.jsonl").unlink(), ("shard 2 of 3 is missing", "--shard 2/3")),
    "torn": (_tear, ("shard-2.jsonl: shard 2 of 3 is not finished", "last line is torn", "--resume")),
    "cut": (_cut, ("shard-2.jsonl: shard 2 of 3 is not finished", "--resume", "--partial")),
    "journal": (_leave_journal, ("shard-2.jsonl.journal lies beside it", "--resume")),
    "double": (_double, ("shard-4.jsonl: shard 2 of 3, as shard-2.jsonl is", "give each shard once")),
    "double line": (_double_line, ("stands in shard-2.jsonl already",)),
    "line of another": (_move_line, ("shard-2.jsonl:", "is none of shard 2 of 3")),
    "joined": (_join, ("shard-1.jsonl:", "a second header", "a file of its own")),
    "no header": (_behead, ("shard-2.jsonl: begins with no header", "simulate --shard")),
    "no result": (_garble, ("shard-2.jsonl:2: schema_version is 9",)),
    "newer header": (_age, ("shard-2.jsonl:1: schema_version is 9", "or a newer one")),
    "overdrawn": (_overdraw, ("the ceilings of these shards are $1.5 together, above the budget of $1.0",)),
    "no file": (lambda folder: (folder / "shard-2.jsonl").rename(folder / "other"), ("shard 2 of 3 is missing",)),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_one_whole_run_is_refused(folder: Path, what: str) -> None:
    """The message names the file, the reason and the remedy, and nothing is written."""
    spoil, told = WRONG[what]
    spoil(folder)
    done = merge(folder)
    assert done.returncode == 2
    for part in told:
        assert part in done.stderr
    assert not (folder / "merged.jsonl").exists()


OTHER = {
    "options": (("--max-turns", "3"), ("max_turns is 3, there 8",)),
    "budget": (("--budget", "2"), ("budget_usd is 2.0, there 1.0",)),
    "evaluators": (("--evaluator", "turn-consistency"), ("has no", "knowledge_retention")),
    "seed": (("--seed", "7"), ("seed is 7, there None",)),
    "driver": (("--driver", "scripted"), ("driver: scripted", "there not")),
    "number": (("--shard", "2/4"), ("it is one of 4 shards, there of 3",)),
}


@pytest.mark.parametrize("what", OTHER)
def test_shards_of_different_runs_are_refused(folder: Path, what: str) -> None:
    """It says what differs."""
    options, told = OTHER[what]
    again = ("--out", "shard-2.jsonl", "--quiet")
    assert multivon_eval(*RUN, "--shard", "2/3", *options, *again, cwd=folder).returncode == 0
    done = merge(folder)
    assert done.returncode == 2
    assert "shard-2.jsonl: of another run than shard-1.jsonl" in done.stderr
    for part in told:
        assert part in done.stderr


def test_other_personas_or_model_are_another_run(folder: Path) -> None:
    """A file that was edited between two shards is found, however alike the options are."""
    (folder / "personas.jsonl").write_text(write_personas(("g0", "g1", "g2", "new")), encoding="utf-8")
    (folder / "model.py").write_text("def model_fn(prompt: str) -> str:\n    return 'No.'\n", encoding="utf-8")
    assert multivon_eval(*RUN, "--shard", "2/3", "--out", "shard-2.jsonl", cwd=folder).returncode == 0
    done = merge(folder)
    assert done.returncode == 2
    assert "the personas differ; the model file differs" in done.stderr


def test_a_partial_merge_says_so_everywhere_and_passes_no_gate(folder: Path) -> None:
    """On the screen, in lines, JSON, report, tables and what reads them; a gate that it would meet is not met."""
    _cut(folder)
    sinks = ("--sink", "html:report.html", "--sink", "markdown:page.md", "--sink", "junit:j.xml", "--sink", "csv:t.csv")
    done = merge(folder, "shard-2.jsonl", "shard-3.jsonl", "--partial", "--fail-under", "goal_rate=0.1", *sinks)
    assert done.returncode == 1
    told = "only a part of the run: shard 3 of 3, the whole run has 8 conversations"
    assert "shard 1 of 3 is missing" in done.stderr
    assert "shard-2.jsonl: shard 2 of 3 is not finished" in done.stderr
    assert f"gate not met: goal_rate >= 0.1: {told}" in done.stderr
    assert told in " ".join(done.stdout.split())
    for name in ("report.html", "page.md", "j.xml", "t.csv"):
        assert told in (folder / name).read_text(encoding="utf-8").replace("\\", ""), name
    rows = read_rows(folder / "merged.jsonl")
    assert {json.dumps(row["metadata"]["part"]) for row in rows} == {'{"of": 3, "shards": [3], "conversations": 8}'}
    assert [row["metadata"]["place"] for row in rows] == sorted(row["metadata"]["place"] for row in rows)
    for command in (
        ("show", "merged.jsonl", "--no-pager"),
        ("report", "merged.jsonl"),
        ("compare", "whole.jsonl", "merged.jsonl"),
    ):
        shown = multivon_eval(*command, cwd=folder)
        assert told in " ".join((shown.stdout + shown.stderr).split()), command
    gated = multivon_eval("compare", "whole.jsonl", "merged.jsonl", "--fail-on", "regression", cwd=folder)
    assert gated.returncode == 1
    strict = merge(folder, "shard-2.jsonl", "shard-3.jsonl", "--partial", "--strict", "--quiet")
    assert strict.returncode == 0, strict.stderr


def test_a_part_that_is_judged_again_stays_a_part(folder: Path) -> None:
    """``score`` skips the header, and no gate is met by what it makes."""
    asked = ("score", "shard-1.jsonl", "--out", "scored.jsonl", "--fail-under", "goal_rate=0.1")
    done = multivon_eval(*asked, cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "only a part of the run: shard 1 of 3" in done.stderr
    assert read_rows(folder / "scored.jsonl")[0]["metadata"]["part"]["shards"] == [1]


def test_shards_that_were_only_put_in_one_file_are_not_merged(folder: Path) -> None:
    """Joined with ``cat`` they can be read, and are called what they are."""
    (folder / "all.jsonl").write_bytes(b"".join(path.read_bytes() for path in sorted(folder.glob("shard-?.jsonl"))))
    shown = multivon_eval("report", "all.jsonl", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert "shards that were not merged: all of 3" in " ".join(shown.stdout.split())


def test_bindings_are_stamped_into_a_shard(folder: Path) -> None:
    """The header stays as it is."""
    before = (folder / "shard-1.jsonl").read_bytes()
    (folder / "recordings.jsonl").write_text("", encoding="utf-8")
    asked = ("staleness", "stamp", "--from-recordings", "recordings.jsonl", "--cases", "shard-1.jsonl", "--apply")
    done = multivon_eval(*asked, cwd=folder)
    assert "no cases" not in done.stdout + done.stderr
    assert (folder / "shard-1.jsonl").read_bytes() == before


def test_what_is_asked_wrongly_is_said_at_once(folder: Path) -> None:
    """No file, no place to write, a shard to write over."""
    assert "the files of the shards are missing" in multivon_eval("merge", "--out", "m.jsonl", cwd=folder).stderr
    assert "--out is missing" in multivon_eval("merge", "shard-1.jsonl", cwd=folder).stderr
    over = multivon_eval("merge", "shard-1.jsonl", "--out", "shard-1.jsonl", cwd=folder)
    assert over.returncode == 2
    assert "--out would overwrite shard-1.jsonl" in over.stderr
    gone = merge(folder, "shard-1.jsonl", "shard-9.jsonl", "--fail-under", "x=2")
    assert gone.returncode == 2
    assert "shard-9.jsonl: cannot be read (No such file or directory)" in gone.stderr
    assert "write METRIC=VALUE" in gone.stderr


def test_only_a_whole_run_takes_the_place_of_what_was_there(folder: Path) -> None:
    """A merge that cannot deliver leaves the earlier file alone; one that can keeps its rights."""
    (folder / "merged.jsonl").write_text("before\n", encoding="utf-8")
    (folder / "merged.jsonl").chmod(0o640)
    (folder / "merged.jsonl.merging").mkdir()
    assert merge(folder).returncode == 2
    assert (folder / "merged.jsonl").read_text(encoding="utf-8") == "before\n"
    (folder / "merged.jsonl.merging").rmdir()
    assert merge(folder).returncode == 0
    assert (folder / "merged.jsonl").stat().st_mode & 0o777 == 0o640
    assert len(read_rows(folder / "merged.jsonl")) == 8
    assert not [path for path in os.listdir(folder) if path.endswith(".merging")]


def test_empty_shards_are_merged_too(tmp_path: Path) -> None:
    """Of one conversation four shards of five are empty; merged they are the run."""
    folder = furnish(tmp_path, ("ann",))
    alone = (*RUN[: RUN.index("--trials")], "--concurrency", "1", "--quiet")
    for index in range(1, 6):
        multivon_eval(*alone, "--shard", f"{index}/5", "--out", f"shard-{index}.jsonl", cwd=folder)
    assert multivon_eval(*alone, "--out", "merged.jsonl", cwd=folder).returncode == 0
    whole = strip_times(folder / "merged.jsonl")
    done = merge(folder, "--quiet")
    assert done.returncode == 0, done.stderr
    assert strip_times(folder / "merged.jsonl") == whole
    empty = next(path.name for path in sorted(folder.glob("shard-?.jsonl")) if len(read_rows(path)) == 1)
    part = merge(folder, empty, "--partial", "--fail-under", "goal_rate=0", "--json")
    assert part.returncode == 1
    assert json.loads(part.stdout)["conversations"] == 0
    assert (folder / "merged.jsonl").read_bytes() == b""


def test_standard_output_takes_the_lines(folder: Path) -> None:
    """``--out -`` prints them and nothing else."""
    done = merge(folder, "--out", "-", "--quiet")
    assert done.returncode == 0, done.stderr
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 8
