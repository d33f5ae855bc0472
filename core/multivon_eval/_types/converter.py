"""Values of the nouns as JSON values and back, as cattrs does it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from cattrs.preconf.json import JsonConverter, make_converter

from .json_value import FrozenDict, FrozenList

T = TypeVar("T")


def _make() -> JsonConverter:
    converter = make_converter()
    # JSON has one kind of number. The shortest digits that give the float back also give the Decimal back,
    # for any amount of money there is.
    converter.register_unstructure_hook(Decimal, float)
    converter.register_structure_hook(Decimal, lambda value, _: Decimal(repr(value)))
    # What is written out is the caller's own and may be changed.
    converter.register_unstructure_hook(
        FrozenDict, lambda value: {key: converter.unstructure(value[key]) for key in value}
    )
    converter.register_unstructure_hook(FrozenList, lambda value: [converter.unstructure(item) for item in value])
    # Values of metadata are JSON already; criteria are a string or a list of them.
    converter.register_structure_hook(str | tuple[str, ...], lambda value, _: _text_or_tuple(value))
    return converter


def _text_or_tuple(value: Any) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)


_CONVERTER = _make()


def make_plain(value: Any) -> Any:
    """Give a noun as JSON values."""
    return _CONVERTER.unstructure(value)


def structure(row: Any, kind: type[T]) -> T:
    """Read a noun from JSON values."""
    return _CONVERTER.structure(row, kind)
