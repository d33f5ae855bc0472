"""From what was asked for to a plug-in that can work."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from decimal import Decimal
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import attrs
from cattrs import Converter

from .._types.hide_secrets import HIDDEN, hide_secrets, is_secret_name
from .._types.json_value import exact_text
from .._types.run_info import PluginUse
from ..errors import PluginBroken, PluginOptionsError, UsageError, did_you_mean
from .abilities import find_instance_misfit, find_misfit
from .api_version import PLUGIN_API, find_api_problem
from .kinds import EVALUATOR, OBSERVER, Kind
from .option_problem import format_problem, format_problems
from .registry import Entry, Registry
from .spec import Raw, Spec


@attrs.frozen
class Built:
    """A plug-in that is ready to work.

    Attributes:
        plugin: The instance.
        use: Who it is, for the metadata.
        name: A name of its own in the run; empty where it has that of its entry point.
    """

    plugin: Any
    use: PluginUse
    name: str = ""

    @property
    def key(self) -> str:
        """The name as results carry it: snake_case; of an import path the class's."""
        if self.name:
            return self.name.replace("-", "_")
        name = self.use.name if self.use.distribution else _make_kebab(self.use.name.rpartition(".")[2])
        return name.replace("-", "_")


def build(kind: Kind, asked: object, registry: Registry) -> Built:
    """Build one plug-in, or take the instance that was handed in.

    Args:
        kind: The kind.
        asked: A SPEC string, a :class:`Spec`, a table with ``use``, or an instance.
        registry: What is installed.

    Raises:
        PluginError: If it cannot be used; the message names kind, name, distribution, version, target, cause.
    """
    if isinstance(asked, str):
        asked = Spec.parse(asked)
    elif isinstance(asked, Mapping):
        asked = Spec.from_table(asked)
    if isinstance(asked, Spec):
        entry = registry.find(kind, asked.name)
        cls = load_class(entry)
        spec, name = _take_name(entry, cls, asked)
        plugin = _build_instance(entry, cls, spec)
        _check_instance(kind, plugin, str(entry))
        return Built(plugin, PluginUse(kind.name, entry.name, asked.text, entry.distribution, entry.version), name)
    return _take_instance(kind, asked, registry)


def _take_instance(kind: Kind, plugin: object, registry: Registry) -> Built:
    if inspect.isclass(plugin):
        raise PluginBroken(f"{kind.name} {plugin.__qualname__} is a class; hand in an instance of it")
    cls = type(plugin)
    if reason := kind.misfit(plugin) or find_misfit(kind, cls):
        raise PluginBroken(f"{kind.name} {cls.__qualname__} cannot be used: {reason}")
    _check_instance(kind, plugin, f"{kind.name} {cls.__qualname__}")
    entry = registry.owner_of(kind, cls)
    if entry:
        use = PluginUse(kind.name, entry.name, _show_plugin(plugin), entry.distribution, entry.version)
    else:
        use = PluginUse(kind.name, _make_kebab(cls.__name__), _show_plugin(plugin))
    return Built(plugin, use)


def _check_instance(kind: Kind, plugin: object, who: str) -> None:
    if reason := find_instance_misfit(kind, plugin):
        raise PluginBroken(f"{who} cannot be used: {reason}")


def _show_plugin(plugin: object) -> str:
    """Write an instance as its class with its options: a stranger's repr may carry a secret or an address."""
    cls = type(plugin)
    if not attrs.has(cls):
        return cls.__qualname__
    shown = (_show_option(plugin, field) for field in attrs.fields(cls) if _is_shown(field))
    return f"{cls.__qualname__}({', '.join(shown)})"


def _is_shown(field: Any) -> bool:
    return bool(field.repr and field.init and field.metadata.get("option", True))


def _show_option(plugin: object, field: Any) -> str:
    if is_secret_name(field.name):
        return f"{field.name}={HIDDEN}"
    try:
        value = hide_secrets(exact_text(repr(getattr(plugin, field.name))))
    except KeyboardInterrupt:
        raise
    except BaseException:
        value = "?"
    return f"{field.name}={value if len(value) <= 200 else value[:197] + '...'}"


def _make_kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower().lstrip("_-")


def load_class(entry: Entry) -> type:
    """Import a plug-in's class and hold it against its protocol.

    Raises:
        PluginBroken: If it cannot be imported, is no attrs class, does not satisfy the protocol, or was written
            for a newer version of the protocols.
    """
    found = entry.load()
    if not inspect.isclass(found) or not attrs.has(found):
        what = "a class without attrs" if inspect.isclass(found) else f"a {type(found).__name__}"
        raise PluginBroken(f"{entry} cannot be used: it is {what}; make it an attrs class")
    if reason := entry.kind.misfit(found) or find_misfit(entry.kind, found):
        raise PluginBroken(f"{entry} cannot be used: {reason}")
    if problem := find_api_problem(getattr(found, "plugin_api", PLUGIN_API)):
        raise PluginBroken(f"{entry} cannot be used: {problem}")
    try:
        list_option_fields(found)
    except Exception as error:
        raise PluginBroken(
            f"{entry} cannot be used: the types of its fields cannot be resolved ({type(error).__name__}: {error}); "
            "import them outside of TYPE_CHECKING"
        ) from error
    return found


