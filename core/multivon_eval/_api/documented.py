"""``help(simulate)`` lists every option, although type checkers read them off one ``TypedDict``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from .._run.options import OPTIONS
from .._run.settings import Settings, SimulationOptions

F = TypeVar("F", bound=Callable[..., Any])
_LINE = "    **options: See :class:`~multivon_eval.SimulationOptions`."
_IN_PYTHON_ONLY = {
    "first_trial": "The number of the first trial: to have a certain one, or more beside those there are.",
    "hooks": "Ambient plug-ins: None for all that are installed, () for none, else exactly these objects.",
}


def list_options(function: F) -> F:
    """Replace ``**options`` by the single options, in the signature and in the docstring."""
    signature = inspect.signature(function)
    others = [one for one in signature.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
    defaults = {field.name: field.default for field in attrs.fields(Settings)}
    texts = {option.field: option.help for option in OPTIONS if option.field} | _IN_PYTHON_ONLY
    options, lines = [], []
    for name, kind in SimulationOptions.__annotations__.items():
        default = getattr(Settings(), name) if name in defaults else None
        annotation = getattr(kind, "__forward_arg__", kind)
        options.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation))
        lines.append(f"    {name}: {texts[name]}")
    function.__signature__ = signature.replace(parameters=[*others, *options])  # type: ignore[attr-defined]
    # Python 3.13 takes the indentation away when it compiles, earlier ones leave it.
    function.__doc__ = inspect.cleandoc(function.__doc__ or "").replace(_LINE, "\n".join(lines))
    return function
