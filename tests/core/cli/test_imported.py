"""``score`` on transcripts of others: nothing is made up for them, and labels are compared with verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from multivon_eval import Agreement
from multivon_eval._cli.main import run
from multivon_eval._measure.agreement import FEWEST
from multivon_eval._run.result_file import read_results
from multivon_eval._types.agreement import read_label
from multivon_eval.sdk import result_schema

jsonschema = pytest.importorskip("jsonschema")

MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "Be nice."},
    {"role": "user", "content": [{"type": "text", "text": "When will the lamp arrive?"}]},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '{"id": 7}'}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "on its way"},
    {"role": "assistant", "content": "The lamp arrives on Friday."},
]
SAID = [{"role": "user", "content": "Do you sell lamps?"}, {"role": "assistant", "content": "Yes, we do."}]
CRITERION = "The assistant stated when the lamp arrives."


def score(folder: Path, *lines: object, more: tuple[str, ...] = ()) -> tuple[int, list[dict[str, Any]]]:
    """Write the lines, score them offline, and read what came of it."""
    source, out = folder / "transcripts.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code = run(["score", str(source), "--judge", "offline", "--out", str(out), *more])
    return code, [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []


def test_messages_in_the_form_of_openai(tmp_path: Path) -> None:
    """Instructions are left out, a tool's result stands with its call, and the call with the words that follow it."""
    line = {"messages": MESSAGES, "goal": "Learn it.", "success_criteria": [CRITERION], "mine": 7}
    code, (row,) = score(tmp_path, line)
    assert code == 0
    assert row["transcript"] == [
        {"role": "user", "content": "When will the lamp arrive?"},
        {
            "role": "assistant",
            "content": "The lamp arrives on Friday.",
            "tool_calls": [{"name": "look_up", "arguments": {"id": 7}, "result": "on its way"}],
        },
    ]
    assert (row["mine"], row["persona"]["goal"], row["verdict"]["criteria"][0]["met"]) == (7, "Learn it.", "yes")


def test_what_is_missing_is_null(tmp_path: Path) -> None:
    """A transcript is enough: no persona, no goal, no criteria, so no verdict; and it says that it was imported."""
    code, (row,) = score(tmp_path, {"transcript": SAID})
    assert code == 0
    assert {row["persona"][name] for name in ("profile", "goal", "success_criteria")} == {None}
    assert (row["stop_reason"], row["goal_achieved"], row["metadata"]["simulated"]) == (None, None, False)
    assert row["verdict"]["reason"] == "there are no success criteria, so there is no verdict"
    assert row["disclaimer"].startswith("imported transcripts")
    jsonschema.validate(row, result_schema())


def test_what_was_scored_can_be_scored_again(tmp_path: Path) -> None:
    """The results are lines like any other."""
    _, rows = score(
        tmp_path, {"transcript": SAID, "persona": "ann"}, {"messages": MESSAGES, "persona": {"name": "bob"}}
    )
    again = read_results(tmp_path / "out.jsonl")
    assert sorted(result.persona.name for result in again) == ["ann", "bob"]
    assert all(result.conversation.is_imported for result in again)
    _, second = score(tmp_path, *rows, more=("--overwrite",))
    assert sorted(map(json.dumps, (row["transcript"] for row in second))) == sorted(
        map(json.dumps, (row["transcript"] for row in rows))
    )


def test_faults_and_refusals_are_found_anew(tmp_path: Path) -> None:
    """As if the conversation were held now; nothing ends it."""
    refusal = {"role": "assistant", "content": "I can't help with that."}
    asked = {"role": "user", "content": "Where is the parcel with the lamp that I ordered?"}
    answered = {"role": "assistant", "content": "Your parcel left the warehouse in Leeds on Monday morning."}
    _, (row,) = score(tmp_path, {"transcript": [asked, answered, asked, refusal]})
    assert [(fault["turn"], fault["fault"]) for fault in row["driver_faults"]] == [(2, "repetition")]
    assert row["metadata"]["refusals_observed"] == 1


def test_labels_are_compared_with_verdicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Per criterion and in all, with the table and Cohen's kappa; a line without a label counts nowhere."""
    line = {"messages": MESSAGES, "goal": "Learn it.", "success_criteria": [CRITERION]}
    rare = {**line, "success_criteria": ["The lamp was named."], "label": {"criteria": ["unknown"]}}
    lines = [{**line, "label": {"goal_achieved": True, "criteria": [True]}}, {**line, "label": "no"}, line, rare]
    lines += [{**line, "label": {"criteria": [True]}}] * (FEWEST - 1)
    code, _ = score(tmp_path, *lines)
    told = capsys.readouterr().out
    lines_told = " ".join(told.split())
    assert code == 0
    assert "model_fn" not in told
    assert "agreement on goal achieved: 1 of 2, Cohen's kappa 0.00" in told
    assert f"agreement on all criteria: {FEWEST} of {FEWEST + 1}, Cohen's kappa 0.00" in told
    assert f"agreement on {CRITERION}: {FEWEST} of {FEWEST}, Cohen's kappa not defined, both say one" in lines_told
    assert "agreement on The lamp was named" not in told, "one label says nothing"
    assert "  label            yes        no   unknown\n  yes                1         0         0\n" in told


def test_agreement_stands_in_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--json`` as JSON; also where a run is complete and only told again."""
    line = {"messages": MESSAGES, "goal": "Learn it.", "success_criteria": [CRITERION], "label": True}
    for more in (("--json",), ("--json", "--resume")):
        code, _ = score(tmp_path, line, {**line, "label": "no"}, more=more)
        found = json.loads(capsys.readouterr().out)["agreement"]
        assert code == 0
        assert found["goal achieved"] == {
            "counts": {"yes": {"yes": 1, "no": 0, "unknown": 0}, "no": {"yes": 1, "no": 0, "unknown": 0}},
            **{"of": 2, "same": 1, "kappa": 0.0},
        }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"messages": "hello"}, "'messages' is str; give a list of messages"),
        ({"messages": [{"role": "user", "content": "Hi"}]}, "no message of the assistant"),
        ({"transcript": [{"content": "Hi"}]}, "transcript[0] is no message"),
        ({"transcript": [{"role": "assistant", "content": 7}]}, "transcript[0].content is int"),
        ({"transcript": SAID, "persona": 7}, "'persona' is int"),
        ({"transcript": SAID, "success_criteria": 7}, "'success_criteria' is a number"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: object, problem: str
) -> None:
    """Before anything is asked."""
    code, rows = score(tmp_path, {"transcript": SAID}, line)
    assert (code, rows) == (2, [])
    told = capsys.readouterr().err
    assert "transcripts.jsonl:2" in told and problem in told


def test_kappa_is_that_of_its_definition() -> None:
    """60 of 100 alike, 54 of them by chance; full agreement is 1."""
    one = Agreement({"yes": {"yes": 45, "no": 15}, "no": {"yes": 25, "no": 15}})
    assert (one.of, one.same) == (100, 60)
    assert one.kappa == pytest.approx((0.60 - 0.54) / (1 - 0.54))
    assert Agreement({"yes": {"yes": 3}, "no": {"no": 2}}).kappa == 1
    assert Agreement({}).kappa is None


@pytest.mark.parametrize(
    ("value", "word"),
    [(True, "yes"), (False, "no"), (" Yes ", "yes"), ("unknown", "unknown"), (None, None), ("maybe", None), (1, None)],
)
def test_labels(value: object, word: str | None) -> None:
    """True and false, or a word."""
    assert read_label(value) == word