def list_option_fields(cls: type) -> list[Any]:
    """The fields of a plug-in that are options; ``metadata={"option": False}`` marks those that are not."""
    attrs.resolve_types(cls)
    return [field for field in attrs.fields(cls) if field.metadata.get("option", True)]


def _take_name(entry: Entry, cls: type, spec: Spec) -> tuple[Spec, str]:
    """Take out the name that one instance is to have in the run, unless the plug-in has an option of that name."""
    fields = {field.alias or field.name for field in attrs.fields(cls)}
    if "name" not in spec.options or "name" in fields or entry.kind not in _NAMED:
        return spec, ""
    given = spec.options["name"]
    name = given.plain() if isinstance(given, Raw) else given
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise PluginOptionsError(f"{entry}: name is {name!r}; give a word of letters, digits and '-', strict say")
    return attrs.evolve(spec, options={key: value for key, value in spec.options.items() if key != "name"}), name


# What they give stands under their names; of other kinds nothing does.
_NAMED = (EVALUATOR, OBSERVER)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def _build_instance(entry: Entry, cls: type, spec: Spec) -> object:
    fields = {field.alias or field.name: field for field in list_option_fields(cls) if field.init}
    # What is live, a client say, no SPEC can say: a table from Python may bring it.
    live = {field.alias or field.name for field in attrs.fields(cls) if field.init} - set(fields)
    given = _add_arg(entry, fields, spec)
    handed = {name: value for name, value in given.items() if name in live and not isinstance(value, Raw)}
    options = {name: value for name, value in given.items() if name not in handed}
    problems = [
        f"{entry} has no option {name!r}; " + ("hand it in from Python" if name in live else did_you_mean(name, fields))
        for name in options
        if name not in fields
    ]
    missing = [name for name, field in fields.items() if field.default is attrs.NOTHING and name not in options]
    first = next(iter(fields), None)
    problems += [
        f"{entry} needs {name!r}; give it as " + (f"{spec.name}:{name.upper()}" if name == first else f"{name}=...")
        for name in missing
    ]
    values: dict[str, object] = {}
    for name, value in options.items():
        if name not in fields:
            continue
        try:
            values[name] = _convert_value(fields[name], value)
        except Exception as error:
            problems += [f"{entry}: {line}" for line in format_problems(error, name)]
    if problems:
        raise PluginOptionsError(problems)
    try:
        return cls(**values, **handed)
    except UsageError as error:
        problems = [f"{entry}: {problem}" for problem in error.problems]
    except Exception as error:
        problems = [f"{entry}: {format_problem(error)}"]
    raise PluginOptionsError(problems)


def _add_arg(entry: Entry, fields: Mapping[str, Any], spec: Spec) -> dict[str, object]:
    if spec.arg is None:
        return dict(spec.options)
    if not fields:
        raise PluginOptionsError(f"{entry} takes no ARG; leave out {str(spec.arg)!r}")
    first = next(iter(fields))
    if first in spec.options:
        raise PluginOptionsError(f"{entry} is given {first!r} twice, as ARG and by name; give it once")
    return {first: spec.arg, **spec.options}


def _read_raw(field: Any, value: object) -> object:
    if not isinstance(value, Raw):
        return value
    return value.plain() if _list_types(field.type) <= _AS_TYPED else value.read()


_AS_TYPED = {str, Path, Decimal, type(None)}
"""What takes a value as it was typed: a path may be named 4, and 0.1 is no float on its way to Decimal."""


def _list_types(kind: object) -> set[object]:
    # ``str | None`` has types.UnionType as its origin, ``Optional[str]`` has Union.
    origin = get_origin(kind)
    is_union = origin is Union or getattr(origin, "__name__", "") == "UnionType"
    return set(get_args(kind)) if is_union else {kind}


def _convert_value(field: Any, value: object) -> object:
    typed = _read_raw(field, value)
    # A field with a converter takes what its converter takes.
    if field.type is None or field.converter is not None:
        return typed
    kinds = _list_types(field.type)
    if isinstance(typed, str) and str not in kinds and any((get_origin(kind) or kind) in _SERIES for kind in kinds):
        # A string is a series of strings too, one for each letter, which is never what was meant.
        raise ValueError(f'{typed!r} is str; give a list, ["..."]')
    return _make_converter().structure(typed, field.type)


_SERIES = {list, tuple, set, frozenset, Sequence, Iterable, Collection, Set}


def _make_converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, use_alias=True)
    # cattrs calls int, float, str and bool on what it gets, so that the string "false" is True.
    for kind, takes in _STRICT.items():
        converter.register_structure_hook(kind, _make_strict(kind, takes))
    return converter


_STRICT: dict[Callable[[Any], Any], tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (int, float),
    str: (str,),
    Path: (str, Path),
    Decimal: (str, int, Decimal),
}


def _make_strict(kind: Callable[[Any], Any], takes: tuple[type, ...]) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, takes) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{value!r} is {type(value).__name__}; give {_WORDS[kind]}")
        try:
            return kind(value)
        except ArithmeticError:
            raise ValueError(f"{value!r} is {type(value).__name__}; give {_WORDS[kind]}") from None

    return structure


_WORDS: dict[Callable[[Any], Any], str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    Path: "a path",
    Decimal: "a number",
}
