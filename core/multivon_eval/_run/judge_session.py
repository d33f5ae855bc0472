"""A judge under a ceiling, outside of a run: for commands that ask one."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any, Self

from .._journal.journal import Journal
from .._money.account import Account
from .._money.ledger import Ledger
from .._money.limit import Limit
from .._money.meter import MeteredJudge
from .._money.price import find_worst_cost
from .._money.purse import Purse
from .._plugins.abilities import find_ability
from .._plugins.build import Built, build
from .._plugins.keyed_judge import choose_judge
from .._plugins.kinds import JUDGE
from .._plugins.registry import Registry
from .._questions import Question
from .._set_module import set_module
from .._types.answer import Usage
from ..protocols import Judge, Named, RunContext
from .defaults import JUDGE_WITHOUT_KEY
from .lifecycle import check_price, open_plugins
from .problems import Problems
from .settings import Settings

CALLS_AT_ONCE = 16


@set_module("multivon_eval.sdk")
class JudgeSession:
    """A judge that a command asks under a ceiling, as the plug-ins of a run do.

    Making one loads the judge and checks what can be known for free; entering it (``async with``) lets the judge check
    that it will work, and leaving it closes its connections.

    Args:
        judge: A SPEC, a table with ``use``, or an instance; None for the one that the keys in the environment choose.
        budget_usd: The ceiling for all calls in USD; None or ``"none"`` for no ceiling.
        timeout: Seconds for one call.
        seed: For what can be seeded.

    Attributes:
        model: The model as it is asked for.
        reason: Why this judge: asked for, or chosen and by what.
        budget_usd: The ceiling in USD; None for none.
        context: What a persona source, driver or evaluator gets: the metered judge, the seed, a logger.

    Raises:
        UsageError: If something is asked wrongly, or the price is not known; with everything that is wrong.
    """

    def __init__(
        self,
        judge: str | dict[str, object] | Judge | None = None,
        *,
        budget_usd: float | Decimal | str | None = "1.00",
        timeout: float | str = 60.0,
        seed: int | str | None = None,
    ) -> None:
        # The converters of the settings read text too, as a command line gives it.
        settings = Settings(judge=judge, budget_usd=budget_usd, timeout=timeout, seed=seed)
        problems = Problems()
        problems.add(*settings.problems())
        found = problems.collect(_build_judge, settings)
        problems.stop()
        assert found is not None  # where there is none, ``stop`` raised the reason
        built, reason = found
        self.reason: str = reason
        named = find_ability(built.plugin, Named)
        self.model: str = named.model if named else built.use.name
        self.budget_usd: Decimal | None = settings.budget_usd
        self._judge: Judge = built.plugin
        self._ledger = Ledger(settings.budget_usd)
        self._timeout = settings.timeout
        self._account = Account(Purse(self._ledger), Journal())
        metered = MeteredJudge(self._judge, self._account, Limit(CALLS_AT_ONCE), timeout=settings.timeout)
        self.context: RunContext = RunContext(metered, settings.seed)
        self._stack = AsyncExitStack()

    @property
    def spent_usd(self) -> Decimal:
        """What the calls cost so far, in USD."""
        return self._ledger.spent

    @property
    def usage(self) -> Usage:
        """What the calls took so far, in tokens."""
        return self._account.usage

    @property
    def calls(self) -> int:
        """Number of calls so far."""
        return self._account.calls

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """Return the most that one call with a question can cost, in USD; None where prices are not known."""
        return find_worst_cost(self._judge, question)

    def fits(self, question: Question[Any]) -> bool:
        """Whether one call with a question fits under what is left of the ceiling, whatever it costs."""
        worst = self.worst_cost(question)
        return worst is None or self._ledger.fits(worst)

    async def __aenter__(self) -> Self:
        """Let the judge check that it will work.

        Raises:
            UsageError: If it will not work.
        """
        await self._stack.enter_async_context(open_plugins((self._judge,), seconds=self._timeout))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()


def _build_judge(settings: Settings) -> tuple[Built, str]:
    """Build the judge and check that its price is known; with the reason why it is this one."""
    registry, asked, reason = Registry(), settings.judge, "asked for"
    if asked is None:
        asked, reason = choose_judge(os.environ, registry, JUDGE_WITHOUT_KEY)
    built = build(JUDGE, asked, registry)
    check_price(built.plugin, settings.budget_usd, built.use.spec)
    return built, reason
