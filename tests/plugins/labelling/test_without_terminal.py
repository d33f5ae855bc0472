"""``multivon-eval label`` with answers from a pipe, on files that are torn, and asked wrongly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from multivon_eval import Message, label_from_json
from support.command import clean_env, multivon_eval
from support.labelling import make_result, read_lines, write_results

pytestmark = pytest.mark.process

LABEL = ("label", "results.jsonl", "--out", "labels.jsonl")
YES = "y\ny\n\n\n"
"""Both criteria are met; no turn, no note."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with four conversations."""
    write_results(tmp_path / "results.jsonl", [make_result(number, number % 2 == 0) for number in range(4)])
    return tmp_path


def pipe(place: Path, *args: str, answers: str | bytes = "", code: int = 0) -> str:
    """Run the command with answers from a pipe; gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "multivon_eval", *LABEL, *args],
        cwd=place,
        env=clean_env({"PYTHONIOENCODING": "utf-8", "COLUMNS": "80"}),
        input=answers if isinstance(answers, bytes) else answers.encode(),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == code, (done.stdout + done.stderr).decode()
    assert b"Traceback" not in done.stderr
    return (done.stderr if code else done.stdout).decode()


def refuse(place: Path, *args: str) -> list[str]:
    """Run the command that is refused; gives what is wrong, and sees that nothing was changed."""
    before = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    done = multivon_eval(*args, cwd=place)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    assert {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()} == before
    return [line.removeprefix("error: ") for line in done.stderr.splitlines()]


# Answers from a pipe


def test_answers_from_a_pipe(place: Path) -> None:
    """Line by line, and what is answered is seen among what is printed, without any escape."""
    told = pipe(place, "--n", "2", answers=f"{YES}y\nwhat\nn\n1\nrude\nNo name, é.\n")
    assert "met> y\n" in told and "kind> rude\n" in told
    assert "'what' is no answer.\n" in told
    assert "\x1b" not in told
    rows = read_lines(place / "labels.jsonl")
    assert [row["goal_achieved"] for row in rows] == ["yes", "no"]
    assert (rows[1]["turn"], rows[1]["kind"], rows[1]["note"]) == (1, "rude", "No name, é.")


def test_the_end_of_the_answers_quits(place: Path) -> None:
    """What is finished is kept, the conversation at hand is not; the same command asks for it."""
    told = pipe(place, "--n", "2", answers=f"{YES}y\n")
    assert "labelled       1 of 2 conversations" in told
    assert len(read_lines(place / "labels.jsonl")) == 1
    told = pipe(place, "--n", "2", answers=YES)
    assert "labelled       2 of 2 conversations" in told
    told = pipe(place, "--n", "2")
    assert "met>" not in told and "labelled       2 of 2 conversations" in told
    assert len(read_lines(place / "labels.jsonl")) == 2


def test_answers_that_are_no_text(place: Path) -> None:
    """Bytes that are no UTF-8, null bytes and escapes end nothing; they are replaced."""
    pipe(place, "--n", "1", answers=b"\xff\xfe\n\x00\ny\ny\n\na \x1b[31mnote\xff\n")
    [row] = read_lines(place / "labels.jsonl")
    assert row["note"] == "a \N{REPLACEMENT CHARACTER}[31mnote\N{REPLACEMENT CHARACTER}"


def test_a_closed_input_quits(place: Path) -> None:
    """Without any standard input it ends as with an empty one."""
    script = 'exec "$0" -m multivon_eval label results.jsonl --out labels.jsonl <&-'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable], cwd=place, env=clean_env(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "labelled       0 of 4 conversations" in done.stdout


def test_transcripts_of_others(tmp_path: Path) -> None:
    """A conversation held elsewhere can be labelled; what is not known of its user is not shown."""
    line = {
        "messages": [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hello."}],
        "success_criteria": ["The assistant greeted."],
    }
    (tmp_path / "results.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    told = pipe(tmp_path, answers="y\n\n\n")
    assert "Profile" not in told and "Goal" not in told
    [row] = read_lines(tmp_path / "labels.jsonl")
    assert row["criteria"] == [{"criterion": "The assistant greeted.", "met": "yes"}]


def test_who_is_asked_about(tmp_path: Path) -> None:
    """Those that measured the system, each once: none that crashed, that has no reply or no criteria."""
    others = [
        make_result(1, attribution="simulation"),
        make_result(2, attribution="judge"),
        attrs.evolve(
            make_result(3), conversation=attrs.evolve(make_result(3).conversation, messages=[Message("user", "Hm")])
        ),
    ]
    ours = [make_result(4, False, attribution="system"), make_result(5), make_result(5, False)]
    write_results(tmp_path / "results.jsonl", [*others, *ours])
    told = pipe(tmp_path, answers=YES * 2)
    assert "60 were asked for, and there are 2 to label." in told
    assert sorted(int(row["case_uid"], 16) for row in read_lines(tmp_path / "labels.jsonl")) == [4, 5]


# Going on


def test_a_larger_sample(place: Path) -> None:
    """A larger number draws more beside what is labelled already."""
    pipe(place, "--n", "2", answers=YES * 2)
    told = pipe(place, "--n", "3", answers=YES)
    assert "2 of 3 conversations labelled before, 1 left." in told
    rows = read_lines(place / "labels.jsonl")
    assert len({row["case_uid"] for row in rows}) == len(rows) == 3
    assert len({row["seed"] for row in rows}) == 1


@pytest.mark.parametrize("left", [1, 12, -8])
def test_a_torn_last_line(place: Path, left: int) -> None:
    """What a kill left of a label is cut off, with a word on it, and the conversation is asked about again."""
    pipe(place, "--n", "2", "--by", "Zoë", answers=YES * 2)
    out = place / "labels.jsonl"
    whole = out.read_bytes()
    first, second = whole.splitlines(keepends=True)
    torn = second[:left]
    out.write_bytes(first + torn)
    told = pipe(place, "--n", "2")
    assert f"labels.jsonl: its last line was torn; {len(torn)} bytes of it are cut off" in told
    assert out.read_bytes() == first
    out.write_bytes(first + torn)
    pipe(place, "--n", "2", answers=YES)
    assert [row["case_uid"] for row in read_lines(out)] == [json.loads(line)["case_uid"] for line in (first, second)]


def test_a_last_line_without_its_line_feed(place: Path) -> None:
    """A label that an editor left without a line feed is none that was torn; the next one has a line of its own."""
    pipe(place, "--n", "2", answers=YES)
    out = place / "labels.jsonl"
    out.write_bytes(out.read_bytes().rstrip())
    told = pipe(place, "--n", "2", answers=YES)
    assert "torn" not in told
    assert len(read_lines(out)) == 2


def test_overwrite(place: Path) -> None:
    """``--overwrite`` begins anew with the first label, and not before; what is there need be no label."""
    out = place / "labels.jsonl"
    out.write_text("mine\n", encoding="utf-8")
    pipe(place, "--overwrite", "--seed", "1")
    assert out.read_text(encoding="utf-8") == "mine\n"
    pipe(place, "--n", "2", "--overwrite", "--seed", "1", answers=YES * 2)
    assert [row["seed"] for row in read_lines(out)] == [1, 1]
    told = pipe(place, "--n", "2", "--overwrite", "--seed", "2", answers=YES)
    assert [row["seed"] for row in read_lines(out)] == [2]
    assert "--overwrite" not in told


def test_a_seed_and_several_samples(place: Path) -> None:
    """The seed of the file is taken; another one is refused, and with labels of several it has to be said."""
    pipe(place, "--n", "1", "--seed", "5", answers=YES)
    assert "sample seed 5" in pipe(place)
    [error] = refuse(place, *LABEL, "--seed", "6")
    assert error == (
        "--seed is 6, and the sample of labels.jsonl was drawn with 5; leave --seed out to go on with it, name another "
        "--out, or say --overwrite to begin anew"
    )
    out = place / "labels.jsonl"
    [row] = read_lines(out)
    out.write_text("".join(json.dumps({**row, "seed": seed}) + "\n" for seed in (5, 6)), encoding="utf-8")
    [error] = refuse(place, *LABEL)
    assert error == "labels.jsonl holds labels of several samples, drawn with the seeds 5, 6; say one with --seed"
    assert "sample seed 6" in pipe(place, "--seed", "6")


def test_labels_of_other_results(place: Path) -> None:
    """A label that belongs to no conversation of the results is named with its line, each of them."""
    pipe(place, "--n", "2", answers=YES * 2)
    write_results(place / "results.jsonl", [make_result(9)])
    errors = refuse(place, *LABEL)
    rows = read_lines(place / "labels.jsonl")
    assert errors == [
        f"labels.jsonl:{number}: this label belongs to no conversation of results.jsonl (case_uid {row['case_uid']} "
        f"'{row['persona']}'); give the results it was made with, name another --out, or say --overwrite to begin anew"
        for number, row in enumerate(rows, 1)
    ]


def test_a_disk_that_is_full(place: Path) -> None:
    """A label that cannot be written ends it with exit code 3 and says what is kept."""
    program = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600)); from multivon_eval._cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *LABEL, "--n", "2"],
        cwd=place,
        env=clean_env({"PYTHONDONTWRITEBYTECODE": "1"}),
        input=YES * 2,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 3
    assert "labels.jsonl cannot be written (File too large); all that was labelled before is kept" in done.stderr
    assert "labelled       1 of 2 conversations" in done.stdout
    told = pipe(place, "--n", "2", answers=YES)
    assert "its last line was torn" in told
    assert len(read_lines(place / "labels.jsonl")) == 2


# Asked wrongly

WRONG = {
    "nothing": (("label",), ("the file of results is missing; name the one", "--out is missing; name the file")),
    "no results": (("label", "no.jsonl", "--out", "labels.jsonl"), ("no.jsonl: cannot be read (No such file",)),
    "a folder": (("label", ".", "--out", "labels.jsonl"), (".: cannot be read (Is a directory)",)),
    "an empty file": (("label", "empty.jsonl", "--out", "labels.jsonl"), ("empty.jsonl: no result in it; give",)),
    "no criteria": (
        ("label", "bare.jsonl", "--out", "labels.jsonl"),
        ("bare.jsonl: no conversation in it can be labelled (of 1: 1 without success criteria); give results",),
    ),
    "--n 0": ((*LABEL, "--n", "0"), ("--n is 0; give a whole number from 1",)),
    "--n -1": ((*LABEL, "--n", "-1"), ("--n is -1; give a whole number from 1",)),
    "--n x": ((*LABEL, "--n", "x"), ("--n is 'x'; give a whole number from 1",)),
    "--n 1.5": ((*LABEL, "--n", "1.5"), ("--n is '1.5'; give a whole number from 1",)),
    "--n huge": ((*LABEL, "--n", "9" * 5000), ("give a whole number from 1 to 1000000",)),
    "--seed x": ((*LABEL, "--seed", "x"), ("--seed is 'x'; give a whole number from 0",)),
    "--seed empty": ((*LABEL, "--seed", ""), ("--seed is ''; give a whole number from 0",)),
    "--seed big": ((*LABEL, "--seed", str(2**63)), (f"--seed is {2**63}; give a whole number from 0 to",)),
    "out a folder": ((*LABEL[:3], "."), ("--out . is a directory; name a file in it",)),
    "out nowhere": ((*LABEL[:3], "no/x"), ("--out no/x cannot be written (No such file or directory); give --out",)),
    "out below a file": ((*LABEL[:3], "bare.jsonl/x"), ("--out bare.jsonl/x cannot be written (Not a directory)",)),
    "out below /proc": ((*LABEL[:3], "/proc/x"), ("--out /proc/x cannot be written (",)),
    "out a device": ((*LABEL[:3], "/dev/null"), ("--out /dev/null is no file; give --out a file",)),
    "out too long": ((*LABEL[:3], "n" * 256), ("cannot be written (File name too long)",)),
    "out the results": ((*LABEL[:3], "./results.jsonl"), ("--out ./results.jsonl would overwrite results.jsonl",)),
    "out a link to them": ((*LABEL[:3], "link.jsonl"), ("--out link.jsonl would overwrite results.jsonl; name",)),
    "out no labels": ((*LABEL[:3], "notes.txt"), ("notes.txt:1: not JSON (", "notes.txt:3: ")),
    "out one line of none": ((*LABEL[:3], "word.txt"), ("word.txt:1: not JSON (",)),
    "out a list": ((*LABEL[:3], "list.jsonl"), ("list.jsonl:1: a label is an object, and this is list",)),
    "out results": ((*LABEL[:3], "bare.jsonl"), ("bare.jsonl:1: 'case_uid', 'transcript', 'criteria' is missing",)),
    "out of tomorrow": ((*LABEL[:3], "new.jsonl"), ("new.jsonl:1: 'schema_version' is 2, not 1; upgrade",)),
    "out binary": ((*LABEL[:3], "binary"), ("binary:1: not JSON (",)),
    "deep results": (("label", "deep.jsonl", "--out", "labels.jsonl"), ("deep.jsonl:1: not JSON (",)),
    "out deep": ((*LABEL[:3], "deep.jsonl"), ("deep.jsonl:1: not JSON (",)),
    "all at once": (
        ("label", "no.jsonl", "--n", "0", "--seed", "x", "--out", "."),
        ("--n is 0", "--seed is 'x'", "no.jsonl: cannot be read", "--out . is a directory"),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_asked_wrongly(place: Path, case: str) -> None:
    """Everything is found before anything is asked, all at once, each with a remedy; no file is changed or made."""
    os.link(place / "results.jsonl", place / "link.jsonl")
    files = {
        "bare.jsonl": b'{"messages": [{"role": "assistant", "content": "Hello."}]}\n',
        "empty.jsonl": b"\n",
        "notes.txt": b"mine\n\n{}\n",
        "word.txt": b"mine",
        "list.jsonl": b"[]\n",
        "new.jsonl": b'{"schema_version": 2}\n',
        "binary": bytes(range(256)).replace(b"\n", b""),
        "deep.jsonl": b"[" * 100_000 + b"\n",
    }
    for name, content in files.items():
        (place / name).write_bytes(content)
    args, says = WRONG[case]
    errors = refuse(place, *args)
    assert len(errors) == len(says), errors
    for error, said in zip(errors, says, strict=True):
        assert said in error
        assert ";" in error, "an error ends with its remedy"


def test_labels_can_be_read(place: Path) -> None:
    """Each line is a label that the core reads, and the help of the command says how it is called."""
    pipe(place, answers=YES * 4)
    labels = [label_from_json(row) for row in read_lines(place / "labels.jsonl")]
    assert [label.goal_achieved for label in labels] == ["yes"] * 4
    done = multivon_eval("label", "--help", cwd=place)
    assert "multivon-eval label results.jsonl --n 60 --out labels.jsonl" in done.stdout
