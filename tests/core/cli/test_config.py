"""Where the values of options come from: command line, environment, file, default."""

import inspect
import json

import attrs
import click
import pytest

from multivon_eval import SimulationOptions, UsageError, asimulate, check_simulation, simulate, stream_simulations
from multivon_eval._cli.score import score
from multivon_eval._cli.simulate import simulate as simulate_command
from multivon_eval._run.config_file import read_config
from multivon_eval._run.options import OPTIONS, list_options_of
from multivon_eval._run.settings import Settings
from support.command import ECHO, PERSONA, multivon_eval, workplace

ARGS = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl")


def write(folder, text):
    """The configuration file of a project."""
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def shown(folder, *args, env=None, command="simulate"):
    """What ``--show-config`` says, by option."""
    done = multivon_eval(command, *args, "--show-config", "--json", cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    return {row["option"]: (row["value"], row["source"], row["place"]) for row in json.loads(done.stdout)}


@pytest.mark.process
def test_command_line_beats_environment_beats_file_beats_default(tmp_path):
    """Each value with where it came from, the file or variable included."""
    write(
        tmp_path, "[tool.multivon-eval]\nmax-turns = 3\ntrials = 4\nseed = 5\n[tool.multivon-eval.simulate]\nseed = 6\n"
    )
    env = {"MULTIVON_EVAL_TRIALS": "7", "MULTIVON_EVAL_SEED": "8", "MULTIVON_EVAL_SIMULATE_TIMEOUT": "9"}
    found = shown(tmp_path, "--seed", "10", env=env)
    file = str(tmp_path / "pyproject.toml")
    assert found["max-turns"] == ("3", "file", file)
    assert found["trials"] == ("7", "environment", "MULTIVON_EVAL_TRIALS")
    assert found["timeout"] == ("9", "environment", "MULTIVON_EVAL_SIMULATE_TIMEOUT")
    assert found["seed"] == ("10", "command line", "")
    assert found["concurrency"] == ("16", "default", "")
    assert shown(tmp_path)["seed"] == ("6", "file", file)
    assert {"out", "model-cmd", "judge", "quiet"} <= set(found)


@pytest.mark.process
def test_show_config_does_nothing_else(tmp_path):
    """Nothing is loaded or checked, and it reads well without JSON."""
    done = multivon_eval("simulate", "--model-cmd", "no.py", "--show-config", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "budget          1.00  (default)" in done.stdout
    assert "model-cmd       no.py  (command line)" in done.stdout
    assert multivon_eval("score", "--show-config", cwd=tmp_path).returncode == 0


@pytest.mark.process
def test_variable_of_one_command_does_not_reach_another(tmp_path):
    """What names a file has a variable for each command, and no other."""
    env = {"MULTIVON_EVAL_OUT": "a", "MULTIVON_EVAL_SIMULATE_OUT": "b", "MULTIVON_EVAL_SCORE_OUT": "c"}
    assert shown(tmp_path, env=env)["out"] == ("b", "environment", "MULTIVON_EVAL_SIMULATE_OUT")
    assert shown(tmp_path, env=env, command="score")["out"] == ("c", "environment", "MULTIVON_EVAL_SCORE_OUT")
    assert shown(tmp_path, env={"MULTIVON_EVAL_OUT": "a"})["out"][1] == "default"


@pytest.mark.process
def test_own_variable_of_a_command_beats_the_shared_one(tmp_path):
    """The judge of ``score`` may be another than that of all commands."""
    env = {"MULTIVON_EVAL_JUDGE": "offline", "MULTIVON_EVAL_SCORE_JUDGE": "openai:x"}
    assert shown(tmp_path, env=env)["judge"][0] == "offline"
    assert shown(tmp_path, env=env, command="score")["judge"][0] == "openai:x"


@pytest.mark.process
def test_file_takes_part_in_a_run(tmp_path):
    """From a folder below, too; results say where each value came from."""
    write(tmp_path, "[tool.multivon-eval]\nmax_turns = 1\nevaluator = ['turn-consistency']\nstrict = true\n")
    place = tmp_path / "below"
    place.mkdir()
    workplace(place, ECHO, PERSONA)
    done = multivon_eval(*ARGS, "--out", "results.jsonl", cwd=place)
    assert done.returncode == 0, done.stderr
    row = json.loads((place / "results.jsonl").read_text(encoding="utf-8"))
    assert (row["turns"], set(row["scores"])) == (1, {"turn_consistency"})
    sources = row["metadata"]["sources"]
    assert (sources["max_turns"], sources["evaluators"], sources["judge"]) == ("file", "file", "default")


@pytest.mark.process
def test_everything_wrong_in_the_file_is_said_at_once(tmp_path):
    """File, key, reason and what was perhaps meant; nothing is spent."""
    write(
        tmp_path,
        "[tool.multivon-eval]\nmax-turn = 3\nstrict = 'yes'\nevaluator = [1]\nbudget = true\nout = 'x'\nscore = 1\n"
        "[tool.multivon-eval.simulate]\nresumed = true\n",
    )
    done = multivon_eval(*ARGS, cwd=tmp_path)
    assert done.returncode == 2
    file = tmp_path / "pyproject.toml"
    assert done.stderr.splitlines() == [
        f"error: {file}: there is no option 'max-turn' in [tool.multivon-eval]; did you mean 'max-turns'?",
        f"error: {file}: strict in [tool.multivon-eval] is 'yes'; give true or false",
        f"error: {file}: evaluator in [tool.multivon-eval] is [1]; give a list of strings",
        f"error: {file}: budget in [tool.multivon-eval] is True; give a string or a number",
        f"error: {file}: there is no option 'out' in [tool.multivon-eval]; "
        + done.stderr.splitlines()[4].partition("]; ")[2],
        f"error: {file}: [tool.multivon-eval.score] is no table; "
        "write [tool.multivon-eval.score] with one option a line",
        f"error: {file}: there is no option 'resumed' in [tool.multivon-eval.simulate]; did you mean 'resume'?",
    ]


def test_file_that_is_no_toml_is_an_error_only_if_it_is_about_us(tmp_path):
    """Somebody else's broken file is not our business."""
    write(tmp_path, "[tool.multivon-eval\n")
    with pytest.raises(UsageError, match=r"pyproject\.toml: not TOML"):
        read_config("simulate", tmp_path)
    write(tmp_path, "[tool.other\n")
    assert read_config("simulate", tmp_path).path is None


@pytest.mark.parametrize("command", [simulate_command, score])
def test_click_options_are_those_of_the_table(command):
    """No option stands beside the table, and none is missing."""
    ours = [param.opts[0].removeprefix("--") for param in command.params if isinstance(param, click.Option)]
    assert ours == [option.name for option in list_options_of(command.name)]


def test_python_options_are_those_of_the_table():
    """Settings and keywords have the table's names, and two that make sense in Python alone."""
    fields = {option.field for option in OPTIONS if option.field}
    assert fields | {"first_trial", "hooks", "sources"} == {field.name for field in attrs.fields(Settings)}
    assert set(SimulationOptions.__annotations__) == (fields - {"without"}) | {"first_trial", "hooks"}


@pytest.mark.parametrize("function", [simulate, asimulate, stream_simulations, check_simulation])
def test_help_lists_every_option(function):
    """With type, default and meaning."""
    signature = inspect.signature(function)
    for name in SimulationOptions.__annotations__:
        assert signature.parameters[name].kind is inspect.Parameter.KEYWORD_ONLY
        assert f"\n    {name}: " in function.__doc__
    assert signature.parameters["max_turns"].default == 8
    assert "SimulationOptions" not in function.__doc__
