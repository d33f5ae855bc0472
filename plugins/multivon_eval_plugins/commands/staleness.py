"""``multivon-eval staleness``: which prompts were observed where, and what changed since."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from multivon_eval.sdk import UsageError, format_count, tell, tell_json

from ..recorder.cases import Stamped, read, stamp
from ..recorder.comparison import SiteChange, compare
from ..recorder.files import change
from ..recorder.proposals import Proposal, Proposals, propose
from ..recorder.store import DEFAULT, Contents, describe_foreign
from ..recorder.store import read as read_recordings

OBSERVED = "Observed: these renderings were seen; others may exist that no recorded conversation brought about."


@click.group()
def staleness() -> None:
    """Tie cases to the prompts they were observed to render, and see what changed."""


@staleness.command("stamp")
@click.option(
    "--from-recordings",
    "recordings",
    is_flag=False,
    flag_value=DEFAULT,
    metavar="[FILE]",
    help=f"Read the bindings off this file ({DEFAULT}).",
)
@click.option("--cases", type=click.Path(path_type=Path), metavar="FILE", help="The cases that --apply writes into.")
@click.option("--apply", "is_applied", is_flag=True, help="Write the proposals into --cases as observed targets.")
@click.option("--dry-run", is_flag=True, help="Show what --apply would change in --cases, and change nothing.")
@click.option("--role", "roles", multiple=True, help="Only renderings of this role, such as system; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stamp_command(
    recordings: str | None, cases: Path | None, is_applied: bool, dry_run: bool, roles: tuple[str, ...], as_json: bool
) -> None:
    """Propose the bindings that recordings observed.

    Prints them and writes nothing, unless --apply and --cases say where. A recording proves the renderings that
    were observed, not that there are no others.
    """
    if recordings is None:
        raise UsageError(f"nothing says what to read the bindings off; say --from-recordings [FILE] ({DEFAULT})")
    if (is_applied or dry_run) and cases is None:
        raise UsageError("--apply and --dry-run need a file of cases; name it with --cases FILE")
    if cases is not None and not (is_applied or dry_run):
        raise UsageError(
            f"--cases {cases} alone changes nothing; say --dry-run to see what would be written, or --apply"
        )
    proposals = propose(_read_recordings(Path(recordings)).rows, roles)
    stamped = None
    if cases is not None:
        old = read(cases)
        stamped = stamp(old, proposals.made) if dry_run else _apply(cases, proposals)
        if dry_run and not as_json:
            _show_diff(cases, old, stamped.data)
    if as_json:
        tell_json(_convert_to_json(proposals, stamped))
    else:
        _print(proposals, stamped, dry_run)


@staleness.command("report", short_help="Hold recordings against earlier ones.")
@click.option("--recordings", required=True, type=click.Path(path_type=Path), metavar="FILE", help="What was recorded.")
@click.option("--against", required=True, type=click.Path(path_type=Path), metavar="FILE", help="An earlier recording.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def report_command(recordings: Path, against: Path, as_json: bool) -> None:
    """Say which call sites rendered something new, and what was no longer observed."""
    changes = compare(_read_recordings(recordings).rows, _read_recordings(against).rows)
    if as_json:
        rows = [_change_as_json(one) for one in changes]
        tell_json({"sites": rows, "note": OBSERVED})
        return
    _print_table(("site", "sdk", "role", "renderings"), [(one.site, one.sdk, one.role, str(one)) for one in changes])
    counts = {
        "with something new": sum(bool(one.new) for one in changes),
        "with something no longer observed": sum(bool(one.no_longer_seen) for one in changes),
        "unchanged": sum(not one.new and not one.no_longer_seen for one in changes),
    }
    tell("\nsites, by role: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    tell(OBSERVED)


def _read_recordings(path: Path) -> Contents:
    contents = read_recordings(path)
    if contents.foreign and not contents.rows:
        raise UsageError(f"{path} holds no recording; record some with pytest --record-prompts, or name another file")
    if contents.foreign:
        tell(f"note: {describe_foreign(path, contents)}", err=True)
    return contents


def _apply(cases: Path, proposals: Proposals) -> Stamped:
    done: list[Stamped] = []

    def stamp_file(data: bytes) -> bytes:
        done[:] = [stamp(data, proposals.made)]
        return done[0].data

    change(cases, stamp_file)
    return done[0]


def _show_diff(path: Path, old: bytes, new: bytes) -> None:
    before, after = (data.decode("utf-8", "replace").splitlines(keepends=True) for data in (old, new))
    for line in difflib.unified_diff(before, after, str(path), str(path), n=0):
        tell(line.rstrip("\r\n"))


def _print(proposals: Proposals, stamped: Stamped | None, dry_run: bool) -> None:
    rows = [
        (one.case, one.site, one.role, one.fingerprint[:12], format_count(one.observed, "time"))
        for one in proposals.made
    ]
    if stamped is None:
        _print_table(("case", "site", "role", "fingerprint", "observed"), rows)
    for line in (*_list_gaps(proposals), *(_describe_outcome(stamped, dry_run) if stamped else ())):
        tell(line)
    tell(OBSERVED)


def _list_gaps(proposals: Proposals) -> list[str]:
    said = {
        "renderings observed in no case": proposals.unbound,
        "renderings without a call site": proposals.without_site,
        "parts counted and not captured, such as images and tool results": proposals.not_captured,
    }
    return [f"{what}: {count}" for what, count in said.items() if count]


def _describe_outcome(stamped: Stamped, dry_run: bool) -> list[str]:
    would = "that would be written" if dry_run else "written"
    said = [f"observed targets {would}: {stamped.targets}, into {len(stamped.changed)} of the cases"]
    if stamped.as_they_are:
        said.append(f"cases that have theirs already: {stamped.as_they_are}")
    if stamped.newer:
        said.append(f"cases of a newer version, left alone: {stamped.newer}; upgrade multivon-eval")
    if stamped.unreadable:
        shown = ", ".join(map(str, stamped.unreadable[:5]))
        said.append(f"lines that are no cases, left alone: {len(stamped.unreadable)} (line {shown})")
    if stamped.missing:
        said.append(f"cases with proposals that are not in the file: {len(stamped.missing)}")
    return said


def _print_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        tell("nothing was observed")
        return
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    for row in (head, *rows):
        tell("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _convert_to_json(proposals: Proposals, stamped: Stamped | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "proposals": [_convert_proposal(one) for one in proposals.made],
        "unbound": proposals.unbound,
        "without_site": proposals.without_site,
        "not_captured": proposals.not_captured,
        "note": OBSERVED,
    }
    if stamped is not None:
        found["cases"] = {
            "changed_lines": stamped.changed,
            "targets": stamped.targets,
            "as_they_are": stamped.as_they_are,
            "newer": stamped.newer,
            "unreadable_lines": stamped.unreadable,
            "missing": stamped.missing,
        }
    return found


def _convert_proposal(one: Proposal) -> dict[str, Any]:
    return {"case_uid": one.case, "line": one.line, "observed": one.observed, "target": one.target()}


def _change_as_json(one: SiteChange) -> dict[str, Any]:
    return {
        "file": one.file,
        "qualname": one.qualname,
        "sdk": one.sdk,
        "role": one.role,
        "previously_observed": one.before,
        "unchanged": one.unchanged,
        "new": one.new,
        "whitespace_only": one.whitespace_only,
        "no_longer_seen": one.no_longer_seen,
        "summary": str(one),
    }
