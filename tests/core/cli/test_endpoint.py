"""A model behind an endpoint as the system under test: asked as a judge is, and blamed for what is its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from multivon_eval._cli.main import run
from support.chat_faults import Response, error_body
from support.chat_server import ChatServer
from support.command import multivon_eval, workplace

pytestmark = pytest.mark.usefixtures("no_pauses")
REPLY = "The refund window is 30 days."


def simulate(
    folder: Path, server: ChatServer, *options: str, model: str = "gpt-4.1"
) -> tuple[int, list[dict[str, Any]]]:
    """Run the command on an endpoint, judged offline, and read what came of it."""
    workplace(folder)
    out = folder / "results.jsonl"
    given = ["--model-cmd", f"openai:{model},base_url={server.base_url}", "--personas", str(folder / "personas.jsonl")]
    code = run(["simulate", *given, "--judge", "offline", "--out", str(out), "--quiet", *options])
    return code, [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


@pytest.mark.parametrize("model", ["gpt-4.1", "claude-opus-4.5", "m,temperature=0.5", "org/m.gguf"])
def test_it_is_asked_for_what_was_given_and_no_more(tmp_path: Path, model: str) -> None:
    """A dot in the name makes no file of it; temperature and length are sent only where the SPEC states them."""
    with ChatServer(lambda body: REPLY) as server:
        code, (row,) = simulate(tmp_path, server, model=model)
    assert (code, row["transcript"][1]["content"]) == (0, REPLY)
    sent = server.requests[0]
    stated = {"temperature"} if "temperature" in model else set()
    assert set(sent) == {"model", "messages"} | stated
    assert server.checks == 1


@pytest.mark.process
def test_nothing_is_said_of_connections(tmp_path: Path) -> None:
    """They are closed when the run ends."""
    workplace(tmp_path)
    with ChatServer(lambda body: REPLY) as server:
        given = ["--model-cmd", f"openai:gpt-4.1,base_url={server.base_url}", "--personas", "personas.jsonl"]
        ended = multivon_eval("simulate", *given, "--judge", "offline", cwd=tmp_path)
    assert ended.returncode == 0
    assert "nclosed" not in ended.stdout + ended.stderr


def test_what_passes_is_repeated_and_noted(tmp_path: Path) -> None:
    """A rate limit and a torn answer are no fault of anybody, once they are over."""
    with ChatServer(lambda body: REPLY, script=["429", "no-json", "500"]) as server:
        _, (row,) = simulate(tmp_path, server)
    assert row["stop_reason"] != "driver_error"
    assert len(row["transcript"][1]["metadata"]["retries"]) == 3


@pytest.mark.parametrize(
    ("answer", "party"),
    [
        (Response(status=503, body=error_body("Busy.")), "infrastructure"),
        (Response(status=402, body=error_body("No balance.")), "infrastructure"),
        (Response(body=b"<html>"), "infrastructure"),
        (Response(status=400, body=error_body("Too long.", code="context_length_exceeded")), "system"),
        (Response("", finish_reason="length"), "system"),
    ],
)
def test_each_failure_is_put_down_to_whose_it_is(tmp_path: Path, answer: Response, party: str) -> None:
    """The network, the provider and the bill are nobody's assistant."""
    with ChatServer(lambda body: answer) as server:
        _, (row,) = simulate(tmp_path, server)
    assert (row["stop_reason"], row["attribution"]) == ("driver_error", party)
    assert "endpoint of the system under test" in row["metadata"]["error"]["message"]


def test_a_refusal_is_a_refusal(tmp_path: Path) -> None:
    """What the provider marks as one counts as one, in whatever words."""
    with ChatServer(script=["refusal", "refusal"]) as server:
        _, (row,) = simulate(tmp_path, server)
    assert row["stop_reason"] == "assistant_refused"
    assert row["transcript"][-1]["metadata"]["refusal"] is True


def test_a_reply_that_is_cut_says_so(tmp_path: Path) -> None:
    """It is taken as it is, with a note: it may be the system's own limit."""
    with ChatServer(lambda body: Response("The refund window", finish_reason="length")) as server:
        _, (row,) = simulate(tmp_path, server)
    assert "cut at the limit" in row["transcript"][1]["metadata"]["notes"][0]


def test_a_key_that_is_refused_is_found_before_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a judge's key is."""
    with ChatServer(api_key="another") as server:
        code, rows = simulate(tmp_path, server)
    assert (code, rows, server.requests) == (2, [], [])
    assert "refused the key" in capsys.readouterr().err


@pytest.mark.parametrize("strict", [True, False])
def test_what_cannot_pass_ends_a_strict_run_at_once(
    tmp_path: Path, strict: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """With one line and exit 3, without asking for each persona; else each conversation has its own error."""
    workplace(tmp_path, personas="".join(_persona(number) for number in range(5)))
    broke = Response(status=429, body=error_body("You exceeded your quota.", code="insufficient_quota"))
    with ChatServer(lambda body: broke) as server:
        options = ["--personas", str(tmp_path / "personas.jsonl"), "--model-cmd", str(tmp_path / "model.py")]
        options += ["--judge", f"openai:m,base_url={server.base_url},price_in=1,price_out=1", "--concurrency", "1"]
        options += ["--out", str(tmp_path / "out.jsonl"), "--quiet", *(["--strict"] if strict else [])]
        code = run(["simulate", *options])
    told = capsys.readouterr().err
    assert (code, len(server.requests)) == ((3, 1) if strict else (0, 5))
    assert told.count("cannot be used") == (1 if strict else 0)


def _persona(number: int) -> str:
    row = {"name": f"p{number}", "profile": "A customer.", "goal": "Find out the refund window."}
    return json.dumps({**row, "success_criteria": "The refund window is stated."}) + "\n"
