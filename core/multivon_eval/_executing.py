"""Where conversations are held: the protocol of executors, and what they get."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Protocol, runtime_checkable

from ._set_module import set_module
from ._types.result import SimulationResult


@set_module("multivon_eval.sdk")
class Desk(Protocol):
    """The head of a run, for an executor whose workers are other processes.

    The executor starts processes in which :func:`~multivon_eval.sdk.run_worker` runs with :attr:`setup`, carries
    messages both ways, those of each worker in their order, and says who is there and who died. All else, the
    conversations, the money and the record, is looked after here. All calls are made on the event loop of the run, and
    none of them waits.
    """

    @property
    def setup(self) -> bytes:
        """What each worker is started with: names and paths, no code and no secret."""
        ...

    def add(self, name: str, send: Callable[[bytes], None], slots: int = 1) -> None:
        """Say that a worker was started.

        Args:
            name: What it is called, for people; no other one that lives is called so.
            send: Passes a message on to it, and does not wait.
            slots: How many conversations talk in it at once.
        """
        ...

    def receive(self, name: str, message: bytes) -> None:
        """Take a message that a worker sent; of one that is not known any more it is left aside."""
        ...

    def lose(self, name: str, why: str) -> bool:
        """Say that a worker died: others hold its conversations, from the last turn that reached the head.

        Args:
            name: Which.
            why: What is known of it, for people.

        Returns:
            Whether work is left, so that another one may be started.
        """
        ...

    def give_up(self, why: str) -> None:
        """Say that no worker can be had any more: :meth:`results` raises, and the run can be resumed.

        Args:
            why: The reason and the remedy.
        """
        ...

    def results(self) -> AsyncGenerator[SimulationResult | None, None]:
        """Give each result as it is finished; when all are, let the workers end and wait for their last words.

        Closed early, it lets them end too: messages must be carried until it is done.

        Raises:
            MultivonEvalError: If the run cannot go on.
        """
        ...


@set_module("multivon_eval.sdk")
class Work(Protocol):
    """The conversations of a run, for whoever holds them."""

    @property
    def concurrency(self) -> int:
        """How many conversations are to talk at once."""
        ...

    def run_here(self) -> AsyncGenerator[SimulationResult | None, None]:
        """Hold them in this process, so many at once, and give each result as it is finished and delivered."""
        ...

    def open_desk(self) -> Desk:
        """Let workers hold them: only for executors that have :class:`HasWorkers`."""
        ...


@set_module("multivon_eval.sdk")
@runtime_checkable
class Executor(Protocol):
    """Decides in which processes conversations are held."""

    def execute(self, work: Work) -> AsyncGenerator[SimulationResult | None, None]:
        """Hold the conversations of a run, and give each result as it is finished; None where one was not needed.

        Args:
            work: The conversations.

        Raises:
            MultivonEvalError: If the run cannot go on; what is finished by then is delivered.
        """
        ...


@set_module("multivon_eval.sdk")
class HasWorkers(Protocol):
    """An executor whose conversations are held by other processes.

    Whatever the run is made with is then loaded there by its name: what has none, an instance of a judge say, is
    refused before anything is spent.
    """

    def count_workers(self) -> int:
        """Return how many there will be; 0 if that is not known yet."""
        ...
