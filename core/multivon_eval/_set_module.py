"""Public classes name the door that they are imported from, not the private module that they are written in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ForwardRef, TypeVar

C = TypeVar("C", bound=type)
_LINE = "__firstlineno__"
"""Where a class begins in its module, from Python 3.13 on; ``inspect`` would show that line of the door."""


def set_module(door: str) -> Callable[[C], C]:
    """Make the decorator of a public class; it stands above all others.

    Reprs, documentation, tracebacks and pickles then say ``multivon_eval.Persona``, and go on to do so when the class
    moves to another module.

    Args:
        door: The first door that has the class: ``multivon_eval``, ``multivon_eval.sdk`` or ``multivon_eval.testing``.
    """

    def decorate(cls: C) -> C:
        # The names in an annotation are those of the module that it is written in. Whoever resolves it (attrs, cattrs,
        # typing.get_type_hints) would look for them in the door; so it remembers its module, as in a TypedDict.
        for name, annotation in cls.__annotations__.items():
            if isinstance(annotation, str):
                cls.__annotations__[name] = ForwardRef(
                    annotation, is_argument=False, module=cls.__module__, is_class=True
                )
        cls.__module__ = door
        if _LINE in vars(cls):
            delattr(cls, _LINE)
        return cls

    return decorate
