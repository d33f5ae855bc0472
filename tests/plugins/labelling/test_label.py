"""``multivon-eval label`` as a person has it: a real process in a terminal."""

from __future__ import annotations

import datetime
import signal
from pathlib import Path

import attrs
import pytest

from multivon_eval import Message, digest_transcript
from support.labelling import CRITERIA, HIDDEN, make_result, read_lines, write_results
from support.terminal import Terminal

pytestmark = pytest.mark.process

VERDICTS = (True, False, None, True, False, True)
LABEL = ("label", "results.jsonl", "--out", "labels.jsonl")
MET, TURN, KIND, NOTE = "met> ", "turn> ", "kind> ", "note> "


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with six conversations."""
    write_results(tmp_path / "results.jsonl", [make_result(*one) for one in enumerate(VERDICTS)])
    return tmp_path


def label(screen: Terminal, *words: str, turn: str = "", kind: str = "", note: str = "") -> None:
    """Answer all that is asked about one conversation."""
    screen.answer(MET, *words)
    screen.answer(TURN, turn)
    if {"n", "no"} & {*words}:
        screen.answer(KIND, kind)
    screen.answer(NOTE, note)


def test_two_conversations(place: Path) -> None:
    """Each is shown with all a person needs, and what was answered stands in the file, which knows no verdict."""
    with Terminal(*LABEL, "--n", "2", "--seed", "7", "--by", "Ann  Lee", cwd=place) as screen:
        first = screen.see(MET)
        screen.type("y\n")
        label(screen, "n", turn="2", kind="no carrier", note="It could have been looked up.")
        second = screen.see(MET)
        screen.type("YES\n")
        label(screen, "unknown")
        assert screen.end() == 0
    assert "1 of 2, sample seed 7; y yes, n no, u unknown, ? help" in first
    assert "2 of 2, sample seed 7" in second
    for part in ("Profile        Customer ", "Goal           Find out", f"Criteria    1  {CRITERIA[0]}"):
        assert part in first
    turns = [
        f"            2  {CRITERIA[1]}",
        "",
        " 1  user       Where is my order N?",
        '    tool       look_up {"order": "4711"}',
        '    result     {"eta": "3 May"}',
        "    assistant  It arrives on Friday, 3 May.",
        "",
        " 2  user       Who brings it?",
        "    assistant  I cannot tell.",
        "",
        f"Criterion 1 of 2: {CRITERIA[0]}",
        MET,
    ]
    labels = read_lines(place / "labels.jsonl")
    numbers = [str(int(row["case_uid"], 16)) for row in labels]
    for shown, number in zip((first, second), numbers, strict=True):
        assert "\n".join(turns).replace("N?", f"{number}?") in shown
    for part in ("labelled       2 of 2 conversations, sample seed 7\n", "criteria       2 yes, 1 no, 1 unknown\n"):
        assert part in screen.shown
    assert screen.shown.endswith("next           multivon-eval calibrate results.jsonl --labels labels.jsonl\n")
    whole = digest_transcript(make_result(int(numbers[0])))
    made = datetime.datetime.fromisoformat(labels[0].pop("labelled_at"))
    assert made.utcoffset() == datetime.timedelta(0)
    assert labels[0].pop("seconds") >= 0
    assert labels[0] == {
        "schema_version": 1,
        "case_uid": f"{int(numbers[0]):016x}",
        "transcript": whole,
        "criteria": [{"criterion": CRITERIA[0], "met": "yes"}, {"criterion": CRITERIA[1], "met": "no"}],
        "persona": f"customer_{numbers[0]}",
        "trial": 1,
        "turn": 2,
        "kind": "no carrier",
        "note": "It could have been looked up.",
        "labelled_by": "Ann Lee",
        "seed": 7,
        "goal_achieved": "no",
    }
    assert labels[1]["goal_achieved"] == "unknown"
    assert not {"turn", "kind", "note"} & {*labels[1]}


def test_nothing_of_the_verdict_is_shown(place: Path) -> None:
    """Not the judge's word, no score, no stop reason, no fault of the driver: from the first screen to the last."""
    with Terminal(*LABEL, cwd=place) as screen:
        screen.answer(MET, "?", "x")
        for _ in VERDICTS:
            label(screen, "y", "n")
        assert screen.end() == 0
    assert "60 were asked for, and there are 6 to label." in screen.shown
    assert [word for word in HIDDEN if word in screen.shown] == []
    written = (place / "labels.jsonl").read_text(encoding="utf-8").replace('"goal_achieved"', "")
    assert [word for word in HIDDEN if word in written] == []


