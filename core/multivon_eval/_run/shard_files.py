"""The files of a run's shards, read and checked: one run, whole, each conversation once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from .._journal.database import SUFFIX, exists
from .._types.printable import format_count
from .._types.shard_header import Manifest, ShardHeader, header_from_json, is_header
from ..errors import UsageError
from .problems import Problems
from .shard_index import ShardFile, ShardIndex

_PARTIAL = "or say --partial to go on without"
_WORDS = {
    "personas": "the personas differ",
    "model": "the model file differs",
    "prompts": "what the judge is asked differs",
}


@attrs.frozen
class Shards:
    """The shards of one run.

    Attributes:
        index: Where each conversation stands.
        manifest: What the run was made with.
        whole: The numbers of the shards that are there with all their conversations.
        notes: What is missing, for people; empty where nothing is.
    """

    index: ShardIndex
    manifest: Manifest
    whole: tuple[int, ...]
    notes: tuple[str, ...]

    @property
    def of(self) -> int:
        """Number of shards of the run."""
        return len(self.manifest.conversations)


def read_shards(paths: Sequence[Path], is_partial: bool) -> Shards:
    """Read the files of a run's shards.

    Args:
        paths: The files.
        is_partial: Whether some may be missing or not finished.

    Raises:
        UsageError: If one cannot be read, they are of different runs, or something is missing or there twice; with all
            of it.
    """
    problems = Problems()
    files = [file for path in paths if (file := problems.collect(_open, path)) is not None]
    problems.stop()
    problems.add(*_list_doubles(files), *_list_strangers(files))
    problems.stop()
    index, manifest = ShardIndex(files), files[0].header.manifest
    problems.add(*(problem for file in files for problem in file.problems), *_list_overdrawn(files, manifest))
    gaps = list(_list_gaps(files))
    if gaps and not is_partial:
        problems.add(*(f"{what}; {remedy}, {_PARTIAL}" for what, remedy in gaps))
    problems.stop()
    whole = sorted(file.header.index for file in files if file.count == file.header.conversations)
    return Shards(index, manifest, tuple(whole), tuple(what for what, _ in gaps))


def _open(path: Path) -> ShardFile:
    """Read the header of a file.

    Raises:
        UsageError: If it has none.
    """
    try:
        with path.open("rb") as file:
            line = file.readline()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: cannot be read ({why}); give the files that simulate --shard wrote") from None
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not is_header(row):
        raise UsageError(f"{path}: begins with no header of a shard; give the files that simulate --shard wrote")
    try:
        return ShardFile(path, header_from_json(row))
    except UsageError as error:
        raise UsageError([f"{path}:1: {problem}" for problem in error.problems]) from None


def _list_doubles(files: Sequence[ShardFile]) -> Iterator[str]:
    met: dict[tuple[int, int], Path] = {}
    for file in files:
        key = file.header.index, file.header.of
        if key in met:
            yield (
                f"{file.path}: shard {key[0]} of {key[1]}, as {met[key]} is; give each shard once, the one whose run "
                "ended"
            )
        met.setdefault(key, file.path)


def _list_strangers(files: Sequence[ShardFile]) -> Iterator[str]:
    """Say of each file that is of another run than the first what differs."""
    first = files[0]
    for file in files[1:]:
        if differences := list_differences(first.header, file.header):
            yield (
                f"{file.path}: of another run than {first.path}: {'; '.join(differences)}; merge shards that were made "
                "with the same personas, model and options"
            )


def list_differences(one: ShardHeader, other: ShardHeader) -> list[str]:
    """Say what differs between what two shards were made with; empty where they are of one run."""
    if one.of != other.of:
        return [f"it is one of {other.of} shards, there of {one.of}"]
    before, now = one.manifest, other.manifest
    found = [words for name, words in _WORDS.items() if getattr(before, name) != getattr(now, name)]
    found += _compare(before.options, now.options)
    found += _compare({"version": before.version}, {"version": now.version})
    found += _compare({"budget_usd": before.budget_usd}, {"budget_usd": now.budget_usd})
    for name in ("plugins", "scores"):
        theirs, ours = getattr(before, name), getattr(now, name)
        found += [f"{name} has {one!r}, there not" for one in ours if one not in theirs]
        found += [f"{name} has no {one!r}, there it has" for one in theirs if one not in ours]
    if not found and before.conversations != now.conversations:
        found.append("the conversations are divided otherwise")
    return found


def _compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    differing = [name for name in dict.fromkeys([*before, *now]) if before.get(name) != now.get(name)]
    return [f"{name} is {now.get(name)}, there {before.get(name)}" for name in differing]


def _list_overdrawn(files: Sequence[ShardFile], manifest: Manifest) -> Iterator[str]:
    """Say whether the ceilings of the shards together are above that of the run."""
    shares = [file.header.share_usd for file in files if file.header.share_usd is not None]
    total = sum(shares, Decimal(0))
    if manifest.budget_usd is not None and (total > manifest.budget_usd or len(shares) < len(files)):
        names = ", ".join(str(file.path) for file in files)
        yield (
            f"{names}: the ceilings of these shards are ${total} together, above the budget of ${manifest.budget_usd}; "
            "make them again with the same version of multivon-eval"
        )


def _list_gaps(files: Sequence[ShardFile]) -> Iterator[tuple[str, str]]:
    """What is missing, each with what can be done about it."""
    of = files[0].header.of
    there = {file.header.index for file in files}
    missing = [number for number in range(1, of + 1) if number not in there]
    if missing:
        names = ", ".join(map(str, missing))
        yield f"shard {names} of {of} is missing", f"make it (simulate --shard {missing[0]}/{of}) and name its file"
    for file in files:
        of_it = f"{file.path}: shard {file.header.index} of {of} is not finished"
        again = "go on with it by the command that made it and --resume"
        has = f"{file.count} of {format_count(file.header.conversations, 'conversation')}"
        if exists(Path(f"{file.path}{SUFFIX}")):
            yield f"{of_it}: its journal {file.path}{SUFFIX} lies beside it, {has} are there", again
        elif file.is_torn or file.count < file.header.conversations:
            torn = ", and its last line is torn" if file.is_torn else ""
            yield f"{of_it}: {has} are there{torn}", again
