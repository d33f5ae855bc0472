"""The conversations most worth reading, each with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from multivon_eval.sdk import Calibration

from .pile import Pile

MOST = 3
"""How many are named."""
_TOLD = {"yes": "the goal was achieved", "no": "the goal was not achieved", "unknown": "one cannot tell"}


@attrs.frozen
class Worth:
    """A conversation to read.

    Attributes:
        key: Its address in the page.
        name: Whose it is.
        why: Why.
    """

    key: str
    name: str
    why: str


def select_worth(pile: Pile, calibration: Calibration | None, is_rule: bool) -> list[Worth]:
    """Name the conversations most worth reading: one for each reason, the strongest reasons first.

    Args:
        pile: All of them.
        calibration: Where people and judge differ.
        is_rule: Whether a rule decided, so that its verdict tells little.
    """
    found: dict[str, Worth] = {}
    for row, why in _list_reasons(pile, calibration, is_rule):
        name = f"{pile.personas[row['persona']]['name']}" + (f" #{row['trial']}" if row["trial"] > 1 else "")
        found.setdefault(row["key"], Worth(row["key"], name, why))
        if len(found) == MOST:
            break
    return list(found.values())


def _list_reasons(pile: Pile, calibration: Calibration | None, is_rule: bool) -> Iterator[tuple[dict[str, Any], str]]:
    """The reasons there are, each with the conversation that shows it best."""
    rows = sorted(pile.rows, key=lambda row: (row.get("mean", 1.0), -row["turns"]))
    differ = {} if calibration is None else {one.case_uid: one.person for one in calibration.disagreements}
    failed = [row for row in rows if row["verdict"] == "no" and row.get("blame") == "system"]
    common = Counter(kind for row in failed for kind in row.get("kinds", ())).most_common(1)
    yield from _take(rows, lambda row: _tell_label(row, differ))
    if not is_rule:
        yield from _take(rows, _tell_disagreement)
        for kind, count in common:
            shown = [row for row in failed if kind in row.get("kinds", ())]
            yield shown[0], f"It failed in the way that most do ({count} of {len(failed)}): {kind}"
    yield from _take(rows, lambda row: "The system crashed." if row.get("crashed") else "")
    yield from _take(rows, _tell_lowest)
    yield from _take(rows, _tell_fault)
    yield from _take(rows, lambda row: "The judge could not tell." if row["verdict"] == "unknown" else "")


def _take(rows: list[dict[str, Any]], tell: Callable[[dict[str, Any]], str]) -> Iterator[tuple[dict[str, Any], str]]:
    """The first conversation of which there is something to tell."""
    for row in rows:
        if why := tell(row):
            yield row, why
            return


def _tell_label(row: Mapping[str, Any], differ: Mapping[str, str]) -> str:
    person = row.get("label") or differ.get(row.get("uid", ""), "")
    if not person or person == row["verdict"]:
        return ""
    return f"Judge and person differ: the judge says that {_TOLD[row['verdict']]}, the person that {_TOLD[person]}."


def _tell_disagreement(row: Mapping[str, Any]) -> str:
    if not row.get("disagrees"):
        return ""
    said = "is reached" if row.get("reached") else "is not reached"
    return f"Driver and judge disagree: the driver said that the goal {said}, the judge that {_TOLD[row['verdict']]}."


def _tell_fault(row: Mapping[str, Any]) -> str:
    return f"The simulated user was at fault: {row['faults'][0]}" if "faults" in row else ""


def _tell_lowest(row: Mapping[str, Any]) -> str:
    scores = row.get("scores")
    if not scores:
        return ""
    name = min(scores, key=scores.__getitem__)
    return f"The lowest scores: {name} {scores[name]:.2f}"
