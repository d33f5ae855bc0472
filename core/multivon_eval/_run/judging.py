"""Steps 3 and 4 of one conversation: its verdict and its scores."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import attrs

from .._journal.past import VERDICT, PastCase
from .._money.account import Account
from .._plugins.stint import PATIENCE
from .._types.conversation import Conversation
from .._types.report import Problem
from .._types.score import Score
from .._types.verdict import Verdict
from ..protocols import Evaluator, RunContext
from .plan import Plan
from .scoring import score
from .together import TOGETHER, ask_together
from .verdict import judge_goal, vote_on_goal


@attrs.define(eq=False)
class Judging:
    """Judges and scores the conversations of a run.

    Attributes:
        plan: What the run is made with.
    """

    plan: Plan
    _failed: set[str] = attrs.field(factory=set, init=False)

    async def judge(
        self, conversation: Conversation, account: Account, past: PastCase
    ) -> tuple[Verdict, dict[str, Score]]:
        """Verdict and scores; what the journal has already is not asked for again.

        The first question on the transcript goes ahead, and the others follow side by side: what they share with it a
        provider's cache serves only when it has begun to answer.
        """
        context, is_ahead = self.plan.context("judge", account), asyncio.Event()
        scoring = self.plan.context("score", account)
        if self.plan.info.judge_calls == TOGETHER and past.verdict is None and conversation.turns:
            asked = self.plan.forecast.list_told(conversation, self._list_missing(past.scores))
            context = scoring = await ask_together(asked, context)

        async def score_then() -> dict[str, Score]:
            await is_ahead.wait()
            return await self.score_missing(conversation, past.scores, scoring)

        verdict, scores = await asyncio.gather(
            self._get_verdict(conversation, context, account, past, is_ahead.set), score_then()
        )
        return verdict, {name: scores[name] for name in self.plan.evaluators}

    async def _get_verdict(
        self,
        conversation: Conversation,
        context: RunContext,
        account: Account,
        past: PastCase,
        go_on: Callable[[], None],
    ) -> Verdict:
        plan, votes = self.plan, self.plan.info.judge_votes
        try:
            if past.verdict is not None:
                return past.verdict
            if votes == 1:
                verdict = await judge_goal(conversation, context)
            else:
                voting = plan.context("vote", account)
                verdict = await vote_on_goal(conversation, voting, votes, plan.journal, past, go_on)
        finally:
            go_on()
        plan.journal.record_judgement(conversation.case_uid, VERDICT, verdict)
        return verdict

    async def score_missing(
        self, conversation: Conversation, had: Mapping[str, Score], context: RunContext
    ) -> dict[str, Score]:
        missing = self._list_missing(had)
        seconds = PATIENCE * self.plan.info.timeout
        given = await score(conversation, missing, context, self.plan.journal, seconds, self.plan.calls)
        self._report_failures(given)
        return {**had, **given}

    def _list_missing(self, had: Mapping[str, Score]) -> dict[str, Evaluator]:
        evaluators = self.plan.evaluators.items()
        return {name: plugin for name, plugin in evaluators if name not in had or had[name].value is None}

    def _report_failures(self, scores: Mapping[str, Score]) -> None:
        """Report an evaluator that failed, once, with the reason of the first time."""
        for name, one in scores.items():
            if one.status == "failed" and name not in self._failed:
                self._failed.add(name)
                self.plan.note_problem(Problem(f"evaluator {name}", one.reason))
