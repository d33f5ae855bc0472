"""Plug-ins from SPECs, for those who embed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, overload

from .._plugins.build import build
from .._plugins.kinds import PICKED
from .._plugins.registry import Registry
from ..errors import UsageError, did_you_mean
from ..protocols import Driver, Evaluator, Judge, Observer, PersonaSource, Sink

_KINDS = {kind.name.replace(" ", "_"): kind for kind in PICKED}


@overload
def make_plugin(kind: Literal["judge"], spec: str | Mapping[str, object]) -> Judge: ...
@overload
def make_plugin(kind: Literal["driver"], spec: str | Mapping[str, object]) -> Driver: ...
@overload
def make_plugin(kind: Literal["evaluator"], spec: str | Mapping[str, object]) -> Evaluator: ...
@overload
def make_plugin(kind: Literal["observer"], spec: str | Mapping[str, object]) -> Observer: ...
@overload
def make_plugin(kind: Literal["sink"], spec: str | Mapping[str, object]) -> Sink: ...
@overload
def make_plugin(kind: Literal["persona_source"], spec: str | Mapping[str, object]) -> PersonaSource: ...
def make_plugin(kind: str, spec: str | Mapping[str, object]) -> Any:
    """Make an instance of an installed plug-in, as a run would.

    Args:
        kind: ``judge``, ``driver``, ``evaluator``, ``observer``, ``sink`` or ``persona_source``.
        spec: A SPEC, ``NAME[:ARG][,key=value]...``, or a table with ``use``. A table may hold what no SPEC can say, an
            ``httpx.AsyncClient`` as ``client`` say.

    Returns:
        The instance. Nobody has checked it yet, and nobody closes it but a run that it takes part in.

    Raises:
        UsageError: If there is no such plug-in, or it cannot be made of these options; with all problems at once.
    """
    if kind not in _KINDS:
        raise UsageError(f"there is no kind of plug-in named {kind!r}; {did_you_mean(kind, _KINDS)}")
    return build(_KINDS[kind], spec, Registry()).plugin
