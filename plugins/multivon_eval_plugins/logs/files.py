"""The files of a log as records, each with the line that it stands on."""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import PersonaError, format_install_command

from .chat import is_message
from .tree import parse_json

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".parquet")
"""The files that are read of a folder."""
_LONGEST_CELL = 100_000_000


@attrs.frozen
class Record:
    """One record of a log.

    Attributes:
        value: What stands there, parsed.
        where: Its file and line.
        problem: Why it cannot be parsed; empty where it can.
    """

    value: Any
    where: str
    problem: str = ""


def list_files(path: str) -> list[Path]:
    """The files of a log: a file itself, or those of a folder and the folders in it, by name.

    Raises:
        PersonaError: If there is none.
    """
    given = Path(path)
    if given.is_dir():
        found = sorted(one for one in given.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())
        if not found:
            raise PersonaError(f"{path}: no file of logs in this folder; give one with {', '.join(SUFFIXES)}")
        return found
    if not given.exists():
        raise PersonaError(f"{path}: no such file; give a file of conversations, or a folder of them")
    return [given]


def read_records(path: Path) -> Iterator[Record]:
    """Read the records of a file: lines of JSON, one value of JSON or the items of a list, rows of CSV or Parquet.

    Yields:
        Each record; one that cannot be parsed says why.

    Raises:
        PersonaError: If the file cannot be read.
    """
    if path.suffix.lower() == ".parquet":
        yield from _read_parquet(path)
        return
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PersonaError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    except OSError as error:
        raise PersonaError(f"{path}: cannot be read ({error.strerror}); give a file") from None
    if not text.strip():
        raise PersonaError(f"{path}: nothing is in it; give a file with conversations")
    if path.suffix.lower() == ".csv":
        yield from _read_csv(path, text)
    else:
        yield from _read_json(path, text)


def _read_json(path: Path, text: str) -> Iterator[Record]:
    first = text.lstrip()[:1]
    first_line, _, rest = text.strip().partition("\n")
    if rest.strip() and _is_json(first_line) and not (first == "[" and _is_json(text)):
        yield from _read_lines(path, text)
    elif first == "[":
        yield from _read_list(path, text)
    elif _is_json(text):
        yield from _unfold(json.loads(text), f"{path}:1")
    else:
        yield from _read_lines(path, text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _read_lines(path: Path, text: str) -> Iterator[Record]:
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip() or line.lstrip().startswith(("#", "//")):
            continue
        where = f"{path}:{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Record(None, where, f"not JSON ({error}); write one value a line")
            continue
        yield Record(value, where)


def _read_list(path: Path, text: str) -> Iterator[Record]:
    """Read the items of a list one after the other, each with the line that it begins on."""
    decoder, at, line, last = json.JSONDecoder(), text.index("[") + 1, 1, 0
    items: list[Record] = []
    while True:
        while text[at : at + 1] in (" ", "\n", "\r", "\t", ","):
            at += 1
        if text[at : at + 1] == "]":
            break
        if at >= len(text):
            items.append(Record(None, f"{path}:{line}", "not JSON (the list has no end); export it again"))
            break
        line, last = line + text.count("\n", last, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield from items
            yield Record(None, f"{path}:{line}", f"not JSON ({error}); the rest of the file was not read")
            return
        items.append(Record(value, f"{path}:{line}"))
    if items and all(isinstance(one.value, dict) and _is_alone(one.value) for one in items):
        # One conversation, not a list of them; messages that name their conversation are records of their own.
        yield Record([one.value for one in items], items[0].where)
        return
    yield from items


def _is_alone(row: dict[str, Any]) -> bool:
    return set(row) >= {"role", "content"} and not set(row) & SPREAD


SPREAD = frozenset(
    "conversation_id conversationId session_id sessionId thread_id threadId chat_id chatId dialog_id "
    "dialogue_id".split()
)
"""How a message of its own names its conversation."""


def _unfold(value: Any, where: str) -> Iterator[Record]:
    """One value of JSON; where it is a page of an API, or a data frame by columns, its rows."""
    if isinstance(value, dict):
        for key in ("data", "rows", "records", "conversations", "items", "spans", "results"):
            rows = value.get(key)
            if (
                isinstance(rows, list)
                and rows
                and not all(map(is_message, rows))
                and set(value) <= {key, "meta", "next_cursor", "total", "count", "object", "has_more"}
            ):
                yield from (Record(row, where) for row in rows)
                return
        columns = [one for one in value.values() if isinstance(one, dict)]
        if (
            columns
            and len(columns) == len(value)
            and any(name.startswith(("attributes.", "context.")) for name in value)
        ):
            for row in list(columns[0]):  # DataFrame.to_json()
                yield Record({name: cells.get(row) for name, cells in value.items()}, where)
            return
    yield Record(value, where)


def _read_csv(path: Path, text: str) -> Iterator[Record]:
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not reader.fieldnames or len(reader.fieldnames) < 2:
        yield Record(None, f"{path}:1", "no columns; give a CSV file with a head, separated by commas")
        return
    begins = reader.line_num + 1
    try:
        for row in reader:
            where, begins = f"{path}:{begins}", reader.line_num + 1
            if None in row or None in row.values():
                yield Record(
                    None, where, f"not as many cells as the head has columns ({len(reader.fieldnames)}); repair the row"
                )
                continue
            yield Record({name: parse_json(cell) for name, cell in row.items() if name and cell != ""}, where)
    except csv.Error as error:
        yield Record(None, f"{path}:{begins}", f"no row of CSV ({error}); repair it")


def _read_parquet(path: Path) -> Iterator[Record]:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise PersonaError(
            f"{path}: Parquet needs pyarrow; export the log as JSONL, or run: {format_install_command('parquet')}"
        ) from None
    try:
        rows = parquet.read_table(path).to_pylist()
    except Exception as error:  # pyarrow's own kinds
        raise PersonaError(f"{path}: no Parquet file that can be read ({error}); export it again") from None
    for number, row in enumerate(rows, 1):
        yield Record({name: value for name, value in row.items() if value is not None}, f"{path}:{number}")
