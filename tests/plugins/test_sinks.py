import asyncio
import json
from decimal import Decimal

import attrs
import pytest

from multivon_eval import (
    DISCLAIMER,
    CriterionVerdict,
    Reply,
    ToolCall,
    Verdict,
    result_from_json,
    result_to_json,
    simulate,
)
from multivon_eval.sdk import Observation, Score, SimulationResult, Sink, UsageError
from multivon_eval_plugins.sinks.jsonl import JsonlSink
from multivon_eval_plugins.sinks.terminal import TerminalSink
from support.people import Keeps, SaysJudge, Talks, answers, persona, talk


def run(*sinks, model_fn=answers, people=None, **options):
    """The results of a run that delivers to sinks."""
    given = {"driver": Talks(), "judge": SaysJudge(), "hooks": (), "max_turns": 2, **options}
    return simulate(model_fn, people or [persona("ann"), persona("bob")], sinks=sinks, **given)


@pytest.fixture
def out(tmp_path):
    """Where the file will lie."""
    return tmp_path / "results.jsonl"


@pytest.fixture
def kept():
    """A finished run: what sinks are given in it."""
    sink = Keeps()
    results = run(sink, evaluators=["turn-consistency"])
    return results.report, sink.results[0]


def lines(path):
    """The lines of a file, each of which has its end."""
    return path.read_bytes().decode("utf-8").split("\n")[:-1]


def deliver(sink, report, *results):
    """Call a sink as a run does."""

    async def called():
        await sink.open(report.info)
        for result in results:
            await sink.write(result)
        await sink.close(report)

    asyncio.run(called())


def test_the_sinks_are_sinks(out):
    """Both satisfy the protocol."""
    assert isinstance(JsonlSink(str(out)), Sink)
    assert isinstance(TerminalSink(), Sink)


def test_jsonl_writes_one_object_a_line(out):
    """Every result is a line that comes back as the result."""
    results = run(JsonlSink(str(out)), trials=2, evaluators=["turn-consistency"])
    read = [result_from_json(json.loads(line)) for line in lines(out)]
    assert sorted(read, key=lambda one: (one.persona.name, one.trial)) == list(results)
    assert all(json.loads(line)["disclaimer"] == DISCLAIMER for line in lines(out))


def test_jsonl_has_each_result_on_disk_when_it_is_finished(out, kept):
    """When ``write`` returns the whole line can be read by somebody else."""
    report, result = kept

    async def called():
        sink = JsonlSink(str(out))
        await sink.open(report.info)
        assert out.read_bytes() == b""
        for count in (1, 2):
            await sink.write(result)
            assert [json.loads(line) for line in lines(out)] == [result_to_json(result)] * count
            assert out.read_bytes().endswith(b"\n")
        await sink.close(report)

    asyncio.run(called())


def test_jsonl_overwrites_a_finished_file(out):
    """A file that is there from an earlier run is replaced."""
    out.write_text("old\n" * 100, encoding="utf-8")
    run(JsonlSink(str(out)))
    assert len(lines(out)) == 2


def test_jsonl_leaves_a_file_without_results_where_there_are_none(out, kept):
    """A run without results leaves an empty file, not none."""
    deliver(JsonlSink(str(out)), kept[0])
    assert out.read_bytes() == b""


def test_jsonl_can_be_closed_unopened(out, kept):
    """Closing gives back what there is to give back."""
    asyncio.run(JsonlSink(str(out)).close(kept[0]))
    assert not out.exists()


@pytest.mark.parametrize("where", ["missing/results.jsonl", ""])
def test_jsonl_refuses_what_cannot_be_written(tmp_path, where):
    """A folder that does not exist, or is one itself, ends the run before anything is spent."""
    judge = SaysJudge()
    with pytest.raises(UsageError, match="cannot be written"):
        run(JsonlSink(str(tmp_path / where)), judge=judge)
    assert judge.asked == []


