"""The first workers of a run: that they find a place, and are what the run is."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

from multivon_eval.sdk import UsageError

from .link import describe_end
from .staff import Place, Staff

_OURS = "multivon-eval"


async def see_workers(staff: Staff, seconds: float) -> None:
    """Wait a while for all workers, and look at those that are there; the others may come later.

    Args:
        staff: Who was asked for them.
        seconds: How long to wait.

    Raises:
        UsageError: If one cannot start, or has another version than the run.
    """
    await asyncio.wait([place.described for place in staff.places], timeout=seconds)
    _refuse_unfit(staff)


async def await_worker(staff: Staff, seconds: float) -> None:
    """Wait until one worker at least is there.

    Args:
        staff: Who was asked for them.
        seconds: How long to wait.

    Raises:
        UsageError: If none finds a place in that time, one cannot start, or one has another version than the run.
    """
    waiting = [place.described for place in staff.places]
    done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    if not done:
        raise UsageError(
            f"executor 'ray' found no place for a worker for {seconds:g} seconds: the cluster is busy or still grows; "
            "see 'ray status', ask for less with workers=, num_cpus= or num_gpus=, or wait longer with wait=SECONDS"
        )
    _refuse_unfit(staff)


def _refuse_unfit(staff: Staff) -> None:
    problems = [_find_problem(place) for place in staff.places if place.described.done()]
    if found := list(dict.fromkeys(filter(None, problems))):
        raise UsageError(found)


def _find_problem(place: Place) -> str:
    if error := place.described.exception():
        return (
            f"executor 'ray' cannot start a worker: {describe_end(error)}; every node needs Python, Ray and {_OURS} "
            "with its plug-ins as here: install them there, or have Ray do it with runtime_env=FILE"
        )
    there, here = place.described.result()[_OURS], version(_OURS)
    if there != here:
        return (
            f"executor 'ray': worker {place.name} has {_OURS} {there}, and the run {here}; install one version on all "
            "machines"
        )
    return ""
