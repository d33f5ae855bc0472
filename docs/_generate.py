"""Rewrite the generated blocks of the pages from the code; with ``--check``, only say which pages are stale.

A block stands between ``<!-- generated: NAME -->`` and ``<!-- end generated -->``. The names are the keys of
``blocks()``. Only what multivon-eval itself ships is listed, whatever else is installed.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import importlib
import inspect
import itertools
import json
import re
import sys
import textwrap
import typing
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import resources
from pathlib import Path

import attrs
import click
import importlib_metadata

DOCS = Path(__file__).resolve().parent
DISTRIBUTION = "multivon-eval"
BLOCK = re.compile(r"(<!-- generated: ([^>]+?) -->\n).*?(<!-- end generated -->)", re.DOTALL)
COMMANDS = (
    "simulate",
    "merge",
    "compare",
    "calibrate",
    "propose",
    "score",
    "show",
    "report",
    "label",
    "plugins",
    "plugins new",
    "init",
    "staleness",
    "staleness stamp",
    "staleness report",
)


def only_our_own() -> None:
    """Let this process see the metadata of our own distribution and of no other."""
    discover = importlib_metadata.Distribution.discover

    def ours(*, context=None, **kwargs):
        found = discover(context=context, **kwargs) if context else discover(**kwargs)
        return (dist for dist in found if is_ours(dist))

    importlib_metadata.Distribution.discover = staticmethod(ours)


def is_ours(dist: importlib_metadata.Distribution) -> bool:
    try:
        return dist.name == DISTRIBUTION
    except Exception:  # a stranger without readable metadata
        return False


# Commands


def command_context(name: str = "") -> click.Context:
    from multivon_eval._cli.main import cli

    # The width is fixed, so that a page does not depend on the terminal it was made in.
    context = click.Context(cli, info_name=DISTRIBUTION, terminal_width=80, **cli.context_settings)
    for word in name.split():
        command = context.command.get_command(context, word)
        assert command is not None, f"there is no command {name}"
        context = click.Context(command, parent=context, info_name=word)
    return context


def help_of(name: str = "") -> str:
    context = command_context(name)
    text = "\n".join(line.rstrip() for line in context.command.get_help(context).splitlines())
    # The release is no news here.
    return fenced(re.sub(rf"({DISTRIBUTION}) \d[\w.]*$", r"\1", text, flags=re.MULTILINE))


def environment() -> str:
    rows = []
    for name in COMMANDS:
        context = command_context(name)
        prefix = context.command.context_settings.get("auto_envvar_prefix")
        for param in context.command.params:
            if isinstance(param, click.Option) and (param.envvar or param.allow_from_autoenv):
                variables = list(param.envvar or ([f"{prefix}_{param.name.upper()}"] if prefix else []))
                if not variables:
                    continue
                rows.append((f"`{name} {param.opts[-1]}`", " or ".join(f"`{each}`" for each in variables)))
    return table(("option", "variable"), rows)


def exit_codes() -> str:
    from multivon_eval import ExitCode

    words = documented("multivon_eval.errors", "ExitCode")
    return table(("code", "name", "meaning"), ((code.value, f"`{code.name}`", words[code.name]) for code in ExitCode))


def columns() -> str:
    """The columns of a table of results, each with its type."""
    from multivon_eval._types.columns import COLUMNS

    types = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return table(("column", "type"), ((f"`{column.name}`", types[column.type]) for column in COLUMNS))


def template(name: str, language: str) -> str:
    """A file that ``multivon-eval init`` writes."""
    text = resources.files("multivon_eval_plugins.commands").joinpath("template", name).read_text(encoding="utf-8")
    return fenced(text.rstrip(), language)


def new_file(part: str) -> str:
    """A file of the evaluator that ``plugins new`` writes: ``plugin`` or ``test``."""
    from multivon_eval_plugins.scaffolding.kinds import KINDS
    from multivon_eval_plugins.scaffolding.name import NewName
    from multivon_eval_plugins.scaffolding.project import render_project

    files = render_project(KINDS["evaluator"], NewName("acme-tone"))
    path = {"plugin": "src/acme_tone/evaluator.py", "test": "tests/test_evaluator.py"}[part]
    return fenced(files[path].rstrip(), "python")


def install() -> str:
    """How we are installed, from the one constant that says it."""
    from multivon_eval.sdk import INSTALL

    return fenced(f"python3 -m venv .venv && . .venv/bin/activate\n{INSTALL}", "sh")


# Python


def options(module: str = "_run.settings", kind: str = "SimulationOptions") -> str:
    """The keyword options of ``simulate``, or of another door, with what their docstrings say."""
    module = f"multivon_eval.{module}"
    kinds = getattr(importlib.import_module(module), kind).__annotations__
    rows = []
    for name, text in documented(module, kind).items():
        of = getattr(kinds[name], "__forward_arg__", kinds[name])
        rows.append((f"`{name}`", f"`{of}`", text))
    return table(("option", "type", "meaning, and the default"), rows)


def names(module: str) -> str:
    """The public names of a door, each with the first paragraph of its docstring."""
    door = importlib.import_module(module)
    return table(("name", "what it is"), ((f"`{name}`", about(name, getattr(door, name))) for name in door.__all__))


_ABOUT = {
    "__version__": "The version of multivon-eval.",
    "INSTALL": "The line by which docs, templates and CI files install multivon-eval.",
    "hookimpl": "Marks a function of a plug-in as the implementation of the hook of its name.",
}


def about(name: str, value: object) -> str:
    if name in _ABOUT:
        return _ABOUT[name]
    if inspect.isclass(value) or inspect.isfunction(value):
        return first_paragraph(value)
    return f"`{str(value).removeprefix('typing.')}`"


def fields(name: str) -> str:
    """The fields of a type of the SDK with what its docstring says of them, then what can be asked of it.

    A field without a word is an error.
    """
    cls = getattr(importlib.import_module("multivon_eval.sdk"), name)
    words, types = attribute_lines(inspect.getdoc(cls) or ""), typing.get_type_hints(cls)
    rows = []
    for field in attrs.fields(cls):
        if field.init and not field.name.startswith("_"):
            if not words.get(field.name):
                raise SystemExit(f"{name}.{field.name} has no line below 'Attributes:'")
            rows.append((f"`{field.name}`", f"`{short(types[field.name])}`", default_of(field), words[field.name]))
    parts = [code(first_paragraph(cls)), table(("field", "type", "default", "meaning"), rows)]
    if members := list_members(cls):
        parts.append(table(("beside them", "what it gives"), members))
    return "\n\n".join(parts)


def default_of(field: attrs.Attribute) -> str:
    default = field.default
    if default is attrs.NOTHING:
        return "required"
    if isinstance(default, attrs.Factory):
        return "made for each" if default.takes_self or default.factory not in (dict, list) else "empty"
    return "empty" if default in ("", (), {}) else f"`{default!r}`"


def list_members(cls: type) -> list[tuple[str, str]]:
    """The public properties and methods of a class, each with its first paragraph."""
    rows = []
    for name, value in vars(cls).items():
        found = value.fget if isinstance(value, property) else getattr(value, "func", None) or value
        found = getattr(found, "__func__", found)
        if name.startswith("_") or not inspect.isfunction(found):
            continue
        taken = [str(one.replace(annotation=one.empty)) for one in inspect.signature(found).parameters.values()]
        call = f"`{name}({', '.join(taken[1:])})`" if found is value or isinstance(value, classmethod) else f"`{name}`"
        rows.append((call, first_paragraph(found)))
    return rows


def arguments(name: str) -> str:
    """What an exception of the SDK takes, with what its docstring says of it."""
    cls = getattr(importlib.import_module("multivon_eval.sdk"), name)
    owner = next(one for one in cls.__mro__ if "Args:" in (inspect.getdoc(one) or ""))
    words = attribute_lines(inspect.getdoc(owner) or "", "Args")
    types = typing.get_type_hints(cls.__init__)
    rows = []
    for parameter in list(inspect.signature(cls.__init__).parameters.values())[1:]:
        is_required = parameter.default is inspect.Parameter.empty
        default = "required" if is_required else f"`{parameter.default!r}`"
        text = words[parameter.name]
        if text.startswith("As in "):
            text = inherited(cls, parameter.name)
        rows.append((f"`{parameter.name}`", f"`{short(types[parameter.name])}`", default, text))
    return "\n\n".join([code(first_paragraph(cls)), table(("argument", "type", "default", "meaning"), rows)])


def inherited(cls: type, name: str) -> str:
    """What the docstring of a base says of an argument."""
    found = (attribute_lines(inspect.getdoc(base) or "", "Args").get(name) for base in cls.__mro__[1:])
    return next(text for text in found if text)


def short(annotation: object) -> str:
    """A type without the modules of its names."""
    if typing.get_origin(annotation) is typing.Union:
        return " | ".join(map(short, typing.get_args(annotation)))
    return re.sub(r"\b(?:[\w]+\.)+(?=\w)", "", inspect.formatannotation(annotation)).replace("NoneType", "None")


# Plug-ins


def groups() -> str:
    from multivon_eval._plugins.kinds import ALL, COMMAND

    rows = []
    for kind in ALL:
        methods = [f"async `{verb}`" for verb in kind.verbs] + [f"`{plain}`" for plain in kind.plain]
        target = f"an attrs class with {', '.join(methods)}"
        if kind.protocol is None:
            is_command = kind is COMMAND
            target = "a click command" if is_command else "a module or an object with `@hookimpl` functions"
        rows.append((kind.name, f"`{kind.group}`", target))
    return table(("kind", "entry-point group", "the target is"), rows)


def abilities() -> str:
    """The optional protocols, with who may have them."""
    from multivon_eval._plugins.abilities import ABILITIES
    from multivon_eval._plugins.kinds import PICKED

    rows = []
    for ability in ABILITIES:
        what = f"value `{ability.member}`" if ability.is_value else f"`{ability.member}`"
        kinds = "all" if ability.kinds == PICKED else ", ".join(kind.name for kind in ability.kinds)
        how = f"async {what}" if ability.is_async else what
        rows.append((f"`{ability.protocol.__name__}`", how, kinds, first_paragraph(ability.protocol)))
    return table(("ability", "method", "for", "what it is"), rows)


PROTOCOLS_ELSEWHERE = {
    "Streams": "_types.persona_stream",
    **dict.fromkeys(("Executor", "Work", "Desk", "HasWorkers"), "_executing"),
}
"""Where protocols stand that have a module of their own."""


def protocol(name: str) -> str:
    home = PROTOCOLS_ELSEWHERE.get(name, "protocols")
    source = source_of(f"multivon_eval.{home}", name)
    return fenced(re.sub(r"^@set_module.*\n", "", source), "python")


def hooks() -> str:
    module = importlib.import_module("multivon_eval.hookspecs")
    sources = [inspect.getsource(value).rstrip() for value in vars(module).values() if is_hook(value)]
    return fenced("\n\n\n".join(sources), "python")


def is_hook(value: object) -> bool:
    return inspect.isfunction(value) and hasattr(value, "multivon_eval_spec")


def plugins(kind_name: str) -> str:
    """The built-in plug-ins of a kind, with their options."""
    from multivon_eval._plugins.kinds import ALL

    kind = next(kind for kind in ALL if kind.group == f"multivon_eval.{kind_name}")
    parts = [plugin(entry) for entry in own_entries(kind)]
    return "\n\n".join(parts) if parts else "None."


def plugin(entry) -> str:
    found = entry.load()
    told = found.help if isinstance(found, click.Command) else inspect.getdoc(found)
    paragraphs = [" ".join(part.split()) for part in (told or "").split("\n\n")]
    kept = [code(part) for part in paragraphs if not part.startswith(("Attributes:", "Args:"))]
    head = f"**`{entry.name}`** (`{entry.target}`)"
    text = "\n\n".join(textwrap.fill(part, 110, break_long_words=False, break_on_hyphens=False) for part in kept)
    body = option_table(found) if attrs.has(found) else "No options."
    if isinstance(found, click.Command):
        body = "Its options: see the command line."
    return f"{head}\n\n{text}\n\n{body}"


def option_table(cls: type) -> str:
    from multivon_eval._plugins.build import list_option_fields

    words = attribute_lines(inspect.getdoc(cls) or "")
    rows = []
    for field in list_option_fields(cls):
        if field.init:
            name = field.alias or field.name
            default = "required" if field.default is attrs.NOTHING else f"`{field.default!r}`"
            rows.append((f"`{name}`", f"`{inspect.formatannotation(field.type)}`", default, words.get(name, "")))
    return table(("option", "type", "default", "meaning"), rows) if rows else "No options."


def own_entries(kind):
    from multivon_eval._plugins.registry import Registry

    return Registry().entries(kind)


# Prompts


@attrs.define
class Asked:
    """A judge that answers nothing and keeps what it is asked."""

    questions: list = attrs.field(factory=list)

    async def complete(self, question):
        from multivon_eval.sdk import JudgeError

        self.questions.append(question)
        raise JudgeError("only looking")

    def worst_cost(self, question):
        return Decimal(0)


def example():
    """One conversation, always the same, also in what is random otherwise."""
    from multivon_eval.sdk import Conversation, Message, Persona

    persona = Persona(
        name="order_checker",
        profile="A careful customer who has order #5678 at hand.",
        goal="Learn the status of order #5678, and learn the refund process.",
        success_criteria=(
            "The assistant stated the status of order #5678.",
            "The assistant explained the refund process.",
        ),
        traits=("verbose",),
        facts=("The order number is #5678.",),
    )
    messages = (
        Message("user", "Hello. What is the status of my order #5678?"),
        Message("assistant", "I can look that up. What is your order number?"),
        Message("user", "It is #5678, as I wrote."),
        Message("assistant", "Thank you. The status of order #5678 is: delivered."),
    )
    return Conversation(messages, persona, case_uid="0123456789abcdef", fence="6d61cf0a3b52e8f7")


def asked(ask: Callable) -> object:
    """The first question that something asks the judge."""
    from multivon_eval.sdk import JudgeError, RunContext

    judge = Asked()
    with contextlib.suppress(JudgeError):
        asyncio.run(ask(RunContext(judge)))
    return judge.questions[0]


def driver_prompt(name: str) -> str:
    from multivon_eval._plugins.kinds import DRIVER

    driver = next(entry.load()() for entry in own_entries(DRIVER) if entry.name == name)
    return whole(asked(lambda context: driver.next_message(example(), context)).prompt)


def user_turn_schema() -> str:
    from multivon_eval.sdk import user_turn_question

    return fenced(json.dumps(user_turn_question(example(), "").prompt.schema, indent=2), "json")


def traits() -> str:
    from multivon_eval_plugins.roleplay.traits import TRAITS

    rows = (("`, `".join((trait.name, *trait.also)), trait.behaviour, trait.sign.words) for trait in TRAITS)
    return table(("trait", "what the driver is told", "what shows it"), ((f"`{name}`", *rest) for name, *rest in rows))


def judge_system() -> str:
    from multivon_eval.sdk import goal_question

    return fenced(goal_question(example()).prompt.system)


def transcript() -> str:
    from multivon_eval.sdk import goal_question

    return fenced(goal_question(example()).prompt.messages[0].parts[0])


def verdict() -> str:
    from multivon_eval.sdk import goal_question

    return fenced(goal_question(example()).prompt.messages[0].parts[1])


def verdict_schema() -> str:
    from multivon_eval.sdk import goal_question

    return fenced(json.dumps(goal_question(example()).prompt.schema, indent=2), "json")


def refusal() -> str:
    from multivon_eval_plugins.refusal.question import refusal_question

    return fenced(refusal_question(example()).prompt.messages[0].parts[1])


def again() -> str:
    from multivon_eval.sdk import goal_question

    return fenced(
        goal_question(example()).again("Yes.", "no JSON object in the answer 'Yes.'").prompt.messages[-1].text
    )


def proposed():
    """The question for personas, about one fixed document."""
    from multivon_eval_plugins.proposing.question import personas_question

    document = "# Refund assistant\n\nA refund is possible within 30 days of delivery.\nThere are no exceptions.\n"
    return personas_question(document, 5, seed=7)


def proposal_schema() -> str:
    return fenced(json.dumps(proposed().prompt.schema, indent=2), "json")


def proposal_again() -> str:
    return fenced(proposed().again("{}", "no persona has the trait 'adversarial'").prompt.messages[-1].text)


def evaluator_prompt(name: str) -> str:
    from multivon_eval._plugins.kinds import EVALUATOR

    evaluator = next(entry.load()() for entry in own_entries(EVALUATOR) if entry.name == name)
    return fenced(asked(lambda context: evaluator.evaluate(example(), context)).prompt.messages[0].parts[1])


def whole(prompt) -> str:
    """A prompt with the role of each message before it."""
    parts = [f"[system]\n{prompt.system}", *(f"[{item.role}]\n{item.text}" for item in prompt.messages)]
    return fenced("\n\n".join(parts))


# Markdown


def fenced(text: str, language: str = "text") -> str:
    return f"```{language}\n{text}\n```"


def table(head, rows) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell(str(item)) for item in line) + " |" for line in lines)


def cell(text: str) -> str:
    return code(text).replace("|", "\\|")


def code(text: str) -> str:
    """The reStructuredText of docstrings as Markdown."""
    text = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", text)
    return text.replace("``", "`")


def first_paragraph(value: object) -> str:
    return " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split())


def source_of(module: str, name: str) -> str:
    """The source of a class; ``inspect`` would look for it in the door that the class names."""
    text = Path(importlib.import_module(module).__file__).read_text(encoding="utf-8")
    node = next(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == name)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])


def documented(module: str, name: str) -> dict[str, str]:
    """What the strings below the fields of a class say of them."""
    body = ast.parse(source_of(module, name)).body[0].body
    found = {}
    for before, node in itertools.pairwise(body):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text and isinstance(before, ast.Assign | ast.AnnAssign):
            target = before.targets[0] if isinstance(before, ast.Assign) else before.target
            found[target.id] = " ".join(node.value.value.split())
    return found


def attribute_lines(docstring: str, title: str = "Attributes") -> dict[str, str]:
    """The entries of a section of a docstring, ``Attributes:`` or ``Args:``."""
    section = docstring.partition(f"{title}:\n")[2].split("\n\n")[0]
    found, name = {}, ""
    for line in section.splitlines():
        if line.startswith("    ") and not line.startswith("     "):
            name, _, text = line.strip().partition(": ")
            found[name] = text
        elif name:
            found[name] += " " + line.strip()
    return found


# Pages


CONTRACTS = (
    "PersonaSourceTests",
    "DriverTests",
    "JudgeTests",
    "EvaluatorTests",
    "ObserverTests",
    "SinkTests",
    "ExecutorTests",
    "HookTests",
    "CommandTests",
)
"""The contracts of the kit, in the order of its page."""


def kit_tests(contract: str) -> str:
    """The standard tests of a contract: those of all plug-ins that are picked by name stand in a table of their own."""
    from multivon_eval import testing

    shared = {test.name for test in testing.standard_tests(testing.PluginTests)}
    shared |= shared_tests() if contract not in ("ExecutorTests", "HookTests", "CommandTests") else set()
    cls = getattr(testing, contract)
    tests = [test for test in testing.standard_tests(cls) if contract == "PluginTests" or test.name not in shared]
    rows = (
        (f"`{test.name}`", "basic" if test.is_basic else f"optional: {test.needs}", test.sentence) for test in tests
    )
    return table(("test", "which", "what it holds a plug-in to"), rows)


def describe_test(test) -> tuple[str, str, str]:
    """A row for a standard test."""
    return f"`{test.name}`", "basic" if test.is_basic else f"optional: {test.needs}", test.sentence


def shared_tests() -> set[str]:
    """The names of the standard tests that the six kinds have which take part in a conversation or its delivery."""
    from multivon_eval import testing

    of_kinds = [{test.name for test in testing.standard_tests(getattr(testing, name))} for name in CONTRACTS[:6]]
    return set.intersection(*of_kinds)


def kit_shared() -> str:
    """The standard tests that those six kinds share."""
    from multivon_eval import testing

    names = shared_tests()
    rows = (describe_test(test) for test in testing.standard_tests(testing.SinkTests) if test.name in names)
    return table(("test", "which", "what it holds a plug-in to"), rows)


def kit_overrides() -> str:
    """What a test class may override, by contract."""
    from multivon_eval import testing

    rows = []
    for contract in CONTRACTS:
        cls = getattr(testing, contract)
        for name in sorted(dir(cls)):
            value = inspect.getattr_static(cls, name)
            if name.startswith(("_", "test_")) or not inspect.isfunction(value) or name not in OVERRIDES:
                continue
            rows.append((f"`{contract}.{name}`", inspect.getdoc(value).partition("\n\n")[0].replace("\n", " ")))
    return table(("method", "what it gives"), rows)


OVERRIDES = {
    "make", "make_at", "make_unusable", "reply", "answer", "persona", "conversation", "worse_conversation", "questions",
    "results", "delivered", "events", "good_args", "bad_args",
}  # fmt: skip
"""The methods of contracts that authors override."""


def kit_versions() -> str:
    """The versions of the kit."""
    from multivon_eval.testing import KIT_CHANGES

    return table(("kit", "what it adds"), ((str(version), words) for version, words in KIT_CHANGES.items()))


def blocks() -> dict[str, Callable[[], str]]:
    """All blocks by name."""
    from multivon_eval._plugins.kinds import ALL, EVALUATOR, PICKED

    found: dict[str, Callable[[], str]] = {
        "help": help_of,
        "environment": environment,
        "exit-codes": exit_codes,
        "options": options,
        "scoring options": lambda: options("_api.scoring", "ScoringOptions"),
        "traits": traits,
        "abilities": abilities,
        "columns": columns,
        "groups": groups,
        "kit-shared": kit_shared,
        "kit-overrides": kit_overrides,
        "kit-versions": kit_versions,
        "hooks": hooks,
        "install": install,
        "new:plugin": lambda: new_file("plugin"),
        "new:test": lambda: new_file("test"),
        "template:ci.yml": lambda: template("ci.yml", "yaml"),
        "template:model.py": lambda: template("model.py", "python"),
        "prompt:user-turn": lambda: driver_prompt("persona-llm"),
        "prompt:user-turn-schema": user_turn_schema,
        "prompt:judge-system": judge_system,
        "prompt:transcript": transcript,
        "prompt:verdict": verdict,
        "prompt:verdict-schema": verdict_schema,
        "prompt:refusal": refusal,
        "prompt:again": again,
        "prompt:personas": lambda: whole(proposed().prompt),
        "prompt:personas-schema": proposal_schema,
        "prompt:personas-again": proposal_again,
    }
    for name in COMMANDS:
        found[f"help:{name.replace(' ', ':')}"] = lambda name=name: help_of(name)
    for kind in ALL:
        name = kind.group.rpartition(".")[2]
        found[f"plugins:{name}"] = lambda name=name: plugins(name)
    beside = (
        "RunContext",
        "Asks",
        "Checks",
        "Closes",
        "Follows",
        "Priced",
        "Named",
        "Proposes",
        "Previews",
        "Streams",
        "Retakes",
        "HasWorkers",
        "Work",
        "Desk",
    )
    for name in (*(kind.protocol.__name__ for kind in PICKED), *beside):
        found[f"protocol:{name}"] = lambda name=name: protocol(name)
    for name, cls in vars(importlib.import_module("multivon_eval.sdk")).items():
        if inspect.isclass(cls) and attrs.has(cls):
            found[f"fields:{name}"] = lambda name=name: fields(name)
        if inspect.isclass(cls) and issubclass(cls, Exception):
            found[f"arguments:{name}"] = lambda name=name: arguments(name)
    for module in ("multivon_eval", "multivon_eval.sdk", "multivon_eval.testing"):
        found[f"names:{module}"] = lambda module=module: names(module)
    for contract in CONTRACTS:
        found[f"kit:{contract}"] = lambda contract=contract: kit_tests(contract)
    for entry in own_entries(EVALUATOR):
        found[f"prompt:{entry.name}"] = lambda entry=entry: evaluator_prompt(entry.name)
    return found


def rewritten(text: str, known: dict[str, Callable[[], str]], page: Path) -> str:
    def fill(match: re.Match[str]) -> str:
        head, name, tail = match.groups()
        if name not in known:
            raise SystemExit(f"{page}: there is no block {name!r}; known: {', '.join(sorted(known))}")
        return f"{head}\n{known[name]()}\n\n{tail}"

    return BLOCK.sub(fill, text)


def pages() -> Iterator[tuple[Path, str, str]]:
    known = blocks()
    for page in sorted(DOCS.rglob("*.md")):
        old = page.read_text(encoding="utf-8")
        yield page, old, rewritten(old, known, page.relative_to(DOCS))


def main() -> int:
    is_check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not is_check:
        raise SystemExit("usage: python docs/_generate.py [--check]")
    only_our_own()
    stale = [(page, new) for page, old, new in pages() if old != new]
    for page, new in stale:
        print(f"{'stale' if is_check else 'rewritten'}: {page.relative_to(DOCS.parent)}")
        if not is_check:
            page.write_text(new, encoding="utf-8")
    if is_check and stale:
        print("run: python docs/_generate.py")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