@pytest.mark.parametrize(
    "text", ["Zoë 😀", "line\u2028separator\x85and\nmore", 'quote " backslash \\', "\x00\x1b[31m", "\ud800 alone"]
)
def test_jsonl_keeps_a_line_a_line(out, kept, text):
    """Whatever stands in a message, it is one line of UTF-8 JSON and comes back as it was."""
    report, result = kept
    conversation = talk(text, "hi", stop_reason="max_turns", case_uid="c")
    odd = attrs.evolve(result, conversation=conversation)
    deliver(JsonlSink(str(out)), report, odd)
    [line] = lines(out)
    assert json.loads(line)["transcript"][0]["content"] == text


@pytest.mark.parametrize(
    "result",
    [
        float("nan"),
        float("inf"),
        [float("-inf")],
        {1: {2: 3}},
        {
            "a",
        },
        object,
        Decimal(1),
    ],
)
def test_jsonl_writes_json_whatever_a_tool_gave_back(out, result):
    """What JSON has no word for is written as text, never as NaN, and never loses the line."""
    reply = Reply("Done.", [ToolCall("look", {"at": result}, result)], metadata={"extra": result})
    results = run(JsonlSink(str(out)), model_fn=lambda prompt: reply)
    assert results.report.problems == ()

    def refuse(name):
        raise AssertionError(name)

    rows = [json.loads(line, parse_constant=refuse) for line in lines(out)]
    assert [row["transcript"][1]["tool_calls"][0]["name"] for row in rows] == ["look", "look"]


def shown(capsys, report, *results, **options):
    """What the terminal shows of a run."""
    deliver(TerminalSink(width=200, **options), report, *results)
    return capsys.readouterr().out


def test_terminal_tells_what_the_run_is_made_with(capsys, kept):
    """Personas, judge and why, ceiling and the disclaimer come first."""
    report, result = kept
    text = shown(capsys, report, result)
    head = text.split("\n\n")[0]
    for part in ("2 personas, 2 conversations, up to 2 turns each", "asked for", "$1.00 at most", DISCLAIMER):
        assert part in head


def test_terminal_prints_a_line_for_each_result(capsys, kept):
    """Verdict, name, stop reason, turns and cost stand on it."""
    report, result = kept
    text = shown(capsys, report, result)
    assert "1/2  achieved     ann  max_turns, 2 turns, $0.0000" in text


def test_terminal_ends_with_the_numbers_and_their_gaps(capsys, kept):
    """The rate with its interval, how many were judged, the scores, the money and the disclaimer again."""
    report, result = kept
    tail = shown(capsys, report, result).split("\n\n")[-1]
    assert "2 of 2 (100%, 95 % interval 34% to 100%)" in tail
    assert "2 of 2 judged" in tail
    assert "turn_consistency" in tail
    assert "what model_fn spent is not known" in tail
    assert tail.rstrip().endswith(DISCLAIMER)


def test_terminal_says_beside_the_rate_what_the_budget_cut(capsys):
    """A run that the ceiling cut says so where its rate stands."""
    judge = SaysJudge(cost=Decimal("0.10"))
    results = run(TerminalSink(width=240), judge=judge, budget_usd="0.15", people=[persona("ann"), persona("bob")])
    assert results.summary.cut == sum(result.cut for result in results) > 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("goal rate")]
    assert f"{results.summary.cut} cut short by the budget" in line


def test_terminal_says_that_nothing_measured_the_system(capsys):
    """Where nobody could be judged there is no rate, and the others are counted."""
    results = run(TerminalSink(width=200), model_fn=answers, judge=SaysJudge(fails=RuntimeError("down")))
    assert results.summary.goal_rate.value is None
    text = capsys.readouterr().out
    assert "no conversation measured the system" in text
    assert "0 of 2 judged" in text
    assert "not counted against the system: 2 judge" in text
    assert "%" not in text.split("goal rate")[1].splitlines()[0]


def test_terminal_says_first_whether_it_can_be_gone_by(capsys):
    """The simulation, then the judge, then the rate; at the end what to read, and how."""
    people = [persona("ann"), persona("bob")]
    run(TerminalSink(width=100), judge=SaysJudge(met="no"), people=people, evaluators=["turn-consistency"])
    rows = [line for line in capsys.readouterr().out.splitlines() if line[:1].isalpha()]
    starts = [line.split()[0] for line in rows[rows.index(next(row for row in rows if row.startswith("simulation"))) :]]
    order = ["simulation", "judge", "goal", "failures", "personas", "criteria", "score", "ended", "cost", "read"]
    assert [starts.index(name) for name in order] == sorted(starts.index(name) for name in order)
    text = " ".join(" ".join(rows).split())
    assert "not calibrated: nobody said whether it may be believed" in text
    assert "personas ann 0 of 1, bob 0 of 1" in text
    assert "criteria 0 of 2 met: The assistant stated the refund window." in text
    assert "not met: The assistant stated the refund window." in text.partition(" read ")[2]


