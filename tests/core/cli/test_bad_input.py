"""What a user can get wrong: one message with the thing, the reason and the remedy, exit code 2, nothing spent."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.bad_inputs import USUAL, change
from support.command import ECHO, multivon_eval, workplace

pytestmark = pytest.mark.process


def _refused(path: Path, *args: str, env: dict[str, str] | None = None) -> str:
    """Run, see that it was refused and that nothing was written, and give what was said."""
    done = multivon_eval(*args, cwd=path, env=env)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert not (path / "results.jsonl").exists()
    assert not (path / "results.jsonl.journal").exists()
    return done.stderr


OPTIONS = [
    ("--model-cmd", "nope.py", "--model-cmd nope.py: no such file; give the file that holds model_fn"),
    ("--model-cmd", "no/such", "no such file; give model.py, model.py:name, package.module:name or openai:MODEL"),
    ("--model-cmd", "no_such_module:f", "No module named 'no_such_module'; install it, or give the path of a file"),
    ("--model-cmd", ".", "is a directory; name the file in it"),
    ("--model-cmd", "model.py:modl_fn", "has no 'modl_fn'; did you mean 'model_fn'?"),
    ("--personas", "nope.jsonl", "nope.jsonl: no such file; give --personas a JSONL file or a persona source"),
    ("--personas", "jsonll:personas.jsonl", "no persona source is named 'jsonll'; did you mean 'jsonl'?"),
    ("--personas", "jsonl", "needs 'path'; give it as jsonl:PATH"),
    ("--judge", "opnai:gpt-4.1", "no judge is named 'opnai'; did you mean 'openai'?"),
    ("--judge", "openai", "needs 'model'; give it as openai:MODEL"),
    ("--judge", "openai:m,base_rul=http://x", "has no option 'base_rul'; did you mean 'base_url'?"),
    ("--judge", "openai:m,base_url=ftp://x", "base_url is 'ftp://x'; give it as http://host/v1 or https://host/v1"),
    ("--judge", "openai:m,temperature=warm", "'warm' is str; give a number"),
    ("--judge", "offline:x", "takes no ARG; leave out 'x'"),
    ("--judge", "openai:gpt-4.1-mini", "has no key: the variable OPENAI_API_KEY is not set; set it, or name another"),
    ("--judge", "openai:no-such-model", "the price of judge 'openai:no-such-model' is not known, so a budget of"),
    ("--driver", "person-llm", "no driver is named 'person-llm'; did you mean 'persona-llm'?"),
    ("--driver", "persona-llm,max_words=0", "max_words is 0; give 1 or more"),
    ("--observer", "refusals:model", "by: 'model' is unknown; give 'rules' or 'judge'"),
    ("--evaluator", "turn-consistncy", "no evaluator is named 'turn-consistncy'; did you mean 'turn-consistency'?"),
    ("--evaluator", "turn-consistency,threshold=2", "threshold is 2.0; give a number from 0 to 1"),
    ("--sink", "jsnl:x", "no sink is named 'jsnl'; did you mean 'jsonl'?"),
    ("--sink", "jsonl:x,y", "'y' in 'jsonl:x,y' is no option; write key=value"),
    ("--budget", "-1", "the budget is '-1'; give USD as a number from 0 on, or 'none' for no ceiling"),
    ("--budget", "inf", "the budget is 'inf'; give USD"),
    ("--budget", "nan", "the budget is 'nan'; give USD"),
    ("--budget", "a lot", "the budget is 'a lot'; give USD"),
    ("--max-turns", "0", "max-turns is 0; give a whole number from 1 on"),
    ("--max-turns", "many", "max-turns is 'many'; give a whole number from 1 on"),
    ("--trials", "0", "trials is 0; give a whole number from 1 on"),
    ("--concurrency", "-3", "concurrency is -3; give a whole number from 1 on"),
    ("--timeout", "0", "timeout is 0.0; give seconds, more than 0"),
    ("--timeout", "nan", "timeout is nan; give seconds, more than 0"),
    ("--seed", "x", "seed is 'x'; give a whole number"),
    ("--out", "no/such/folder/results.jsonl", "cannot be written (No such file or directory); give --out a file"),
    ("--fail-under", "goal_achieved", "--fail-under goal_achieved: write METRIC=VALUE"),
    ("--fail-under", "goal_achieved=2", "write METRIC=VALUE with a value from 0 to 1"),
    ("--max-error-rate", "1.5", "--max-error-rate 1.5: give a share from 0 to 1"),
    ("--without", "no-such-hook", "no hook is named 'no-such-hook'"),
]


@pytest.mark.parametrize(("option", "value", "message"), OPTIONS)
def test_a_wrong_option_is_refused(tmp_path: Path, option: str, value: str, message: str) -> None:
    """Each wrong value is refused with its reason and remedy, before anything is spent or written."""
    said = _refused(workplace(tmp_path), *change(option, value))
    assert message in said
    assert "Traceback" not in said


def test_all_wrong_options_are_named_at_once(tmp_path: Path) -> None:
    """One run shows all that is wrong, one line each."""
    said = _refused(
        tmp_path,
        *("simulate", "--model-cmd", "nope.py", "--personas", "nope.jsonl", "--max-turns", "0", "--budget", "x"),
        *("--judge", "nope", "--evaluator", "nope", "--sink", "nope", "--fail-under", "x", "--trials", "no"),
    )
    assert said.count("error: ") == 9


def test_what_is_found_at_different_times_is_named_at_once(tmp_path: Path) -> None:
    """A mistake in the options, in the personas, where results go and at the gate: nobody corrects them one by one."""
    workplace(tmp_path, personas='{"name": "ann"}\n')
    args = ("--out", "no/such/results.jsonl", "--fail-under", "goal_acheived=1")
    said = _refused(tmp_path, *USUAL, *args, "--max-turns", "0")
    for expected in ("max-turns is 0", "no/such/results.jsonl cannot be written", "'goal' is missing", "goal_acheived"):
        assert expected in said
    said = _refused(tmp_path, *USUAL, *args[:2], "--judge", "openai:gpt-4.1")
    for expected in ("OPENAI_API_KEY is not set", "no/such/results.jsonl cannot be written", "'goal' is missing"):
        assert expected in said


def test_missing_required_options_are_named_at_once(tmp_path: Path) -> None:
    """Without anything, both options that are needed are named."""
    said = _refused(tmp_path, "simulate")
    assert "--model-cmd is missing" in said
    assert "--personas is missing" in said


def test_unknown_options_and_commands_are_guessed_at(tmp_path: Path) -> None:
    """A misspelt option or command is answered with what was perhaps meant."""
    assert "--max-turns" in _refused(tmp_path, "simulate", "--max-turn", "3")
    assert "did you mean 'simulate'?" in _refused(tmp_path, "simulat")


MODELS = {
    "def other(prompt): return 'x'": "has no 'model_fn'; known: other; name one as model.py:NAME",
    "from pathlib import Path\nclass Shop:\n    def open(self): return len\nshop = Shop()": (
        "has no 'model_fn'; known: Shop, shop; name one as model.py:NAME"
    ),
    "model_fn = 5": "'model_fn' is int, not a function; name a function as model.py:NAME",
    "def model_fn(): return 'x'": "takes neither the prompt nor 'messages'; it is called with the conversation",
    "def model_fn(a, b): return 'x'": "wants 2 arguments (a, b); it is called with the conversation as one string",
    "def model_fn(p, *, key): return 'x'": "wants the keyword 'key', which nobody gives",
}


@pytest.mark.parametrize("source", MODELS)
def test_a_callable_that_cannot_be_called_is_refused(tmp_path: Path, source: str) -> None:
    """A model file without a usable function is refused, and the message says what it is called with."""
    assert MODELS[source] in _refused(workplace(tmp_path, model=source + "\n"), *USUAL)


@pytest.mark.parametrize(
    ("line", "last"),
    [
        ("import no_such_library", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit('no config')", "SystemExit: no config"),
        ("def broken(:", "SyntaxError"),
    ],
)
def test_a_failing_import_shows_the_files_own_traceback(tmp_path: Path, line: str, last: str) -> None:
    """An error while the model file is imported is shown with the file's frames and none of ours."""
    said = _refused(workplace(tmp_path, model=f"HERE = 1\n{line}\n"), *USUAL)
    assert "--model-cmd model.py: fails when it is imported; correct it" in said
    assert last in said
    assert 'model.py", line 2' in said
    assert "multivon_eval" not in said.partition("Traceback")[2]


