"""Step 1 where a source asks the judge for its personas: paid once, kept in the journal, the same after a resume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._money.account import Account
from .._money.price import find_worst_cost
from .._plugins.stint import PATIENCE
from .._questions import PersonasAsked, Question
from .._types.persona import Persona
from ..errors import UsageError
from .personas import load_personas
from .resume import check_same, digest_setup

if TYPE_CHECKING:
    from .plan import Plan


async def get_personas(plan: Plan, account: Account) -> tuple[Persona, ...]:
    """Get the personas of a run, and see that a resume goes on with what the run began with.

    A proposal is the first thing that a run pays for: the journal begins before it, and holds what came of it.

    Args:
        plan: What the run is made with.
        account: Whose account a proposal goes on.

    Raises:
        PersonaError: If the personas cannot be loaded.
        UsageError: If a resume is set up differently than the run was, or the proposal does not fit under the ceiling;
            nothing was spent.
        JudgeError: If the proposal failed.
    """
    context = plan.context("judge", account)
    if plan.proposal is None:
        personas = await load_personas(plan.source, context, PATIENCE * plan.info.timeout)
        check_same(plan, digest_setup(plan, personas))
        return personas
    check_same(plan, digest_setup(plan, ()))
    if plan.journal.past.personas:
        return plan.journal.past.personas
    check_fits(plan)
    plan.journal.begin(plan.info.run_id, digest_setup(plan, ()))
    is_there = False
    try:
        personas = await load_personas(plan.source, context, PATIENCE * plan.info.timeout)
        plan.journal.record_personas(personas)
        is_there = True
    finally:
        if not is_there:
            # Nothing to go on from but the money, if any: that counts for whoever resumes.
            plan.journal.close(keep=bool(plan.journal.past.run_id or account.cost_usd))
    return personas


def check_fits(plan: Plan) -> None:
    """Check that the ceiling reaches for the proposal.

    Raises:
        UsageError: If the ceiling is too low.
    """
    assert plan.proposal is not None, "there is a proposal to pay for"
    worst = find_worst_cost(plan.judge, plan.proposal)
    if worst is not None and not plan.ledger.fits(worst):
        raise UsageError(
            f"the proposal of personas may cost up to ${worst:.6f}, and of the budget of ${plan.ledger.budget} "
            f"${plan.ledger.left:.6f} is left; raise --budget, ask for fewer personas, or shorten the document"
        )


def count_proposed(proposal: Question[Any]) -> int:
    """Return how many personas a proposal asks for."""
    assert isinstance(proposal.about, PersonasAsked)  # checked when the plan was made
    return proposal.about.n


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
