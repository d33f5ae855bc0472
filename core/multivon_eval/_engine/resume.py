"""What a run is made with, and whether a resume is made with the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..data import Persona
from ..errors import UsageError
from .personas import case_uid

if TYPE_CHECKING:
    from .plan import Plan


def made_with(plan: Plan, personas: Sequence[Persona]) -> dict[str, str]:
    """What must be the same for a run to go on, each by a word for people or a digest.

    Returns:
        By name; personas and model file as digests of what they are.
    """
    info = plan.info
    # A default is asked for with the name of our distribution before it, and is the same without.
    specs = [(use.kind, use.spec.removeprefix(f"{use.distribution}/")) for use in info.plugins]
    asked = {kind: spec for kind, spec in specs if kind in ("judge", "driver", "driver judge")}
    everybody = hashlib.sha256("".join(case_uid(persona, 1) for persona in personas).encode()).hexdigest()[:16]
    return {
        "personas": everybody,
        "judge": asked.get("judge", ""),
        "driver": asked.get("driver", ""),
        "driver judge": asked.get("driver judge", ""),
        "evaluators": ", ".join(spec for kind, spec in specs if kind == "evaluator"),
        "max-turns": str(info.max_turns),
        "trials": str(info.trials),
        "seed": str(info.seed),
        "judge-votes": str(info.judge_votes),
        "refusal": info.refusal,
        "model file": plan.system.identity if plan.system else "",
    }


def check_same(plan: Plan, personas: Sequence[Persona]) -> None:
    """See that a resume goes on with what the run began with.

    Raises:
        UsageError: It does not, and ``--force`` was not said; with all that changed.
    """
    past = plan.journal.past
    if not past.run_id or plan.force:
        return
    changed = _changes(past.made_with, made_with(plan, personas))
    if changed:
        raise UsageError(
            [f"--resume: {change}" for change in changed]
            + ["the run that did not finish was made otherwise; go back to that, or go on all the same with --force"]
        )


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    digests = ("personas", "model file")
    return [
        f"the {name} changed" if name in digests else f"{name} was {before.get(name)!r} and is {value!r}"
        for name, value in now.items()
        if before.get(name) != value
    ]
