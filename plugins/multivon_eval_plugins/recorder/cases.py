"""Writing observed bindings into the cases of a JSONL file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import UsageError, result_schema

from .files import split_lines
from .json_text import add_items
from .proposals import Proposal

PROVENANCE_VERSION = 1
PATH = ("metadata", "_provenance", "targets")
_IDENTITY = ("file", "qualname", "sdk", "role", "fingerprint")


@attrs.frozen
class Stamped:
    """What became of a file.

    Attributes:
        data: Its bytes.
        changed: The numbers of the lines that were changed.
        targets: How many targets they got.
        as_they_are: How many cases have all their targets already.
        newer: How many cases a newer version wrote; they are left alone.
        unreadable: The numbers of the lines that are no case, or in which targets cannot stand.
        missing: The cases that have proposals and are not in the file.
    """

    data: bytes
    changed: tuple[int, ...]
    targets: int
    as_they_are: int
    newer: int
    unreadable: tuple[int, ...]
    missing: tuple[str, ...]


@attrs.define
class _Counts:
    changed: list[int] = attrs.field(factory=list)
    targets: int = 0
    as_they_are: int = 0
    newer: int = 0
    unreadable: list[int] = attrs.field(factory=list)
    seen: set[str] = attrs.field(factory=set)


def read(path: Path) -> bytes:
    """Read a file of cases.

    Raises:
        UsageError: If the file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        why = error.strerror or error
        raise UsageError(f"{path} cannot be read ({why}); give --cases the results of the simulation") from None


def stamp(data: bytes, proposals: Iterable[Proposal]) -> Stamped:
    """Add to each case the targets that it has not yet.

    Lines that get none stay as they are, to the byte. In the others only what is added is new.

    Args:
        data: The file.
        proposals: What was observed.
    """
    # By case, because the file is gone through once, line by line.
    by_case: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        by_case.setdefault(proposal.case, []).append(proposal)
    counts, written = _Counts(), []
    for number, line in enumerate(split_lines(data), 1):
        written.append(_stamp_line(number, line, by_case, counts))
    return Stamped(
        b"".join(written),
        tuple(counts.changed),
        counts.targets,
        counts.as_they_are,
        counts.newer,
        tuple(counts.unreadable),
        tuple(case for case in by_case if case not in counts.seen),
    )


def _stamp_line(number: int, line: bytes, by_case: Mapping[str, Sequence[Proposal]], counts: _Counts) -> bytes:
    # A byte order mark may begin a file, and is no part of its first object.
    bom, body = (line[:3], line[3:]) if line.startswith(b"\xef\xbb\xbf") else (b"", line)
    # Blank lines are kept: a file that is under version control should not change where nothing is added.
    if not body.strip():
        return line
    try:
        text = body.decode("utf-8")
        row = json.loads(text)
        case = _find_case(row)
    except (ValueError, RecursionError):
        counts.unreadable.append(number)
        return line
    # Seen also where nothing is added, so that it is not reported as missing.
    counts.seen.add(case)
    if _is_newer(row):
        # A newer version may mean something else by a target; to add ours could break what it wrote.
        counts.newer += 1
        return line
    if case not in by_case:
        return line
    try:
        # Targets that are there stay, also those that were not observed this time: somebody may have put them there.
        new = _find_new_targets(row, by_case[case])
        stamped = add_items(text, PATH, new) if new else text
    except ValueError:
        counts.unreadable.append(number)
        return line
    if not new:
        counts.as_they_are += 1
        return line
    counts.changed.append(number)
    counts.targets += len(new)
    return bom + stamped.encode("utf-8")


def _find_case(row: object) -> str:
    if not isinstance(row, dict):
        raise ValueError("a case is an object")
    metadata = row.get("metadata")
    # Our results carry the uid in their metadata, cases of others beside their input.
    inner = metadata.get("case_uid") if isinstance(metadata, dict) else None
    case = inner if inner is not None else row.get("case_uid")
    return case if isinstance(case, str) else ""


def _is_newer(row: Mapping[str, Any]) -> bool:
    provenance = row.get("metadata", {}).get("_provenance") if isinstance(row.get("metadata"), dict) else None
    inner = provenance.get("schema_version") if isinstance(provenance, dict) else None
    known = result_schema()["properties"]["schema_version"]["const"]
    return _is_above(row.get("schema_version"), known) or _is_above(inner, PROVENANCE_VERSION)


def _is_above(version: object, known: int) -> bool:
    return version is not None and (not isinstance(version, int) or version > known)


def _find_new_targets(row: Mapping[str, Any], proposals: Sequence[Proposal]) -> list[dict[str, Any]]:
    there = _find_targets(row)
    new: list[dict[str, Any]] = []
    for proposal in proposals:
        target = proposal.target()
        identity = [target[key] for key in _IDENTITY]
        # Against the new ones too: one prompt may be observed in two recordings.
        if not any(_is_same(old, identity) for old in (*there, *new)):
            new.append(target)
    return new


def _find_targets(row: Mapping[str, Any]) -> list[object]:
    found: Any = row
    for key in PATH:
        if not isinstance(found, dict):
            raise ValueError(f"{key!r} cannot stand there")
        found = found.get(key, [] if key == PATH[-1] else {})
    if not isinstance(found, list):
        raise ValueError("targets are a list")
    return found


def _is_same(old: object, identity: Sequence[object]) -> bool:
    # A binding that somebody stated by other means is not the observed one, even at the same site.
    return (
        isinstance(old, dict)
        and old.get("source") == "runtime"
        and old.get("bound") == "observed"
        and [old.get(key) for key in _IDENTITY] == list(identity)
    )
