"""The seven protocols, and what reaches a plug-in when it is asked.

A plug-in is an attrs class. Its fields are its options; whatever is live reaches it as an argument. Each kind
has verbs of its own, so no class satisfies two by accident. One instance serves a whole run, and its methods
are called from several tasks of one event loop at once: keep nothing on the instance that two conversations
could mix up. Nothing a method is given may be changed.

A new ability is a new small protocol, never a new required method. It is found on the class: an option of the same name
is no ability.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

import attrs

from ._executing import Executor as Executor
from ._executing import HasWorkers as HasWorkers
from ._questions import Question
from ._set_module import set_module
from ._types.answer import Answer, Prices
from ._types.conversation import Conversation
from ._types.log import get_logger
from ._types.observation import Observation, RejectedTurn
from ._types.persona import Persona, UserTurn
from ._types.persona_stream import Streams as Streams
from ._types.progress import Progress
from ._types.report import Report
from ._types.result import SimulationResult
from ._types.run_info import RunInfo
from ._types.score import Score


@set_module("multivon_eval.sdk")
@runtime_checkable
class Judge(Protocol):
    """A model one may ask."""

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer one question with one request; repeating it is the engine's business.

        Args:
            question: The rendered prompt, and beside it the typed thing it asks about.

        Returns:
            The text, its usage and its cost.

        Raises:
            JudgeUnavailable: If the call failed and is worth repeating.
            JudgeError: If the call failed and repeating it would not help.
        """
        ...

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """Say the most one request for this question can cost.

        Returns:
            USD, a true upper bound; None where the prices are not known.
        """
        ...


@set_module("multivon_eval.sdk")
@attrs.frozen
class RunContext:
    """What reaches a plug-in beside the thing it works on.

    Attributes:
        judge: The judge to ask. It is the metered one: every call is reserved before it is sent and settled
            after it, and raises ``BudgetExceeded`` where it does not fit. Let that pass.
        seed: The run's seed, or None.
        log: A logger for this plug-in.
        rejected: For a driver that is asked once more: the message that was not sent, with its faults; None otherwise.
    """

    judge: Judge
    seed: int | None = None
    log: logging.Logger = attrs.field(factory=lambda: get_logger("plugin"), eq=False)
    rejected: RejectedTurn | None = None


@set_module("multivon_eval.sdk")
@runtime_checkable
class PersonaSource(Protocol):
    """Gives the personas of a run. Its first field is the ARG of its SPEC, a path usually."""

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Give the personas, in order.

        Raises:
            PersonaError: If they cannot be loaded; with all problems at once, each with its place.
        """
        ...


@set_module("multivon_eval.sdk")
@runtime_checkable
class Driver(Protocol):
    """Plays the persona. It does not own the loop: turns, stop rules and budget are the engine's."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next user message, or say that the goal is reached.

        Args:
            conversation: What was said so far; empty, or the persona's history, at the beginning.
            context: The judge to ask, and more.

        Returns:
            The user's turn. An empty message that does not say the goal is reached is an error.
        """
        ...


@set_module("multivon_eval.sdk")
@runtime_checkable
class Evaluator(Protocol):
    """Scores a finished conversation."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score one conversation.

        Returns:
            A number from 0 to 1, or the reason why there is none. An empty conversation is skipped, never
            1.0. What the judge does not know does not count as hoped for.
        """
        ...


@set_module("multivon_eval.sdk")
@runtime_checkable
class Observer(Protocol):
    """Watches a conversation while it runs."""

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        """Look at a conversation as it stands.

        It is asked after each user message, before the system under test sees it; after each reply; and once when the
        conversation is over. The role of the last message and the stop reason say which.

        Args:
            conversation: What was said so far. With a stop reason, it is over.
            context: The judge to ask, and more.

        Returns:
            What it saw, each with its effect; empty for nothing. What follows is the run's policy. An observer that
            raises is left out for the rest of the run, and the report says so.
        """
        ...


@set_module("multivon_eval.sdk")
@runtime_checkable
class Sink(Protocol):
    """Delivers results somewhere. Calls come one at a time: open, write for each result, close."""

    async def open(self, run: RunInfo) -> None:
        """Get ready; called before the first conversation, when at most a proposal of personas has been paid.

        Args:
            run: What the run is made with; with ``is_resumption`` it goes on with an earlier one, whose results stay.

        Raises:
            UsageError: If the destination cannot be used.
        """
        ...

    async def write(self, result: SimulationResult) -> None:
        """Deliver one result as soon as it is finished; when this returns it is delivered, and not given again."""
        ...

    async def close(self, report: Report) -> None:
        """Finish; called once, also when the run was interrupted."""
        ...


@set_module("multivon_eval.sdk")
class Follows(Protocol):
    """A sink that shows what a run is doing while it goes on."""

    def follow(self, progress: Progress) -> None:
        """Keep something to look at; called before ``open``.

        Args:
            progress: Tells what the run is doing, at any time and from any thread. Looking costs little; do it a few
                times a second.
        """
        ...


@set_module("multivon_eval.sdk")
class Checks(Protocol):
    """A plug-in that can tell before the run whether it will work, with a request that costs nothing."""

    async def check(self) -> None:
        """Look whether the plug-in can work.

        Raises:
            UsageError: If it will not work: an endpoint that does not answer, a key that is missing or refused.
        """
        ...


@set_module("multivon_eval.sdk")
class Closes(Protocol):
    """A plug-in that holds connections."""

    async def aclose(self) -> None:
        """Give them back; called once at the end of a run, on the run's event loop."""
        ...


