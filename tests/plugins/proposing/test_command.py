"""``multivon-eval propose``, as a real process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from multivon_eval import DISCLAIMER
from support.chat_answers import default_answer
from support.chat_faults import Fault
from support.chat_server import ChatServer
from support.command import ECHO, multivon_eval

pytestmark = pytest.mark.process

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the description of a product."""
    (tmp_path / "PRODUCT.md").write_text((EXAMPLES / "PRODUCT.md").read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def _judge(server: ChatServer) -> tuple[str, str]:
    return "--judge", f"openai:any,base_url={server.base_url},price_in=1,price_out=2"


def _rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if not line.startswith("#")]


def _without_adversary(body: dict[str, Any]) -> str:
    return default_answer(body, 2).replace('"adversarial"', '"stubborn"')


def test_personas_are_written_and_read_back(place: Path) -> None:
    """One call gives the file; ``--personas`` takes it as it is, and the seed goes with it into the results."""
    with ChatServer() as server:
        args = ("propose", "PRODUCT.md", "-n", "4", "--out", "personas.jsonl", "--seed", "9", *_judge(server))
        done = multivon_eval(*args, cwd=place)
        assert len(server.requests) == 1
        assert "Seed: 9." in server.requests[0]["messages"][-1]["content"]
    assert done.returncode == 0, done.stderr
    text = (place / "personas.jsonl").read_text(encoding="utf-8")
    rows = _rows(text)
    assert text.startswith(f"# {DISCLAIMER}\n")
    assert [row["metadata"]["proposed"]["seed"] for row in rows] == [9] * 4
    assert sum("adversarial" in row["traits"] for row in rows) == 1
    for part in ("judge    any (asked for)", "estimate 1 judge call, $0.", "of a budget of $1.00", "1 judge call,"):
        assert part in done.stdout
    assert "personas personas.jsonl: read them before you use them" in done.stdout
    assert DISCLAIMER in done.stdout

    (place / "model.py").write_text(ECHO, encoding="utf-8")
    args = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "results.jsonl", "--quiet")
    done = multivon_eval(*args, "--max-turns", "1", cwd=place)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in (place / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    by_name = {result["persona"]["name"]: result["persona"] for result in results}
    assert [by_name[row["name"]]["metadata"] for row in rows] == [row["metadata"] for row in rows]


def test_what_was_spent_is_told(place: Path) -> None:
    """Dollars, calls and tokens, those of the repair call too."""

    def answer(body: dict[str, Any]) -> str:
        return _without_adversary(body) if len(body["messages"]) < 4 else default_answer(body, 2)

    with ChatServer(answer) as server:
        done = multivon_eval("propose", "PRODUCT.md", "--out", "p.jsonl", *_judge(server), cwd=place)
        assert len(server.requests) == 2
        assert "no persona has the trait 'adversarial'" in server.requests[1]["messages"][-1]["content"]
    assert done.returncode == 0, done.stderr
    [spent] = [line for line in done.stdout.splitlines() if line.startswith("spent")]
    assert "2 judge calls" in spent
    assert "$0.0000" not in spent
    assert len(_rows((place / "p.jsonl").read_text(encoding="utf-8"))) == 5


def test_two_bad_answers_are_an_error(place: Path) -> None:
    """Exit code 3 with the reason and the remedy; nothing is written, and what was spent is told."""
    with ChatServer(_without_adversary) as server:
        done = multivon_eval("propose", "PRODUCT.md", "--out", "p.jsonl", *_judge(server), cwd=place)
        assert len(server.requests) == 2
    assert done.returncode == 3
    [error] = done.stderr.splitlines()
    assert error.startswith("error: no personas could be made from PRODUCT.md: the judge was asked twice")
    assert error.endswith("name another model with --judge, ask for fewer, or write personas.jsonl yourself")
    assert "2 judge calls" in done.stdout
    assert not (place / "p.jsonl").exists()


def test_without_a_file_the_personas_are_printed(place: Path) -> None:
    """Standard output holds the personas and nothing else; what is told beside them goes to standard error."""
    done = multivon_eval("propose", "PRODUCT.md", "-n", "3", cwd=place)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"# {DISCLAIMER}\n")
    assert len(_rows(done.stdout)) == 3
    for part in ("judge    offline (no key", "built by rule from the headings and sentences", "spent    $0.0000"):
        assert part in done.stderr


def test_quiet(place: Path) -> None:
    """``--quiet`` prints nothing; the note on the judge ``offline`` is in the file all the same."""
    done = multivon_eval("propose", "PRODUCT.md", "--out", "p.jsonl", "--quiet", cwd=place)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    rows = _rows((place / "p.jsonl").read_text(encoding="utf-8"))
    assert all("built by rule" in row["metadata"]["proposed"]["notes"][0] for row in rows)


