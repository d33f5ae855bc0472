"""The doors for those who embed: simulate and its kin, check_simulation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any, Unpack

from .._money.shared_budget import SharedBudget
from .._plugins.registry import Registry
from .._plugins.stint import PATIENCE
from .._run.free_checks import stop_with_all
from .._run.lifecycle import open_plugins
from .._run.model_file import find_system
from .._run.nobody import Nobody
from .._run.people import KEPT
from .._run.personas import load_personas
from .._run.plan import Plan
from .._run.planning import make_plan
from .._run.problems import Problems
from .._run.run import Run
from .._run.settings import Settings, SimulationOptions
from .._run.sync import ensure_asyncio, iterate, run_sync
from .._run.system import SystemUnderTest
from .._set_module import set_module
from .._types.persona import Persona
from .._types.report import Report
from .._types.result import SimulationResult
from ..protocols import PersonaSource, RunContext
from .documented import list_options
from .ledgers import open_ledger
from .results import SimulationResults

Personas = str | Path | PersonaSource | Iterable[Persona | dict[str, Any]]


@set_module("multivon_eval")
class SimulationStream:
    """Results as they finish: iterate with ``async for``, or with ``for`` where no loop is at hand.

    Attributes:
        report: The run's summary and problems, once the stream has ended; None before.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    @property
    def report(self) -> Report | None:
        """The run's summary and problems, once the stream has ended."""
        return self._run.report

    def __aiter__(self) -> AsyncIterator[SimulationResult]:
        ensure_asyncio("stream_simulations")
        return self._run.simulate()

    def __iter__(self) -> Iterator[SimulationResult]:
        return iterate(self._run.simulate)


@list_options(SimulationOptions)
def simulate(
    model_fn: Callable[..., Any] | str, personas: Personas, **options: Unpack[SimulationOptions]
) -> SimulationResults:
    """Let personas talk to a system, and judge what came of it.

    Works inside a running event loop too (a notebook, an asynchronous test); there it blocks the loop, and
    ``asimulate`` does not.

    Args:
        model_fn: The system under test: takes the conversation as one string of ``USER:`` and ``ASSISTANT:``
            lines and gives the reply as a string or :class:`Reply`; sync or async. What it asks for by
            parameter name it gets: ``messages``, ``conversation_id``. Or its name, as ``--model-cmd`` takes it, which
            other processes can load too.
        personas: Who talks to it: personas, a path to JSONL, a SPEC, or a source.
        **options: See :class:`~multivon_eval.SimulationOptions`.

    Returns:
        One result for each persona and trial, in the personas' order, whatever failed.

    Raises:
        UsageError: If something was asked wrongly; nothing was spent.
    """
    run = _run_of(model_fn, personas, options, most_held=None)
    return run_sync(lambda: _collect_in_order(run))


@list_options(SimulationOptions)
async def asimulate(
    model_fn: Callable[..., Any] | str, personas: Personas, **options: Unpack[SimulationOptions]
) -> SimulationResults:
    """Do what :func:`simulate` does, for callers with an event loop.

    Args:
        model_fn: As ``simulate`` takes it.
        personas: Likewise.
        **options: See :class:`~multivon_eval.SimulationOptions`.
    """
    ensure_asyncio("asimulate")
    return await _collect_in_order(_run_of(model_fn, personas, options, most_held=None))


@list_options(SimulationOptions)
def stream_simulations(
    model_fn: Callable[..., Any] | str, personas: Personas, **options: Unpack[SimulationOptions]
) -> SimulationStream:
    """Do what :func:`simulate` does, giving each result as soon as it is finished.

    Args:
        model_fn: As ``simulate`` takes it.
        personas: Likewise.
        **options: See :class:`~multivon_eval.SimulationOptions`.

    Returns:
        A stream for ``async for`` or ``for``. New conversations start as results are taken.

    Raises:
        UsageError: If something was asked wrongly; nothing was spent.
    """
    return SimulationStream(_run_of(model_fn, personas, options))


@list_options(SimulationOptions)
def check_simulation(personas: Personas, **options: Unpack[SimulationOptions]) -> tuple[Persona, ...]:
    """Load personas and build all that their simulation needs, without a system, a judge's answer or a cent.

    For those who have something to do between that and the simulation: a test runner, that collects before it runs.

    Args:
        personas: As ``simulate`` takes them.
        **options: See :class:`~multivon_eval.SimulationOptions`.

    Returns:
        The personas, in their order. They can be handed to ``simulate``, one at a time or all.

    Raises:
        UsageError: If something was asked wrongly, or the personas are proposed by a judge, which costs money.
    """
    plan = _make_plan(None, personas, options, Problems())

    async def load() -> tuple[Persona, ...]:
        async with open_plugins((plan.source,), seconds=plan.info.timeout):
            return await load_personas(plan.source, RunContext(Nobody(), plan.info.seed), PATIENCE * plan.info.timeout)

    return run_sync(load)


def _run_of(
    model_fn: Callable[..., Any] | str, personas: Personas, options: SimulationOptions, most_held: int | None = KEPT
) -> Run:
    """Make a run; whoever gets all results in a list holds all personas with them."""
    problems = Problems()
    system = problems.collect(find_system, model_fn)
    return Run(_make_plan(system, personas, options, problems), most_held=most_held)


def _make_plan(
    system: SystemUnderTest | None, personas: Personas, options: SimulationOptions, problems: Problems
) -> Plan:
    """Make a plan of what a call says.

    Raises:
        UsageError: If something is wrong; with all of it, also with what ``problems`` holds already.
    """
    budget = options.get("budget_usd")
    ledger, given = None, {**options}
    if isinstance(budget, SharedBudget):
        given["budget_usd"], ledger = budget.usd, problems.collect(open_ledger, budget)
        if given.get("shard") is not None:
            problems.add(
                "a shared budget with a shard: shards share nothing, each has its part; give budget_usd an amount"
            )
    settings, wrong = Settings.read(given)
    problems.add(*wrong)
    plan = problems.collect(make_plan, system, personas, settings, Registry(), ledger=ledger)
    stop_with_all(problems, plan)
    assert plan is not None, "a plan without problems was made"
    return plan


async def _collect_in_order(run: Run) -> SimulationResults:
    found: dict[tuple[str, int], SimulationResult] = {}
    async with aclosing(run.simulate()) as results:
        async for result in results:
            found[result.persona.name, result.trial] = result
    assert run.report is not None, "a run that gave all its results has its report"
    info = run.report.info
    order = [(persona.name, trial) for persona in info.personas for trial in info.trial_numbers]
    # What was decided before it began has no result.
    return SimulationResults([found[key] for key in order if key in found], run)
