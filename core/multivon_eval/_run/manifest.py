"""What a run is made with, as all its shards must have it: digests, options, plug-ins, and what each shard gets."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .._money.funds import ZERO
from .._money.learned import Learned
from .._types.persona import Persona
from .._types.run_info import PluginUse
from .._types.shard_header import Manifest
from .estimate import list_imagined
from .people import People
from .personas import case_uid
from .proposal import make_stand_ins
from .shard import find_shard
from .shares import divide_budget

if TYPE_CHECKING:
    from .plan import Plan

_OPTIONS = (
    "max_turns",
    "max_message",
    "trials",
    "first_trial",
    "seed",
    "timeout",
    "judge_votes",
    "judge_calls",
    "judge_model",
    "driver_model",
)
"""What conversations depend on; how many are held at once, and a judge's patience, are each machine's own."""

_APART = ("sink", "persona source", "executor")
"""Kinds of plug-in of which each machine may have its own: they name its files, and where it holds conversations."""

MOST_RECKONED = 1000
"""How many personas are reckoned one by one; of more, whose chances even out, so many spread over all of them."""


def make_manifest(plan: Plan, people: People, of: int) -> Manifest:
    """Say what a run is made with.

    Every shard says the same: it rests on nothing that one process has learned, and on no file of a machine.

    Args:
        plan: What the run is made with.
        people: All personas of the run, not those of a shard.
        of: Number of shards.

    Raises:
        JudgeError: If the judge cannot say what a call may cost.
        UsageError: If a plug-in cannot say what it will ask.
    """
    info = plan.info
    counts, costs = _reckon(plan, people, of)
    return Manifest(
        personas=people.digest,
        model=plan.system.identity if plan.system else "",
        prompts=_digest_prompts(plan),
        options={name: getattr(info, name) for name in _OPTIONS},
        plugins=tuple(_describe(use) for use in info.plugins if use.kind not in _APART),
        scores=tuple(plan.evaluators),
        version=info.versions["multivon-eval"],
        budget_usd=info.budget_usd,
        conversations=tuple(counts),
        shares_usd=divide_budget(info.budget_usd, costs, counts),
    )


def _reckon(plan: Plan, people: People, of: int) -> tuple[list[int], list[Decimal]]:
    """Count the conversations of each shard, and what they are expected to cost."""
    counts, costs = [0] * of, [ZERO] * of
    step = -(-len(people) // MOST_RECKONED) or 1
    # One that was reckoned stands for those behind it.
    cost = ZERO
    for place, persona in enumerate(people):
        if place % step == 0 and (cost or place == 0):
            cost = _expect(plan, persona)
        for trial in plan.info.trial_numbers:
            shard = find_shard(case_uid(persona, trial), of) - 1
            counts[shard] += 1
            costs[shard] += cost
    return counts, costs


def _expect(plan: Plan, persona: Persona) -> Decimal:
    """What a conversation of a persona is expected to cost by one who has learned nothing yet, in USD."""
    learned = Learned()
    asked = list_imagined(plan, persona)
    return sum((times * learned.expect(judge, question) for question, judge, times in asked), ZERO)


def _digest_prompts(plan: Plan) -> str:
    asked = list_imagined(plan, make_stand_ins(1)[0])
    return _digest(
        [(one.prompt.system, [(said.role, said.text) for said in one.prompt.messages]) for one, _, _ in asked]
    )


def _describe(use: PluginUse) -> str:
    # A default is asked for with the name of our distribution before it, and is the same without.
    spec, version = use.spec.removeprefix(f"{use.distribution}/"), f"{use.distribution} {use.version}".strip()
    return f"{use.kind}: {spec}{f' ({version})' if version else ''}"


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
