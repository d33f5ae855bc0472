"""A proposal that the budget cut short."""

from __future__ import annotations

from collections.abc import Sequence

from multivon_eval.sdk import BudgetExceeded, Persona


class ProposalCut(BudgetExceeded):
    """Some calls of a proposal did not fit under the ceiling, and others were made.

    Args:
        message: What did not fit, and the remedy.
        personas: Those that were made before; ``propose`` writes them, for they are paid for.
    """

    def __init__(self, message: str, personas: Sequence[Persona] = ()) -> None:
        super().__init__(message)
        self.personas: tuple[Persona, ...] = tuple(personas)

    def __reduce__(self) -> tuple[type[ProposalCut], tuple[str, tuple[Persona, ...]]]:
        return ProposalCut, (str(self), self.personas)
