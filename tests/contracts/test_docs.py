"""The pages say what the code does: generated blocks are fresh, examples run, nothing public goes unmentioned."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import attrs
import click
import pytest

from multivon_eval import Persona, Reply, ToolCall, result_schema, result_to_json, simulate
from multivon_eval._cli.main import cli
from multivon_eval._plugins.build import build
from multivon_eval._plugins.kinds import ALL, DRIVER, EVALUATOR, JUDGE, SINK
from multivon_eval._plugins.registry import Registry
from multivon_eval.sdk import PLUGIN_API
from multivon_eval.testing import write_distribution

FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
OTHERS = [path.parent.name.removeprefix("multivon-eval-") for path in (ROOT / "plugins").glob("*/pyproject.toml")]
"""Distributions beside the core. Their pages are run by their own tests, beside what they are about."""
OWN_PAGES = [page for page in PAGES if page not in [DOCS / "how_to" / f"{name}.md" for name in OTHERS]]
GENERATE = DOCS / "_generate.py"
COMMANDS = (
    "simulate",
    "propose",
    "score",
    "show",
    "report",
    "merge",
    "compare",
    "label",
    "calibrate",
    "plugins",
    "init",
    "staleness",
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def text_of(*pages: str) -> str:
    """The text of some pages below ``docs``."""
    return "\n".join((DOCS / page).read_text(encoding="utf-8") for page in pages)


def blocks(page: Path, language: str) -> list[str]:
    """A page's code blocks of one language."""
    return [body for kind, body in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def name_of(page: Path) -> str:
    """The path of a page, as the id of a test."""
    return page.relative_to(ROOT).as_posix()


def run(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python to its end, without anybody's keys and options."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.endswith("_API_KEY") and not key.startswith(("MULTIVON_EVAL_", "PYTEST_"))
    }
    return subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env={**kept, "PYTHONIOENCODING": "utf-8", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def command_lines(page: Path) -> list[list[str]]:
    """The calls of ``multivon-eval`` in a page's shell blocks, each as its arguments."""
    found = []
    for block in blocks(page, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.split("&&"):
                args = part.strip().removeprefix(".venv/bin/")
                if args.startswith("multivon-eval "):
                    found.append(shlex.split(args)[1:])
    return found


def context_of(name: str) -> click.Context:
    """A command of ours, ready to parse."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return click.Context(command, info_name=name)


def commands_of(name: str) -> dict[str, click.Command]:
    """What may be called under a name: the command itself, or those of its group."""
    context = context_of(name)
    command = context.command
    if not isinstance(command, click.Group):
        return {"": command}
    below = {one: command.get_command(context, one) for one in command.list_commands(context)}
    found = {one: each for one, each in below.items() if each is not None}
    return {"": command, **found} if command.invoke_without_command else found


# Generated blocks


@pytest.mark.process
def test_a_stale_block_is_named_and_rewritten(tmp_path: Path) -> None:
    """With ``--check`` a stale page is named and left as it is, without it rewritten."""
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    page = tmp_path / "docs" / "reference" / "command_line.md"
    fresh = page.read_text(encoding="utf-8")
    stale = fresh.replace("| 130 | `INTERRUPTED`", "| 131 | `INTERRUPTED`")
    assert stale != fresh
    page.write_text(stale, encoding="utf-8")
    script = str(tmp_path / "docs" / "_generate.py")
    checked = run(script, "--check", cwd=tmp_path)
    assert checked.returncode == 1
    assert "reference/command_line.md" in checked.stdout.replace("\\", "/")
    assert page.read_text(encoding="utf-8") == stale
    assert run(script, cwd=tmp_path).returncode == 0
    assert page.read_text(encoding="utf-8") == fresh


@pytest.mark.process
def test_generated_blocks_are_fresh(tmp_path: Path) -> None:
    """``docs/_generate.py --check`` finds nothing to rewrite, whatever plug-ins and commands are installed beside."""
    points = {
        "multivon_eval.evaluators": {"stranger": "stranger:Nothing"},
        "multivon_eval.commands": {"stranger": "stranger:nothing"},
    }
    write_distribution(tmp_path, "stranger", entry_points=points)
    done = run(str(GENERATE), "--check", cwd=ROOT, PYTHONPATH=str(tmp_path), COLUMNS="200")
    assert done.returncode == 0, done.stdout + done.stderr


# Nothing goes unmentioned


def test_public_names_are_mentioned() -> None:
    """Every name of ``multivon_eval.__all__`` stands in a reference page or a how-to."""
    told = text_of(
        *(page.relative_to(DOCS).as_posix() for page in PAGES if page.parent.name in ("reference", "how_to"))
    )
    names = importlib.import_module("multivon_eval").__all__
    assert [name for name in names if not re.search(rf"\b{name}\b", told)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_options_are_mentioned(command: str) -> None:
    """Every option of every command stands in the page on the command line."""
    told = text_of("reference/command_line.md")
    section = told.partition(f"\n## {command}\n")[2].partition("\n## ")[0]
    params = [param for one in commands_of(command).values() for param in one.params]
    options = [name for param in params for name in param.opts if name.startswith("--")]
    assert options
    assert [name for name in options if name not in section] == []


def test_commands_are_mentioned() -> None:
    """Every command that we ship has a section in the page on the command line."""
    told = text_of("reference/command_line.md")
    ours = {entry.name.partition(".")[0] for entry in own_entries() if entry.kind.name == "command"}
    assert {
        name for name in {"simulate", "propose", "score", "plugins", *ours} if f"\n## {name}\n" not in told
    } == set()


def own_entries() -> list:
    """The entry points that we ship."""
    registry = Registry()
    return [entry for kind in ALL for entry in registry.entries(kind) if entry.distribution == "multivon-eval"]


def test_built_in_plugins_are_mentioned() -> None:
    """Every plug-in that we ship stands in the page on plug-ins, and every evaluator's prompt in that on judging."""
    told, prompts = text_of("reference/plugins.md"), text_of("explanation/judging.md")
    assert [entry.name for entry in own_entries() if f"**`{entry.name}`** (`{entry.target}`)" not in told] == []
    evaluators = [entry.name for entry in own_entries() if entry.kind == EVALUATOR]
    assert [name for name in evaluators if f"<!-- generated: prompt:{name} -->" not in prompts] == []


def test_hooks_are_mentioned() -> None:
    """Every hook stands in the page on plug-ins and in the how-to on writing one."""
    module = importlib.import_module("multivon_eval.hookspecs")
    hooks = [name for name, value in vars(module).items() if hasattr(value, "multivon_eval_spec")]
    assert len(hooks) == 13
    reference, how_to = text_of("reference/plugins.md"), text_of("how_to/write_a_plugin.md")
    assert [name for name in hooks if f"def {name}(" not in reference or f"`{name}`" not in how_to] == []


TYPES_ELSEWHERE = {"Persona", "RunContext", "Label", "CriterionLabel"}
"""They have pages of their own: personas, plug-ins (its source), labels."""


def test_every_type_of_the_sdk_is_described() -> None:
    """Each has its fields on the page on types, or on a page of its own."""
    sdk = importlib.import_module("multivon_eval.sdk")
    types = {name for name in sdk.__all__ if inspect.isclass(getattr(sdk, name)) and attrs.has(getattr(sdk, name))}
    told = {name for name in types if f"<!-- generated: fields:{name} -->" in text_of("reference/sdk.md")}
    assert types - told == TYPES_ELSEWHERE
    judges = {"JudgeError", "JudgeUnavailable", "JudgeUnusable", "AnswerWithheld", "UnreadableAnswer"}
    assert {
        name for name in judges if f"<!-- generated: arguments:{name} -->" not in text_of("reference/sdk.md")
    } == set()


def keys_in(value: object) -> set[str]:
    """All keys of a JSON value but those that are names somebody gave."""
    if isinstance(value, list):
        return set().union(*(keys_in(item) for item in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    return set(value).union(*(keys_in(item) for item in value.values())) if value else set()


def test_every_field_of_a_result_is_described() -> None:
    """Every key of a real result line, and every property of the schema, stands in the page on results or personas."""

    def model_fn(prompt: str) -> Reply:
        if "again" in prompt:
            raise RuntimeError("no")
        return Reply("Fine.", [ToolCall("tool", {}, None)], metadata={"a": 1})

    ann = Persona("ann", "P", "Learn it again", "The assistant told it.", history=[{"role": "user", "content": "Hm"}])
    bob = Persona("bob", "P", "Learn it", "The assistant told it.")
    rows = [result_to_json(one) for one in simulate(model_fn, [ann, bob], judge="offline", max_turns=2, hooks=())]
    assert {row["stop_reason"] for row in rows} == {"driver_error", "max_turns"}
    keys = keys_in(rows) - {"a", "multivon-eval", "python"} - keys_in([row["metadata"]["sources"] for row in rows])
    properties = result_schema()["properties"]
    keys |= {*properties, *properties["persona"]["properties"], *properties["metadata"]["properties"]}
    told = text_of("reference/results.md", "reference/personas.md")
    assert sorted(key for key in keys if not re.search(rf"`[^`]*\b{key}\b[^`]*`", told)) == []


# Links, code, command lines


def anchors(page: Path) -> set[str]:
    """What links may name in a page: its headings, as GitHub writes them."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link leads to a file that is there, and to a heading in it."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_every_page_is_listed() -> None:
    """The list of pages, with which the site begins, names each page."""
    listed = set(re.findall(r"\]\(([^)#\s]+)\)", text_of("README.md")))
    folders = ("tutorial", "how_to", "reference", "explanation")
    pages = [page.relative_to(DOCS).as_posix() for folder in folders for page in (DOCS / folder).rglob("*.md")]
    assert len(pages) > 20
    assert [page for page in pages if page not in listed and not page.startswith("reference/api/")] == []
    assert "reference/api/index.md" in listed


def every_block(language: str) -> list[Any]:
    """The blocks in a language of all pages, named by page and place."""
    found = ((page, place, block) for page in PAGES for place, block in enumerate(blocks(page, language), 1))
    return [pytest.param(block, id=f"{name_of(page)} {place}") for page, place, block in found]


@pytest.mark.parametrize("block", every_block("python"))
def test_python_blocks_compile(block: str) -> None:
    """Every Python block is Python that does something."""
    compile(block, "block", "exec")
    assert ast.parse(block).body


@pytest.mark.parametrize("block", every_block("json"))
def test_json_blocks_are_json(block: str) -> None:
    """Every JSON block is a JSON object, as all that we read and write is."""
    assert isinstance(json.loads(block), dict)


LINES = [
    pytest.param(args, id=f"{page.stem}: {' '.join(args)[:60]}") for page in OWN_PAGES for args in command_lines(page)
]


@pytest.mark.parametrize("args", LINES)
def test_command_lines_parse(args: list[str]) -> None:
    """Every call of ``multivon-eval`` names a command and options that exist, and SPECs that can be built."""
    name, *rest = args
    commands = commands_of(name)
    command = commands[rest.pop(0)] if rest and rest[0] in commands else commands[""]
    parsed = command.make_context(name, rest).params
    registry = Registry()
    for kind, key in ((JUDGE, "judge"), (JUDGE, "driver_judge"), (DRIVER, "driver"), (EVALUATOR, "evaluator")):
        wanted = {"simulate": ("judge", "evaluator"), "score": ("judge", "evaluator"), "propose": ("judge",)}
        if key in wanted.get(name, ()):
            assert key in parsed, "an option that was renamed would go unchecked"
        asked = parsed.get(key) or ()
        for spec in (asked,) if isinstance(asked, str) else asked:
            if not spec.startswith("acme"):
                build(kind, spec, registry)


def test_there_are_command_lines() -> None:
    """The pages hold calls of every command but none of an unknown one."""
    assert {param.values[0][0] for param in LINES} == set(COMMANDS)


# Pages that run


@pytest.mark.process
def test_embed_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """The code of the page on embedding runs as it stands, with warnings as errors."""
    program = tmp_path / "embedding.py"
    program.write_text("\n".join(blocks(DOCS / "how_to" / "embed.md", "python")), encoding="utf-8")
    done = run("-W", "error", str(program), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "rushed_customer goal_reached True" in done.stdout
    assert "finished: rushed_customer" in done.stdout
    assert "model_fn model_fn raised RuntimeError: no database system" in done.stdout


@pytest.mark.process
def test_our_part_of_the_page_on_other_tools_runs(tmp_path: Path) -> None:
    """Its bot and persona work with the command that it shows; the parts of other tools are only compiled."""
    page = DOCS / "how_to" / "coming_from.md"
    files = dict(FILE.findall(page.read_text(encoding="utf-8")))
    assert set(files) == {"bot.py", "model.py", "personas.jsonl"}
    for name, body in files.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    [args] = command_lines(page)
    done = run("-W", "error", "-m", "multivon_eval", *args, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads((tmp_path / "results.jsonl").read_text(encoding="utf-8"))
    assert (row["stop_reason"], row["goal_achieved"]) == ("goal_reached", True)


def test_the_page_on_compatibility_names_what_is_tested() -> None:
    """Python versions are those of the classifiers, and SDK versions the lowest that tests may install."""
    told = text_of("reference/compatibility.md")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pythons = [line.rpartition(" ")[2] for line in project["project"]["classifiers"] if ":: Python :: 3." in line]
    assert f"| Python | {', '.join(pythons)}." in told
    test = [line for line in project["dependency-groups"]["test"] if isinstance(line, str)]
    bounds = dict(line.split(">=") for line in test)
    for sdk in ("anthropic", "openai", "google-genai", "litellm"):
        assert f"`{sdk}` {bounds[sdk]}" in told
    assert f"`multivon_eval.sdk.PLUGIN_API` is the version of the protocols, {PLUGIN_API} today" in told


def shown(page: Path) -> list[str]:
    """The lines that a page shows as output, up to where it leaves something out."""
    lines = "\n".join(blocks(page, "text")).splitlines()
    return [re.sub(r"^\d/\d  ", "", line.partition(" ...")[0].rstrip()) for line in lines if line.strip()]


def fix(folder: Path, diff: str) -> None:
    """Make the changes of a diff without context."""
    for part in diff.split("--- mybot/")[1:]:
        name, _, body = part.partition("\n")
        taken = "".join(line[1:] + "\n" for line in body.splitlines() if line.startswith("-"))
        given = "".join(line[1:] + "\n" for line in body.splitlines() if line.startswith("+"))
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(taken) == 1, taken
        (folder / name).write_text(text.replace(taken, given), encoding="utf-8")


@pytest.mark.process
def test_the_tutorial_shows_what_happens(tmp_path: Path) -> None:
    """Both runs of the tutorial, with the fix between them, print the lines that it shows."""
    page = DOCS / "tutorial" / "first_simulation.md"
    readme = next(block for block in blocks(ROOT / "README.md", "sh") if "simulate" in block)
    assert readme in blocks(page, "sh"), "the tutorial begins with README's first command"
    first, look, second = (args for args in command_lines(page)[:3])
    (tmp_path / "docs").mkdir()
    shutil.copytree(DOCS / "examples", tmp_path / "docs" / "examples")
    shutil.copytree(DOCS / "examples", tmp_path / "mybot")
    fix(tmp_path / "mybot", blocks(page, "diff")[0])
    told = ""
    for args in (first, look, second):
        done = run("-m", "multivon_eval", *args, cwd=tmp_path, COLUMNS="240")
        assert done.returncode == 0, done.stderr
        told += done.stdout
    printed = {re.sub(r"^\d/\d  ", "", line.rstrip()) for line in told.splitlines()}
    assert [line for line in shown(page) if not any(one.startswith(line) for one in printed)] == []
    assert "14 day" not in done.stdout and "asks for the order" not in done.stdout


@pytest.mark.process
def test_the_error_messages_on_the_personas_page_are_real(tmp_path: Path) -> None:
    """The messages that the page on personas shows are what such a file is answered with."""
    good = {"name": "a", "profile": "P", "goal": "G", "success_criteria": "C"}
    lines = [good, {**good, "name": "b", "trait": []}, {"name": "c", "profile": "P", "success_criteria": "C"}]
    (tmp_path / "personas.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (tmp_path / "model.py").write_text("def model_fn(prompt):\n    return 'Fine.'\n", encoding="utf-8")
    args = "simulate --model-cmd model.py --personas personas.jsonl".split()
    done = run("-m", "multivon_eval", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == shown(DOCS / "reference" / "personas.md")


def test_specs_of_the_reference_can_be_read() -> None:
    """Every SPEC that the section on SPEC shows can be read, and built where its plug-in is ours."""
    section = text_of("reference/command_line.md").partition("\n## SPEC\n")[2].partition("\n## ")[0]
    specs = next(body for kind, body in BLOCK.findall(section) if kind == "text").splitlines()
    assert len(specs) > 3
    registry = Registry()
    for spec in specs:
        name = spec.partition(":")[0].partition(",")[0]
        for kind in (JUDGE, DRIVER, EVALUATOR, SINK):
            if name in registry.names(kind):
                build(kind, spec, registry)


def test_fragments_are_one_sentence() -> None:
    """Each fragment of the changes is one line with one sentence."""
    fragments = [path for path in (DOCS / "changes").glob("*.md") if path.name != "README.md"]
    assert fragments
    for path in fragments:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") == 1 and text.endswith(".\n"), path.name
        assert not re.search(r"[.!?] [A-Z]", text), path.name
