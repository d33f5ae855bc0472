"""What lies at ``--out`` already: to go on with, to have in part again, or all that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import attrs

from .._money.account import Account
from .._plugins.stint import PATIENCE
from .._run.defaults import RESULT_FILE, SCREEN
from .._run.earlier import Earlier, find_key_to_rescore, find_rescored_key
from .._run.lifecycle import open_plugins
from .._run.output import tell
from .._run.people import KEPT, People, find_people
from .._run.personas import list_cases
from .._run.plan import Plan
from .._run.proposal import count_proposed
from .._run.summing import Sums
from .._types.names import Names
from .._types.persona import Persona
from .._types.printable import format_count
from .._types.result import SimulationResult
from ..errors import UsageError
from .gates import Gate
from .resuming import is_complete, read_done, read_earlier, split_failed, write_kept
from .running import conclude


def find_earlier(plan: Plan, given: Mapping[str, Any]) -> tuple[Earlier, Collection[SimulationResult]]:
    """Find what a run goes on with.

    Args:
        plan: The plan of the run.
        given: The options.

    Returns:
        What was done before, and all results of the run where nothing is left to do.

    Raises:
        UsageError: If what lies there is none of this run.
    """
    out = given["out"]
    held = _find_held(out)
    if plan.journal.past.run_id:
        return Earlier(read_done(plan.journal, out), held=held), ()
    if not (given["resume"] or given["retry_failed"]):
        return Earlier(), ()
    results = read_earlier(out)
    if given["retry_failed"]:
        uids_of_run = _find_uids(plan)
        if isinstance(uids_of_run, int):
            raise UsageError(
                "--retry-failed cannot get the same proposal again; name them with --personas, as the file of "
                "results holds them"
            )
        kept, uids = split_failed(results, uids_of_run, out)
        earlier = Earlier(kept, kept=uids, held=held, prepare=partial(write_kept, out, uids))
        return earlier, () if len(kept) < len(results) else results
    may_be_few = plan.aims.until is not None
    is_all = len(results) > 0 and is_complete(results, _find_uids(plan), out, may_be_few=may_be_few)
    return Earlier(), results if is_all else ()


def find_scored(
    plan: Plan, saved: Sequence[SimulationResult], given: Mapping[str, Any]
) -> tuple[Earlier, Collection[SimulationResult]]:
    """Do for ``score`` what :func:`find_earlier` does for ``simulate``.

    Args:
        plan: The plan of the run.
        saved: The results that are judged again.
        given: The options.

    Raises:
        UsageError: If what lies there is none of this run.
    """
    out = given["out"]
    if plan.journal.past.run_id:
        done = read_done(plan.journal, out, find_rescored_key)
        return Earlier(done, held=_find_held(out), find_key=find_rescored_key), ()
    results = read_earlier(out if given["resume"] else None)
    keys = {*map(find_key_to_rescore, saved)}
    return Earlier(), results if is_complete(results, keys, out, find_rescored_key) else ()


def _find_held(out: str) -> frozenset[str]:
    """The sinks that have what was done before: the file it is read from, and the screen, which is past."""
    return frozenset({f"{RESULT_FILE}:{out}", SCREEN})


def _find_uids(plan: Plan) -> Collection[str] | int:
    """The conversations of a run; how many, where their personas would be proposed."""
    if plan.proposal:
        return count_proposed(plan.proposal) * plan.info.trials
    return Names(case.uid for case in list_cases(_find_people(plan), plan.info.trial_numbers, plan.shard))


def _find_people(plan: Plan) -> People:
    async def find() -> People:
        async with open_plugins((plan.source,), seconds=plan.info.timeout):
            with plan.purse() as purse:
                context = plan.context("judge", Account(purse, plan.journal))
                return await find_people(plan.source, context, PATIENCE * plan.info.timeout)

    return asyncio.run(find())


def _sum_up(plan: Plan, results: Collection[SimulationResult]) -> Sums:
    """Count the results of a run that ended, in the order in which it looked at them."""
    sums = Sums(plan.aims)
    if plan.aims.until is not None:
        # Personas that were proposed and not needed have no name any more: they would have come last.
        held = sorted((one.provenance.started_at, one.persona.name) for one in results)
        if plan.proposal:
            sums.begin(tuple(dict.fromkeys(name for _, name in held)), plan.info.trials, None)
        else:
            seed = next(iter(results)).run_id if plan.info.seed is None else plan.info.seed
            sums.begin([persona.name for persona in _find_people(plan)], plan.info.trials, seed)
    for result in results:
        sums.add(result)
    return sums


def _hold_personas(results: Iterable[SimulationResult]) -> dict[str, Any]:
    """The personas of results as a run's information has them: held where they are few, else counted."""
    names, held = Names(), dict[str, Persona]()
    for result in results:
        names.add(result.persona.name)
        if len(names) <= KEPT:
            held[result.persona.name] = result.persona
    is_few = len(names) <= KEPT
    return {"personas": tuple(held.values()) if is_few else (), "streamed": 0 if is_few else len(names)}


def tell_complete(
    plan: Plan, results: Collection[SimulationResult], gates: Sequence[Gate], given: Mapping[str, Any]
) -> int:
    """Say that nothing is left to do, and hold the gates all the same: a retry loop must not pass one by waiting.

    Returns:
        The exit code that the run had, or would have had.
    """
    sums = _sum_up(plan, results)
    info = attrs.evolve(plan.info, **_hold_personas(results), conversations=len(results), resumed=len(results))
    if not given["quiet"]:
        count = format_count(len(results), "conversation")
        told = f"already complete: {count} in {given['out']}, nothing is asked; to begin anew leave out --resume"
        tell(told, err=True)
    spent = sum((result.cost_usd for result in results), start=plan.ledger.spent)
    return conclude(sums.report(info, spent), gates, given)
