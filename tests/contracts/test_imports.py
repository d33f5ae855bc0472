"""Who may import whom, as docs/explanation/architecture.md says."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "core" / "multivon_eval"
PLUGINS = ROOT / "plugins" / "multivon_eval_plugins"

# Room -> the rooms it may import. A room is a folder or module of the package; the lowest stand first.
CORE_ROOMS: dict[str, set[str]] = {
    "_set_module": set(),
    "errors": {"_set_module"},
    "_types": {"_set_module", "errors"},
    "_statistics": {"_types"},
    "_measure": {"_statistics", "_types", "errors"},
    "_messages": {"_types", "errors"},
    "_questions": {"_set_module", "_types", "errors"},
    "_executing": {"_set_module", "_types"},
    "protocols": {"_executing", "_questions", "_set_module", "_types"},
    "hookspecs": {"_questions", "_types"},
    "_plugins": {"_questions", "_set_module", "_types", "errors", "hookspecs", "protocols"},
    "_journal": {"_types", "errors"},
    "_money": {"_journal", "_plugins", "_questions", "_set_module", "_types", "errors", "protocols"},
    "_workers": {"_journal", "_money", "_types", "errors"},
    "_run": {
        "_journal",
        "_measure",
        "_money",
        "_plugins",
        "_questions",
        "_set_module",
        "_types",
        "_workers",
        "errors",
        "protocols",
    },
    "_api": {"_messages", "_money", "_plugins", "_run", "_set_module", "_types", "errors", "protocols"},
    "_cli": {"_journal", "_measure", "_money", "_plugins", "_run", "_types", "errors"},
    "sdk": {
        "_executing",
        "_measure",
        "_messages",
        "_money",
        "_plugins",
        "_questions",
        "_run",
        "_types",
        "errors",
        "hookspecs",
        "protocols",
    },
    "testing": {"_api", "_journal", "_money", "_plugins", "_questions", "_set_module", "_types", "errors", "sdk"},
    "__init__": {"_api", "_measure", "_messages", "_money", "_run", "_types", "errors", "hookspecs"},
    "__main__": {"_cli"},
}
PLUGIN_ROOMS: dict[str, set[str]] = {
    "commands": {"recorder"},
    "evaluators": set(),
    "html_report": {"labelling", "sinks"},
    "judges": {"logs", "proposing", "provider", "refusal", "roleplay"},
    "labelling": set(),
    "local": set(),
    "logs": {"proposing"},
    "personas": set(),
    "proposing": {"roleplay"},
    "provider": set(),
    "pytest_door": set(),
    "ray_executor": set(),
    "recorder": set(),
    "reporting": set(),
    "refusal": set(),
    "roleplay": set(),
    "scaffolding": set(),
    "scripted": set(),
    "showing": set(),
    "sinks": set(),
    "__init__": set(),
}
HOMES = {
    "importlib_metadata": {"_plugins/installed.py", "_plugins/origin.py", "_run/planning.py", "__init__.py"},
    "pluggy": {"hookspecs.py", "_plugins/hooks.py"},
    "cattrs": {"_plugins/build.py", "_plugins/option_problem.py", "_types/converter.py"},
    "click": {
        "_cli",
        "commands",
        "labelling/command.py",
        "proposing/command.py",
        "reporting/command.py",
        "scaffolding/command.py",
        "showing/command.py",
        "testing/commands.py",
    },
    "httpx": {"provider"},
    "aiohttp": {"provider/transport.py"},
    "httpx_aiohttp": {"provider/transport.py"},
    "orjson": {"provider/json_http.py"},
    "sqlite3": {"_journal", "_money/shared_budget.py"},
    "genai_prices": {"provider/tariff.py"},
    "jinja2": {"html_report/page.py", "scaffolding/project.py"},
    "litellm": {"judges/litellm.py"},
    "rich": {"labelling/screen.py", "sinks", "showing"},
    "pytest": {"pytest_door", "recorder/pytest_plugin.py", "recorder/pytest_session.py"},
    "wrapt": {"recorder/patching.py"},
    "filelock": {"recorder/files.py"},
}
"""Third-party library -> the only places that import it."""


@attrs.frozen
class Import:
    """One import statement.

    Attributes:
        importer: The module that imports, dotted.
        imported: What it imports: a module of the tree where there is one of that name, dotted.
        is_at_the_top: Whether it runs when the module is imported.
    """

    importer: str
    imported: str
    is_at_the_top: bool


def _modules(root: Path, package: str) -> dict[str, Path]:
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = [package, *path.relative_to(root).with_suffix("").parts]
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def _imports(root: Path, package: str) -> list[Import]:
    """Every import of a tree, those for type checkers and those inside functions included."""
    modules, found = _modules(root, package), []
    for module, path in modules.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        top = {id(node) for node in tree.body}
        here = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found += [Import(module, alias.name, id(node) in top) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                above = here[: len(here) - node.level + 1] if node.level else []
                prefix = ".".join([*above, *filter(None, [node.module])])
                for alias in node.names:
                    full = f"{prefix}.{alias.name}"
                    found.append(Import(module, full if full in modules else prefix, id(node) in top))
    return found


CORE_IMPORTS = _imports(CORE, "multivon_eval")
PLUGIN_IMPORTS = _imports(PLUGINS, "multivon_eval_plugins")


def _room(module: str, package: str) -> str:
    inner = module.removeprefix(package).removeprefix(".")
    return inner.partition(".")[0] or "__init__"


def _arrows(imports: list[Import], package: str) -> dict[tuple[str, str], list[str]]:
    """The arrows between rooms, each with the imports that it stands for."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in imports:
        if one.imported == package or one.imported.startswith(f"{package}."):
            arrow = (_room(one.importer, package), _room(one.imported, package))
            if arrow[0] != arrow[1]:
                found.setdefault(arrow, []).append(f"{one.importer} imports {one.imported}")
    return found


