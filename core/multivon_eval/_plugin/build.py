"""From what was asked for to a plug-in that can work."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Union, get_args, get_origin

import attrs
import cattrs
from cattrs import Converter, transform_error

from ..errors import MultivonEvalError, PluginBroken, PluginOptionsError, did_you_mean
from ..protocols import PLUGIN_API
from ..results import PluginUse
from .kinds import Kind
from .registry import Entry, Registry
from .spec import Raw, Spec


@attrs.frozen
class Built:
    """A plug-in that is ready to work.

    Attributes:
        plugin: The instance.
        use: Who it is, for the metadata.
    """

    plugin: Any
    use: PluginUse

    @property
    def key(self) -> str:
        """The name as results carry it: snake_case."""
        return self.use.name.rpartition("/")[2].rpartition(".")[2].replace("-", "_")


def build(kind: Kind, asked: object, registry: Registry) -> Built:
    """Build one plug-in, or take the instance that was handed in.

    Args:
        kind: The kind.
        asked: A SPEC string, a :class:`Spec`, a table with ``use``, or an instance.
        registry: What is installed.

    Raises:
        PluginError: It cannot be used; the message names kind, name, distribution, version, target, cause.
    """
    if isinstance(asked, str):
        asked = Spec.parse(asked)
    elif isinstance(asked, Mapping):
        asked = Spec.from_table(asked)
    if isinstance(asked, Spec):
        entry = registry.find(kind, asked.name)
        plugin = _construct(entry, load_class(entry), asked)
        return Built(plugin, PluginUse(kind.name, entry.name, asked.text, entry.distribution, entry.version))
    return _handed_in(kind, asked, registry)


def _handed_in(kind: Kind, plugin: object, registry: Registry) -> Built:
    if inspect.isclass(plugin):
        raise PluginBroken(f"{kind.name} {plugin.__qualname__} is a class; hand in an instance of it")
    cls = type(plugin)
    if reason := kind.misfit(plugin):
        raise PluginBroken(f"{kind.name} {cls.__qualname__} cannot be used: {reason}")
    entry = registry.owner_of(kind, cls)
    if entry:
        use = PluginUse(kind.name, entry.name, _shown(plugin), entry.distribution, entry.version)
    else:
        use = PluginUse(kind.name, _kebab(cls.__name__), _shown(plugin))
    return Built(plugin, use)


def _shown(plugin: object) -> str:
    # Only classes that say what they hold: a stranger's repr may carry a secret or an address.
    return repr(plugin) if attrs.has(type(plugin)) else type(plugin).__qualname__


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower().lstrip("_-")


def load_class(entry: Entry) -> type:
    """Import a plug-in's class and hold it against its protocol.

    Raises:
        PluginBroken: It cannot be imported, is no attrs class, does not satisfy the protocol, or was written
            for a newer version of the protocols.
    """
    found = entry.load()
    if not inspect.isclass(found) or not attrs.has(found):
        what = "a class without attrs" if inspect.isclass(found) else f"a {type(found).__name__}"
        raise PluginBroken(f"{entry} cannot be used: it is {what}; make it an attrs class")
    if reason := entry.kind.misfit(found):
        raise PluginBroken(f"{entry} cannot be used: {reason}")
    wants = getattr(found, "plugin_api", PLUGIN_API)
    if not isinstance(wants, int) or wants > PLUGIN_API:
        raise PluginBroken(
            f"{entry} cannot be used: it is written for plug-in API {wants!r} and this host has "
            f"{PLUGIN_API}; upgrade multivon-eval"
        )
    return found


def _construct(entry: Entry, cls: type, spec: Spec) -> object:
    fields = [field for field in option_fields(cls) if field.init]
    options = dict(spec.options)
    if spec.arg is not None:
        if not fields:
            raise PluginOptionsError(f"{entry} takes no ARG; leave out {str(spec.arg)!r}")
        first = fields[0].alias or fields[0].name
        if first in options:
            raise PluginOptionsError(f"{entry} is given {first!r} twice, as ARG and by name; give it once")
        options = {first: spec.arg, **options}
    by_alias = {field.alias or field.name: field for field in fields}
    problems = [
        f"{entry} has no option {name!r}; {did_you_mean(name, by_alias)}" for name in options if name not in by_alias
    ]
    problems += [
        f"{entry} needs {name!r}; give it as " + (f"{spec.name}:{name.upper()}" if index == 0 else f"{name}=...")
        for index, (name, field) in enumerate(by_alias.items())
        if field.default is attrs.NOTHING and name not in options
    ]
    if problems:
        raise PluginOptionsError(problems)
    return _structured(entry, cls, {name: _typed(by_alias[name], value) for name, value in options.items()})


def option_fields(cls: type) -> list[Any]:
    """The fields of a plug-in that are options; ``metadata={"option": False}`` marks those that are not."""
    attrs.resolve_types(cls)
    return [field for field in attrs.fields(cls) if field.metadata.get("option", True)]


def _typed(field: Any, value: object) -> object:
    if not isinstance(value, Raw):
        return value
    return value.plain() if _kinds_of(field.type) <= {str, type(None)} else value.read()


def _kinds_of(kind: object) -> set[object]:
    # ``str | None`` has types.UnionType as its origin, ``Optional[str]`` has Union.
    origin = get_origin(kind)
    is_union = origin is Union or getattr(origin, "__name__", "") == "UnionType"
    return set(get_args(kind)) if is_union else {kind}


def _structured(entry: Entry, cls: type, options: dict[str, object]) -> object:
    try:
        return _converter().structure(options, cls)
    except MultivonEvalError:
        raise
    except cattrs.ClassValidationError as group:
        raise PluginOptionsError([f"{entry}: {line}" for line in _lines(group)]) from None
    except Exception as error:
        raise PluginOptionsError(f"{entry} does not take these options: {error}") from None


def _lines(group: cattrs.ClassValidationError) -> Iterable[str]:
    def described(error: BaseException, type_: type | None) -> str:
        return str(error)

    for line in transform_error(group, path="option", format_exception=described):
        yield line.replace("option.", "")


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, use_alias=True)
    # cattrs calls int, float, str and bool on what it gets, so that the string "false" is True.
    for kind, takes in _STRICT.items():
        converter.register_structure_hook(kind, _strict(kind, takes))
    return converter


_STRICT: dict[type, tuple[type, ...]] = {bool: (bool,), int: (int,), float: (int, float), str: (str,)}


def _strict(kind: type, takes: tuple[type, ...]) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, takes) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{value!r} is {type(value).__name__}; give {_WORDS[kind]}")
        return kind(value)

    return structure


_WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}