def test_going_back(place: Path) -> None:
    """``b`` asks the question before again, as far as the first; what was answered there is forgotten."""
    with Terminal(*LABEL, "--n", "1", cwd=place) as screen:
        screen.answer(MET, "b")
        assert "This is the first question." in screen.see(MET)
        screen.type("n\n")
        screen.answer(MET, "n")
        screen.answer(TURN, "1")
        screen.answer(KIND, "wrong date")
        screen.answer(NOTE, "b")
        screen.answer(KIND, "b")
        screen.answer(TURN, "back")
        screen.answer(MET, "b")
        assert CRITERIA[0] in screen.see(MET)
        screen.type("y\n")
        label(screen, "y", turn="2", note="back")
        assert screen.end() == 0
    [row] = read_lines(place / "labels.jsonl")
    assert [one["met"] for one in row["criteria"]] == ["yes", "yes"]
    assert (row["turn"], row["note"], row.get("kind")) == (2, "back", None)


def test_help_and_what_is_no_answer(place: Path) -> None:
    """``?`` says what counts, and so does an answer that is none; then the same is asked again."""
    told = {
        MET: ("", "maybe", "yy", "1"),
        TURN: ("0", "3", "-1", "x", "²", "9" * 30),
        KIND: ("1",),
        NOTE: (),
    }
    words = {
        MET: "y yes, n no, u unknown; b back, s skip for now, q quit",
        TURN: "A turn, 1 to 2, or Enter for none; b back, s skip for now, q quit",
        KIND: "A word or two, or Enter for none; b back, s skip for now, q quit",
        NOTE: "Any text, or Enter for none; b back, s skip for now, q quit",
    }
    with Terminal(*LABEL, "--n", "1", cwd=place) as screen:
        for prompt, wrong in told.items():
            screen.see(prompt)
            for text in ("?", *wrong):
                screen.type(f"{text}\n")
                said = screen.see(prompt)
                assert words[prompt] in said
                assert text == "?" or ("is no answer" in said or "It takes an answer" in said)
            screen.type("n\n" if prompt == MET else "\n")
            if prompt == MET:
                screen.answer(MET, "no")
        assert screen.end() == 0


def test_a_kind_that_was_named_before(place: Path) -> None:
    """Kinds are listed with numbers, also after a new start; a number picks one, and so do its words in any case."""
    with Terminal(*LABEL, "--n", "4", cwd=place) as screen:
        label(screen, "n", "n", kind="No carrier")
        label(screen, "n", "n", kind="made up")
        screen.answer(MET, "q")
        assert screen.end() == 0
    with Terminal(*LABEL, "--n", "4", cwd=place) as screen:
        screen.answer(MET, "n", "n")
        screen.answer(TURN, "")
        assert "  1  No carrier\n  2  made up\n" in screen.see(KIND)
        screen.type("3\n")
        assert "the number of one above" in screen.see(KIND)
        screen.type("2\n")
        screen.answer(NOTE, "")
        label(screen, "n", "n", kind="NO CARRIER")
        assert screen.end() == 0
    kinds = [row["kind"] for row in read_lines(place / "labels.jsonl")]
    assert kinds == ["No carrier", "made up", "made up", "No carrier"]


def find_customer(shown: str) -> str:
    """Which conversation is shown last."""
    return shown.rpartition("Customer ")[2].partition(".")[0]


def test_skipping(place: Path) -> None:
    """What is skipped comes again at the end; the last one comes at once, with a word on it."""
    with Terminal(*LABEL, "--n", "3", cwd=place) as screen:
        order = []
        for line in ("s", "y", "skip", "y"):
            order.append(find_customer(screen.see(MET)))
            screen.type(f"{line}\n")
            if line == "y":
                label(screen, "y")
        order.append(find_customer(screen.see(MET)))
        screen.type("s\n")
        shown = screen.see(MET)
        assert "This is the last one; q quits and leaves it." in shown
        assert find_customer(shown) == order[-1]
        screen.type("n\n")
        screen.answer(MET, "s")
        screen.see("This is the last one")
        label(screen, "n", "n")
        assert screen.end() == 0
    first, second, third, again, third_again = order
    assert len({first, second, third}) == 3
    assert (again, third_again) == (first, third)
    assert [int(row["case_uid"], 16) for row in read_lines(place / "labels.jsonl")] == [
        *map(int, (second, first, third))
    ]


@pytest.mark.parametrize("way", ["q", "quit", "\x04"])
def test_quitting_and_going_on(place: Path, way: str) -> None:
    """``q`` and Ctrl-D leave; the command that is told goes on with the same sample, at the conversation at hand."""
    with Terminal(*LABEL, "--n", "3", "--by", "Ann", cwd=place) as screen:
        label(screen, "y", "y")
        screen.answer(MET, "n")
        screen.see(MET)
        at_hand = find_customer(screen.shown)
        screen.type(way if way == "\x04" else f"{way}\n")
        assert screen.end() == 0
    assert "labelled       1 of 3 conversations" in screen.shown
    assert "left           2\n" in screen.shown
    command = screen.shown.rpartition("go on          multivon-eval ")[2].splitlines()[0].split()
    [row] = read_lines(place / "labels.jsonl")
    assert command == [*LABEL[:2], "--n", "3", *LABEL[2:], "--seed", str(row["seed"]), "--by", "Ann"]
    with Terminal(*LABEL, "--n", "3", cwd=place) as screen:
        shown = screen.see(MET)
        assert "1 of 3 conversations labelled before, 2 left." in shown
        assert f"2 of 3, sample seed {row['seed']};" in shown
        assert find_customer(shown) == at_hand
        screen.type("y\n")
        label(screen, "y")
        label(screen, "y", "y")
        assert screen.end() == 0
    rows = read_lines(place / "labels.jsonl")
    assert rows[0] == row
    assert len({one["case_uid"] for one in rows}) == len(rows) == 3
    assert {one["seed"] for one in rows} == {row["seed"]}


