"""What the contracts of all kinds have in common."""

from __future__ import annotations

import asyncio
import copy
import inspect
from collections.abc import Awaitable, Callable
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import attrs
import pytest

from .._plugins.abilities import find_ability
from .._plugins.build import build, list_option_fields, load_class
from .._plugins.kinds import Kind
from .._plugins.registry import Registry
from .._set_module import set_module
from ..sdk import PLUGIN_API, Closes, Conversation

__all__ = ["PluginTests"]

T = TypeVar("T")
_DOOR = "multivon_eval.testing"


@set_module(_DOOR)
class PluginTests:
    """The contract of every plug-in that is picked by name; the contracts of the kinds build on it.

    Attributes:
        kind: The kind, set by the contract of the kind.
        name: The plug-in's entry-point name; None where none is installed.
        folder: A temporary folder of the test that runs.
    """

    kind: ClassVar[Kind]
    name: ClassVar[str | None] = None
    folder: Path

    @pytest.fixture(autouse=True)
    def _in_a_folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make(self) -> Any:
        """Make an instance; called anew for each test, and twice where two are held against each other."""
        raise NotImplementedError(f"{type(self).__name__} has no method 'make' that gives an instance")

    def test_no_standard_test_is_missing(self) -> None:
        """A standard test may be overridden only as ``xfail`` with a reason."""
        gone = [name for name in _list_standard(type(self)) if not _is_kept(type(self), name)]
        assert not gone, f"{', '.join(gone)}: overridden without pytest.mark.xfail(reason=...); mark it so"

    def test_an_attrs_class_that_satisfies_the_protocol(self) -> None:
        """A plug-in is an attrs class; its methods are asynchronous where the protocol's are."""
        plugin = self.make()
        assert attrs.has(type(plugin)), f"{type(plugin).__qualname__} is a class without attrs"
        assert not self.kind.misfit(plugin), self.kind.misfit(plugin)
        assert self.kind.protocol is not None and isinstance(plugin, self.kind.protocol)

    def test_written_for_this_version_of_the_protocols(self) -> None:
        """A plug-in may state the version it was written for, and no newer one than the host has."""
        wants = getattr(type(self.make()), "plugin_api", PLUGIN_API)
        assert isinstance(wants, int) and wants <= PLUGIN_API, f"plugin_api is {wants!r}, the host has {PLUGIN_API}"

    def test_the_entry_point_finds_the_class(self) -> None:
        """The entry-point name is the name: asking for it gives this class and no other."""
        if self.name is None:
            pytest.skip("no entry-point name is set; set the class attribute 'name'")
        found = load_class(Registry().find(self.kind, self.name))
        assert found is type(self.make()), f"{self.kind.name} {self.name!r} is {found.__qualname__}"

    def test_options_survive_a_round_trip(self) -> None:
        """Its fields are its options: what an instance holds can be written as a SPEC and read back."""
        plugin = self.make()
        options = self._options(plugin)
        registry = Registry()
        typed = build(self.kind, {"use": self._named(type(plugin)), **options}, registry)
        written = build(self.kind, typed.use.spec, registry)
        for field in list_option_fields(type(plugin)):
            if field.init:
                held = getattr(plugin, field.name)
                assert getattr(typed.plugin, field.name) == held, f"option {field.name!r} of a table"
                assert getattr(written.plugin, field.name) == held, f"option {field.name!r} of {typed.use.spec}"

    def _named(self, cls: type) -> str:
        if self.name is not None:
            return self.name
        if "<locals>" in cls.__qualname__:
            pytest.skip(f"{cls.__qualname__} stands inside a function and has no name to ask for it by")
        return f"{cls.__module__}.{cls.__qualname__}"

    def _options(self, plugin: object) -> dict[str, object]:
        options: dict[str, object] = {}
        for field in list_option_fields(type(plugin)):
            held = getattr(plugin, field.name) if field.init else None
            if held is None:
                continue  # TOML has no word for it: it is what is not said
            try:
                options[field.alias or field.name] = _convert_to_toml(held)
            except TypeError:
                pytest.skip(f"{field.name!r} is {type(held).__name__}, which no SPEC can say; mark it as no option")
        return options

    def run(self, job: Callable[[Any], Awaitable[T]], plugin: object = None) -> T:
        """Do something with an instance on an event loop, and let it give back its connections.

        Args:
            job: Gets the instance.
            plugin: The instance; a new one if None.
        """

        async def whole() -> T:
            made = self.make() if plugin is None else plugin
            try:
                return await job(made)
            finally:
                if (closing := find_ability(made, Closes)) is not None:
                    await closing.aclose()

        return asyncio.run(whole())


def outcome(job: Callable[[], T]) -> T | BaseException:
    """Give what came of something: its value, or what it raised."""
    try:
        return job()
    except (Exception, SystemExit) as error:
        return error


def unchanged(before: Conversation, now: Conversation) -> bool:
    """Whether a conversation still says what its deep copy says, mutable corners included."""
    return attrs.asdict(before) == attrs.asdict(now)


def copied(one: T) -> T:
    """A copy that shares nothing."""
    return copy.deepcopy(one)


def _convert_to_toml(value: object) -> object:
    if isinstance(value, Enum):
        return _convert_to_toml(value.value)
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Path | Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_convert_to_toml(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _convert_to_toml(item) for key, item in value.items()}
    raise TypeError(type(value).__name__)


def _list_standard(cls: type) -> dict[str, object]:
    """The standard tests of a contract, by name."""
    ours = [base for base in reversed(cls.__mro__) if base.__module__ == _DOOR]
    return {name: vars(base)[name] for base in ours for name in vars(base) if name.startswith("test_")}


def _is_kept(cls: type, name: str) -> bool:
    found = inspect.getattr_static(cls, name)
    if found is _list_standard(cls)[name]:
        return True
    marks = getattr(found, "pytestmark", [])
    return any(mark.name == "xfail" and mark.kwargs.get("reason") for mark in marks)
