"""Scoring and judging results that are there already, in synchronous code and in an event loop."""

from __future__ import annotations

from collections.abc import Mapping, MutableSequence, Sequence
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import attrs

from .._money.shared_budget import SharedBudget
from .._plugins.registry import Registry
from .._run.aims import Aims
from .._run.calibration_file import read_calibration
from .._run.defaults import EVALUATORS
from .._run.free_checks import stop_with_all
from .._run.plan import Plan
from .._run.planning import make_plan
from .._run.problems import Problems
from .._run.run import Run
from .._run.settings import Settings
from .._run.sync import ensure_asyncio, run_sync
from .._set_module import set_module
from .._types.log import get_logger
from .._types.result import SimulationResult
from .._types.summary import Summary
from ..errors import did_you_mean
from .documented import list_options
from .ledgers import open_ledger
from .results import SimulationResults

if TYPE_CHECKING:
    from .._types.calibration import Calibration
    from ..protocols import Evaluator, Judge, Observer, Sink

_LOG = get_logger("scoring")
_REST = "rest"


@set_module("multivon_eval")
class ScoringOptions(TypedDict, total=False):
    """What :func:`multivon_eval.score_simulations` takes by keyword."""

    verdicts: bool
    """Whether the judge is asked for new verdicts too, as ``multivon-eval score`` does (False)."""
    evaluators: Sequence[str | Mapping[str, object] | Evaluator]
    """Who scores; the default three if not given."""
    judge: str | Mapping[str, object] | Judge | None
    """Whom they ask; the run's own judge if not given."""
    budget_usd: float | Decimal | str | SharedBudget | None
    """The ceiling in USD: what is left of the run's if not given, 1.00 for results of no run of this process."""
    calibration: str | Path | Calibration | None
    """What people say of the judge, or the file of it; that of the run if not given."""
    judge_votes: int
    """With ``verdicts``: how often the judge is asked for each (1)."""
    judge_calls: str
    """With ``verdicts``: ``separate``, or ``together`` for verdict and scores in one request."""
    observers: Sequence[str | Mapping[str, object] | Observer]
    """With ``verdicts``: who looks at transcripts of others; the default ones if not given."""
    sinks: Sequence[str | Mapping[str, object] | Sink]
    """Where results go beside the list that was handed in."""
    hooks: Sequence[object] | None
    """Ambient plug-ins: none if not given, None for all that are installed, else exactly these objects."""
    concurrency: int
    """Conversations side by side; as many as in the run, or 16."""
    timeout: float
    """Seconds for one call of the judge; those of the run, or 60."""
    patience: float
    """Seconds for repeating a call of the judge, its pauses included; those of the run, or 300."""


_OWN: dict[str, tuple[object, str]] = {
    "verdicts": (False, "Whether the judge is asked for new verdicts too; then every score is made anew."),
    "evaluators": (EVALUATORS, "SPEC strings or instances."),
    "judge": (None, "Whom they ask; the run's own judge if None."),
    "budget_usd": (
        _REST,
        "The ceiling in USD; what is left of the run's budget if not given (1.00 for results that come from no run of "
        "this process), or one that several runs share; None for no ceiling.",
    ),
    "calibration": (None, "What people say of the judge, or the file of it; that of the run if None."),
    "hooks": ((), "Ambient plug-ins: () for none, None for all that are installed, else exactly these objects."),
    "concurrency": (None, "Conversations side by side; as many as in the run, or 16, if None."),
    "timeout": (None, "Seconds for one call of the judge; those of the run, or 60, if None."),
    "patience": (None, "Seconds for repeating a call of the judge; those of the run, or 300, if None."),
}


@list_options(ScoringOptions, _OWN)
def score_simulations(results: MutableSequence[SimulationResult], **options: Unpack[ScoringOptions]) -> Summary:
    """Run the evaluators that results do not have yet, or all of them with new verdicts, and sum up.

    Args:
        results: From ``simulate``, or read from a file. They are replaced in place, each as soon as it is scored.
        **options: See :class:`~multivon_eval.ScoringOptions`.

    Returns:
        The summary over all results. What went wrong beside them, a sink that failed say, is added to the ``report`` of
        results of ``simulate``, and logged for others.

    Raises:
        UsageError: If something was asked wrongly, with everything that was; nothing was spent.
    """
    scoring = _prepare(results, options)
    return run_sync(scoring.run)


