"""Reading conversations in the terminal: the chat, the quotes where they stand, and who is meant."""

import pytest

from multivon_eval import CriterionVerdict, Evidence, Message, ToolCall, Verdict
from multivon_eval._cli.main import run
from multivon_eval.sdk import DISCLAIMER, Claim, Observation
from multivon_eval.testing import conversation, persona, result
from support.labelling import write_results
from support.terminal import Terminal

CRITERION = "The assistant stated the refund window."
QUOTE = "The window is 30 days."


def make(name="ann", trial=1, reply=f"Good news! {QUOTE} Ask me more."):
    """A judged conversation with a tool, a fault, a claim and a quote."""
    said = (
        Message("user", "What is the refund window? " + "Please tell me all of it. " * 8),
        Message(
            "assistant", reply, [ToolCall("look_up", {"order": "4711", "x": "y" * 300}, {"days": 30})], seconds=1.24
        ),
    )
    faults = tuple(Observation("repetition", 1, "said before", "fault") for _ in range(5))
    of = conversation(
        of=persona(name, success_criteria=CRITERION),
        messages=said,
        trial=trial,
        case_uid=f"{name}-{trial}",
        observations=faults,
    )
    judged = (CriterionVerdict(CRITERION, "yes", "it says so", (Evidence(1, QUOTE, True), Evidence(1, "else", False))),)
    claims = (Claim(1, "Ask me more.", True),)
    return result(of, stop_reason="goal_reached", verdict=Verdict(True, "all is met", judged, claims=claims))


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A file with two personas, one of whom has two trials."""
    write_results(tmp_path / "results.jsonl", [make(), make("ann", 2), make("bob")])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def show(capsys, *args):
    """What the command prints, and its exit code."""
    code = run(["show", "results.jsonl", *args])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_without_a_name_it_lists_them(results, capsys):
    """A line each, and the command to read one."""
    code, out, _ = show(capsys)
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[:3]] == [
        ["achieved", "ann"],
        ["achieved", "ann#2"],
        ["achieved", "bob"],
    ]
    assert "3 conversations; read one: multivon-eval show results.jsonl ann" in out
    assert out.rstrip().endswith(DISCLAIMER)


def test_a_chat_has_all_that_was_found(results, capsys):
    """Turns, tools folded, seconds, five equal faults as one, claims, the verdict, quotes, also those not found."""
    code, out, _ = show(capsys, "bob")
    assert code == 0
    text = " ".join(out.split())
    for part in (
        "1 user What is the refund window?",
        'tool look_up({"order": "4711", "x":',
        '-> {"days": 30}',
        "Ask me more. 1.2 s",
        "! fault: repetition, said before (5 times)",
        "! claim: cannot be verified, no tool is shown: 'Ask me more.'",
        "verdict achieved by",
        f"met: {CRITERION}: it says so",
        f'"{QUOTE}" (turn 1)',
        '"else" (turn 1, not found there)',
        DISCLAIMER,
    ):
        assert part in text
    assert "y" * 300 not in text
    assert "y" * 300 in "".join(show(capsys, "bob", "--tools")[1].split())
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(" 1 user"))
    assert lines[at + 1].startswith(" " * 10), "a message goes on below itself"


@pytest.mark.parametrize(("name", "shown"), [("ann", 2), ("ann#2", 1), ("bob-1", 1), ("--all", 3)])
def test_who_is_meant(results, capsys, name, shown):
    """A persona has all of its trials, with a number one, a case_uid is one."""
    assert show(capsys, name)[1].count("1 user") == shown


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("ana",), "did you mean 'ann'?"),
        (("ann#3",), "has no trial 3 of 'ann'; it has 1, 2"),
        (("ann", "--all"), "contradict each other"),
    ],
)
def test_who_is_not_there(results, capsys, args, told):
    """It says who is."""
    code, out, err = show(capsys, *args)
    assert (code, out) == (2, "")
    assert told in err


def test_nothing_in_a_conversation_moves_the_cursor(results, capsys):
    """Escape sequences and markup of a model are text."""
    write_results(results / "results.jsonl", [make(reply="\x1b[2J[red]gone[/red] \u202e" + QUOTE)])
    out = show(capsys, "ann")[1]
    assert "\x1b" not in out and "\u202e" not in out
    assert "[red]gone[/red]" in out


@pytest.mark.process
def test_a_terminal_marks_the_quote_where_it_stands(results):
    """Underlined and in the colour of the answer, at 80 columns, without a pager that would wait for a key."""
    with Terminal("show", "results.jsonl", "bob", "--no-pager", cwd=results) as terminal:
        assert terminal.end() == 0
        assert f"\x1b[4;32m{QUOTE}\x1b[0m" in terminal.raw
        assert all(len(line) <= 80 for line in terminal.shown.splitlines())
