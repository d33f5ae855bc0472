"""Labels and calibrations read back as they were written, and a judge's words have one digest everywhere."""

import contextlib
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._questions import digest_goal_prompt
from multivon_eval._types.agreement import Agreement
from multivon_eval._types.calibration import (
    Calibration,
    Disagreement,
    JudgeErrors,
    JudgeIdentity,
    calibration_from_json,
    calibration_to_json,
)
from multivon_eval._types.interval import Interval
from multivon_eval._types.label import CriterionLabel, Label, label_from_json, label_to_json
from multivon_eval.errors import UsageError

text = st.text(max_size=12)
number = st.floats(-1, 1)
count = st.integers(0, 10**6)
word = st.sampled_from(["yes", "no", "unknown"])
interval = st.builds(Interval, number, number, number)
agreement = st.builds(Agreement, st.dictionaries(word, st.dictionaries(word, count, max_size=3), max_size=3))
labels = st.builds(
    Label,
    text,
    text,
    st.lists(st.builds(CriterionLabel, text, word), max_size=3).map(tuple),
    persona=text,
    trial=st.integers(1, 99),
    turn=st.none() | st.integers(1, 99),
    note=text,
    kind=text,
    labelled_by=text,
    labelled_at=text,
    seconds=st.none() | st.floats(0, 1e6),
    seed=st.none() | st.integers(-(2**63), 2**63),
)
calibrations = st.builds(
    Calibration,
    st.builds(JudgeIdentity, text, text, text, st.none() | st.floats(0, 2), text, st.integers(1, 9), text),
    count,
    count,
    st.dictionaries(text, agreement, max_size=3),
    st.none() | interval,
    st.none()
    | st.builds(
        JudgeErrors,
        interval,
        interval,
        st.tuples(number, number),
        st.tuples(number, number),
        number,
        st.integers(1, 99),
    ),
    st.none() | interval,
    st.none() | interval,
    text,
    st.lists(
        st.builds(Disagreement, text, st.integers(1, 9), text, word, word, st.lists(text, max_size=2).map(tuple), text),
        max_size=2,
    ).map(tuple),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


def pass_through(row):
    """What a file makes of an object."""
    return json.loads(json.dumps(row))


@given(label=labels)
def test_a_label_reads_back(label):
    """Field by field; what follows from the criteria is written beside them."""
    row = pass_through(label_to_json(label))
    assert label_from_json(row) == label
    assert row["goal_achieved"] == label.goal_achieved


@given(calibration=calibrations)
def test_a_calibration_reads_back(calibration):
    """Field by field, and once more."""
    row = pass_through(calibration_to_json(calibration))
    again = calibration_from_json(row)
    assert again == calibration
    assert pass_through(calibration_to_json(again)) == row


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (label_from_json, label_to_json(Label("uid", "digest", (CriterionLabel("c", "yes"),)))),
        (
            calibration_from_json,
            calibration_to_json(
                Calibration(JudgeIdentity("p", "a", "m", 0.0, "d"), 1, 0, {}, None, None, None, None, "few")
            ),
        ),
    ],
)
@given(data=st.data())
def test_what_is_damaged_is_a_usage_error(read, written, data):
    """One field with anything in it is read, or is a UsageError; no other error comes of a file."""
    row = pass_through(written)
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(json_values)
    with contextlib.suppress(UsageError):
        read(row)


@pytest.mark.process
def test_the_words_of_a_judge_have_one_digest():
    """In this process and in others, whatever their hashes of strings."""
    program = "from multivon_eval._questions import digest_goal_prompt; print(digest_goal_prompt())"
    for hashing in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hashing},
        )
        assert done.stdout.strip() == digest_goal_prompt()
