"""What the contracts of all kinds have in common."""

from __future__ import annotations

import asyncio
import copy
import inspect
import shutil
import tempfile
import weakref
from collections.abc import Awaitable, Callable
from decimal import Decimal
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import attrs

from .._plugins.abilities import find_ability, find_instance_misfit, find_misfit
from .._plugins.api_version import find_api_problem
from .._plugins.build import build, list_option_fields, load_class
from .._plugins.kinds import Kind
from .._plugins.registry import Registry
from .._set_module import set_module
from .._types.hide_secrets import is_secret_name
from ..errors import PluginBroken
from ..sdk import PLUGIN_API, Closes
from .standard import KIT_VERSION, basic, find_standard_tests, optional, skip

__all__ = ["KitTests", "PluginTests"]

T = TypeVar("T")
_DOOR = "multivon_eval.testing"


@set_module(_DOOR)
class KitTests:
    """What all contracts share: a folder, the kit they were written for, and that no standard test is missing.

    Attributes:
        name: The plug-in's entry-point name; None where none is installed.
        kit: The version of the kit that the tests were written for; what a newer one adds is then skipped where it
            would fail, with what it found. None for the newest.
    """

    kind: ClassVar[Kind]
    name: ClassVar[str | None] = None
    kit: ClassVar[int | None] = None

    @cached_property
    def folder(self) -> Path:
        """A temporary folder of the test that runs."""
        folder = tempfile.mkdtemp(prefix="multivon-eval-kit-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def make(self) -> Any:
        """Make an instance; called anew for each test, and twice where two are held against each other."""
        raise NotImplementedError(f"{type(self).__name__} has no method 'make' that gives an instance")

    @basic
    def test_no_standard_test_is_missing(self) -> None:
        """A basic test is never overridden, an optional one only as ``xfail`` with a reason; the kit is not older."""
        known = find_standard_tests(type(self))
        gone = [name for name in known if not _is_kept(type(self), name)]
        assert not gone, (
            f"{', '.join(gone)}: overridden; keep basic ones, and mark others with pytest.mark.xfail(reason=...)"
        )
        assert self.kit is None or 1 <= self.kit <= KIT_VERSION, (
            f"kit = {self.kit}, and this kit is version {KIT_VERSION}; upgrade multivon-eval"
        )


@set_module(_DOOR)
class PluginTests(KitTests):
    """The contract of every plug-in that is picked by name; the contracts of the kinds build on it."""

    @basic
    def test_an_attrs_class_that_satisfies_the_protocol(self) -> None:
        """A plug-in is an attrs class; its methods, those of its abilities too, are as they are called."""
        plugin = self.make()
        assert attrs.has(type(plugin)), f"{type(plugin).__qualname__} is a class without attrs"
        reason = self.kind.misfit(plugin) or find_misfit(self.kind, type(plugin))
        reason = reason or find_instance_misfit(self.kind, plugin)
        assert not reason, reason
        assert self.kind.protocol is not None and isinstance(plugin, self.kind.protocol), "it does not fit the protocol"

    @basic
    def test_written_for_this_version_of_the_protocols(self) -> None:
        """A plug-in may state the version it was written for, and no newer one than the host has."""
        wants = getattr(type(self.make()), "plugin_api", PLUGIN_API)
        problem = find_api_problem(wants)
        assert not problem, problem

    @optional("`name`")
    def test_the_entry_point_finds_the_class(self) -> None:
        """The entry-point name is the name: asking for it gives this class and no other."""
        if self.name is None:
            skip("no entry-point name is set; set the class attribute 'name'")
        found = load_class(Registry().find(self.kind, self.name))
        assert found is type(self.make()), f"{self.kind.name} {self.name!r} is {found.__qualname__}"

    @basic
    def test_options_survive_a_round_trip(self) -> None:
        """Its fields are its options: what an instance holds can be written as a SPEC and read back."""
        plugin = self.make()
        options = self._options(plugin)
        registry = Registry()
        try:
            typed = build(self.kind, {"use": self._named(type(plugin)), **options}, registry)
        except PluginBroken as error:
            skip(f"it cannot be built, which another test says: {error}")
        written = build(self.kind, typed.use.spec, registry)
        for field in list_option_fields(type(plugin)):
            if field.init:
                held = getattr(plugin, field.name)
                assert getattr(typed.plugin, field.name) == held, f"option {field.name!r} of a table"
                assert getattr(written.plugin, field.name) == held, f"option {field.name!r} of {typed.use.spec}"

    @basic
    def test_no_option_is_a_secret(self) -> None:
        """Secrets are never options, for a SPEC is logged and stored: an option names the variable that holds one."""
        plugin = self.make()
        cls = type(plugin)
        fields = attrs.fields(cls) if attrs.has(cls) else ()
        secret = [field for field in fields if _holds_secret(field.name, getattr(plugin, field.name, None))]
        options = [field.name for field in secret if field.init and field.metadata.get("option", True)]
        assert not options, f"{', '.join(options)}: a secret as an option; take the name of a variable, api_key_env say"
        shown = [field.name for field in secret if field.repr]
        assert not shown, f"{', '.join(shown)}: its repr shows a secret; make the field with repr=False"

    def _named(self, cls: type) -> str:
        if self.name is not None:
            return self.name
        if "<locals>" in cls.__qualname__:
            skip(f"{cls.__qualname__} stands inside a function and has no name to ask for it by")
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
                skip(f"{field.name!r} is {type(held).__name__}, which no SPEC can say; mark it as no option")
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


def _holds_secret(name: str, value: object) -> bool:
    """Whether a field holds a secret: ``max_tokens`` has the name of one and is a number."""
    return is_secret_name(name) and not isinstance(value, int | float) and not name.lower().endswith("_tokens")


def outcome(job: Callable[[], T]) -> T | BaseException:
    """Give what came of something: its value, or what it raised."""
    try:
        return job()
    except (Exception, SystemExit) as error:
        return error


def unchanged(before: Any, now: Any) -> bool:
    """Whether an attrs object still says what its deep copy says, mutable corners included."""
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


def _is_kept(cls: type, name: str) -> bool:
    found: Any = inspect.getattr_static(cls, name, None)
    theirs: Any = find_standard_tests(cls)[name]
    if found is theirs:
        return True
    marks = getattr(found, "pytestmark", [])
    is_marked = any(mark.name == "xfail" and mark.kwargs.get("reason") for mark in marks)
    return is_marked and not theirs.standard.is_basic
