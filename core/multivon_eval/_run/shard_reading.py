"""Reading which shard a process makes: as it is written, or as a scheduler says."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import UsageError
from .shard import Shard

MOST_SHARDS = 1000
_AUTO = "auto"
_COUNT = "JOB_COMPLETIONS"
_SLURM = ("ID", "MIN", "STEP", "COUNT")
_EXAMPLE = "write I/N with I from 1 to N, --shard 1/3 say, or auto in a Slurm array or a Kubernetes indexed job"


def read_shard(text: str, environ: Mapping[str, str]) -> Shard:
    """Read which shard is asked for.

    Args:
        text: ``I/N``; or ``auto``, or ``auto/N``, to read it from the variables of a Slurm array or a Kubernetes
            indexed job.
        environ: The environment.

    Raises:
        UsageError: If it cannot be read, or the variables do not tell.
    """
    if not text.strip():
        raise UsageError(f"--shard is empty, perhaps a variable that is not set; {_EXAMPLE}")
    first, slash, last = (part.strip() for part in text.partition("/"))
    of = _read_count(last) if slash else None
    if (slash and of is None) or (not slash and first != _AUTO):
        raise UsageError(f"--shard {text!r} cannot be read; {_EXAMPLE}")
    if of is not None and not 1 <= of <= MOST_SHARDS:
        raise UsageError(f"--shard {text}: a run has from 1 to {MOST_SHARDS} shards; {_EXAMPLE}")
    if first == _AUTO:
        return _find_in(environ, of)
    index = _read_count(first)
    if index is None or of is None:
        raise UsageError(f"--shard {text!r} cannot be read; {_EXAMPLE}")
    if not 1 <= index <= of:
        hint = "the first shard is 1" if index == 0 else f"there are {of} shards"
        raise UsageError(f"--shard {text}: {hint}; {_EXAMPLE}")
    return Shard(index, of)


def _find_in(environ: Mapping[str, str], of: int | None) -> Shard:
    """Find the shard that a scheduler means.

    Raises:
        UsageError: If no scheduler, or more than one, says it.
    """
    named = [name for name in ("SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX") if environ.get(name)]
    if len(named) != 1:
        told = "both are set" if named else "neither is set"
        raise UsageError(
            f"--shard auto reads SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX, and {told}; write --shard I/N"
        )
    return _read_slurm(environ, of) if named == ["SLURM_ARRAY_TASK_ID"] else _read_kubernetes(environ, of)


def _read_slurm(environ: Mapping[str, str], of: int | None) -> Shard:
    task, least, step, count = (_read_variable(environ, f"SLURM_ARRAY_TASK_{name}") for name in _SLURM)
    if of is not None and of != count:
        # Of an array that was submitted again for one task the numbers say nothing of the run's shards.
        raise UsageError(
            f"--shard auto/{of}: the Slurm array has {count} tasks (SLURM_ARRAY_TASK_COUNT), not {of}; write "
            f"--shard I/{of} with the shard that this task is to make"
        )
    place, rest = divmod(task - least, step or 1)
    if rest or not 0 <= place < count <= MOST_SHARDS:
        raise UsageError(
            f"--shard auto: task {task} of a Slurm array from {least} in steps of {step} is none of its {count} tasks; "
            f"number them without gaps (--array=1-{count}), or write --shard I/N"
        )
    return Shard(place + 1, count)


def _read_kubernetes(environ: Mapping[str, str], of: int | None) -> Shard:
    index = _read_variable(environ, "JOB_COMPLETION_INDEX")
    if of is None:
        if not environ.get(_COUNT):
            raise UsageError(
                "--shard auto: Kubernetes says which index this is (JOB_COMPLETION_INDEX) and not of how many; write "
                f"--shard auto/N with the job's completions, or set {_COUNT}"
            )
        of = _read_variable(environ, _COUNT)
    if not 0 <= index < of <= MOST_SHARDS:
        raise UsageError(
            f"--shard auto: JOB_COMPLETION_INDEX {index} is none of {of} shards, which count from 0 to {of - 1} there; "
            "give as many shards as the job has completions"
        )
    return Shard(index + 1, of)


def _read_variable(environ: Mapping[str, str], name: str) -> int:
    number = _read_count(environ.get(name, ""))
    if number is None:
        raise UsageError(f"--shard auto: {name} is {environ.get(name)!r} and no whole number; write --shard I/N")
    return number


def _read_count(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
