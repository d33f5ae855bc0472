"""What a run shows on a terminal while it goes on."""

import os
import re
import signal
import subprocess
import sys

import pytest

from multivon_eval.sdk import ActiveConversation, Moment
from multivon_eval_plugins.sinks.live import describe_active, describe_totals
from support.command import clean_env
from support.terminal import Terminal

BOT = """
import os


def model_fn(prompt):
    # Each reply waits for a byte in the pipe.
    gate = os.open("gate", os.O_RDONLY)
    os.read(gate, 1)
    os.close(gate)
    return "The refund window is 30 days, and " + "you will like it very much. " * 20
"""
PEOPLE = "".join(
    f'{{"name": "{name}", "profile": "A customer.", "goal": "Find out the refund window.", '
    f'"success_criteria": "The assistant stated the refund window."}}\n'
    for name in ("ann", "bob", "cem")
)
RUN = (
    "simulate",
    "--model-cmd=model.py",
    "--personas=personas.jsonl",
    "--driver=scripted",
    "--max-turns=1",
    "--concurrency=1",
)


@pytest.fixture
def place(tmp_path):
    """A bot whose replies wait at a gate."""
    (tmp_path / "model.py").write_text(BOT, encoding="utf-8")
    (tmp_path / "personas.jsonl").write_text(PEOPLE, encoding="utf-8")
    os.mkfifo(tmp_path / "gate")
    return tmp_path


@pytest.fixture
def let_pass(place):
    """Lets so many replies pass, those to come included."""
    gate = os.open(place / "gate", os.O_RDWR)
    yield lambda number=1: os.write(gate, b"x" * number)
    os.close(gate)


@pytest.mark.process
@pytest.mark.parametrize("columns", [40, 80, 200])
def test_active_conversations_have_a_line_each(place, let_pass, columns):
    """At any width no line is longer than the terminal; the totals stand below; what is finished scrolls by."""
    with Terminal(*RUN, cwd=place, columns=columns) as terminal:
        for number, name in enumerate(("ann", "bob", "cem")):
            terminal.see(f"  {name} ")
            terminal.see("turn 1")
            terminal.see(f"{number}/3 finished; ")
            let_pass()
        assert terminal.end() == 0
        drawn = (re.sub(r"\x1b\[[0-9;?]*[a-z]", "", line) for line in re.split(r"[\r\n]|\x1b\[\d*[A-K]", terminal.raw))
        assert all(len(line) <= columns for line in drawn)
        assert terminal.shown.count("3/3  ") == 1
        assert "\x1b[?25l" not in terminal.raw.rpartition("\x1b[?25h")[2], "the cursor is there at the end"


@pytest.mark.process
def test_it_follows_the_width_of_the_terminal(place, let_pass):
    """After a resize no line is drawn wider than there is room."""
    with Terminal(*RUN, cwd=place, columns=120) as terminal:
        terminal.see("0/3 finished; 1 talking")
        terminal.resize(40)
        terminal.see("\u2026")
        let_pass(3)
        assert terminal.end() == 0


@pytest.mark.process
def test_ctrl_c_leaves_the_terminal_as_it_was(place, let_pass):
    """What is finished is delivered, the live lines are taken away, the cursor is there."""
    with Terminal(*RUN, "--out", "r.jsonl", cwd=place) as terminal:
        terminal.see("0/3 finished")
        let_pass()
        terminal.see("1/3 finished")
        terminal.send(signal.SIGINT)
        assert terminal.end() == 130
        assert "interrupted after 1 of 3 conversations" in terminal.shown
        assert "go on with the same command and --resume" in " ".join(terminal.shown.split())
        assert "\x1b[?25l" not in terminal.raw.rpartition("\x1b[?25h")[2]


@pytest.mark.process
@pytest.mark.parametrize(
    ("more", "env"), [((), {"CI": "true"}), (("--quiet",), {}), (("--sink", "jsonl:x"), {"TERM": "dumb"})]
)
def test_plain_lines_where_nobody_looks(place, let_pass, more, env):
    """In CI, with --quiet, on a dumb terminal: nothing moves the cursor."""
    with Terminal(*RUN, *more, cwd=place, env=env) as terminal:
        let_pass(3)
        assert terminal.end() == 0
        assert "finished;" not in terminal.shown
        assert not re.search(r"\x1b\[\d*[ABFGJK]", terminal.raw)


@pytest.mark.process
def test_a_reader_that_goes_away_does_not_end_the_run(place, let_pass):
    """``... | head -1``: the results still go where they go."""
    command = f"{sys.executable} -m multivon_eval {' '.join(RUN)} --out r.jsonl | head -1"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    done = subprocess.Popen(["/bin/sh", "-c", command], cwd=place, env=clean_env(), **pipes)
    let_pass(3)
    # A shell may end with the reader; the run holds the other pipe until it is over.
    assert done.communicate()[0].startswith(b"3 personas")
    assert len((place / "r.jsonl").read_bytes().splitlines()) == 3


def make_moment(**fields):
    """A moment of a run."""
    usual = {
        "active": (),
        "finished": 4,
        "begun": 2,
        "conversations": 10,
        "spent_usd": 1,
        "budget_usd": 2,
        "calls": 30,
        "seconds": 10.0,
    }
    return Moment(**{**usual, **fields})


def test_the_totals_say_how_far_how_fast_and_how_long():
    """And what it waits for."""
    told = describe_totals(make_moment())
    assert told == "4/10 finished; 0 talking, 0 judging; $1.0000 of $2; 3.0 calls/s; about 30 s left"
    assert "the judge asks to wait 12 s" in describe_totals(make_moment(pause=12.2))
    assert "left" not in describe_totals(make_moment(begun=0))
    assert describe_totals(make_moment(seconds=4000.0)).endswith("about 3.3 h left")


def test_last_words_cannot_move_the_cursor():
    """A model's escape sequences and line ends are no part of the line."""
    one = ActiveConversation("ann", 2, 3, "a\x1b[2Jb\nc", "judging", 4.2)
    assert describe_active(one).plain == "  ann#2                judging     4 s  a\ufffd[2Jb c"