def test_terminal_goes_on_below_itself_where_a_line_is_too_long(capsys, kept):
    """At 40 columns no line is longer, and what does not fit is indented."""
    report, result = kept

    async def called():
        sink = TerminalSink(width=40)
        await sink.open(report.info)
        await sink.write(result)
        await sink.close(report)

    asyncio.run(called())
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 40 for line in lines)
    at = next(number for number, line in enumerate(lines) if line.startswith("goal rate"))
    assert lines[at + 1].startswith(" " * 12)


def test_terminal_tells_what_went_wrong(capsys, kept):
    """Errors, verdicts, low scores, driver faults and disagreements stand below their conversation."""
    report, result = kept
    conversation = attrs.evolve(
        result.conversation, observations=(Observation("repetition", 2, "x", "fault"),), driver_said_goal=True
    )
    bad = attrs.evolve(
        result,
        conversation=conversation,
        verdict=Verdict(False, "the window was never stated", (CriterionVerdict("c", "no", "r"),)),
        scores={"turn_consistency": Score(0.2, "30 days, then 14")},
    )
    text = shown(capsys, report, bad)
    for part in (
        "not achieved",
        "verdict: the window was never stated",
        "turn_consistency: 30 days, then 14",
        "driver fault in turn 2: repetition",
        "the driver said the goal is reached",
    ):
        assert part in text


def test_terminal_tells_errors_problems_and_interruptions(capsys, kept):
    """A failed conversation names its source, and the report's problems are printed."""
    sink = Keeps()
    run(sink, model_fn=lambda prompt: None, people=[persona("ann")])
    report = attrs.evolve(sink.report, interrupted=True)
    text = shown(capsys, report, *sink.results)
    assert "model_fn: model_fn returned None" in text
    assert "interrupted after 1 of 1 conversations" in text


def test_terminal_prints_transcripts_when_asked(capsys, kept):
    """Every message with its role, and only then."""
    report, result = kept
    assert "user: ann 1" not in shown(capsys, report, result)
    text = shown(capsys, report, result, transcripts=True)
    assert "user: ann 1" in text
    assert "assistant: reply 2" in text


def test_terminal_takes_no_words_for_markup(capsys, kept):
    """Square brackets in names, messages and reasons are printed as they are."""
    report, result = kept
    someone = persona("[bold]ann[/bold] [/x]")
    conversation = attrs.evolve(result.conversation, persona=someone)
    odd = SimulationResult(conversation, Verdict(None, "[red]no[/nothing]"), {}, None, Decimal(0), result.provenance)
    text = shown(capsys, attrs.evolve(report, info=attrs.evolve(report.info, judge_model="[x]j[/x]")), odd)
    for part in ("[bold]ann[/bold] [/x]", "[red]no[/nothing]", "[x]j[/x]"):
        assert part in text


def test_terminal_lets_nobody_write_escape_sequences(capsys, kept):
    """What an assistant says cannot move the cursor or hide lines of the report."""
    report, result = kept
    conversation = talk("hi", "\x1b[2J\x1b]0;owned\x07gone", stop_reason="max_turns", case_uid="c")
    odd = attrs.evolve(result, conversation=conversation)
    assert "\x1b" not in shown(capsys, report, odd, transcripts=True)


def test_terminal_counts_the_undecided_and_says_how_often_the_judge_is_asked(capsys):
    """Where the judge could not tell it stands beside the rate; votes are announced."""
    run(
        TerminalSink(width=240),
        model_fn=answers,
        judge=SaysJudge(met="unknown"),
        judge_votes=3,
    )
    text = capsys.readouterr().out
    assert "; 3 votes on each verdict" in text
    assert "0 of 2 judged; not counted against the system: 2 undecided" in text
    assert "verdict: 3 votes, 3 unknown: judged by a fake" in text
