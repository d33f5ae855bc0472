"""``help(simulate)`` lists every option, although type checkers read them off one ``TypedDict``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from .._run.options import OPTIONS
from .._run.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
_LINE = re.compile(r"^ +\*\*options: See :class:`~multivon_eval\.\w+`\.$", re.MULTILINE)
_IN_PYTHON_ONLY = {
    "first_trial": "The number of the first trial: to have a certain one, or more beside those there are.",
    "hooks": "Ambient plug-ins: None for all that are installed, () for none, else exactly these objects.",
}


def list_options(kind: type, own: Mapping[str, tuple[object, str]] | None = None) -> Callable[[F], F]:
    """Make a decorator that replaces ``**options`` by the single options, in the signature and in the docstring.

    Args:
        kind: The ``TypedDict`` of the options.
        own: By name the default and the words of those that are not as ``simulate`` has them.
    """
    own = own or {}

    def document(function: F) -> F:
        signature = inspect.signature(function)
        others = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        known = {field.name: getattr(Settings(), field.name) for field in attrs.fields(Settings)}
        texts = {option.field: option.help for option in OPTIONS if option.field} | _IN_PYTHON_ONLY
        options, lines = [], []
        for name, of in kind.__annotations__.items():
            default, text = own.get(name) or (known.get(name), texts.get(name))
            annotation = getattr(of, "__forward_arg__", of)
            options.append(
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            )
            lines.append(f"    {name}: {text}")
        function.__signature__ = signature.replace(parameters=[*others, *options])  # type: ignore[attr-defined]
        # Python 3.13 takes the indentation away when it compiles, earlier ones leave it.
        doc = inspect.cleandoc(function.__doc__ or "")
        function.__doc__ = _LINE.sub(lambda _: "\n".join(lines), doc)
        return function

    return document
