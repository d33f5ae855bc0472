"""Step 1 where a source asks the judge for its personas: paid once, kept in the journal, the same after a resume."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .._money.account import Account
from .._money.price import find_worst_cost
from .._plugins.abilities import find_ability
from .._plugins.isolation import format_value
from .._plugins.stint import MOST_CALLS, PATIENCE
from .._questions import PersonasAsked, Question
from .._types.persona import Persona
from ..errors import PluginBroken, UsageError
from ..protocols import Previews, Proposes, RunContext
from .nobody import Nobody
from .people import KEPT, People, find_people, hold_people
from .personas import load_personas
from .resume import check_same, digest_setup

if TYPE_CHECKING:
    from .plan import Plan


_CALLS_EACH = 2
"""How often the judge may be asked one question of a proposal: once, and once more for a repair."""


async def get_personas(plan: Plan, account: Account, most_held: int | None = KEPT) -> People:
    """Get the personas of a run, and see that a resume goes on with what the run began with.

    A proposal is the first thing that a run pays for: the journal begins before it, and holds what came of it.

    Args:
        plan: What the run is made with.
        account: Whose account a proposal goes on.
        most_held: How many personas of a source that streams are held; None for all.

    Raises:
        PersonaError: If the personas cannot be loaded.
        UsageError: If a resume is set up differently than the run was, or the proposal does not fit under the ceiling;
            nothing was spent.
        JudgeError: If the proposal failed.
    """
    # What one shard paid for its personas no other would have: there they are had for nothing, or not at all.
    context = plan.context("judge", account) if plan.shard is None else RunContext(Nobody(), plan.info.seed)
    if not plan.proposal:
        people = await find_people(plan.source, context, PATIENCE * plan.info.timeout, most_held)
        check_same(plan, digest_setup(plan, people.digest))
        return people
    check_same(plan, digest_setup(plan, ""))
    if plan.journal.past.personas:
        return hold_people(plan.journal.past.personas)
    check_fits(plan)
    plan.journal.begin(plan.info.run_id, digest_setup(plan, ""))
    is_there = False
    most_calls = max(MOST_CALLS, _CALLS_EACH * len(plan.proposal))
    try:
        personas = await load_personas(plan.source, context, PATIENCE * plan.info.timeout, most_calls)
        plan.journal.record_personas(personas)
        is_there = True
    finally:
        if not is_there:
            # Nothing to go on from but the money, if any: that counts for whoever resumes.
            plan.journal.close(keep=bool(plan.journal.past.run_id or account.cost_usd))
    return hold_people(personas)


def check_fits(plan: Plan) -> None:
    """Check that the ceiling reaches for the proposal, all its questions together.

    Raises:
        UsageError: If the ceiling is too low.
    """
    costs = [find_worst_cost(plan.judge, question) for question in plan.proposal]
    worst = sum((cost for cost in costs if cost is not None), Decimal(0))
    if not plan.ledger.fits(worst):
        calls = "" if len(costs) == 1 else f" in {len(costs)} judge calls"
        raise UsageError(
            f"the proposal of personas may cost up to ${worst:.6f}{calls}, and of the budget of ${plan.ledger.budget} "
            f"${plan.ledger.left:.6f} is left; raise --budget, ask for fewer personas, or shorten the document"
        )


def find_proposal(source: object, name: str, seed: int | None) -> tuple[Question[Any], ...]:
    """Find out what a persona source will ask the judge.

    Args:
        source: The source.
        name: Its name, for messages.
        seed: The seed of the run, or None.

    Returns:
        Its questions; empty where it asks nothing.

    Raises:
        PersonaError: If there is nothing to ask about.
        PluginBroken: If what it would ask is no proposal of personas.
    """
    proposing = find_ability(source, Proposes)
    if proposing is None:
        return ()
    given: object = proposing.proposal(seed)
    if not isinstance(given, Sequence) or not given or not all(isinstance(one, Question) for one in given):
        raise PluginBroken(
            f"persona source {name!r} cannot be used: its proposal is {format_value(given)}; give a list of questions"
        )
    for one in given:
        if not isinstance(one.about, PersonasAsked):
            raise PluginBroken(
                f"persona source {name!r} cannot be used: its proposal asks for {type(one.about).__name__}; ask for a "
                "PersonasAsked"
            )
    return tuple(given)


def find_preview(source: object, seed: int | None) -> Sequence[str]:
    """Return what a persona source would send to the judge, as lines of text; empty where it cannot show it.

    Args:
        source: The source.
        seed: The seed of the run, or None.

    Raises:
        PersonaError: If there is nothing to show.
    """
    previewing = find_ability(source, Previews)
    return () if previewing is None else tuple(previewing.preview(seed))


def count_proposed(proposal: Sequence[Question[Any]]) -> int:
    """Return how many personas the questions of a proposal ask for."""
    return sum(question.about.n for question in proposal if isinstance(question.about, PersonasAsked))


def make_stand_ins(n: int) -> tuple[Persona, ...]:
    """Personas of usual length, to reckon with before the real ones are known."""
    profile = "Ordered a gift some days ago, is not sure that it was the right thing, and has ten minutes before work. "
    return tuple(
        Persona(
            name=f"persona {number}",
            profile=profile * 2,
            goal="Find out what the assistant can do, and get it to do one of these things.",
            success_criteria=("The assistant named what it can do, and the limits of it.",) * 2,
            traits=("terse", "impatient"),
            facts=("The order number is 12345.",),
        )
        for number in range(1, n + 1)
    )
