"""What a plug-in may do beside its protocol, found on its class so that no option is taken for it."""

from __future__ import annotations

import functools
import inspect
from typing import Any, TypeVar

import attrs

from ..protocols import (
    Asks,
    Checks,
    Closes,
    Follows,
    HasWorkers,
    Named,
    Previews,
    Priced,
    Proposes,
    Retakes,
    Ruled,
    Streams,
)
from .isolation import format_error, format_value
from .kinds import DRIVER, EVALUATOR, EXECUTOR, JUDGE, OBSERVER, PERSONA_SOURCE, PICKED, SINK, Kind

T = TypeVar("T")


@attrs.frozen
class Ability:
    """An optional protocol.

    Attributes:
        protocol: The protocol, with one method or, for a value, one property.
        member: The name of its method or value.
        kinds: The kinds of plug-in that may have it.
        is_async: Whether the method is asynchronous.
        arguments: Number of arguments of the method beside ``self``.
        is_value: Whether it is a value instead of a method.
    """

    protocol: type
    member: str
    kinds: tuple[Kind, ...]
    is_async: bool = False
    arguments: int = 0
    is_value: bool = False


_ASKED = (PERSONA_SOURCE, DRIVER, JUDGE, EVALUATOR, OBSERVER)
_CLOSED = (*_ASKED, EXECUTOR)
ABILITIES = (
    Ability(Checks, "check", PICKED, is_async=True),
    Ability(Closes, "aclose", _CLOSED, is_async=True),
    Ability(Asks, "questions", (DRIVER, EVALUATOR, OBSERVER), arguments=1),
    Ability(Proposes, "proposal", (PERSONA_SOURCE,), arguments=1),
    Ability(Previews, "preview", (PERSONA_SOURCE,), arguments=1),
    Ability(Streams, "stream", (PERSONA_SOURCE,), arguments=1),
    Ability(Follows, "follow", (SINK,), arguments=1),
    Ability(Retakes, "retake", (SINK,), is_async=True, arguments=1),
    Ability(HasWorkers, "count_workers", (EXECUTOR,)),
    Ability(Priced, "prices", (JUDGE,)),
    Ability(Named, "model", (JUDGE,), is_value=True),
    Ability(Ruled, "rule", (JUDGE,), is_value=True),
)
_BY_PROTOCOL = {ability.protocol: ability for ability in ABILITIES}


def find_ability(plugin: object, protocol: type[T]) -> T | None:
    """Return a plug-in as one of the optional protocols, or None where it has not that ability.

    A method counts if the class defines it. An option of the same name is an option and nothing else.
    """
    ability = _BY_PROTOCOL[protocol]
    cls: Any = type(plugin)
    has = hasattr(plugin, ability.member) if ability.is_value else _has_method(cls, ability.member)
    return plugin if has else None  # type: ignore[return-value]


def find_misfit(kind: Kind, cls: type) -> str:
    """Say why a class has an ability by half; empty if it has each of them or not."""
    reasons = (_find_reason(ability, cls) for ability in ABILITIES if kind in ability.kinds and not ability.is_value)
    return next(filter(None, reasons), "")


def find_instance_misfit(kind: Kind, plugin: object) -> str:
    """Say why an instance has an ability by half that its class has, or a value that is none; empty if it has not."""
    reasons = (
        _find_wrong_value(ability, plugin) if ability.is_value else _find_hidden_method(ability, plugin)
        for ability in ABILITIES
        if kind in ability.kinds
    )
    return next(filter(None, reasons), "")


def _find_wrong_value(ability: Ability, plugin: object) -> str:
    name = ability.member
    try:
        # Not looked for on the class: a class without slots has it on its instances alone.
        value = getattr(plugin, name)
    except AttributeError:
        return ""
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"its {name!r} cannot be read ({format_error(error)}); make it a name, as a string"
    is_name = isinstance(value, str) and value
    return "" if is_name else f"its {name!r} is {format_value(value)}; make it a name, as a string"


def _find_hidden_method(ability: Ability, plugin: object) -> str:
    name: str = ability.member
    cls: Any = type(plugin)
    # What can be called may well be the method's stand-in, in a test say.
    is_hidden = name in getattr(plugin, "__dict__", {}) and not callable(getattr(plugin, name))
    if is_hidden and _has_method(cls, name):
        return f"its attribute {name!r} hides its method {name!r}; rename the attribute"
    return ""


@functools.lru_cache(maxsize=1024)  # looked for in every turn
def _has_method(cls: type, name: str) -> bool:
    return name not in _list_options(cls) and inspect.isfunction(_look_up(cls, name))


def _find_reason(ability: Ability, cls: type) -> str:
    name, found = ability.member, _look_up(cls, ability.member)
    if name in _list_options(cls):
        is_inherited = any(inspect.isfunction(vars(base).get(name)) for base in cls.__mro__[1:])
        # A method below an option of its name is taken for the option's default; any other function may be one.
        default: Any = attrs.fields_dict(cls)[name].default
        is_hidden = is_inherited or getattr(default, "__qualname__", "") == f"{cls.__qualname__}.{name}"
        return f"its option {name!r} hides its method {name!r}; rename the option" if is_hidden else ""
    if found is None:
        return ""
    if not inspect.isfunction(found):
        what = "property" if isinstance(found, property) else type(found).__name__
        return f"its {name!r} is a {what}, not a method; write '{_write(ability)}', or rename it"
    is_async = inspect.iscoroutinefunction(found)
    if is_async != ability.is_async or not _takes(found, ability.arguments):
        return f"its method {name!r} is not as it is called; write '{_write(ability)}', or rename it"
    return ""


def _takes(function: Any, arguments: int) -> bool:
    try:
        inspect.signature(function).bind(*range(arguments + 1))
    except TypeError:
        return False
    return True


def _write(ability: Ability) -> str:
    source = inspect.signature(getattr(ability.protocol, ability.member))
    names = ", ".join(source.parameters)
    return f"{'async ' if ability.is_async else ''}def {ability.member}({names})"


def _list_options(cls: type) -> set[str]:
    return {field.name for field in attrs.fields(cls)} if attrs.has(cls) else set()


def _look_up(cls: type, name: str) -> object | None:
    found: object = inspect.getattr_static(cls, name, None)
    return found
