"""Which case was observed to render which prompt where: bindings, proposed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from .store import Row


@attrs.frozen
class Proposal:
    """One observed binding.

    Attributes:
        case: The case_uid, or a test's node id.
        file: The call site's file, below the repository root.
        qualname: The call site's function.
        line: Its line, as a hint.
        sdk: Through which SDK.
        role: Whose words.
        fingerprint: Of the text.
        loose_fingerprint: Of the text with whitespace collapsed.
        observed: How often in this case.
    """

    case: str
    file: str
    qualname: str
    line: int | None
    sdk: str
    role: str
    fingerprint: str
    loose_fingerprint: str | None
    observed: int

    @property
    def site(self) -> str:
        """The call site for a person."""
        return f"{self.file}:{self.qualname}"

    def target(self) -> dict[str, Any]:
        """What is written into the case."""
        return {
            "file": self.file,
            "qualname": self.qualname,
            "sdk": self.sdk,
            "role": self.role,
            "fingerprint": self.fingerprint,
            "loose_fingerprint": self.loose_fingerprint,
            "source": "runtime",
            "bound": "observed",
        }


@attrs.frozen
class Proposals:
    """What recordings propose.

    Attributes:
        made: The proposals, by case, then in the recordings' order.
        unbound: Recordings that were seen in no case.
        without_site: Recordings whose call had no frame below the repository root.
        not_captured: How many images, tool results and other parts were only counted.
    """

    made: tuple[Proposal, ...]
    unbound: int
    without_site: int
    not_captured: int


def propose(rows: Sequence[Row], roles: Iterable[str] = ()) -> Proposals:
    """Read bindings off recordings.

    Args:
        rows: The recordings.
        roles: Which roles to keep; all if none is named.
    """
    wanted = set(roles)
    texts = [row for row in rows if row["fingerprint"] and (not wanted or row["role"] in wanted)]
    # A binding names a place in the code; without one there is nothing to bind to.
    placed = [row for row in texts if row["site"]]
    made = [_make_proposal(row, case, count) for row in placed for case, count in row["case_uids"].items()]
    return Proposals(
        # Sorted is stable, so within a case the recordings keep their order.
        made=tuple(sorted(made, key=lambda one: one.case)),
        unbound=sum(not row["case_uids"] for row in placed),
        without_site=len(texts) - len(placed),
        not_captured=sum(row["count"] for row in rows if not row["fingerprint"]),
    )


def _make_proposal(row: Row, case: str, count: int) -> Proposal:
    site = row["site"]
    return Proposal(
        case,
        site["file"],
        site["qualname"],
        site.get("line"),
        row["sdk"],
        row["role"],
        row["fingerprint"],
        row["loose_fingerprint"],
        count,
    )
