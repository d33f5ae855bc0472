"""What a plug-in may do beside its protocol, found on its class so that no option is taken for it."""

from __future__ import annotations

import functools
import inspect
from typing import Any, TypeVar

import attrs

from ..protocols import Asks, Checks, Closes, Named, Priced, Proposes
from .kinds import DRIVER, EVALUATOR, JUDGE, OBSERVER, PERSONA_SOURCE, PICKED, Kind

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
ABILITIES = (
    Ability(Checks, "check", PICKED, is_async=True),
    Ability(Closes, "aclose", _ASKED, is_async=True),
    Ability(Asks, "questions", (DRIVER, EVALUATOR, OBSERVER), arguments=1),
    Ability(Proposes, "proposal", (PERSONA_SOURCE,), arguments=1),
    Ability(Priced, "prices", (JUDGE,)),
    Ability(Named, "model", (JUDGE,), is_value=True),
)
_BY_PROTOCOL = {ability.protocol: ability for ability in ABILITIES}


def find_ability(plugin: object, protocol: type[T]) -> T | None:
    """Return a plug-in as one of the optional protocols, or None where it has not that ability.

    A method counts if the class defines it. An option of the same name is an option and nothing else.
    """
    ability = _BY_PROTOCOL[protocol]
    if ability.is_value:
        has = isinstance(getattr(plugin, ability.member, None), str)
    else:
        cls: Any = type(plugin)
        has = _has_method(cls, ability.member)
    return plugin if has else None  # type: ignore[return-value]


def find_misfit(kind: Kind, cls: type) -> str:
    """Say why a class has an ability by half; empty if it has each of them or not."""
    reasons = (_find_reason(ability, cls) for ability in ABILITIES if kind in ability.kinds and not ability.is_value)
    return next(filter(None, reasons), "")


def find_value_misfit(kind: Kind, plugin: object) -> str:
    """Say why a value of an instance is not what the ability promises; empty if it is, or is not there."""
    for ability in ABILITIES:
        if kind not in ability.kinds or not ability.is_value or not hasattr(type(plugin), ability.member):
            continue
        value: Any = getattr(plugin, ability.member)
        if not isinstance(value, str) or not value:
            return f"its {ability.member!r} is {value!r}; make it a name, as a string"
    return ""


@functools.lru_cache(maxsize=1024)  # looked for in every turn
def _has_method(cls: type, name: str) -> bool:
    return name not in _list_options(cls) and inspect.isfunction(_look_up(cls, name))


def _find_reason(ability: Ability, cls: type) -> str:
    name, found = ability.member, _look_up(cls, ability.member)
    if name in _list_options(cls):
        is_hidden = any(inspect.isfunction(vars(base).get(name)) for base in cls.__mro__[1:])
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
