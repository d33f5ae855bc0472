"""What would destroy a file, or could never be met, is found before anything is spent."""

import json
import os

import pytest

from multivon_eval import UsageError, simulate
from multivon_eval._cli.main import run
from multivon_eval.testing import write_distribution
from support.command import multivon_eval, workplace
from support.people import SaysJudge, Talks, answers


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a model and personas, in which commands run."""
    workplace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(*args):
    """Run the command line in this process."""
    return run(["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", *args])


def link(place, name, to):
    """Another name of a file."""
    os.link(place / to, place / name)
    return name


OUTS = {
    "the personas": lambda place: ("--out", "personas.jsonl"),
    "the personas by another way": lambda place: ("--out", "./x/../personas.jsonl"),
    "the model": lambda place: ("--out", "model.py"),
    "the personas by a hard link": lambda place: ("--out", link(place, "other.jsonl", "personas.jsonl")),
    "a sink": lambda place: ("--out", "results.jsonl", "--sink", "jsonl:personas.jsonl"),
}


@pytest.mark.parametrize("args", OUTS.values(), ids=OUTS)
def test_what_is_read_is_not_written_over(place, capsys, args):
    """By whatever name it goes; the file is as it was."""
    (place / "x").mkdir()
    before = {name: (place / name).read_bytes() for name in ("personas.jsonl", "model.py")}
    assert ask(*args(place)) == 2
    assert "would overwrite" in capsys.readouterr().err
    assert {name: (place / name).read_bytes() for name in before} == before


def test_two_sinks_do_not_write_into_one_file(place, capsys):
    """Each would tear the lines of the other."""
    (place / "there").symlink_to(place / "results.jsonl")
    assert ask("--out", "results.jsonl", "--sink", "jsonl:there") == 2
    assert "would write into one file" in capsys.readouterr().err


def test_in_python_too(place):
    """The same files, the same answer."""
    with pytest.raises(UsageError, match=r"would overwrite personas\.jsonl"):
        simulate(answers, "personas.jsonl", judge=SaysJudge(), driver=Talks(), hooks=(), sinks=["jsonl:personas.jsonl"])


def test_an_empty_out_is_refused(place, capsys):
    """It is a variable that is not set, and the results would be lost."""
    assert ask("--out", "") == 2
    assert "--out is empty" in capsys.readouterr().err


GATES = {
    "misspelt": ("goal_rat=0.5", "did you mean 'goal_rate'?"),
    "not measured": ("conversation_completeness=0.5", "add --evaluator conversation-completeness"),
}


@pytest.mark.parametrize(("gate", "says"), GATES.values(), ids=GATES)
def test_a_gate_on_what_nobody_measures_is_refused(place, capsys, gate, says):
    """Before the run was paid for."""
    assert ask("--out", "results.jsonl", "--fail-under", gate) == 2
    said = capsys.readouterr().err
    assert "nothing measures it" in said
    assert says in said
    assert not (place / "results.jsonl").exists()


def test_an_evaluator_has_its_name_with_underscores_too(place, capsys):
    """As its score is called."""
    assert ask("--out", "results.jsonl", "--evaluator", "turn_consistency") == 0
    [row, *_] = (place / "results.jsonl").read_text().splitlines()
    assert list(json.loads(row)["scores"]) == ["turn_consistency"]


def test_one_persona_is_no_crowd(place, capsys):
    """In words for a person."""
    assert ask("--out", "results.jsonl", "--max-turns", "1") == 0
    count = len((place / "personas.jsonl").read_text().splitlines())
    assert f"{count} persona{'' if count == 1 else 's'}, " in capsys.readouterr().out


def test_without_arguments_there_is_help(capsys):
    """And no error."""
    assert run([]) == 0
    assert "Usage: multivon-eval" in capsys.readouterr().out


@pytest.mark.process
def test_a_command_of_a_plugin_with_a_name_of_ours_is_told(tmp_path):
    """It hides nothing, is called with its distribution, and is reported by the check."""
    module = "import click\n@click.command()\ndef simulate():\n    click.echo('another')\n"
    write_distribution(
        tmp_path,
        "acme",
        entry_points={"multivon_eval.commands": {"simulate": "acme_commands:simulate"}},
        modules={"acme_commands": module},
    )
    env = {"PYTHONPATH": str(tmp_path)}
    assert "acme/simulate" in multivon_eval("--help", cwd=tmp_path, env=env).stdout
    assert multivon_eval("acme/simulate", cwd=tmp_path, env=env).stdout == "another\n"
    assert "let personas talk" in multivon_eval("simulate", "--help", cwd=tmp_path, env=env).stdout.lower()
    checked = multivon_eval("plugins", "--check", cwd=tmp_path, env=env)
    assert checked.returncode == 3
    assert "multivon-eval has a command of that name; say acme/simulate" in checked.stdout
