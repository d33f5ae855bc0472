"""Who plays the personas and who judges: models of Inspect's, or judges of ours under a ceiling."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from decimal import Decimal
from pathlib import Path

import attrs
from inspect_ai.model import model_roles

from multivon_eval import SharedBudget
from multivon_eval.sdk import Judge, UsageError

from .judge import InspectModel

Asked = str | Judge | None
Budget = float | str | Decimal | None

JUDGE_ROLES = ("judge", "grader")
DRIVER_ROLE = "driver"
UNSAID = "default"
"""The budget that nobody named."""
USUAL = "1.00"
"""The ceiling where nobody named one, in USD, as everywhere in multivon-eval."""


@attrs.frozen
class Cast:
    """Who is asked in a simulation, and under which ceiling.

    Attributes:
        judge: Who judges; None for the one that the keys in the environment choose.
        driver_judge: Who plays the personas; None for the judge.
        budget_usd: The ceiling in USD; None for none.
    """

    judge: Asked
    driver_judge: Asked
    budget_usd: Budget


def choose_cast(judge: Asked, driver_judge: Asked, budget_usd: Budget) -> Cast:
    """Choose who is asked: what was named, else what the eval's model roles say, else what ours usually is.

    Args:
        judge: As it was named, or None.
        driver_judge: Likewise.
        budget_usd: Likewise; ``"default"`` where nobody named one.

    Raises:
        UsageError: If one of the two is Inspect's, the other may cost money, and nobody named a ceiling or none.
    """
    roles = model_roles()
    if judge is None:
        judge = next((InspectModel(role=role) for role in JUDGE_ROLES if role in roles), None)
    if driver_judge is None and DRIVER_ROLE in roles:
        driver_judge = InspectModel(role=DRIVER_ROLE)
    if budget_usd == UNSAID:
        budget_usd = _choose_budget(judge, driver_judge)
    return Cast(judge, driver_judge, budget_usd)


def _choose_budget(judge: Asked, driver_judge: Asked) -> Budget:
    asked = (judge, judge if driver_judge is None else driver_judge)
    if not any(map(_is_inspects, asked)):
        return USUAL
    ours = [one for one in asked if not _is_inspects(one) and one != "offline"]
    if ours:
        raise UsageError(
            f"{ours[0] or 'the judge of multivon-eval'} and a model of Inspect's are asked, and no ceiling holds for "
            "the second; name model roles for both (judge, driver), or say budget_usd='none'"
        )
    return None


def _is_inspects(asked: Asked) -> bool:
    if isinstance(asked, str):
        return asked.partition(":")[0].partition(",")[0].rpartition("/")[2] == "inspect"
    return isinstance(asked, InspectModel)


class CommonBudget:
    """One ceiling for all samples of a solver, kept in a file that goes when the solver goes."""

    def __init__(self) -> None:
        self._budget: SharedBudget | None = None

    def get(self, usd: Budget) -> SharedBudget | None:
        """The budget of all samples.

        Args:
            usd: The ceiling in USD; None or ``"none"`` for none.
        """
        if usd is None or usd == "none":
            return None
        if self._budget is None:
            folder = tempfile.mkdtemp(prefix="multivon-eval-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._budget = SharedBudget(Path(folder, "budget"), Decimal(str(usd)), "raise budget_usd of simulated_user")
        return self._budget
