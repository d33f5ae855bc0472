"""Who may import whom, as docs/explanation/architecture.md says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "core" / "multivon_eval"
PLUGINS = ROOT / "plugins" / "multivon_eval_plugins"

NOUNS = {"data", "assessment", "errors"}
WORDS = NOUNS | {"results", "summary", "questions", "protocols", "refusal", "rendering", "asking"}
# Module of the core -> modules of the core it may import.
ALLOWED = {
    "errors": set(),
    "safe_json": set(),
    "data": {"errors", "safe_json"},
    "assessment": {"data", "errors"},
    "summary": NOUNS,
    "results": NOUNS | {"summary"},
    "refusal": {"refusal"},
    "rendering": {"data"},
    "asking": set(),
    "questions": NOUNS | {"questions", "persona_json", "safe_json"},
    "protocols": NOUNS | {"results", "questions"},
    "hookspecs": NOUNS | {"results"},
    "persona_json": NOUNS | {"rendering"},
    "problems": {"errors"},
    "result_json": NOUNS | {"results", "summary", "persona_json"},
    "sdk": WORDS | {"hookspecs", "persona_json", "result_json"},
    "_plugin": WORDS | {"hookspecs", "_plugin"},
    "_engine": WORDS | {"_engine", "_plugin.hooks", "result_json"},
    "config": {"errors"},
    "_sync": set(),
    "planning": WORDS | {"config", "problems", "persona_json", "_engine", "_plugin"},
    "shared_budget": {"errors", "config", "_engine.funds"},
    "simulation": WORDS | {"config", "planning", "shared_budget", "_sync", "_engine", "_plugin"},
    "recording": {"errors", "_plugin"},
    "suite": WORDS | {"config", "planning", "_sync", "_engine", "_plugin"},
    "_cli": WORDS | {"_cli", "config", "problems", "planning", "result_json", "_engine", "_plugin"},
    "testing": {"sdk", "testing", "_engine.journal", "_engine.ledger", "_engine.limit", "_engine.meter", "_plugin"},
    "__main__": {"_cli"},
    "__init__": set(),
}
HOMES = {
    "importlib_metadata": {"_plugin/installed.py", "planning.py", "__init__.py"},
    "pluggy": {"hookspecs.py", "_plugin/hooks.py"},
    "cattrs": {"_plugin/build.py", "config.py", "result_json.py"},
    "click": {"_cli", "commands"},
    "httpx": {"judges"},
    "aiohttp": {"judges/_transport.py"},
    "httpx_aiohttp": {"judges/_transport.py"},
    "orjson": {"judges/_http.py"},
    "sqlite3": {"_engine/journal.py", "_engine/journal_past.py", "shared_budget.py"},
    "stamina": {"_engine/meter.py"},
    "genai_prices": {"judges/_prices.py"},
    "litellm": {"judges/litellm.py"},
    "rich": {"sinks"},
    "pytest": {"testing", "pytest_door", "recorder/pytest_session.py"},
    "wrapt": {"recorder/patching.py"},
    "filelock": {"recorder/files.py"},
}


def _sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def _imports(path: Path, package: str, root: Path) -> list[tuple[str, bool]]:
    """Absolute names that a file imports, and whether at module level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    here = [package, *path.relative_to(root).with_suffix("").parts]
    is_package = here[-1] == "__init__"
    base = here[:-1]
    top = {id(node) for node in tree.body}
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = base[: len(base) - node.level + 1] if node.level else []
            prefix = ".".join([*above, *filter(None, [node.module])])
            deeper = node.level and not node.module
            names = [f"{prefix}.{alias.name}" for alias in node.names] if deeper else [prefix]
            found += [(name, id(node) in top) for name in names]
    assert not is_package or base
    return found


def _room(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", _sources(CORE), ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_only_what_stands_below(path: Path) -> None:
    """Each room of the core imports only the rooms that the plan allows it."""
    allowed = ALLOWED[_room(path.relative_to(CORE).parts)]
    for name, _ in _imports(path, "multivon_eval", CORE):
        assert not name.startswith("multivon_eval_plugins"), "the core never imports the built-ins"
        if not name.startswith("multivon_eval.") and name != "multivon_eval":
            continue
        inner = name.removeprefix("multivon_eval").removeprefix(".")
        fits = any(inner == room or inner.startswith(f"{room}.") for room in allowed)
        assert fits or not inner, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", _sources(PLUGINS), ids=lambda path: str(path.relative_to(PLUGINS)))
def test_builtins_import_only_the_sdk(path: Path) -> None:
    """The built-ins use the door that anybody's plug-in uses, and no other; the door for pytest embeds us."""
    doors = {"multivon_eval.sdk"}
    if path.parent.name == "pytest_door":
        doors.add("multivon_eval")
    for name, _ in _imports(path, "multivon_eval_plugins", PLUGINS):
        is_core = name == "multivon_eval" or name.startswith("multivon_eval.")
        assert not is_core or name in doors, f"{path.name} imports {name}"
        assert not name.startswith(("core.", "plugins.")), name


@pytest.mark.parametrize("library", sorted(HOMES))
def test_each_library_has_one_home(library: str) -> None:
    """A third-party library is imported where the plan says, and nowhere else."""
    for root, package in ((CORE, "multivon_eval"), (PLUGINS, "multivon_eval_plugins")):
        for path in _sources(root):
            place = path.relative_to(root).as_posix()
            if any(place == home or place.startswith(f"{home}/") for home in HOMES[library]):
                continue
            names = [name for name, _ in _imports(path, package, root)]
            assert not any(name.partition(".")[0] == library for name in names), f"{place} imports {library}"


def test_the_command_line_imports_the_engine_inside_functions() -> None:
    """What ``--help`` loads imports neither engine nor plug-ins at module level."""
    for name in ("main.py", "options.py", "simulate.py", "score.py", "plugins.py", "__init__.py"):
        for imported, is_top in _imports(CORE / "_cli" / name, "multivon_eval", CORE):
            if is_top:
                assert not imported.startswith(("multivon_eval._engine", "multivon_eval._plugin")), imported


def test_nothing_prints_but_the_command_line() -> None:
    """Printing is for the command line, commands and the terminal sink."""
    for root, package in ((CORE, "_cli"), (PLUGINS, "commands")):
        for path in _sources(root):
            place = path.relative_to(root).as_posix()
            if place.startswith(f"{package}/"):
                continue
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            assert not any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls), place


def test_run_reads_without_except() -> None:
    """The straight line has no ``except``: a step gives a value that says what failed."""
    tree = ast.parse((CORE / "_engine" / "run.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
