"""What a run is made with, and whether a resume is made with the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._questions import Question
from ..errors import UsageError

if TYPE_CHECKING:
    from .plan import Plan


def digest_setup(plan: Plan, personas: str) -> dict[str, str]:
    """What must be the same for a run to go on, each by a word for people or a digest.

    Args:
        plan: What the run is made with.
        personas: The digest of the personas; empty where it does not matter.

    Returns:
        By name; personas, proposal and model file as digests of what they are. Personas that are proposed are
        known by what is asked for them: they are others each time.
    """
    info = plan.info
    # A default is asked for with the name of our distribution before it, and is the same without.
    specs = [(use.kind, use.spec.removeprefix(f"{use.distribution}/")) for use in info.plugins]
    asked = {kind: spec for kind, spec in specs if kind in ("judge", "driver", "driver judge")}
    return {
        "personas": "" if plan.proposal else personas,
        "proposal": _digest_questions(plan.proposal),
        "judge": asked.get("judge", ""),
        "driver": asked.get("driver", ""),
        "driver judge": asked.get("driver judge", ""),
        "evaluators": ", ".join(spec for kind, spec in specs if kind == "evaluator"),
        "max-turns": str(info.max_turns),
        "trials": str(info.trials),
        "seed": str(info.seed),
        "judge-votes": str(info.judge_votes),
        "judge-calls": info.judge_calls,
        "until": info.until,
        "shard": "" if plan.shard is None else str(plan.shard),
        "observers": ", ".join(spec for kind, spec in specs if kind == "observer"),
        "model file": plan.system.identity if plan.system else "",
    }


def _digest_questions(questions: Sequence[Question[Any]]) -> str:
    """What a proposal asks: document, number, seed and our words; empty where nothing is proposed."""
    texts = [text for one in questions for text in (one.prompt.system, *(said.text for said in one.prompt.messages))]
    return _compute_digest("\n\n".join(texts)) if texts else ""


def _compute_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def check_same(plan: Plan, setup: Mapping[str, str]) -> None:
    """Check that a resume goes on with what the run began with.

    Args:
        plan: The plan of the run.
        setup: What it is made with now.

    Raises:
        UsageError: If something changed and ``--force`` was not given; with all changes.
    """
    past = plan.journal.past
    if not past.run_id or plan.force:
        return
    changed = _list_changes(past.made_with, setup)
    if changed:
        raise UsageError(
            [f"--resume: {change}" for change in changed]
            + ["the run that did not finish was made otherwise; go back to that, or go on all the same with --force"]
        )


def _list_changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    digests = {
        "personas": "personas",
        "proposal": "document, number or seed of the proposal",
        "model file": "model file",
        "results": "conversations",
    }
    return [
        f"the {digests[name]} changed" if name in digests else f"{name} was {before.get(name)!r} and is {value!r}"
        for name, value in now.items()
        if before.get(name) != value
    ]
