"""Shards: a partition that moves nobody, read from where it is said, and a budget that no sum of shares exceeds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from multivon_eval import RunPart, UsageError
from multivon_eval._run.personas import list_cases
from multivon_eval._run.settings import Settings
from multivon_eval._run.shard import Shard, find_shard
from multivon_eval._run.shard_reading import MOST_SHARDS, read_shard
from multivon_eval._run.shares import divide_budget
from multivon_eval._types.run_part import unite_parts
from support.people import persona

names = st.lists(st.text(min_size=1, max_size=8).filter(str.strip), unique=True, max_size=12)
shards = st.integers(1, 12)
money = st.decimals(0, 1000, places=6, allow_nan=False, allow_infinity=False)


@given(names, st.integers(1, 4), st.integers(1, 3), shards)
def test_shards_are_a_partition(people: list[str], trials: int, first: int, of: int) -> None:
    """Each conversation is in one shard, with its place in the whole run, and each shard keeps the run's order."""
    personas, numbers = [persona(name=name) for name in people], range(first, first + trials)
    whole = list(list_cases(personas, numbers))
    parts = [list(list_cases(personas, numbers, Shard(index, of))) for index in range(1, of + 1)]
    assert sorted((case for part in parts for case in part), key=lambda case: case.index) == whole
    for part in parts:
        assert [case.index for case in part] == sorted(case.index for case in part)


@given(names, names, st.integers(1, 4), st.integers(0, 3), shards)
def test_personas_and_trials_that_are_added_move_nobody(
    before: list[str], added: list[str], trials: int, more: int, of: int
) -> None:
    """A conversation stays in its shard whoever else is there, wherever they stand."""
    assume(before)
    old = {case.uid for case in list_cases([persona(name=name) for name in before], range(1, trials + 1), Shard(1, of))}
    everybody = [persona(name=name) for name in dict.fromkeys([*added, *before])]
    new = {case.uid for case in list_cases(everybody, range(1, trials + more + 1), Shard(1, of))}
    assert old <= new


def test_shards_of_many_are_of_one_size() -> None:
    """Of 9,000 conversations each of three shards has a third, give or take what chance does."""
    counts = [0, 0, 0]
    for case in list_cases([persona(name=f"p{number}") for number in range(9000)], [1]):
        counts[find_shard(case.uid, 3) - 1] += 1
    assert all(2800 <= count <= 3200 for count in counts), counts


@given(money, st.lists(st.tuples(money, st.integers(0, 50)), min_size=1, max_size=12))
def test_shares_never_exceed_the_budget(budget: Decimal, parts: list[tuple[Decimal, int]]) -> None:
    """Their sum is the budget less what is rounded off, and who is expected to cost more gets no less."""
    costs, counts = [cost for cost, _ in parts], [count for _, count in parts]
    shares = divide_budget(budget, costs, counts)
    weights = costs if any(costs) else [Decimal(count) for count in counts]
    assert sum(shares) <= budget
    assert not any(weights) or budget - sum(shares) < len(parts) * Decimal("1e-9")
    assert [share for _, share in sorted(zip(weights, shares, strict=True))] == sorted(shares)
    # A file has them as numbers, and they come back as they were.
    assert [Decimal(repr(float(share))) for share in shares] == [*shares]


def test_without_a_ceiling_no_shard_has_one() -> None:
    """Nothing is divided where there is nothing."""
    assert divide_budget(None, [Decimal(1)], [1]) == ()


SLURM = {"SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "1", "SLURM_ARRAY_TASK_COUNT": "8"}
READ = {
    "1/3": ({}, "1/3"),
    " 3 / 3 ": ({}, "3/3"),
    "auto": ({**SLURM, "SLURM_ARRAY_TASK_ID": "8"}, "8/8"),
    "auto/8": ({**SLURM, "SLURM_ARRAY_TASK_ID": "1"}, "1/8"),
    "auto ": (
        {
            "SLURM_ARRAY_TASK_ID": "10",
            "SLURM_ARRAY_TASK_MIN": "0",
            "SLURM_ARRAY_TASK_STEP": "5",
            "SLURM_ARRAY_TASK_COUNT": "4",
        },
        "3/4",
    ),
    "auto/3": ({"JOB_COMPLETION_INDEX": "0"}, "1/3"),
    "auto  ": ({"JOB_COMPLETION_INDEX": "2", "JOB_COMPLETIONS": "3"}, "3/3"),
}


@pytest.mark.parametrize("text", READ)
def test_a_shard_is_read_as_it_is_written_or_as_a_scheduler_says(text: str) -> None:
    """It counts from 1, wherever the scheduler's numbers begin."""
    environ, found = READ[text]
    assert str(read_shard(text, environ)) == found


REFUSED = {
    "": ({}, "--shard is empty, perhaps a variable"),
    "0/3": ({}, "the first shard is 1"),
    "4/3": ({}, "there are 3 shards"),
    "1": ({}, "write I/N"),
    "-1/3": ({}, "cannot be read"),
    "1/x": ({}, "cannot be read"),
    "1/0": ({}, f"from 1 to {MOST_SHARDS} shards"),
    f"1/{MOST_SHARDS + 1}": ({}, f"from 1 to {MOST_SHARDS} shards"),
    "auto": ({}, "neither is set"),
    "auto/2": ({"JOB_COMPLETION_INDEX": "0", "SLURM_ARRAY_TASK_ID": "1"}, "both are set"),
    "auto ": ({"JOB_COMPLETION_INDEX": "0"}, "write --shard auto/N"),
    "auto/3": ({"JOB_COMPLETION_INDEX": "3"}, "count from 0 to 2"),
    "auto/4": ({**SLURM, "SLURM_ARRAY_TASK_ID": "4"}, "has 8 tasks (SLURM_ARRAY_TASK_COUNT), not 4"),
    "auto  ": ({**SLURM, "SLURM_ARRAY_TASK_ID": "9"}, "--array=1-8"),
    "auto   ": ({**SLURM, "SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_MIN": "x"}, "no whole number"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_shard_is_refused_with_the_way_out(text: str) -> None:
    """Nobody makes the whole run, or another's shard, for a variable that is missing."""
    environ, told = REFUSED[text]
    with pytest.raises(UsageError) as caught:
        read_shard(text, environ)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"shard": "3/2"}, "there are 2 shards"),
        ({"shard": 2}, "give a string, '1/3' say"),
        ({"shard": "1/2", "until": "goal_rate>=0.5"}, "until with shard 1/2"),
        ({"shard": "1/2", "baseline": "b.jsonl", "calibration": "c.json"}, "give it to multivon-eval merge"),
    ],
    ids=str,
)
def test_settings_refuse_what_a_part_cannot_tell(options: Mapping[str, object], told: str) -> None:
    """A call from Python is held to the same."""
    with pytest.raises(UsageError) as caught:
        Settings.of(options)
    assert told in str(caught.value)


def test_a_part_says_what_it_is_and_parts_unite() -> None:
    """One shard, several, all that were not merged, and none."""
    one, three = RunPart(3, (1,), 12), RunPart(3, (3,), 12)
    assert str(one) == "only a part of the run: shard 1 of 3, the whole run has 12 conversations"
    both = unite_parts([three, one, one])
    assert both == RunPart(3, (1, 3), 12)
    assert "shards 1 and 3 of 3" in str(both)
    assert "not merged: all of 3" in str(RunPart(3, (1, 2, 3), 12))
    assert "no shard of 3" in str(RunPart(3, (), 12))
    assert unite_parts([None, None]) is None
    assert unite_parts([None, one]) == one
