"""Fixed cases: the same contract with ``model_fn`` as a simulation, without a persona."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import attrs

from .._money.shared_budget import SharedBudget
from .._plugins.registry import Registry
from .._run.defaults import EVALUATORS
from .._run.free_checks import stop_with_all
from .._run.planning import make_plan
from .._run.problems import Problems
from .._run.run import Run
from .._run.settings import Settings
from .._run.sync import run_sync
from .._run.system import SystemUnderTest
from .._set_module import set_module
from .._types.eval_case import CaseResult, EvalCase
from .ledgers import open_ledger


def _cases(value: Iterable[EvalCase]) -> tuple[EvalCase, ...]:
    return tuple(value)


def _asked(value: Iterable[object]) -> tuple[object, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@set_module("multivon_eval")
@attrs.frozen
class EvalSuite:
    """Fixed cases and who scores them.

    Attributes:
        cases: The cases.
        evaluators: SPEC strings or instances; the default three if not given.
    """

    cases: tuple[EvalCase, ...] = attrs.field(converter=_cases)
    evaluators: tuple[object, ...] = attrs.field(default=EVALUATORS, converter=_asked)

    def run(
        self,
        model_fn: Callable[..., Any],
        *,
        judge: object = None,
        budget_usd: float | Decimal | str | SharedBudget | None = 1.00,
        concurrency: int = 16,
        timeout: float = 60.0,
    ) -> list[CaseResult]:
        """Let the system answer each case once and score the conversations.

        Args:
            model_fn: The system under test, as ``simulate`` takes it.
            judge: Whom the evaluators ask; chosen by the keys in the environment if None.
            budget_usd: The ceiling for all judge calls in USD, or one that several runs share; None for no ceiling.
            concurrency: Cases side by side.
            timeout: Seconds for one call of ``model_fn`` or of the judge.

        Returns:
            One result for each case, in their order, whatever failed.

        Raises:
            UsageError: If something was asked wrongly, with everything that was; nothing was spent.
        """
        shared = budget_usd if isinstance(budget_usd, SharedBudget) else None
        options: dict[str, Any] = {
            "evaluators": self.evaluators,
            "judge": judge,
            "budget_usd": shared.usd if shared else budget_usd,
            "concurrency": concurrency,
            "timeout": timeout,
            "hooks": (),
        }
        problems = Problems()
        system = problems.collect(SystemUnderTest.of, model_fn)
        settings, wrong = Settings.read(options)
        problems.add(*wrong)
        ledger = problems.collect(open_ledger, budget_usd)
        # Plug-ins that cannot be used are named beside options that cannot be.
        plan = problems.collect(make_plan, system, None, settings, Registry(), ledger=ledger)
        stop_with_all(problems, plan)
        assert plan is not None, "a plan without problems was made"
        return run_sync(lambda: Run(plan).answer(self.cases))
