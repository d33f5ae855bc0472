"""A fixed case: one reply of the system, and its scores."""

from __future__ import annotations

from .._money.account import Account
from .._plugins.stint import PATIENCE
from .._types.conversation import Conversation
from .._types.eval_case import CaseResult, EvalCase
from .._types.message import Message
from .._types.score import Score
from ..errors import ModelFnError
from .plan import Plan
from .scoring import score
from .serving import serve


async def answer_case(case: EvalCase, number: int, plan: Plan) -> tuple[int, CaseResult]:
    """Let the system answer a case, and score the conversation.

    Args:
        case: The case.
        number: Its place among the cases, from 0.
        plan: Who answers and who scores.

    Returns:
        The number and what came of it: without a reply no score, with the reason.
    """
    uid = f"case-{number}"
    conversation, error = await _take_reply(case, uid, plan)
    with plan.purse() as purse:
        account = Account(purse, plan.journal, uid)
        if error:
            scores = dict.fromkeys(plan.evaluators, Score.skipped(f"no reply to score: {error}"))
        else:
            context, seconds = plan.context("score", account), PATIENCE * plan.info.timeout
            scores = await score(
                conversation, plan.evaluators, context, plan.journal, seconds, plan.calls, is_first=True
            )
    return number, CaseResult(case, conversation, scores, error, account.cost_usd)


async def _take_reply(case: EvalCase, uid: str, plan: Plan) -> tuple[Conversation, str]:
    """Get the conversation of a case with the system's reply; where there is none, say why."""
    conversation = Conversation(case.messages, case_uid=uid)
    assert plan.system is not None, "cases are answered by a system under test"
    try:
        async with serve(plan.system, uid, plan.info.timeout, plan.note_problem, metadata=case.metadata) as serving:
            said = await serving.reply(conversation)
    except ModelFnError as failure:
        return conversation, str(failure)
    return conversation.grown(Message("assistant", said.text, said.tool_calls, metadata=said.metadata)), ""