def test_wrong_personas_are_all_named_with_their_line_and_field(tmp_path: Path) -> None:
    """Every problem of a personas file stands in one answer, with FILE:LINE and the field."""
    good = '{"name": "a", "profile": "p", "goal": "g", "success_criteria": "s"}'
    lines = [
        "# a comment",
        good,
        good,
        '{"nam": "b", "profile": "p", "goal": "", "success_criteria": 5}',
        '["not an object"]',
        "{torn",
        '{"name": "c", "profile": "p", "goal": "g", "success_criteria": [], "traits": "terse", "facts": [1]}',
    ]
    said = _refused(workplace(tmp_path, personas="\n".join(lines)), *USUAL)
    for expected in (
        "personas.jsonl:3: 'name' 'a' is taken by line 2; give each persona a name of its own",
        "personas.jsonl:4: unknown key 'nam'; did you mean 'name'?",
        "personas.jsonl:4: 'name' is missing; give it as a string, unique in the run",
        "personas.jsonl:4: 'goal' is empty; give it as a string: what this user wants",
        "personas.jsonl:4: 'success_criteria' is a number; give it as a string, or a list of strings",
        "personas.jsonl:5: a list, not an object; write one persona as {...} on a line",
        "personas.jsonl:6: not JSON",
        "personas.jsonl:7: 'success_criteria' is empty",
        "personas.jsonl:7: 'traits' is a string; give it as a list of strings",
        "personas.jsonl:7: facts[0] is a number; give it as a string",
    ):
        assert expected in said


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "no persona in it"), (b"# nothing\n\n", "no persona in it"), (b"\xff\xfe{}", "not UTF-8 (byte 0)")],
)
def test_a_personas_file_without_personas_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """An empty file, one of comments alone and one that is not UTF-8 are refused."""
    workplace(tmp_path)
    (tmp_path / "personas.jsonl").write_bytes(content)
    assert f"personas.jsonl: {message}" in _refused(tmp_path, *USUAL)


