"""From the marker ``personas`` to one conversation for each persona and trial."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from multivon_eval import Persona, PersonaError, SimulationResult, UsageError, check_simulation
from multivon_eval import simulate as run_simulation

from .finished import FINISHED
from .session import Session


@attrs.frozen
class Case:
    """One conversation to be had, a test item of its own.

    Attributes:
        persona: Who speaks.
        trial: Which conversation of this persona, from 1.
        options: What the marker says, trials aside.
    """

    persona: Persona
    trial: int
    options: Mapping[str, Any] = attrs.field(repr=False, eq=False)

    @property
    def name(self) -> str:
        """What stands in the item's id. The first trial has the persona's name alone, however many there are."""
        return self.persona.name if self.trial == 1 else f"{self.persona.name}-trial{self.trial}"


def make_cases(definition: pytest.Item, session: Session) -> list[Case]:
    """Make the cases of a test.

    Args:
        definition: The test, with the marker on it, its class or its module; the closest one counts.
        session: The session it belongs to.

    Raises:
        CollectError: If the marker cannot be used, with everything that is wrong; nothing was spent.
    """
    try:
        personas, options = _read_marker(definition)
        found = check_simulation(locate_personas(personas, definition), **session.options(options))
    except UsageError as error:
        raise pytest.Collector.CollectError(
            "\n".join(f"{definition.nodeid}: marker personas: {problem}" for problem in error.problems)
        ) from None
    first, trials = int(options.pop("first_trial", 1)), int(options.pop("trials", 1))
    return [Case(persona, trial, options) for persona in found for trial in range(first, first + trials)]


def run_case(case: Case, model_fn: Callable[..., Any], item: pytest.Item, session: Session) -> SimulationResult:
    """Have the conversation of a case, on the session's budget.

    Args:
        case: Whose it is.
        model_fn: The system under test.
        item: The test, whose report will show it.
        session: The session it belongs to.

    Returns:
        The conversation with its verdict, and with scores if the marker names evaluators.
    """
    try:
        options = session.options(case.options)
        (result,) = run_simulation(model_fn, [case.persona], first_trial=case.trial, **options)
    except UsageError as error:
        pytest.fail(str(error), pytrace=False)
    item.stash[FINISHED].append(result)
    return result


def locate_personas(personas: object, item: pytest.Item) -> Any:
    """Find a file of personas: beside the test file, then in pytest's root folder.

    Args:
        personas: What the test names; what is no such file (a SPEC, Persona objects) stays as it is.
        item: The test.

    Raises:
        PersonaError: If a path leads to no file.
    """
    if not isinstance(personas, str | os.PathLike):
        return personas
    folders = (item.path.parent, item.config.rootpath)
    for folder in folders:
        if (path := folder / personas).is_file():
            return _shorten(path)
    if isinstance(personas, str) and (":" in personas or not Path(personas).suffix[1:2].islower()):
        return personas
    places = " or ".join(dict.fromkeys(str(_shorten(folder)) for folder in folders))
    raise PersonaError(f"{os.fspath(personas)}: no such file in {places}; name a JSONL file or a persona source")


def _read_marker(definition: pytest.Item) -> tuple[Any, dict[str, Any]]:
    (node, marker), *others = definition.iter_markers_with_node("personas")
    if others and others[0][0] is node:
        raise UsageError("there are two of them; name all personas in one")
    if len(marker.args) != 1:
        raise UsageError(f"it has {len(marker.args)} unnamed arguments; give one, a file of personas say")
    if "sinks" in marker.kwargs:
        raise UsageError("sinks: every item is a run of its own, and would write over the one before; leave them out")
    if whole := sorted({"until", "baseline"} & marker.kwargs.keys()):
        raise UsageError(
            f"{', '.join(whole)}: that is said of a whole run, and every item is one of its own; use simulate"
        )
    return marker.args[0], dict(marker.kwargs)


def _shorten(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
