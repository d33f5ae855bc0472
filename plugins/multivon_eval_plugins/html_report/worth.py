"""The conversations most worth reading, with their addresses in the page."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from multivon_eval.sdk import WorthReading

from .pile import Pile


@attrs.frozen
class Worth:
    """A conversation to read.

    Attributes:
        key: Its address in the page.
        turn: The turn to look at; None for the whole.
        name: Whose it is.
        why: Why.
    """

    key: str
    turn: int | None
    name: str
    why: str


def link_worth(pile: Pile, chosen: Iterable[WorthReading]) -> list[Worth]:
    """Find the addresses of the conversations that the summary names.

    Args:
        pile: All rows of the page.
        chosen: Those of the summary, so that the page names the same as the screen.
    """
    keys: dict[tuple[str, int], str] = {}
    for row in pile.rows:
        keys.setdefault((row["uid"], row["trial"]), row["key"])
    found = [(one, keys.get((one.case_uid, one.trial))) for one in chosen]
    return [Worth(key, one.turn, _name(one), one.reason) for one, key in found if key is not None]


def _name(one: WorthReading) -> str:
    return one.persona + (f" #{one.trial}" if one.trial > 1 else "")
