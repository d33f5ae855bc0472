"""What a recording has caught: counted in memory, written when it ends."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import attrs

from multivon_eval.sdk import format_count, hide_secrets

from .binding import CASE
from .call_site import CallSite, CallSites
from .capture import Part
from .fingerprint import compute_fingerprints

_LOG = logging.getLogger("multivon_eval.recorder")


@attrs.define
class Recorded:
    """One rendering, or one kind of part that is only counted, at one call site.

    Attributes:
        site: Where it was asked; None if no frame lay below the repository root.
        sdk: Through which SDK.
        role: Whose words they are.
        fingerprint: Of the text; None for what was not captured.
        loose_fingerprint: Of the text with whitespace collapsed; None likewise.
        kind: What was not captured; empty for a text.
        text: The text, if it is kept.
        count: How often.
        first_seen: When, in seconds since 1970, UTC.
        last_seen: Likewise.
        case_uids: How often in each case.
    """

    site: CallSite | None
    sdk: str
    role: str
    fingerprint: str | None
    loose_fingerprint: str | None
    kind: str
    text: str | None
    first_seen: float
    last_seen: float = 0.0
    count: int = 0
    case_uids: dict[str, int] = attrs.field(factory=dict)


@attrs.frozen
class Summary:
    """What was caught; see ``multivon_eval.recording.RecordingSummary``."""

    calls: int = 0
    parts: int = 0
    not_captured: dict[str, int] = attrs.field(factory=dict)
    without_site: int = 0
    problems: tuple[str, ...] = ()

    def __add__(self, other: Summary) -> Summary:
        return Summary(
            self.calls + other.calls,
            self.parts + other.parts,
            dict(Counter(self.not_captured) + Counter(other.not_captured)),
            self.without_site + other.without_site,
            tuple(dict.fromkeys((*self.problems, *other.problems))),
        )

    def __str__(self) -> str:
        said = [f"{format_count(self.calls, 'call')} with {format_count(self.parts, 'text')}"]
        if self.not_captured:
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.not_captured.items()))
            said.append(f"not captured: {kinds}")
        if self.without_site:
            said.append(f"{format_count(self.without_site, 'call')} from outside the repository root")
        return "; ".join([*said, *self.problems])


class Tally:
    """Counts what is heard; safe in any number of threads and event loops.

    Args:
        root: The repository root.
        record_text: Whether texts are kept.

    Attributes:
        case: The case of calls that are made in no conversation; empty for none.
    """

    def __init__(self, root: Path, record_text: bool) -> None:
        self.case = ""
        self._sites = CallSites(root)
        self._record_text = record_text
        # A system prompt comes again and again.
        self._fingerprints = functools.lru_cache(maxsize=256)(compute_fingerprints)
        self._lock = threading.Lock()
        self._rows: dict[tuple[object, ...], Recorded] = {}
        self._calls = self._texts = self._without_site = 0
        self._not_captured: Counter[str] = Counter()
        # In the order in which they came.
        self._problems: dict[str, None] = {}

    @property
    def summary(self) -> Summary:
        """What was counted so far, also what is written already."""
        with self._lock:
            missed, problems = dict(self._not_captured), tuple(self._problems)
            return Summary(self._calls, self._texts, missed, self._without_site, problems)

    def site(self, frame: FrameType) -> CallSite | None:
        """Find the call site of a stack."""
        return self._sites.find(frame)

    def add(self, sdk: str, parts: Sequence[Part], site: CallSite | None) -> None:
        """Count one call, in the case whose context this is."""
        # Outside of the lock: hashing a long prompt would hold up every other thread.
        known = [self._fingerprints(part.text) if part.text is not None else (None, None) for part in parts]
        case = CASE.get() or self.case
        now = time.time()
        with self._lock:
            self._calls += 1
            self._without_site += site is None
            for part, (fingerprint, loose) in zip(parts, known, strict=True):
                key = (site, sdk, part.role, fingerprint, part.kind)
                row = self._rows.get(key)
                if row is None:
                    text = hide_secrets(part.text) if self._record_text and part.text is not None else None
                    row = Recorded(site, sdk, part.role, fingerprint, loose, part.kind, text, now)
                    self._rows[key] = row
                # The newest line is the best hint to where the call is made.
                row.site, row.last_seen = site, now
                row.count += 1
                if case:
                    row.case_uids[case] = row.case_uids.get(case, 0) + 1
                if part.kind:
                    self._not_captured[part.kind] += 1
                else:
                    self._texts += 1

    def trouble(self, problem: str) -> bool:
        """Keep a sentence on what cannot be recorded; tell whether it is new."""
        with self._lock:
            is_new = problem not in self._problems
            self._problems[problem] = None
            return is_new

    def warn(self, problem: str) -> None:
        """Keep such a sentence, and log it where it is new."""
        if self.trouble(problem):
            _LOG.warning("%s", hide_secrets(problem))

    def take(self) -> list[Recorded]:
        """Hand over what was counted since the last time."""
        with self._lock:
            # Handed over whole: what is counted from here on belongs to the next writing.
            rows, self._rows = list(self._rows.values()), {}
            return rows

    def give_back(self, rows: Sequence[Recorded]) -> None:
        """Take rows back that could not be written, to be handed over again."""
        with self._lock:
            # What was counted in the meantime is newer, and its rows come last.
            newer, self._rows = self._rows, {}
            for row in (*rows, *newer.values()):
                self._add_row(row)

    def take_all(self) -> tuple[list[Recorded], Summary]:
        """Hand over all that was counted since the last time, with its summary, for the tally of another process."""
        with self._lock:
            rows, self._rows = list(self._rows.values()), {}
            missed, problems = dict(self._not_captured), tuple(self._problems)
            summary = Summary(self._calls, self._texts, missed, self._without_site, problems)
            self._calls = self._texts = self._without_site = 0
            self._not_captured.clear()
            self._problems.clear()
            return rows, summary

    def add_all(self, rows: Sequence[Recorded], summary: Summary) -> None:
        """Add what the tally of another process handed over."""
        with self._lock:
            self._calls += summary.calls
            self._texts += summary.parts
            self._without_site += summary.without_site
            self._not_captured.update(summary.not_captured)
            self._problems.update(dict.fromkeys(summary.problems))
            for row in rows:
                self._add_row(row)

    def _add_row(self, row: Recorded) -> None:
        key = (row.site, row.sdk, row.role, row.fingerprint, row.kind)
        known = self._rows.setdefault(key, row)
        if known is row:
            return
        # The line of the later one is the better hint; rows of several processes come in any order.
        if row.last_seen >= known.last_seen:
            known.site = row.site
        known.first_seen = min(known.first_seen, row.first_seen)
        known.last_seen = max(known.last_seen, row.last_seen)
        known.count += row.count
        known.case_uids = dict(Counter(known.case_uids) + Counter(row.case_uids))