def test_a_file_that_is_there_is_kept(place: Path) -> None:
    """It is refused before anybody is asked; ``--overwrite`` writes over it."""
    out = place / "p.jsonl"
    out.write_text("mine\n", encoding="utf-8")
    with ChatServer() as server:
        args = ("propose", "PRODUCT.md", "--out", "p.jsonl", *_judge(server))
        done = multivon_eval(*args, cwd=place)
        assert (done.returncode, server.requests, server.checks) == (2, [], 0)
        assert "--out p.jsonl is there already; say --overwrite to write over it, or name another file" in done.stderr
        assert out.read_text(encoding="utf-8") == "mine\n"
        assert multivon_eval(*args, "--overwrite", cwd=place).returncode == 0
    assert len(_rows(out.read_text(encoding="utf-8"))) == 5


WRONG = {
    "no document": (("no.md",), "no.md: no such file; give the description of the product"),
    "an empty one": (("empty.md",), "empty.md: there is no word in it; describe the product"),
    "no number": (("PRODUCT.md", "-n", "few"), "n-personas is 'few'; give a whole number from 1 on"),
    "too many": (("PRODUCT.md", "-n", "31"), "the number of personas is 31; give 1 to 30"),
    "none": (("PRODUCT.md", "-n", "0"), "the number of personas is 0; give 1 to 30"),
    "no budget": (("PRODUCT.md", "--budget", "x"), "the budget is 'x'; give USD"),
    "no judge": (("PRODUCT.md", "--judge", "nobody"), "no judge is named 'nobody'"),
    "no price": (
        ("PRODUCT.md", "--judge", "openai:no-such-model"),
        "is not known, so a budget of $1.00 cannot be kept",
    ),
    "no seed": (("PRODUCT.md", "--seed", "x"), "seed is 'x'; give a whole number"),
    "no folder": (
        ("PRODUCT.md", "--out", "no/such/p.jsonl"),
        "--out no/such/p.jsonl cannot be written; give a file in",
    ),
    "a folder": (("PRODUCT.md", "--out", "."), "--out . is a directory; name a file in it"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_asked_wrongly_is_refused(kind: str, place: Path) -> None:
    """Exit code 2 with the reason and the remedy."""
    (place / "empty.md").touch()
    args, told = WRONG[kind]
    done = multivon_eval("propose", *args, cwd=place, env={"OPENAI_API_KEY": "sk-none"})
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert done.stdout == ""


def test_all_that_is_wrong_is_said_at_once(place: Path) -> None:
    """One line each."""
    done = multivon_eval("propose", "no.md", "--budget", "x", "--judge", "nobody", "--out", ".", cwd=place)
    assert done.returncode == 2
    assert done.stderr.count("error: ") == 4


def test_a_budget_that_does_not_reach_asks_nobody(place: Path) -> None:
    """The message says what it may cost, what there is and the ways out."""
    with ChatServer() as server:
        done = multivon_eval("propose", "PRODUCT.md", "--budget", "0.0001", *_judge(server), cwd=place)
        assert server.requests == []
    assert done.returncode == 2
    assert "the proposal of personas may cost up to $0.0" in done.stderr
    assert "raise --budget, ask for fewer personas, or shorten the document" in done.stderr


def test_a_key_that_is_refused_is_said(place: Path) -> None:
    """Found with a request that costs nothing, and the key is not shown."""
    with ChatServer(models=Fault.UNAUTHORIZED) as server:
        args = ("propose", "PRODUCT.md", "--out", "p.jsonl", *_judge(server))
        done = multivon_eval(*args, cwd=place, env={"OPENAI_API_KEY": "sk-secret"})
        assert server.requests == []
    assert done.returncode == 2
    assert "sk-secret" not in done.stdout + done.stderr
    assert not (place / "p.jsonl").exists()


def test_options_may_stand_in_the_file_and_in_variables(place: Path) -> None:
    """The judge of all commands, and a table of its own; an option that it has not is refused."""
    with ChatServer() as server:
        judge = f"openai:any,base_url={server.base_url},price_in=1,price_out=2"
        shared = f"[tool.multivon-eval]\njudge = '{judge}'\nmax-turns = 3\n"
        (place / "pyproject.toml").write_text(
            f"{shared}[tool.multivon-eval.propose]\nn-personas = 2\n", encoding="utf-8"
        )
        done = multivon_eval("propose", "PRODUCT.md", cwd=place, env={"MULTIVON_EVAL_SEED": "4"})
        assert done.returncode == 0, done.stderr
        assert [row["metadata"]["proposed"]["seed"] for row in _rows(done.stdout)] == [4, 4]
        assert len(server.requests) == 1
    (place / "pyproject.toml").write_text("[tool.multivon-eval.propose]\nn-persona = 2\n", encoding="utf-8")
    done = multivon_eval("propose", "PRODUCT.md", cwd=place)
    assert done.returncode == 2
    assert "there is no option 'n-persona' in [tool.multivon-eval.propose]; did you mean 'n-personas'?" in done.stderr
    assert multivon_eval("simulate", "--show-config", cwd=place).returncode == 0