def test_ctrl_c(place: Path) -> None:
    """Ctrl-C leaves with exit code 130; what is labelled is kept, and how to go on is told."""
    with Terminal(*LABEL, "--n", "2", "--seed", "1", cwd=place) as screen:
        label(screen, "y", "y")
        screen.answer(MET, "y")
        screen.see(MET)
        screen.type("\x03")
        assert screen.end() == 130
    assert "go on          multivon-eval label results.jsonl --n 2 --out labels.jsonl --seed 1\n" in screen.shown
    assert "Traceback" not in screen.shown
    assert len(read_lines(place / "labels.jsonl")) == 1


def test_sigterm(place: Path) -> None:
    """SIGTERM leaves as Ctrl-C does."""
    with Terminal(*LABEL, "--n", "2", cwd=place) as screen:
        screen.see(MET)
        screen.send(signal.SIGTERM)
        assert screen.end() == 130
    assert "labelled       0 of 2 conversations" in screen.shown
    assert not (place / "labels.jsonl").exists()


def test_killed_between_two(place: Path) -> None:
    """A process that is killed leaves each finished label; the next one goes on behind it."""
    with Terminal(*LABEL, "--n", "2", cwd=place) as screen:
        label(screen, "y", "y")
        screen.answer(MET, "y")
        screen.see(MET)
        screen.send(signal.SIGKILL)
        assert screen.end() == -signal.SIGKILL
    [row] = read_lines(place / "labels.jsonl")
    with Terminal(*LABEL, "--n", "2", cwd=place) as screen:
        assert f"2 of 2, sample seed {row['seed']};" in screen.see(MET)
        screen.type("y\n")
        label(screen, "y")
        assert screen.end() == 0
    rows = read_lines(place / "labels.jsonl")
    assert rows[0] == row
    assert len({one["case_uid"] for one in rows}) == 2


def test_two_at_once(place: Path) -> None:
    """Two processes that label into one file leave whole lines, and each knows its own."""
    args = (*LABEL, "--n", "2", "--seed", "3")
    with Terminal(*args, cwd=place) as one, Terminal(*args, cwd=place) as other:
        for screen in (one, other):
            screen.see("1 of 2")  # it knows what is in the file now
        for screen in (one, other, one, other):
            label(screen, "y", "n", note="n" * 500)
        assert (one.end(), other.end()) == (0, 0)
    rows = read_lines(place / "labels.jsonl")
    assert len(rows) == 4
    assert len({row["case_uid"] for row in rows}) == 2


def test_a_hostile_transcript(tmp_path: Path) -> None:
    """Nothing in a file moves the cursor or changes the direction of writing; long lines are wrapped and not cut."""
    words = " ".join(f"word{index}" for index in range(300))
    said = (
        Message("user", f"\x1b[2J\x1b[31mred \u202eevil\r\nnext\tone\n{words}"),
        Message("assistant", "客" * 100 + "x" * 200 + "[bold]not bold[/bold] :smile:"),
    )
    made = make_result(1)
    who = attrs.evolve(made.persona, profile="\x07\x1b]0;title\x07 P", success_criteria="\x9b1mOne.")
    held = attrs.evolve(made.conversation, messages=said, persona=who)
    write_results(tmp_path / "results.jsonl", [attrs.evolve(made, conversation=held)])
    with Terminal(*LABEL, cwd=tmp_path) as screen:
        shown = screen.see(MET)
        screen.type("q\n")
        assert screen.end() == 0
    hostile = ("\x1b[2J", "\x1b[31m", "\x1b]", "\x07", "\x9b", "\u202e", "\t")
    assert [found for found in hostile if found in screen.raw] == []
    assert "\N{REPLACEMENT CHARACTER}[31mred" in shown
    text = "".join(line[15:] for line in shown.splitlines())
    assert "客" * 100 in text and "x" * 200 in text
    assert "[bold]not bold[/bold] :smile:" in text.replace("\n", "")
    assert [word for word in words.split() if word not in shown] == []
    assert max(len(line) + sum(letter == "客" for letter in line) for line in shown.splitlines()) < 80
