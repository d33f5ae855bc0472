"""Whatever a stranger says, nothing of it moves the cursor, changes colours or turns the writing round."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from multivon_eval._cli.main import run
from support.chat_faults import Response
from support.chat_server import ChatServer
from support.command import ECHO, PERSONA, workplace

ATTACK = "\x1b[31mred\x1b]0;title\x07\x9b2J‮\rover"
IN_PYTHON = ascii(ATTACK)
HARM = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
USUAL = ["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "results.jsonl"]


def persona(**changes: object) -> str:
    """A line of the personas file."""
    return json.dumps({**json.loads(PERSONA), **changes}) + "\n"


RUNS: dict[str, tuple[list[str], str, str]] = {
    "an exception in a rehearsal": (["--dry-run"], f"def model_fn(p): raise ValueError({IN_PYTHON})", PERSONA),
    "a reply in a rehearsal": (["--dry-run"], f"def model_fn(p): return {IN_PYTHON}", PERSONA),
    "an exception": ([], f"def model_fn(p): raise ValueError({IN_PYTHON})", PERSONA),
    "the name of an exception": ([], f"def model_fn(p): raise type({IN_PYTHON}, (Exception,), {{}})('x')", PERSONA),
    "an import": ([], f"raise ValueError({IN_PYTHON})", PERSONA),
    "a line of the file": ([], f"1 / 0 # {ATTACK.replace(chr(13), '')}", PERSONA),
    "a name": ([], ECHO, persona(name=ATTACK)),
    "a goal and a criterion": ([], ECHO, persona(goal=ATTACK, success_criteria=ATTACK)),
    "an unknown key": ([], ECHO, persona(**{ATTACK: 1})),
    "an option": ([f"--{ATTACK}"], ECHO, PERSONA),
    "an option of a plug-in": (["--judge", f"offline,{ATTACK}=1"], ECHO, PERSONA),
    "a plug-in": (["--judge", ATTACK], ECHO, PERSONA),
    "a file": (["--sink", f"jsonl:no/{ATTACK}"], ECHO, PERSONA),
    "a gate": (["--fail-under", f"{ATTACK}=1"], ECHO, PERSONA),
    "a number": (["--max-turns", ATTACK], ECHO, PERSONA),
    "shown options": (["--show-config", "--judge", ATTACK], ECHO, PERSONA),
}


@pytest.mark.parametrize(("args", "model", "personas"), RUNS.values(), ids=RUNS)
def test_nothing_reaches_the_screen(
    args: list[str],
    model: str,
    personas: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """And what is not harmful of it can be read."""
    workplace(tmp_path, model, personas)
    monkeypatch.chdir(tmp_path)
    run([*USUAL, *args])
    out, err = capfd.readouterr()
    assert not HARM.search(out + err)


@pytest.mark.parametrize("place", ["a call", "an answer", "a model's name"])
def test_nothing_of_a_provider_reaches_the_screen(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error body, a broken answer, the name of the model that answered."""
    workplace(tmp_path)
    monkeypatch.chdir(tmp_path)
    answers = {
        "a call": Response(status=400, body={"error": {"message": ATTACK}}),
        "an answer": Response(ATTACK),
        "a model's name": Response('{"message": "Hi", "ends": "no"}', model=ATTACK),
    }
    with ChatServer(lambda body: answers[place]) as server:
        judge = f"openai:m,base_url={server.base_url},price_in=1,price_out=1"
        run([*USUAL, "--judge", judge, "--patience", "0", "--max-turns", "2"])
        assert server.requests
    out, err = capfd.readouterr()
    assert not HARM.search(out + err)
    assert not HARM.search((tmp_path / "results.jsonl").read_text("utf-8"))
