"""What a run is made with, in words, so that another process can load the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from .._plugins.spec import Raw, Spec
from .._types.hide_secrets import hide_secrets, is_secret_name
from ..errors import PluginOptionsError, UsageError
from .settings import Settings
from .system import SystemUnderTest

_LISTS = ("evaluators", "observers")
_ONES = ("driver", "driver_judge")
_VALUES = (
    *("max_turns", "max_message", "judge_votes", "judge_calls", "trials", "first_trial"),
    *("concurrency", "timeout", "patience", "seed", "without"),
)


@attrs.frozen
class Travelling:
    """What a run is made with, as far as it can be said in words.

    Attributes:
        model: The system under test: ``FILE:NAME``, ``MODULE:NAME``, or an endpoint.
        options: The settings of the run, by name.
    """

    model: str
    options: Mapping[str, Any]


def make_travelling(system: SystemUnderTest | None, settings: Settings, judge: str) -> Travelling:
    """Say in words what a run is made with.

    Args:
        system: The system under test.
        settings: The options.
        judge: The SPEC of the judge, also where a key chose it.

    Raises:
        UsageError: If something has no words; with all of it.
    """
    problems: list[str] = []
    if system is not None and system.endpoint is not None:
        _say(system.reference, "the system under test", problems)
    if system is not None and not system.reference:
        problems.append(
            "model_fn cannot be found by its name in another process; define it with 'def' at the top of a module, or "
            "give its name, 'package.module:name' or 'model.py:name'"
        )
    if settings.hooks is not None and list(settings.hooks):
        problems.append(
            "hooks are objects, and an object has no name in another process; install them, with entry points in "
            "'multivon_eval.hooks', and leave hooks out"
        )
    options = {name: getattr(settings, name) for name in _VALUES}
    options["hooks"] = settings.hooks if settings.hooks is None else []
    asked = {"judge": judge if settings.judge is None else settings.judge}
    asked |= {name: getattr(settings, name) for name in _ONES}
    for name, value in asked.items():
        options[name] = None if value is None else _say(value, name, problems)
    for name in _LISTS:
        options[name] = [_say(value, name, problems) for value in getattr(settings, name)]
    if problems:
        raise UsageError(problems)
    return Travelling(system.reference if system else "", options)


def _say(value: object, name: str, problems: list[str]) -> object:
    """A plug-in as a SPEC or a table; what is neither is a problem."""
    if isinstance(value, Spec):
        value = value.text
    plain = dict(value) if isinstance(value, Mapping) else value
    if _has_secret(plain):
        problems.append(
            f"{name}: it carries a secret, which would be sent to workers and may stand in their logs; leave it to a "
            "variable that is set in each worker, with ',api_key_env=NAME' say"
        )
        return None
    if isinstance(plain, str | dict) and _is_json(plain):
        return plain
    problems.append(
        f"{name}: {type(value).__name__} is an object, and an object has no name in another process; give it as a "
        "SPEC, NAME[:ARG][,key=value]..., or as a table of plain values with 'use'"
    )
    return None


def _is_json(value: object) -> bool:
    """Whether a value comes back from JSON as it is."""
    try:
        return bool(json.loads(json.dumps(value)) == value)
    except (TypeError, ValueError):
        return False


def _has_secret(given: object) -> bool:
    """Whether a SPEC or a table carries what looks like a secret, or has an option that is called like one."""
    if isinstance(given, str):
        try:
            spec = Spec.parse(given)
        except PluginOptionsError:  # told where the plug-in is built
            return hide_secrets(given) != given
        return hide_secrets(given) != given or _has_secret(spec.options)
    if not isinstance(given, Mapping):
        return False
    return any(_is_secret(str(name), value) for name, value in given.items())


def _is_secret(name: str, value: object) -> bool:
    if isinstance(value, Raw):
        value = value.read()
    if isinstance(value, Mapping):
        return _has_secret(value)
    # Counts of tokens are called like tokens.
    is_text = isinstance(value, str) and bool(value)
    return is_text and (is_secret_name(name) or hide_secrets(str(value)) != value)
