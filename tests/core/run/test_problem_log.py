"""What goes wrong again and again is counted: a report of a large run stays one that can be read, and held."""

import pytest

from multivon_eval import Problem, simulate
from multivon_eval._run.problem_log import ProblemLog
from multivon_eval.errors import DeliveryError
from multivon_eval.testing import RecordingSink, persona
from support.near_workers import NearWorkers

LISTED, MORE = 100, 7
PEOPLE = [persona(f"p{number}") for number in range(LISTED + MORE)]


class FullDisk(RecordingSink):
    """A sink that takes nothing."""

    async def write(self, result):
        raise DeliveryError(f"no space left for {result.persona.name}")


class Session:
    """A system under test that opens something for each conversation, and cannot close it."""

    def open(self, conversation_id):
        self.conversation_id = conversation_id

    def __call__(self, prompt):
        return "The refund window is 30 days."

    def close(self):
        raise OSError(f"nothing answers for {self.conversation_id}")


def run(model_fn, **more):
    """The problems of a run with one more persona than are listed, and some."""
    results = simulate(model_fn, PEOPLE, judge="offline", max_turns=1, evaluators=(), hooks=(), **more)
    assert len(results) == LISTED + MORE
    return results.report


def test_a_sink_that_takes_nothing():
    """Each result is missing there, which the report says in so many words and a number."""
    report = run(lambda prompt: "Yes.", sinks=[FullDisk()])
    assert len(report.problems) == LISTED + 1
    assert "no space left for p" in report.problems[LISTED - 1].message
    more = report.problems[-1]
    assert more.where == report.problems[0].where
    assert (more.message, more.undelivered) == ("and 7 more of its problems, which are not listed", True)
    assert report.undelivered


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_workers_leave_none_out(workers):
    """However many processes they come from, they are counted together."""
    report = run(Session, executor=NearWorkers(workers) if workers else "local")
    assert len({one.message for one in report.problems[:LISTED]}) == LISTED
    assert [one.message for one in report.problems[LISTED:]] == ["and 7 more of its problems, which are not listed"]
    assert not report.undelivered


def test_each_is_told_once():
    """The same problem of many conversations stands there once, and those of one thing crowd out none of another."""
    log, told = ProblemLog(), []
    log.note(Problem("hook a", "broke"))
    log.pass_on(told.append)
    for number in range(2 * LISTED):
        log.note(Problem("hook a", "broke"))
        log.note(Problem("sink b", f"result {number}"))
    log.note(Problem("hook a", "broke again"))
    assert log.list_all()[0] == Problem("hook a", "broke")
    assert log.list_all()[-2:] == (
        Problem("hook a", "broke again"),
        Problem("sink b", "and 100 more of its problems, which are not listed"),
    )
    assert len(told) == 2 * LISTED + 2
