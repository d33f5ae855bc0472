"""The three doors: what stands in them, and that all of it is documented."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import typing
from pathlib import Path

import attrs
import pytest

from multivon_eval import SimulationOptions

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("multivon_eval", "multivon_eval.sdk", "multivon_eval.testing")
CONTRACTS = ("multivon_eval.errors", "multivon_eval.hookspecs", "multivon_eval.protocols")


def _public(module: str) -> dict[str, object]:
    """The public names of a door, or of a contract module what is written in it."""
    found = importlib.import_module(module)
    if hasattr(found, "__all__"):
        return {name: getattr(found, name) for name in found.__all__}
    tree = ast.parse(Path(found.__file__ or "").read_text(encoding="utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return {name: getattr(found, name) for name in names if not name.startswith("_")}


def _classes() -> dict[type, str]:
    """The classes of the doors, each with the first door that has it."""
    found: dict[type, str] = {}
    for door in DOORS:
        for value in _public(door).values():
            if inspect.isclass(value):
                found.setdefault(value, door)
    return found


CLASSES = _classes()


@pytest.mark.parametrize("door", DOORS)
def test_all_is_sorted_and_complete(door: str) -> None:
    """``__all__`` is sorted, and every name in it can be had."""
    module = importlib.import_module(door)
    names = list(module.__all__)
    assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower() or name[0] == "_", name))
    for name in names:
        assert getattr(module, name) is not None


def test_sdk_exports_all_it_imports() -> None:
    """Every name that the SDK imports is one that it promises."""
    module = importlib.import_module("multivon_eval.sdk")
    public = {name for name, value in vars(module).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert public == set(module.__all__)


NOT_USED_HERE = {
    "goal_question": "what a judge's own tests ask it",
    "TextAsked": "what a judge that is no model finds in a text question",
    "Effect": "the type of a field of Observation",
    "StopReason": "the type of a field of Observation",
}


def test_sdk_exports_only_what_plugins_use() -> None:
    """A built-in, a stranger's plug-in or the page on plug-ins uses each name, or it is said what it is for."""
    sdk, protocols = (importlib.import_module(f"multivon_eval.{name}") for name in ("sdk", "protocols"))
    files = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "tests/third_party").rglob("*.py")]
    files.append(ROOT / "docs/how_to/write_a_plugin.md")
    words = {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    assert {name for name in sdk.__all__ if name not in words and not hasattr(protocols, name)} == set(NOT_USED_HERE)


@pytest.mark.parametrize("door", ["multivon_eval", "multivon_eval.testing"])
def test_lazy_door_and_its_types_agree(door: str) -> None:
    """What type checkers see of a door is what it gives at run time, from the same place."""
    module = importlib.import_module(door)
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    typed = {alias.asname: node.module for node in imports for alias in node.names}
    assert typed == module._HOME
    assert {*typed, "__version__"} == {*module.__all__, "__version__"}
    assert set(dir(module)) == set(module.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """Door 1 gives no name that it does not have."""
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = importlib.import_module("multivon_eval").nonsense


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_public_class_names_its_door(cls: type) -> None:
    """It is found there under its name, and what its annotations name is still found."""
    assert cls.__module__ == CLASSES[cls]
    assert getattr(importlib.import_module(cls.__module__), cls.__qualname__) is cls
    if cls is not SimulationOptions:  # its types are for type checkers alone
        assert set(typing.get_type_hints(cls)) >= set(vars(cls).get("__annotations__", ()))


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_source_of_public_class_is_not_anothers(cls: type) -> None:
    """Where it is not found by way of the door, that is said; no other lines are given for it."""
    try:
        source = inspect.getsource(cls)
    except OSError:
        return
    assert f"class {cls.__name__}" in source


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if attrs.has(cls)], ids=lambda cls: cls.__name__)
def test_public_class_holds_public_classes(cls: type) -> None:
    """What a result or a persona holds can be named, and its pickle names no private module."""
    for name, kind in typing.get_type_hints(cls).items():
        private = [found for found in _flatten(kind) if found.__module__.startswith("multivon_eval._")]
        assert not private, f"{cls.__name__}.{name}"


def _flatten(kind: object) -> list[type]:
    inner = [found for part in typing.get_args(kind) for found in _flatten(part)]
    return [kind, *inner] if inspect.isclass(kind) else inner


@pytest.mark.parametrize("door", DOORS + CONTRACTS)
def test_every_public_name_has_a_docstring(door: str) -> None:
    """Classes and functions of the public modules, and the public methods of the classes, are documented."""
    for name, value in _public(door).items():
        if not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        assert inspect.getdoc(value), name
        if not inspect.isclass(value) or not value.__module__.startswith("multivon_eval"):
            continue
        for key, member in vars(value).items():
            is_function = inspect.isfunction(member) or isinstance(member, property | classmethod | staticmethod)
            if is_function and not key.startswith("_"):
                assert inspect.getdoc(getattr(value, key)) or inspect.getdoc(member), f"{name}.{key}"


@pytest.mark.parametrize("folder", ["core/multivon_eval", "plugins/multivon_eval_plugins"])
def test_rooms_are_small(folder: str) -> None:
    """No module has more than 300 lines, no function more than 50."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 300, f"{path.name} has {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, f"{path.name}: {node.name} is long"
