"""Personas that come one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .._set_module import set_module
from .persona import Persona


@set_module("multivon_eval.sdk")
class Streams(Protocol):
    """A persona source that gives personas one after the other, so that a run need not hold all of them.

    ``load`` gives the same personas, and is asked where all of them are wanted, or what is wrong with them.
    """

    def stream(self, seed: int | None) -> Iterator[Persona]:
        """Return an iterator over the personas, in order.

        A run asks twice: before anything is spent it looks at each persona, and then it holds their conversations,
        taking the next persona when one of those ends. Both times the personas must be the same. Taking one holds
        everything else up for as long as it takes, so read ahead what comes slowly.

        Args:
            seed: The seed of the run, or None.

        Raises:
            PersonaError: If the personas cannot be had, at once or on the way. The first problem is enough: ``load`` is
                asked for all of them.
        """
        ...