@set_module("multivon_eval.sdk")
class Retakes(Protocol):
    """A sink that writes everything when it is closed: a run that goes on gives it again what it had taken before."""

    async def retake(self, result: SimulationResult) -> None:
        """Take a result of the run that is gone on with; called after ``open`` and before any ``write``.

        Args:
            result: One that an earlier process wrote to this destination, or that is kept of the run before.
        """
        ...


@set_module("multivon_eval.sdk")
class Priced(Protocol):
    """A judge that can say what its tokens cost."""

    def prices(self) -> Prices | None:
        """Give the prices, or None where they are not known."""
        ...


@set_module("multivon_eval.sdk")
class Asks(Protocol):
    """A driver, evaluator or observer that says beforehand what it will ask the judge.

    The estimate counts it, and money is held back for what evaluators and observers will ask. An evaluator or a driver
    without it counts as one question of a verdict's size, an observer without it asks nothing.
    """

    def questions(self, conversation: Conversation) -> Sequence[Question[Any]] | None:
        """Return the questions that it will ask about a conversation as it stands, without asking them.

        Args:
            conversation: As ``evaluate``, ``observe`` or ``next_message`` would get it.

        Returns:
            The questions, repetitions aside. None, from a driver alone, if it asks nothing and ends.
        """
        ...


@set_module("multivon_eval.sdk")
class Proposes(Protocol):
    """A persona source that asks the judge for its personas: loading it costs money, and gives others each time."""

    def proposal(self, seed: int | None) -> Sequence[Question[Any]]:
        """Return the questions that ``load`` will ask, perhaps side by side; the same ones for the same seed.

        Each asks for a :class:`~multivon_eval.sdk.PersonasAsked`, which says how many personas there will be. The run
        counts them in its estimate, a rehearsal does not ask them, and a run that is resumed does not ask them again.

        Raises:
            PersonaError: If there is nothing to ask about: a document that is missing or cannot be read.
        """
        ...


@set_module("multivon_eval.sdk")
class Previews(Protocol):
    """A persona source that can show what it would send to the judge: a rehearsal prints it, and nobody is asked."""

    def preview(self, seed: int | None) -> Sequence[str]:
        """Return what ``load`` would send, as lines of text; raises what :meth:`Proposes.proposal` raises."""
        ...


@set_module("multivon_eval.sdk")
class Ruled(Protocol):
    """A judge that is no model: its verdicts are a smoke test and no measure, and summaries show no rate of them."""

    @property
    def rule(self) -> str:
        """What decides in the place of a model, in a few words."""
        ...


@set_module("multivon_eval.sdk")
class Named(Protocol):
    """A judge that can say which model it asks."""

    @property
    def model(self) -> str:
        """The model as it is asked for; what was used comes back with each answer."""
        ...
