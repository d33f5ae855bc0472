"""The doors for those who embed: simulate and its kin, check_simulation, score_simulations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, MutableSequence
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path
from typing import Any, Unpack

import attrs

from .._money.ledger import Ledger
from .._money.shared_budget import SharedBudget
from .._plugins.registry import Registry
from .._plugins.stint import PATIENCE
from .._run.aims import Aims
from .._run.calibration_file import read_calibration
from .._run.defaults import EVALUATORS
from .._run.free_checks import Nobody, stop_with_all
from .._run.lifecycle import open_plugins
from .._run.personas import load_personas
from .._run.plan import Plan
from .._run.planning import make_plan
from .._run.problems import Problems
from .._run.run import Run
from .._run.settings import Settings, SimulationOptions
from .._run.sync import iterate, run_sync
from .._run.system import SystemUnderTest
from .._set_module import set_module
from .._types.calibration import Calibration
from .._types.persona import Persona
from .._types.report import Report
from .._types.result import SimulationResult
from .._types.summary import Summary
from ..errors import UsageError
from ..protocols import PersonaSource, RunContext
from .documented import list_options
from .ledgers import open_ledger

Personas = str | Path | PersonaSource | Iterable[Persona | dict[str, Any]]


@set_module("multivon_eval")
class SimulationResults(list[SimulationResult]):
    """The results of a run, one for each persona and trial, in the personas' order.

    A list that remembers its run, so that ``score_simulations`` can ask the same judge on what is left of
    the budget. As a string it is a line for each of the first results, and the rate of the run.

    Attributes:
        report: The run's summary and the problems beside the conversations.
    """

    def __init__(self, results: Iterable[SimulationResult], run: Run) -> None:
        super().__init__(results)
        self._plan: Plan = run.plan
        assert run.report is not None, "a run that gave all its results has its report"
        self.report: Report = run.report

    @property
    def summary(self) -> Summary:
        """The run in numbers, before any later scoring."""
        return self.report.summary

    def __str__(self) -> str:
        lines = [result.headline for result in self[:_SHOWN]]
        if len(self) > _SHOWN:
            lines.append(f"... and {len(self) - _SHOWN} more")
        return "\n".join([*lines, f"goal achieved: {self.summary.headline}", self.summary.disclaimer])


_SHOWN = 20
"""How many results are shown at most when all are printed."""


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
        return self._run.simulate()

    def __iter__(self) -> Iterator[SimulationResult]:
        return iterate(self._run.simulate)


@list_options
def simulate(
    model_fn: Callable[..., Any], personas: Personas, **options: Unpack[SimulationOptions]
) -> SimulationResults:
    """Let personas talk to a system, and judge what came of it.

    Works inside a running event loop too (a notebook, an asynchronous test); there it blocks the loop, and
    ``asimulate`` does not.

    Args:
        model_fn: The system under test: takes the conversation as one string of ``USER:`` and ``ASSISTANT:``
            lines and gives the reply as a string or :class:`Reply`; sync or async. What it asks for by
            parameter name it gets: ``messages``, ``conversation_id``.
        personas: Who talks to it: personas, a path to JSONL, a SPEC, or a source.
        **options: See :class:`~multivon_eval.SimulationOptions`.

    Returns:
        One result for each persona and trial, in the personas' order, whatever failed.

    Raises:
        UsageError: If something was asked wrongly; nothing was spent.
    """
    run = _run_of(model_fn, personas, options)
    return run_sync(lambda: _collect_in_order(run))


@list_options
async def asimulate(
    model_fn: Callable[..., Any], personas: Personas, **options: Unpack[SimulationOptions]
) -> SimulationResults:
    """Do what :func:`simulate` does, for callers with an event loop.

    Args:
        model_fn: As ``simulate`` takes it.
        personas: Likewise.
        **options: See :class:`~multivon_eval.SimulationOptions`.
    """
    return await _collect_in_order(_run_of(model_fn, personas, options))


@list_options
def stream_simulations(
    model_fn: Callable[..., Any], personas: Personas, **options: Unpack[SimulationOptions]
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


@list_options
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


def score_simulations(
    results: MutableSequence[SimulationResult],
    *,
    evaluators: Iterable[object] | None = None,
    judge: object = None,
    budget_usd: float | Decimal | str | SharedBudget | None = "rest",
    calibration: str | Path | Calibration | None = None,
) -> Summary:
    """Run the evaluators that results do not have yet, and sum up.

    Args:
        results: From ``simulate``, or read from a file. Scores are added to them in place.
        evaluators: SPEC strings or instances; the default three if None.
        judge: Whom they ask; the run's own judge if None.
        budget_usd: The ceiling in USD; what is left of the run's budget if not given (1.00 for results that
            come from no run of this process), or one that several runs share; None for no ceiling.
        calibration: What people say of the judge, or the file of it; that of the run if None.

    Returns:
        The summary over all results.

    Raises:
        UsageError: If something was asked wrongly; nothing was spent.
    """
    plan = results._plan if isinstance(results, SimulationResults) else None
    ledger = _find_ledger(budget_usd, plan)
    settings = Settings.of(
        {
            "evaluators": EVALUATORS if evaluators is None else evaluators,
            "judge": judge or (plan.judge if plan else None),
            "budget_usd": ledger.budget,
            "hooks": (),
            "concurrency": plan.info.concurrency if plan else 16,
            "timeout": plan.info.timeout if plan else 60.0,
        }
    )
    if not isinstance(results, MutableSequence):
        raise UsageError(f"results are {type(results).__name__}, which takes no scores; hand in a list")
    if not results:
        raise UsageError("there are no results to score; hand in those of simulate()")
    scoring = make_plan(None, None, settings, Registry(), ledger=ledger)
    run = Run(attrs.evolve(scoring, aims=_find_calibration(calibration, plan)))
    places = {_find_place(result): index for index, result in enumerate(results)}

    async def score() -> None:
        async for result in run.rescore(list(results), verdicts=False):
            results[places[_find_place(result)]] = result

    run_sync(score)
    return run.sums.summary(ledger.spent)


def _find_ledger(budget_usd: Any, plan: Plan | None) -> Ledger:
    """What is left of the run's money, or an account of its own."""
    is_rest = budget_usd == "rest"
    return plan.ledger if plan and is_rest else open_ledger("1.00" if is_rest else budget_usd)


def _find_calibration(given: str | Path | Calibration | None, plan: Plan | None) -> Aims:
    """What people say of the judge; verdicts stay as they are, so whose they are is checked when they are counted."""
    known = read_calibration(given) if isinstance(given, str | Path) else given
    return Aims(calibration=known or (plan.aims.calibration if plan else None))


def _find_place(result: SimulationResult) -> tuple[str, str, int]:
    return result.run_id, result.persona.name, result.trial


def _run_of(model_fn: Callable[..., Any], personas: Personas, options: SimulationOptions) -> Run:
    problems = Problems()
    system = problems.collect(SystemUnderTest.of, model_fn)
    return Run(_make_plan(system, personas, options, problems))


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
