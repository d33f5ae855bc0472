"""One shard of a run through the command line: what its file says, and what is refused before anything is spent."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from multivon_eval import DISCLAIMER, UsageError, load_results, read_results, result_from_json, result_schema
from multivon_eval._run.shard import find_shard
from support.command import multivon_eval
from support.shards import PEOPLE, RUN, furnish, make_shards, read_rows

pytestmark = pytest.mark.process


def test_shards_of_a_run_hold_it_once(tmp_path: Path) -> None:
    """Each file begins with its header, each line says of which part it is, and no conversation is had twice."""
    files, met = make_shards(furnish(tmp_path), 3), Counter[tuple[str, int]]()
    manifests = []
    for index, file in enumerate(files, 1):
        header, *rows = read_rows(file)
        assert header["shard"] == {
            "index": index,
            "of": 3,
            "conversations": len(rows),
            "budget_usd": header["manifest"]["shares_usd"][index - 1],
        }
        assert header["disclaimer"] == DISCLAIMER
        manifests.append(header["manifest"])
        for row in rows:
            jsonschema.validate(row, result_schema())
            made = row["metadata"]
            assert made["part"] == {"of": 3, "shards": [index], "conversations": 8}
            assert find_shard(made["case_uid"], 3) == index
            assert made["place"] == PEOPLE.index(row["persona"]["name"]) * 2 + row["trial"] - 1
            assert made["options"]["budget_usd"] == 1.0
            assert "shard" not in made["sources"]
            met[row["persona"]["name"], row["trial"]] += 1
    assert set(met.values()) == {1}
    assert len(met) == 8
    assert manifests[0] == manifests[1] == manifests[2]
    assert manifests[0]["conversations"] == [len(read_rows(file)) - 1 for file in files]
    assert sum(Decimal(str(share)) for share in manifests[0]["shares_usd"]) <= 1


def test_readers_skip_the_header(tmp_path: Path) -> None:
    """Whoever reads results gets results; who reads the line itself is told what it is."""
    file, *_ = make_shards(furnish(tmp_path), 2)
    header, *rows = read_rows(file)
    assert len(read_results(file)) == len(list(load_results(file))) == len(rows) > 0
    with pytest.raises(UsageError, match="the header of a shard"):
        result_from_json(header)


def test_an_empty_shard_is_a_result(tmp_path: Path) -> None:
    """Of one conversation and several shards all but one are empty: each exits 0 and says what it is."""
    folder = furnish(tmp_path, ("ann",))
    counts = []
    for index in (1, 2, 3):
        done = multivon_eval(*RUN[:-4], "--shard", f"{index}/3", "--out", "r.jsonl", "--strict", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert f"shard {index} of 3" in " ".join(done.stdout.split())
        header, *rows = read_rows(folder / "r.jsonl")
        assert header["shard"]["conversations"] == len(rows)
        assert not (folder / "r.jsonl.journal").exists()
        counts.append(len(rows))
    assert sorted(counts) == [0, 0, 1]


def test_a_shard_says_so_in_summary_and_json(tmp_path: Path) -> None:
    """The number of a part is no number of the run."""
    folder = furnish(tmp_path)
    done = multivon_eval(*RUN, "--shard", "1/2", "--json", cwd=folder)
    assert json.loads(done.stdout)["part"] == {"of": 2, "shards": [1], "conversations": 8}
    whole = multivon_eval(*RUN, "--json", cwd=folder)
    assert json.loads(whole.stdout)["part"] is None


GATED = {
    "until": ("goal_rate>=0.5",),
    "fail-under": ("goal_rate=0.5",),
    "max-error-rate": ("0.1",),
    "calibration": ("calibration.json",),
    "baseline": ("base.jsonl", "--fail-on", "regression"),
}


@pytest.mark.parametrize("option", GATED)
def test_what_holds_the_whole_against_something_is_for_merge(tmp_path: Path, option: str) -> None:
    """Given on the command line beside a shard it is refused, and nothing runs."""
    done = multivon_eval(
        *RUN, "--shard", "1/2", f"--{option}", *GATED[option], "--out", "r.jsonl", cwd=furnish(tmp_path)
    )
    assert done.returncode == 2
    assert f"--{option} with --shard 1/2" in done.stderr
    assert "multivon-eval merge" in done.stderr
    assert not (tmp_path / "r.jsonl").exists()


def test_gates_of_file_and_environment_are_left_for_merge(tmp_path: Path) -> None:
    """One configuration serves shards and merge, and a line says what was left."""
    folder = furnish(tmp_path)
    (folder / "pyproject.toml").write_text('[tool.multivon-eval]\nfail-under = ["goal_rate=1"]\n', encoding="utf-8")
    env = {"MULTIVON_EVAL_SIMULATE_UNTIL": "goal_rate>=0.5", "MULTIVON_EVAL_SHARD": "2/2"}
    done = multivon_eval(*RUN, "--out", "r.jsonl", cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    assert "left for multivon-eval merge" in done.stderr
    assert "until (environment), fail-under (file)" in done.stderr
    assert "gate" not in done.stderr
    assert read_rows(folder / "r.jsonl")[0]["shard"]["index"] == 2


def test_proposed_personas_are_refused(tmp_path: Path) -> None:
    """Each shard would have others; the remedy is to propose them once."""
    folder = furnish(tmp_path)
    (folder / "PRODUCT.md").write_text("A shop with refunds within 30 days.\n", encoding="utf-8")
    asked = ("simulate", "--model-cmd", "model.py", "--propose-from", "PRODUCT.md", "--shard", "1/2")
    done = multivon_eval(*asked, "--out", "r.jsonl", cwd=folder)
    assert done.returncode == 2
    assert "written to a file once" in done.stderr
    assert not (folder / "r.jsonl").exists()


def test_a_shard_goes_on_as_itself_only(tmp_path: Path) -> None:
    """Complete is complete; the file of another shard is none of this one; failed conversations are had again."""
    folder = furnish(tmp_path)
    one, _ = make_shards(folder, 2)
    before = one.read_bytes()
    again = multivon_eval(*RUN, "--shard", "1/2", "--out", one.name, "--resume", cwd=folder)
    assert again.returncode == 0
    assert "already complete" in again.stderr
    other = multivon_eval(*RUN, "--shard", "2/2", "--out", one.name, "--resume", cwd=folder)
    assert other.returncode == 2
    assert "not those of this run" in other.stderr
    assert one.read_bytes() == before


def test_failed_conversations_of_a_shard_are_had_again(tmp_path: Path) -> None:
    """What failed is replaced below the same header, what did not stays to the byte."""
    folder = furnish(tmp_path)
    good = (folder / "model.py").read_text(encoding="utf-8")
    (folder / "model.py").write_text(
        "def model_fn(messages, conversation_id):\n"
        "    if len(open('calls', 'a+').write('x') and open('calls').read()) == 1:\n"
        "        raise ValueError('once')\n"
        "    return 'The refund window is 30 days. ' + str(len(messages))\n",
        encoding="utf-8",
    )
    one, _ = make_shards(folder, 2)
    header, failed, *kept = one.read_bytes().splitlines()
    assert json.loads(failed)["stop_reason"] == "driver_error"
    (folder / "model.py").write_text(good, encoding="utf-8")
    done = multivon_eval(*RUN, "--shard", "1/2", "--out", one.name, "--retry-failed", cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = one.read_bytes().splitlines()
    assert lines[: 1 + len(kept)] == [header, *kept]
    assert len(lines) == 2 + len(kept)
    assert json.loads(lines[-1])["stop_reason"] == "goal_reached"
