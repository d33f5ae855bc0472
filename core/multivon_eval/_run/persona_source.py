"""Where the personas of a run come from: a file, a source, or personas that were handed in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from .._plugins.build import Built, build
from .._plugins.kinds import PERSONA_SOURCE
from .._plugins.registry import Registry
from .._plugins.spec import Spec
from .._types.persona import Persona
from .._types.persona_json import persona_from_json
from .._types.run_info import PluginUse
from ..errors import PersonaError
from ..protocols import PersonaSource
from .defaults import PERSONA_FILE
from .personas import GivenPersonas, check_persona
from .problems import Problems


def find_persona_source(personas: object, registry: Registry) -> Built:
    """Find out where the personas come from.

    Args:
        personas: A SPEC, a path of a file of personas, a source, personas as objects or mappings, or None for none.
        registry: What is installed.

    Raises:
        UsageError: If they cannot be found, or some are no personas.
    """
    if personas is None:
        return Built(GivenPersonas(()), PluginUse("persona source", "none", ""))
    if isinstance(personas, Spec):
        return build(PERSONA_SOURCE, personas, registry)
    if isinstance(personas, Path):
        return build(PERSONA_SOURCE, Spec.with_arg(PERSONA_FILE, str(personas)), registry)
    if isinstance(personas, str):
        name = personas.partition(":")[0].partition(",")[0]
        is_known = name.rpartition("/")[2] in registry.names(PERSONA_SOURCE)
        is_there = os.path.exists(personas)
        # The class at the end of an import path is written with a capital; the end of a file's name is not.
        is_path = "/" in name or (":" not in personas and Path(personas).suffix[1:2].islower())
        if not is_there and not is_known and is_path:
            raise PersonaError(f"{personas}: no such file; give --personas a JSONL file or a persona source")
        if is_there:
            return build(PERSONA_SOURCE, Spec.with_arg(PERSONA_FILE, personas), registry)
        return build(PERSONA_SOURCE, personas, registry)
    if isinstance(personas, PersonaSource):
        return build(PERSONA_SOURCE, personas, registry)
    return Built(GivenPersonas(_check_given(personas)), PluginUse("persona source", "given", ""))


def make_persona_source(spec: str) -> PersonaSource | None:
    """Make the persona source that a SPEC names, as ``--personas`` would.

    Args:
        spec: ``NAME[:ARG][,key=value]...``

    Returns:
        The source; None where no persona source of that name is installed.

    Raises:
        UsageError: If it cannot be made with these options.
    """
    registry = Registry()
    if spec.partition(":")[0].partition(",")[0].rpartition("/")[2] not in registry.names(PERSONA_SOURCE):
        return None
    source: PersonaSource = build(PERSONA_SOURCE, spec, registry).plugin
    return source


def _check_given(personas: object) -> tuple[Persona, ...]:
    if isinstance(personas, Persona | Mapping):
        personas = (personas,)
    if not isinstance(personas, Iterable):
        raise PersonaError(f"personas are {type(personas).__name__}; give a list of Persona, a path or a SPEC")
    problems, found = Problems(), []
    for index, item in enumerate(personas):
        # What a file may not hold a call may not either.
        check = check_persona if isinstance(item, Persona) else persona_from_json
        found.append(problems.collect(check, item, f"personas[{index}]"))
    problems.stop()
    return tuple(persona for persona in found if persona is not None)
