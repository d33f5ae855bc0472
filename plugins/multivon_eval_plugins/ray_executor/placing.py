"""The first workers of a run: that they find a place, and are what the run is."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

from multivon_eval.sdk import UsageError

from .link import describe_end
from .staff import Place, Staff

_TOGETHER = 15.0
"""Seconds that a run waits for its other workers when the first is there; those that come later join it."""
OURS = "multivon-eval"


async def place_workers(staff: Staff, number: int, wait: float) -> None:
    """Ask for so many workers, and wait until they are there; those that find no room at once come later.

    Args:
        staff: Whom to ask.
        number: How many.
        wait: Seconds within which one of them at least must be there.

    Raises:
        UsageError: If none finds a place, one cannot start, or one has another version than the run.
    """
    places = [staff.ask(one) for one in range(1, number + 1)]
    waiting = [place.described for place in places]
    done, _ = await asyncio.wait(waiting, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
    if not done:
        raise UsageError(
            f"executor 'ray' found no place for a worker for {wait:g} seconds: the cluster is busy or still grows; see "
            "'ray status', ask for less with workers=, num_cpus= or num_gpus=, or wait longer with wait=SECONDS"
        )
    await asyncio.wait(waiting, timeout=min(wait, _TOGETHER))
    if problems := [problem for place in places if place.described.done() and (problem := _find_problem(place))]:
        raise UsageError(list(dict.fromkeys(problems)))


def _find_problem(place: Place) -> str:
    if error := place.described.exception():
        return (
            f"executor 'ray' cannot start a worker: {describe_end(error)}; every node needs Python, Ray and "
            f"{OURS} with its plug-ins as here: install them there, or give runtime_env= or working_dir="
        )
    there, here = place.described.result()[OURS], version(OURS)
    if there != here:
        return (
            f"executor 'ray': the nodes have not the same {OURS}: worker {place.name} has {there}, the run {here}; "
            "install one version on all of them"
        )
    return ""
