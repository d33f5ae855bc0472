"""``prompt_recordings.jsonl``: reading it, merging into it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import UsageError

from .files import change, split_lines
from .tally import Recorded

SCHEMA_VERSION = 1
DEFAULT = "prompt_recordings.jsonl"
"""The file's name if none is given."""

Row = dict[str, Any]
"""One line of the file as an object; its fields are described in docs/reference/recordings.md."""


@attrs.frozen
class Contents:
    """What is in a file.

    Attributes:
        rows: The recordings, in the file's order, each site, SDK, role and fingerprint once.
        foreign: The numbers of the lines that are no recordings: torn, of a newer version, or somebody else's.
    """

    rows: tuple[Row, ...]
    foreign: tuple[int, ...]


def read(path: Path) -> Contents:
    """Read the recordings of a file.

    Raises:
        UsageError: If the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror or error}); record some with pytest --record-prompts, or name "
            "another file"
        ) from None
    return _read_contents(split_lines(data))


def check(path: Path) -> None:
    """Check that a file can be written, without touching it.

    Raises:
        UsageError: If the file cannot be written.
    """
    target = Path(os.path.realpath(path))
    why = "Is a directory" if target.is_dir() else "" if target.parent.is_dir() else "No such file or directory"
    if why or not os.access(target.parent, os.W_OK):
        raise UsageError(
            f"{path} cannot be written ({why or 'Permission denied'}); name a file in a folder that exists and can be "
            "written"
        )


def merge(path: Path, recorded: Sequence[Recorded]) -> Contents:
    """Merge recordings into a file; lines that are none of ours stay as they are.

    Returns:
        What is in the file then.

    Raises:
        DeliveryError: If the file cannot be written.
    """
    written: list[bytes] = []

    def merged(data: bytes) -> bytes:
        written[:] = _merge_lines(split_lines(data), [_make_row(one) for one in recorded])
        return b"".join(written)

    change(path, merged)
    return _read_contents(written)


def describe_foreign(path: Path, contents: Contents) -> str:
    """Say which lines of a file are no recordings."""
    shown = ", ".join(map(str, contents.foreign[:5])) + (", ..." if len(contents.foreign) > 5 else "")
    return f"lines of {path.name} that are no recordings: {len(contents.foreign)} (line {shown})"


def _merge_lines(old: Sequence[bytes], new: Iterable[Row]) -> list[bytes]:
    kept: list[bytes | Row] = []
    known: dict[tuple[object, ...], Row] = {}
    for line in old:
        row = _parse_line(line)
        # A line of a newer version, or somebody's note: kept at its place.
        if row is None:
            if line.strip():
                kept.append(line if line.endswith(b"\n") else line + b"\n")
        # Two lines of one rendering come from two branches that were merged by git.
        elif _make_key(row) in known:
            _add(known[_make_key(row)], row)
        else:
            known[_make_key(row)] = row
            kept.append(row)
    for row in new:
        if _make_key(row) in known:
            _add(known[_make_key(row)], row)
        else:
            known[_make_key(row)] = row
            kept.append(row)
    return [item if isinstance(item, bytes) else _write_line(item) for item in kept]


def _write_line(row: Row) -> bytes:
    # A lone surrogate in a file name must not cost the whole file.
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _read_contents(data: Sequence[bytes]) -> Contents:
    known: dict[tuple[object, ...], Row] = {}
    foreign = []
    for number, line in enumerate(data, 1):
        row = _parse_line(line)
        if row is not None:
            before = known.setdefault(_make_key(row), row)
            if before is not row:
                _add(before, row)
        elif line.strip():
            foreign.append(number)
    return Contents(tuple(known.values()), tuple(foreign))


def _make_row(one: Recorded) -> Row:
    site = one.site
    row: Row = {
        "schema_version": SCHEMA_VERSION,
        "site": site and {"file": site.file, "qualname": site.qualname, "line": site.line},
        "sdk": one.sdk,
        "role": one.role,
        "fingerprint": one.fingerprint,
        "loose_fingerprint": one.loose_fingerprint,
        "count": one.count,
        "first_seen": _format_moment(one.first_seen),
        "last_seen": _format_moment(one.last_seen),
        "case_uids": dict(one.case_uids),
    }
    if one.kind:
        row["not_captured"] = one.kind
    if one.text is not None:
        row["text"] = one.text
    return row


def _format_moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _make_key(row: Row) -> tuple[object, ...]:
    site = row["site"] or {"file": None, "qualname": None}
    return site["file"], site["qualname"], row["sdk"], row["role"], row["fingerprint"], row.get("not_captured")


def _add(into: Row, row: Row) -> None:
    # The site of the later one, because its line is the better hint.
    is_later = row["last_seen"] >= into["last_seen"]
    if is_later and row["site"]:
        into["site"] = row["site"]
    into["count"] += row["count"]
    into["first_seen"] = min(into["first_seen"], row["first_seen"])
    into["last_seen"] = max(into["last_seen"], row["last_seen"])
    for uid, count in row["case_uids"].items():
        into["case_uids"][uid] = into["case_uids"].get(uid, 0) + count
    if "text" in row:
        # Kept if it was ever kept: a run without --record-text takes nothing away.
        into.setdefault("text", row["text"])


def _parse_line(line: bytes) -> Row | None:
    try:
        row = json.loads(line)
    # A torn line, or one nested so deep that it is no recording of ours.
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and _is_ours(row) else None


def _is_ours(row: Row) -> bool:
    site, cases = row.get("site"), row.get("case_uids")
    is_placed = "site" in row and (
        site is None
        or (isinstance(site, dict) and isinstance(site.get("file"), str) and isinstance(site.get("qualname"), str))
    )
    prints = (row.get("fingerprint"), row.get("loose_fingerprint"), row.get("not_captured"))
    return (
        row.get("schema_version") == SCHEMA_VERSION
        and is_placed
        and all(isinstance(row.get(key), str) for key in ("sdk", "role", "first_seen", "last_seen"))
        and all(one is None or isinstance(one, str) for one in prints)
        and _is_count(row.get("count"))
        and isinstance(cases, dict)
        and all(_is_count(count) for count in cases.values())
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
