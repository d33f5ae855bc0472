"""What a worker is started with: everything that the run is made with, by names and paths."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._money.purse import Expected
from .._types.converter import make_plain, structure
from .._types.run_info import RunInfo
from .plan import Plan
from .travelling import Travelling


@attrs.frozen
class WorkerSetup:
    """What a worker is started with.

    Attributes:
        travelling: What the run is made with, in words.
        info: The same for results.
        learned: What the run has learned of its costs.
        usual: What the estimate says of a conversation.
        budget: The ceiling, in USD; None for none.
        is_strict: Whether the run ends where no call to a judge can succeed.
        is_followed: Whether somebody looks on.
        folder: Where the run was started; a worker goes there if it has it.
        paths: Where modules are looked for.
        told: What hooks tell their like in workers, by name.
    """

    travelling: Travelling
    info: RunInfo
    learned: Mapping[str, Any]
    usual: Expected
    budget: Decimal | None
    is_strict: bool
    is_followed: bool
    folder: str
    paths: Sequence[str]
    told: Mapping[str, Any] = attrs.field(factory=dict)

    def pack(self) -> bytes:
        """Write it."""
        row = {field.name: getattr(self, field.name) for field in attrs.fields(WorkerSetup)}
        row["info"] = make_plain(attrs.evolve(self.info, personas=(), estimate=None))
        row["travelling"] = {"model": self.travelling.model, "options": self.travelling.options}
        row["usual"] = [str(value) for value in attrs.astuple(self.usual)]
        row["budget"] = None if self.budget is None else str(self.budget)
        return json.dumps(row, default=str).encode("utf-8", "surrogatepass")

    @classmethod
    def unpack(cls, data: bytes) -> WorkerSetup:
        """Read what :meth:`pack` wrote."""
        row = json.loads(bytes(data).decode("utf-8", "surrogatepass"))
        row["info"] = structure(row["info"], RunInfo)
        row["travelling"] = Travelling(**row["travelling"])
        row["usual"] = Expected(*map(Decimal, row["usual"]))
        row["budget"] = None if row["budget"] is None else Decimal(row["budget"])
        return cls(**row)


def make_setup(plan: Plan, info: RunInfo, is_followed: bool, told: Mapping[str, Any]) -> bytes:
    """Make what the workers of a run are started with.

    Args:
        plan: What the run is made with.
        info: The same for results.
        is_followed: Whether somebody looks on.
        told: What hooks tell their like in workers, by name.
    """
    assert plan.travelling is not None, "whoever has workers was asked whether all can travel"
    return WorkerSetup(
        travelling=plan.travelling,
        info=info,
        learned=plan.forecast.learned.to_json(),
        usual=plan.forecast.usual,
        budget=plan.ledger.budget,
        is_strict=plan.is_strict,
        is_followed=is_followed,
        folder=os.getcwd(),
        paths=[os.path.abspath(path) for path in sys.path if path],
        told=told,
    ).pack()
