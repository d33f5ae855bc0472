"""What was rendered at the call sites in one recording, against an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .store import Row


@attrs.frozen
class SiteChange:
    """What became of the renderings of one call site.

    Attributes:
        file: Its file, below the repository root.
        qualname: Its function.
        sdk: Through which SDK.
        role: Whose words.
        before: How many renderings were observed earlier.
        unchanged: How many of these were observed again.
        new: How many were observed that were not before.
        whitespace_only: How many of the new ones differ from one no longer seen in whitespace only.
        is_seen: Whether anything was observed now.
    """

    file: str
    qualname: str
    sdk: str
    role: str
    before: int
    unchanged: int
    new: int
    whitespace_only: int
    is_seen: bool

    @property
    def no_longer_seen(self) -> int:
        """How many of the earlier ones were not observed."""
        return self.before - self.unchanged

    @property
    def site(self) -> str:
        """The call site for a person."""
        return f"{self.file}:{self.qualname}"

    def __str__(self) -> str:
        if not self.before:
            return f"{self.new} new, none observed before"
        said = [f"{self.unchanged} of {self.before} previously observed renderings observed again"]
        if self.new:
            layout = f" ({self.whitespace_only} in whitespace only)" if self.whitespace_only else ""
            said.append(f"{self.new} new{layout}")
        if self.no_longer_seen:
            said.append(f"{self.no_longer_seen} no longer observed")
        return ", ".join(said)


def compare(now: Sequence[Row], before: Sequence[Row]) -> tuple[SiteChange, ...]:
    """Compare recordings, call site by call site, for each SDK and role.

    Args:
        now: What was recorded.
        before: What it is held against.
    """
    # The union of both: a site that is gone altogether is a change too.
    ours, theirs = _group_by_site(now), _group_by_site(before)
    return tuple(_change(key, ours.get(key, {}), theirs.get(key, {})) for key in sorted({*ours, *theirs}))


_Key = tuple[str, str, str, str]


def _group_by_site(rows: Sequence[Row]) -> dict[_Key, dict[str, str]]:
    """The renderings of each site: from fingerprint to loose fingerprint."""
    found: dict[_Key, dict[str, str]] = {}
    for row in rows:
        site = row["site"]
        # Without a site nobody could say where to look, and without a text there is nothing to compare.
        if site and row["fingerprint"]:
            key = (site["file"], site["qualname"], row["sdk"], row["role"])
            found.setdefault(key, {})[row["fingerprint"]] = row["loose_fingerprint"] or row["fingerprint"]
    return found


def _change(key: _Key, now: dict[str, str], before: dict[str, str]) -> SiteChange:
    # A prompt that was only laid out anew has a new fingerprint and an old loose one that is no longer seen.
    gone = {loose for fingerprint, loose in before.items() if fingerprint not in now}
    new = [loose for fingerprint, loose in now.items() if fingerprint not in before]
    return SiteChange(
        *key,
        before=len(before),
        unchanged=len(before.keys() & now.keys()),
        new=len(new),
        whitespace_only=sum(loose in gone for loose in new),
        is_seen=bool(now),
    )
