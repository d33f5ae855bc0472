"""``--propose-from``: what it asks for, and what is told before it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._plugins.spec import Spec
from .._run.defaults import PRODUCT_DOCUMENT
from .._run.estimate import complete_info
from .._run.output import tell
from .._run.people import hold_people
from .._run.plan import Plan
from .._run.proposal import count_proposed, make_stand_ins
from .._types.run_info import Estimate
from ..errors import UsageError
from .options import RANK

DEFAULT_N = 5


def asked_personas(given: Mapping[str, Any], where_from: Mapping[str, str]) -> str | Spec | None:
    """What the options say of where the personas come from.

    Args:
        given: The values of ``personas``, ``propose_from`` and ``n_personas``.
        where_from: Where each value came from; the command line beats the environment, that the file.

    Raises:
        UsageError: If none or both are given.
    """
    personas, document, number = given["personas"], given["propose_from"], given["n_personas"]
    ranks = {name: RANK.index(where_from[name]) for name in ("personas", "propose_from", "n_personas")}
    if personas and document and ranks["personas"] != ranks["propose_from"]:
        is_document = ranks["propose_from"] > ranks["personas"]
        personas, document = (None, document) if is_document else (personas, None)
    if personas and not document and ranks["n_personas"] < RANK.index("command line"):
        number = None
    problems = []
    if personas and document:
        problems.append("--personas and --propose-from contradict each other; say one of them")
    if personas is None and document is None:
        problems.append(
            "--personas is missing, and so is --propose-from; say one of them, see multivon-eval simulate --help"
        )
    if number is not None and not document:
        problems.append(
            "--n-personas says how many personas to make of a document, and none is named; add --propose-from"
        )
    if problems:
        raise UsageError(problems)
    return from_document(document, number) if document else personas or None


def from_document(document: str, number: str | None) -> Spec:
    """Ask for so many personas from a document.

    Raises:
        UsageError: If the number is not a whole number from 1 on.
    """
    try:
        n = DEFAULT_N if number is None else int(number)
    except ValueError:
        raise UsageError(f"n-personas is {number!r}; give a whole number from 1 on") from None
    return Spec(PRODUCT_DOCUMENT, document, {"n": n}, f"{PRODUCT_DOCUMENT}:{document},n={n}")


def announce(plan: Plan, *, quiet: bool, as_json: bool) -> None:
    """Tell what a run with a proposal will take, before its first call; nothing where none is to be paid.

    Args:
        plan: What the run is made with.
        quiet: Whether only errors are told.
        as_json: Whether standard output is for JSON; the persona source's notices go to standard error.
    """
    if not plan.proposal:
        return
    if quiet or as_json:
        return
    if plan.journal.past.personas:
        tell(f"personas {len(plan.journal.past.personas)}, as they were proposed before the interruption")
        return
    count = count_proposed(plan.proposal)
    found = complete_info(plan, hold_people(make_stand_ins(count)), count * plan.info.trials).estimate
    assert found is not None, "a simulation has its estimate"
    calls = "one judge call" if len(plan.proposal) == 1 else f"{len(plan.proposal)} judge calls"
    tell(f"personas {count}, to be proposed in {calls}; with personas of usual length the run takes about")
    tell(f"         {_format_estimate(found)}")


def _format_estimate(found: Estimate) -> str:
    text = f"{found.calls} judge calls, {found.calls_most} at most; "
    if found.usd is None or found.usd_most is None:
        return text + "no prices are known, so no dollars"
    return text + f"${found.usd:.4f}, ${found.usd_most:.4f} at most"
