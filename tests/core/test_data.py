"""Results as data: line by line, and as data frames."""

import json
import sys
import types

import attrs
import pandas
import polars
import pytest

from multivon_eval import UsageError, load_results, read_results, result_to_json, to_dataframe
from multivon_eval.sdk import Score, result_to_row
from support.outcomes import hostile, one, outcomes


@pytest.fixture
def path(tmp_path):
    """A file of results of each kind."""
    found = tmp_path / "results.jsonl"
    found.write_text("".join(json.dumps(result_to_json(each)) + "\n\n" for each in outcomes().values()), "utf-8")
    return found


def test_a_file_is_read_line_by_line(path):
    """The results are those of ``read_results``, and a line is read when it is asked for."""
    found = load_results(path)
    assert isinstance(found, types.GeneratorType)
    assert list(found) == read_results(path)
    with path.open("a", encoding="utf-8") as file:
        file.write("torn")
    found = load_results(str(path))
    assert [next(found).persona.name for _ in range(10)] == [each.persona.name for each in outcomes().values()]
    with pytest.raises(UsageError, match=r"results.jsonl:21: not JSON"):
        next(found)


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"\xff\n", "not UTF-8"), (b"{}\n", "schema_version"), (b"5\n", ":1: ")],
)
def test_what_is_no_file_of_results_is_refused(tmp_path, content, says):
    """The message names the file and what to give."""
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        list(load_results(path))


def test_a_name_that_no_file_can_have_is_refused():
    """A null byte is no part of a name."""
    with pytest.raises(UsageError, match="cannot be read"):
        next(load_results("a\0b"))


def test_a_file_of_a_byte_order_mark_is_read(path):
    """Editors put one at the beginning."""
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(list(load_results(path))) == 10


def test_pandas_has_typed_columns(path):
    """Each cell is that of the row, and what is not known is missing."""
    frame = to_dataframe(load_results(path), "pandas")
    assert isinstance(frame, pandas.DataFrame)
    rows = [result_to_row(each) for each in outcomes().values()]
    for name in frame.columns:
        told = [None if pandas.isna(cell) else cell for cell in frame[name]]
        assert told == [row.get(name) for row in rows], name
    assert [str(frame.dtypes[name]) for name in ("trial", "cost_usd", "goal_achieved", "score_tone")] == [
        *("Int64", "Float64", "boolean", "Float64"),
    ]
    assert frame["goal_achieved"].mean() == pytest.approx(2 / 6)


def test_polars_has_the_same(path):
    """The cells are the same, with the types of that library."""
    frame = to_dataframe(load_results(path), "polars")
    rows = [result_to_row(each) for each in outcomes().values()]
    assert frame.to_dicts() == [{name: row.get(name) for name in frame.columns} for row in rows]
    assert frame.schema["goal_achieved"] == polars.Boolean
    assert frame.schema["seed"] == polars.Int64


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_no_results_and_odd_ones_are_frames_too(library):
    """Without results the columns are there; a score that is nowhere a number is one of nulls; lone surrogates go."""
    assert len(to_dataframe([], library)) == 0
    assert "persona" in to_dataframe([], library).columns
    odd = attrs.evolve(hostile("\ud800", "\ud800"), scores={"tone": Score.skipped("nothing")})
    frame = to_dataframe([odd, one()], library)
    assert list(frame["score_turn_consistency"])[1] == 0.75
    assert len(frame) == 2


def test_whichever_is_installed_is_taken(monkeypatch):
    """Pandas first, then polars; with neither the message names both."""
    assert isinstance(to_dataframe([one()]), pandas.DataFrame)
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert isinstance(to_dataframe([one()]), polars.DataFrame)
    with pytest.raises(UsageError, match="needs pandas"):
        to_dataframe([one()], "pandas")
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UsageError, match="needs pandas or polars"):
        to_dataframe([one()])


def test_another_library_is_refused():
    """What is no library of these two is said with what there is."""
    with pytest.raises(UsageError, match="polars"):
        to_dataframe([], "polar")
