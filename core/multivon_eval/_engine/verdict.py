"""Step 3: the verdict."""

from __future__ import annotations

from ..assessment import Verdict
from ..data import Conversation
from ..errors import BudgetExceeded
from ..protocols import RunContext
from ..questions import ask, goal_question
from .isolation import FAULTS, let_pass, told


async def judge_goal(conversation: Conversation, context: RunContext) -> Verdict:
    """Ask the judge whether the success criteria are met.

    Args:
        conversation: A finished one, whatever ended it.
        context: The metered judge.

    Returns:
        The verdict; without a reply to judge, with a judge that fails or a budget that does not reach, none
        and the reason.
    """
    if not conversation.turns:
        return Verdict(None, "the system gave no reply, so there is nothing to judge")
    try:
        return await ask(context.judge, goal_question(conversation))
    except BudgetExceeded as error:
        return Verdict(None, f"not judged: {error}", cut=True)
    except FAULTS as error:
        let_pass(error)
        return Verdict(None, f"not judged: {told(error)}", failed=True)