@pytest.mark.parametrize(
    ("imports", "package", "rooms"),
    [(CORE_IMPORTS, "multivon_eval", CORE_ROOMS), (PLUGIN_IMPORTS, "multivon_eval_plugins", PLUGIN_ROOMS)],
    ids=["core", "plugins"],
)
def test_rooms_import_what_the_table_says(imports: list[Import], package: str, rooms: dict[str, set[str]]) -> None:
    """Each room imports the rooms that the table allows it, and a permission that nobody uses fails."""
    arrows = _arrows(imports, package)
    allowed = {(room, other) for room, others in rooms.items() for other in others}
    assert {_room(one.importer, package) for one in imports} <= set(rooms)
    assert not [lines for arrow, lines in arrows.items() if arrow not in allowed]
    assert not allowed - set(arrows), "nobody uses these permissions"


@pytest.mark.parametrize(
    ("imports", "package"),
    [(CORE_IMPORTS, "multivon_eval"), (PLUGIN_IMPORTS, "multivon_eval_plugins")],
    ids=["core", "plugins"],
)
def test_no_module_imports_itself_by_way_of_others(imports: list[Import], package: str) -> None:
    """There is no circle of modules, whether the imports are for type checkers, in functions or at the top."""
    graph: dict[str, set[str]] = {}
    for one in imports:
        if one.imported.startswith(f"{package}.") and one.imported != one.importer:
            graph.setdefault(one.importer, set()).add(one.imported)
    TopologicalSorter(graph).prepare()


def test_the_core_never_imports_the_builtins() -> None:
    """Built-in plug-ins are found through entry points, as anybody's."""
    assert not [one for one in CORE_IMPORTS if one.imported.startswith(("multivon_eval_plugins", "plugins"))]


def test_builtins_import_only_the_sdk() -> None:
    """The built-ins use the door that anybody's plug-in uses, and no other; the door for pytest embeds us."""
    for one in PLUGIN_IMPORTS:
        doors = {"multivon_eval.sdk"}
        if ".pytest_door" in one.importer:
            doors.add("multivon_eval")
        is_core = one.imported.partition(".")[0] in ("multivon_eval", "core")
        assert not is_core or one.imported in doors, f"{one.importer} imports {one.imported}"


@pytest.mark.parametrize("library", sorted(HOMES))
def test_each_library_has_one_home(library: str) -> None:
    """A third-party library is imported where the table says, and nowhere else; each place does import it."""
    places = set()
    for root, package, imports in (
        (CORE, "multivon_eval", CORE_IMPORTS),
        (PLUGINS, "multivon_eval_plugins", PLUGIN_IMPORTS),
    ):
        modules = _modules(root, package)
        importers = {one.importer for one in imports if one.imported.partition(".")[0] == library}
        places |= {modules[name].relative_to(root).as_posix() for name in importers}
    homes = HOMES[library]
    used = {home for home in homes if any(place == home or place.startswith(f"{home}/") for place in places)}
    strays = [place for place in places if not any(place == home or place.startswith(f"{home}/") for home in homes)]
    assert not strays
    assert used == homes, "nobody uses these permissions"


def test_the_command_line_imports_the_engine_inside_functions() -> None:
    """What ``--help`` loads imports neither engine nor plug-ins at module level."""
    quick = ("main", "options", "simulate", "score", "plugins")
    for one in CORE_IMPORTS:
        if one.is_at_the_top and one.importer in {f"multivon_eval._cli.{name}" for name in quick}:
            assert not one.imported.startswith(("multivon_eval._plugins", "multivon_eval._money")), one


def test_nothing_prints_but_the_command_line() -> None:
    """Printing is for the command line, commands and sinks, and goes through one module."""
    for root, package in ((CORE, "_cli"), (PLUGINS, "commands")):
        for path in sorted(root.rglob("*.py")):
            place = path.relative_to(root).as_posix()
            if place.startswith(f"{package}/") or place == "_run/output.py":
                continue
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            assert not any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls), place


def test_run_reads_without_except() -> None:
    """The straight line has no ``except``: a step gives a value that says what failed."""
    tree = ast.parse((CORE / "_run" / "run.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
