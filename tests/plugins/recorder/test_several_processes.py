"""What one tally hands over another one adds, in whatever order it comes."""

from __future__ import annotations

import itertools

import attrs
import pytest

from multivon_eval_plugins.recorder.call_site import CallSite
from multivon_eval_plugins.recorder.capture import Part
from multivon_eval_plugins.recorder.tally import Recorded, Summary, Tally


@pytest.fixture
def head(tmp_path):
    """The tally at the head."""
    return Tally(tmp_path, record_text=True)


def row(first, last, line, case, count=1):
    """A row of a worker."""
    return Recorded(
        CallSite("bot.py", "f", line), "openai", "system", "ab", "cd", "", None, first, last, count, {case: count}
    )


ROWS = [row(2.0, 6.0, 7, "x", 2), row(1.0, 3.0, 5, "y"), row(4.0, 9.0, 8, "x", 3)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_rows_of_several_workers_are_one(head, order):
    """From the first to the last, with the line of the last."""
    for index in order:
        head.add_all([attrs.evolve(ROWS[index], case_uids=dict(ROWS[index].case_uids))], Summary())
    (found,) = head.take()
    assert (found.first_seen, found.last_seen, found.count, found.site.line) == (1.0, 9.0, 6, 8)
    assert found.case_uids == {"x": 5, "y": 1}


def test_what_is_handed_over_is_whole_and_comes_once(head, tmp_path):
    """Rows, counts and problems; what is counted afterwards is handed over the next time, and nothing twice."""
    worker = Tally(tmp_path, record_text=True)
    worker.add("openai", [Part("system", "Be brief."), Part("user", None, "image")], CallSite("bot.py", "f", 1))
    worker.trouble("a sentence")
    first = worker.take_all()
    worker.add("openai", [Part("system", "Be brief.")], None)
    worker.trouble("a sentence")
    second = worker.take_all()
    assert worker.take_all() == ([], Summary())
    for rows, summary in (first, second):
        head.add_all(rows, summary)
    assert head.summary == Summary(2, 2, {"image": 1}, 1, ("a sentence",))
    assert [(one.text, one.kind, one.count) for one in head.take()] == [
        ("Be brief.", "", 1),
        (None, "image", 1),
        ("Be brief.", "", 1),
    ]