def test_an_unreachable_endpoint_is_found_before_the_run(tmp_path: Path) -> None:
    """A judge that does not answer is refused with its address and the remedy."""
    spec = "openai:any,base_url=http://127.0.0.1:9/v1,price_in=0,price_out=0"
    said = _refused(workplace(tmp_path), *change("--judge", spec))
    assert "http://127.0.0.1:9/v1 cannot be reached" in said
    assert "start it or correct base_url" in said


def test_a_journal_that_was_left_behind_is_not_run_over(tmp_path: Path) -> None:
    """Beside the journal of an unfinished run a new one begins only with --overwrite."""
    workplace(tmp_path, model=ECHO)
    journal = tmp_path / "results.jsonl.journal"
    journal.write_bytes(b"left behind")
    done = multivon_eval(*USUAL, cwd=tmp_path)
    assert done.returncode == 2
    assert "is the journal of a run that did not finish" in done.stderr
    assert journal.read_bytes() == b"left behind"
    assert multivon_eval(*USUAL, "--overwrite", cwd=tmp_path).returncode == 0
    assert not journal.exists()


def test_score_refuses_what_is_no_result_file(tmp_path: Path) -> None:
    """``score`` names file, line and reason, and does not write over the file it reads."""
    workplace(tmp_path)
    said = multivon_eval("score", "personas.jsonl", "--out", "again.jsonl", cwd=tmp_path)
    assert said.returncode == 2
    assert "personas.jsonl:1: schema_version is None and this version reads 1" in said.stderr
    said = multivon_eval("score", "nope.jsonl", "--out", "nope.jsonl", cwd=tmp_path)
    assert "nope.jsonl: cannot be read" in said.stderr
    assert "--out would overwrite nope.jsonl, which is the file of results; name another file" in said.stderr
