"""A report on saved results: the numbers are those of the run."""

import asyncio

import attrs
import pytest

from multivon_eval import UsageError, compare_results, report_results, result_from_json, result_to_json, simulate
from multivon_eval.sdk import SinkSession
from support.people import Keeps, SaysJudge, Talks, answers, persona


def run(*sinks, met="yes", **options):
    """Results of a run of two personas."""
    given = {"driver": Talks(), "judge": SaysJudge(met=met), "hooks": (), "max_turns": 2, **options}
    return simulate(answers, [persona("ann"), persona("bob")], sinks=sinks, **given)


def save(results):
    """Results as they come back from a file."""
    return [result_from_json(result_to_json(one)) for one in results]


def test_the_summary_is_that_of_the_run():
    """What is summed up from a file equals what the run said."""
    results = run(trials=2, evaluators=["turn-consistency"])
    report = report_results(save(results))
    assert report.summary == results.summary
    assert report.seconds > 0


def test_what_the_run_was_made_with_is_rebuilt():
    """Options, personas, judge and plug-ins are those that the run had."""
    sink = Keeps()
    run(sink, trials=3, first_trial=2, seed=7, budget_usd="0.5")
    told, rebuilt = sink.report.info, report_results(save(sink.results)).info
    for name in ("run_id", "trials", "first_trial", "max_turns", "budget_usd", "seed", "judge_model", "versions"):
        assert getattr(rebuilt, name) == getattr(told, name), name
    assert {one.name for one in rebuilt.personas} == {"ann", "bob"}
    assert rebuilt.plugins == told.plugins
    assert (rebuilt.conversations, rebuilt.purpose) == (6, "simulate")


def test_a_baseline_gives_a_comparison():
    """The comparison is the one that ``compare_results`` makes."""
    before, now = run(met="no"), run()
    report = report_results(now, baseline=before)
    assert report.comparison == compare_results(before, now)
    assert list(report.baseline) == list(before)


def test_no_results_give_an_empty_report():
    """Nothing is known of a run without results, and nothing breaks."""
    report = report_results([])
    assert (report.summary.conversations, report.info.run_id, report.info.personas) == (0, "", ())


@pytest.mark.parametrize(
    "options",
    [{"budget_usd": "much", "timeout": "long", "trials": None}, {"max_turns": True, "budget_usd": True}, {}],
)
def test_options_that_are_none_count_as_not_given(options):
    """A file that others wrote may hold anything under ``options``."""
    result = run()[0]
    odd = attrs.evolve(result, provenance=attrs.evolve(result.provenance, options=options, started_at="long ago"))
    info = report_results([odd]).info
    assert (info.budget_usd, info.max_turns, info.timeout) == (None, 2, 0.0)


def test_sinks_are_filled_with_saved_results():
    """Each sink is opened, given each result, and closed with a report that names the sinks of now."""
    sink, results = Keeps(), save(run())
    report = asyncio.run(SinkSession([sink]).deliver(results, report_results(results)))
    assert sink.results == results
    assert [use.name for use in report.info.plugins if use.kind == "sink"] == ["keeps"]
    assert report.problems == ()


def test_a_sink_that_fails_is_reported():
    """One that takes no result is a problem of the report, and the others get theirs."""

    @attrs.define
    class Full(Keeps):
        async def write(self, result):
            raise OSError("no space left")

    sink, results = Keeps(), run()
    report = asyncio.run(SinkSession([Full(), sink]).deliver(results, report_results(results)))
    assert report.undelivered
    assert "no space left" in report.problems[0].message
    assert len(sink.results) == 2


def test_all_that_is_wrong_with_sinks_is_said_at_once(tmp_path):
    """Names that nobody has, and a file that is read, come together."""
    path = tmp_path / "results.jsonl"
    path.touch()
    with pytest.raises(UsageError) as raised:
        SinkSession(["nope", f"jsonl:{path}"], reads={"the results": path})
    assert len(raised.value.problems) == 2
    assert "would overwrite" in str(raised.value)


def test_a_sink_that_will_not_work_is_not_opened(tmp_path):
    """Checks come before the first sink is opened."""
    sink = Keeps()
    with pytest.raises(UsageError, match="Is a directory"):
        asyncio.run(SinkSession([sink, f"jsonl:{tmp_path}"]).deliver([], report_results([])))
    assert sink.report is None