@list_options(ScoringOptions, _OWN)
async def ascore_simulations(results: MutableSequence[SimulationResult], **options: Unpack[ScoringOptions]) -> Summary:
    """Do what :func:`score_simulations` does, for callers with an event loop.

    Args:
        results: As ``score_simulations`` takes them.
        **options: See :class:`~multivon_eval.ScoringOptions`.
    """
    ensure_asyncio("ascore_simulations")
    return await _prepare(results, options).run()


@attrs.define
class _Scoring:
    """One scoring of results."""

    results: MutableSequence[SimulationResult]
    plan: Plan
    verdicts: bool

    async def run(self) -> Summary:
        """Score, and put each result into its place."""
        run, places = Run(self.plan), dict[object, list[int]]()
        for index, result in enumerate(self.results):
            places.setdefault(_find_place(result), []).append(index)
        async with aclosing(run.rescore(list(self.results), verdicts=self.verdicts)) as scored:
            async for result in scored:
                self.results[places[_find_place(result)].pop(0)] = result
        summary = run.sums.summary(self.plan.ledger.spent)
        problems = run.report.problems if run.report else ()
        if isinstance(self.results, SimulationResults):
            self.results.note_scoring(summary, problems)
        else:
            for problem in problems:
                _LOG.warning("%s: %s", problem.where, problem.message)
        return summary


def _find_place(result: SimulationResult) -> object:
    """What a result has in common with the one that was made of it; two results may share persona, trial and run."""
    # The messages are handed on, not copied, so they tell transcripts apart that are word for word the same.
    return result.case_uid, result.persona.name, result.trial, tuple(map(id, result.transcript))


def _prepare(results: MutableSequence[SimulationResult], options: ScoringOptions) -> _Scoring:
    """Load and build all that is asked for.

    Raises:
        UsageError: If something is wrong; with all of it.
    """
    problems = Problems()
    problems.add(*_find_unfit(results))
    known = ScoringOptions.__annotations__
    problems.add(
        *(f"there is no option {name!r}; {did_you_mean(name, known)}" for name in options if name not in known)
    )
    run = results._plan if isinstance(results, SimulationResults) else None
    budget, verdicts = options.get("budget_usd", _REST), bool(options.get("verdicts"))
    is_own = not (run and budget == _REST)
    ledger = problems.collect(open_ledger, "1.00" if budget == _REST else budget) if is_own else run and run.ledger
    settings, wrong = Settings.read(_make_settings(options, run, ledger.budget if ledger else None))
    problems.add(*wrong)
    is_watched = verdicts and not problems.found and any(result.conversation.is_imported for result in results)
    plan = problems.collect(make_plan, None, None, settings, Registry(), ledger=ledger, is_watched=is_watched)
    aims = problems.collect(_find_calibration, options.get("calibration"), run)
    stop_with_all(problems, plan)
    assert plan is not None and aims is not None, "a plan without problems was made"
    return _Scoring(results, attrs.evolve(plan, aims=aims), verdicts)


def _find_unfit(results: object) -> list[str]:
    if not isinstance(results, MutableSequence):
        return [f"results are {type(results).__name__}, which takes no scores; hand in a list"]
    if not results:
        return ["there are no results to score; hand in those of simulate()"]
    strays = {type(one).__name__ for one in results if not isinstance(one, SimulationResult)}
    return [f"results hold {', '.join(sorted(strays))}; hand in a list of SimulationResult"] if strays else []


def _make_settings(options: ScoringOptions, run: Plan | None, budget: Decimal | None) -> dict[str, Any]:
    """The settings of a run of these options: what is not given is as it was when the results were made."""
    own = ("verdicts", "calibration", "budget_usd")
    given = {name: value for name, value in options.items() if name in ScoringOptions.__annotations__}
    given = {name: value for name, value in given.items() if name not in own and value is not None}
    if options.get("hooks", ()) is None:
        given["hooks"] = None
    info = run.info if run else None
    kept = {name: getattr(info, name) for name in ("concurrency", "timeout", "patience")} if info else {}
    asked = {"judge": run.judge} if run else {}
    return {"evaluators": EVALUATORS, "hooks": (), **kept, **asked, **given, "budget_usd": budget}


def _find_calibration(given: str | Path | Calibration | None, plan: Plan | None) -> Aims:
    """What people say of the judge; whose verdicts they are is checked when they are counted."""
    known = read_calibration(given) if isinstance(given, str | Path) else given
    return Aims(calibration=known or (plan.aims.calibration if plan else None))
