"""``multivon-eval plugins new``: what it writes, what it refuses, and that ``plugins`` goes on as before."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from multivon_eval._cli.main import cli
from multivon_eval.errors import MultivonEvalError
from multivon_eval.sdk import INSTALL
from multivon_eval.testing import write_distribution
from multivon_eval_plugins.scaffolding.kinds import KINDS


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def plugins(*args: str) -> str:
    """Call ``multivon-eval plugins`` and give what it prints."""
    done = CliRunner().invoke(cli, ["plugins", *args], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def refused(*args: str) -> str:
    """What ``plugins new`` says instead of writing something; its exit code is 2."""
    with pytest.raises((MultivonEvalError, click.ClickException)) as caught:
        plugins("new", *args)
    assert caught.value.exit_code == 2
    return str(caught.value)


# What it writes


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_names_its_entry_point(tmp_path: Path, kind: str) -> None:
    """Each kind gets an entry point in its group, whose target is what the module defines."""
    plugins("new", kind, "acme-thing")
    project = tomllib.loads((tmp_path / "acme-thing" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [(group, points)] = project["entry-points"].items()
    assert group == KINDS[kind].group
    assert project["name"] == "acme-thing" and list(points) == ["acme-thing"]
    module, _, attribute = points["acme-thing"].partition(":")
    source = tmp_path / "acme-thing" / "src" / Path(*module.split(".")).with_suffix(".py")
    defined = [node.name for node in ast.parse(source.read_text("utf-8")).body if hasattr(node, "name")]
    assert not attribute or attribute in defined


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_a_project_fetches_us_by_name(tmp_path: Path, kind: str) -> None:
    """No requirement names us, for pip would ask a registry; the CI file installs what a variable names."""
    plugins("new", kind, "acme-thing")
    folder = tmp_path / "acme-thing"
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert not [one for one in wanted if one.startswith("multivon")]
    job = yaml.safe_load((folder / ".github/workflows/test.yml").read_text(encoding="utf-8"))["jobs"]["test"]
    lines = [step["run"] for step in job["steps"] if "run" in step]
    assert lines[:3] == [INSTALL, "pip install '.[test]'", "pytest"]
    assert job["env"]["MULTIVON_EVAL"].partition("@")[0] != "multivon-eval"
    assert INSTALL in (folder / "README.md").read_text(encoding="utf-8")


def test_nothing_is_left_to_fill_in(tmp_path: Path) -> None:
    """No file of any kind has a mark of a template in it, and Python files are Python."""
    for kind in KINDS:
        plugins("new", kind, f"acme-{kind}")
    paths = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(paths) == 8 * len(KINDS)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert not any(mark in text for mark in ("<<", ">>", "<%", "%>", "TODO")), path
        if path.suffix == ".py":
            compile(text, str(path), "exec")


def test_says_what_it_wrote_and_what_to_type_next(tmp_path: Path) -> None:
    """Each file is named, and three lines follow; a folder with a space is quoted."""
    told = plugins("new", "sink", "acme-lines", "--dir", "my plug-ins/lines")
    *wrote, _, _, first, second, third = told.splitlines()
    folder = tmp_path / "my plug-ins" / "lines"
    assert {line.removeprefix("wrote ") for line in wrote} == {
        str(path.relative_to(tmp_path)) for path in folder.rglob("*") if path.is_file()
    }
    assert (first, second, third) == ("  cd 'my plug-ins/lines'", "  pip install -e '.[test]'", "  pytest")


# What it refuses


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Acme_Tone", "say 'acme-tone'"),
        ("acme.tone", "say 'acme-tone'"),
        ("-acme-", "say 'acme'"),
        ("2nd", "say 'nd'"),
        ("acme--tone", "say 'acme-tone'"),
        ("é", "say 'acme-tone', for example"),
        ("../acme", "say 'acme'"),
        ("", "say 'acme-tone', for example"),
    ],
)
def test_a_name_that_is_none_is_answered_with_one(tmp_path: Path, name: str, said: str) -> None:
    """A name that no package can have is refused, with the nearest one that can be had."""
    assert said in refused("evaluator", "--", name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "name", "reason"),
    [
        ("evaluator", "new", "'multivon-eval plugins new' is a command"),
        ("evaluator", "tests", "tests are called so"),
        ("evaluator", "lambda", "a word of Python"),
        ("evaluator", "match", "a word of Python"),
        ("evaluator", "json", "Python has a module json"),
        ("evaluator", "turn-consistency", "has an evaluator of that name"),
        ("command", "simulate", "multivon-eval has a command of that name"),
        ("command", "label", "has a command of that name"),
        ("sink", "pytest", "a package pytest is installed"),
        ("sink", "multivon-eval", "a package multivon_eval is installed"),
    ],
)
def test_a_name_that_is_taken_is_refused(tmp_path: Path, kind: str, name: str, reason: str) -> None:
    """What would hide, or be hidden by, something else is refused with the reason and another name."""
    told = refused(kind, name)
    assert reason in told and told.endswith(f"say 'my-{name}', for example")
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_be_taken_by_another_kind(tmp_path: Path) -> None:
    """Names are unique within a kind: a sink may be called as an evaluator is."""
    plugins("new", "sink", "turn-consistency")
    assert (tmp_path / "turn-consistency").is_dir()


def test_a_folder_with_files_is_kept(tmp_path: Path) -> None:
    """Nothing is overwritten; an empty folder is used, and one that cannot be made is named."""
    (tmp_path / "acme-tone").mkdir()
    plugins("new", "evaluator", "acme-tone")
    text = (tmp_path / "acme-tone" / "README.md").read_text(encoding="utf-8")
    (tmp_path / "acme-tone" / "README.md").write_text("mine", encoding="utf-8")
    assert "acme-tone has files in it" in refused("evaluator", "acme-tone")
    assert (tmp_path / "acme-tone" / "README.md").read_text(encoding="utf-8") == "mine"
    assert "name another folder with --dir" in refused("evaluator", "acme-tone", "--dir", "acme-tone/README.md")
    plugins("new", "evaluator", "acme-tone", "--dir", "other")
    assert (tmp_path / "other" / "README.md").read_text(encoding="utf-8") == text


def test_an_unknown_kind_is_answered_with_those_there_are() -> None:
    """Click says which kinds there are."""
    told = refused("scorer", "acme-tone")
    assert "scorer" in told and "evaluator" in told and "persona-source" in told


# What ``plugins`` does beside it


def test_plugins_lists_shows_and_checks_as_before() -> None:
    """Options may stand before and behind a name, and without a name everything is listed."""
    assert "sinks" in plugins() and "offline" in plugins()
    for args in (("offline", "--json"), ("--json", "offline"), ("multivon-eval/offline", "--check", "--json")):
        (row,) = json.loads(plugins(*args))
        assert (row["kind"], row["name"], row["error"]) == ("judge", "offline", None)


def test_help_names_the_commands_below() -> None:
    """``plugins --help`` and ``--help`` list what is below ``plugins``, and by which distribution."""
    assert "new  multivon-eval" in plugins("--help")
    assert "plugins new" in CliRunner().invoke(cli, ["--help"]).stdout
    told = plugins("new", "--help")
    assert "plugins new [OPTIONS] KIND NAME\n" in told
    assert all(kind in told for kind in KINDS)


def test_strangers_may_put_commands_below_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point ``plugins.NAME`` is called ``plugins NAME``; a plug-in of that name is shown by its full name."""
    points = {
        "multivon_eval.commands": {"plugins.acme-count": "acme_below:count"},
        "multivon_eval.drivers": {"acme-count": "acme_below:Driver"},
    }
    code = "import click\n\n@click.command()\n@click.option('--far', is_flag=True)\n"
    code += "def count(far):\n    print('counted', far)\n"
    site = write_distribution(tmp_path / "site", "acme-below", "1.0", points, {"acme_below": code})
    monkeypatch.syspath_prepend(site)
    assert plugins("acme-count", "--far") == "counted True\n"
    (row,) = json.loads(plugins("acme-below/acme-count", "--json"))
    assert row["kind"] == "driver" and "is a command" in row["conflict"]
    assert "acme-below/acme-count" in row["conflict"]


def test_two_owners_of_a_command_below_plugins_are_both_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conflict is never settled silently, and what the message says to type works."""
    points = {"multivon_eval.commands": {"plugins.new": "acme_rival:new"}}
    code = "import click\n\n@click.command()\ndef new():\n    print('mine')\n"
    site = write_distribution(tmp_path / "site", "acme-rival", "1.0", points, {"acme_rival": code})
    monkeypatch.syspath_prepend(site)
    with pytest.raises(MultivonEvalError, match=r"say 'acme-rival/plugins\.new' or 'multivon-eval/plugins\.new'"):
        plugins("new", "evaluator", "acme-tone")
    done = CliRunner().invoke(cli, ["acme-rival/plugins.new"], standalone_mode=False)
    assert done.stdout == "mine\n"
