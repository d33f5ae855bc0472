"""``--dry-run``: the whole run rehearsed for nothing."""

from __future__ import annotations

import asyncio
from functools import partial

from .._money.account import Account
from .._run.free_checks import find_persona_problems
from .._run.lifecycle import open_plugins
from .._run.output import tell
from .._run.people import People, hold_people
from .._run.plan import Plan
from .._run.proposal import check_fits, count_proposed, find_preview, get_personas, make_stand_ins
from .._run.resume import check_same, digest_setup
from .._run.serving import serve
from .._run.sharding import describe_run
from .._types.conversation import Conversation
from .._types.converter import make_plain
from .._types.message import Message
from .._types.persona import Persona
from .._types.printable import format_count, make_printable
from .._types.report import Problem
from .._types.run_info import RunInfo
from ..errors import ExitCode, ModelFnError


def rehearse(plan: Plan) -> int:
    """Load and check everything, call ``model_fn`` once, print the estimate; no judge is asked.

    Returns:
        The exit code: 3 if ``model_fn`` failed.

    Raises:
        UsageError: If something was asked wrongly.
    """
    return asyncio.run(_rehearse(plan))


async def _rehearse(plan: Plan) -> int:
    try:
        sinks, find_more = tuple(plan.sinks.values()), partial(find_persona_problems, plan.free_source)
        async with open_plugins(plan.asked, sinks, plan.info.timeout, find_more=find_more):
            _tell_preview(plan)
            people = await _find_people(plan)
            has_stand_ins = bool(plan.proposal) and not plan.journal.past.personas
            _tell(describe_run(plan, people), has_stand_ins)
            return await _call_once(plan, people.sample[0])
    finally:
        plan.journal.close(keep=True)


async def _find_people(plan: Plan) -> People:
    """The personas; where they would be proposed, those of the journal or stand-ins of usual length."""
    if not plan.proposal:
        with plan.purse() as purse:
            return await get_personas(plan, Account(purse, plan.journal))
    check_same(plan, digest_setup(plan, ""))
    if plan.journal.past.personas:
        return hold_people(plan.journal.past.personas)
    check_fits(plan)
    return hold_people(make_stand_ins(count_proposed(plan.proposal)))


def _tell_preview(plan: Plan) -> None:
    """Show what the source would send to the judge, so that what files hold does nothing to the screen."""
    for line in find_preview(plan.source, plan.info.seed):
        tell(make_printable(line))


def _tell(info: RunInfo, has_stand_ins: bool) -> None:
    if has_stand_ins:
        tell("the personas are not proposed in a dry run; the numbers are reckoned with personas of usual length")
    people, talks = format_count(info.persona_count, "persona"), format_count(info.conversations, "conversation")
    tell(f"dry run: {people}, {talks}, nothing is spent")
    if info.part is not None:
        tell(str(info.part))
    tell(f"judge: {info.judge_model} ({info.judge_reason})")
    assert info.estimate is not None, "a simulation has its estimate"
    for name, value in make_plain(info.estimate).items():
        tell(f"{name}: {'unknown' if value is None else value}")
    tell(f"budget_usd: {'none' if info.ceiling_usd is None else info.ceiling_usd}")


async def _call_once(plan: Plan, persona: Persona) -> int:
    assert plan.system is not None, "a simulation has a system under test"
    opening = persona.script[0] if persona.script else persona.goal
    conversation = Conversation((*persona.history, Message("user", opening)), persona)
    try:
        identifier, problems = f"{plan.info.run_id}-dry-run", list[Problem]()
        serving = serve(plan.system, identifier, plan.info.timeout, problems.append, persona=persona)
        async with serving as system:
            reply = await system.reply(conversation)
    except ModelFnError as error:
        tell(f"model_fn: {error}", err=True)
        return ExitCode.FAILED
    tell(f"model_fn answered: {reply.text[:200]}")
    for problem in problems:
        tell(f"{problem.where}: {problem.message}", err=True)
    return ExitCode.FAILED if problems else ExitCode.OK
