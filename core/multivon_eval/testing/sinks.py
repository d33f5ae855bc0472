"""The contract of sinks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, get_args

import attrs

from .._plugins.kinds import SINK, Kind
from .._set_module import set_module
from ..sdk import (
    Judge,
    Message,
    Report,
    RunInfo,
    SimulationResult,
    Sink,
    StopReason,
    ToolCall,
    UsageError,
    result_to_json,
)
from .nouns import conversation, persona, report, result, run_info
from .plugins import outcome
from .sink_contents import ContentTests
from .standard import basic, expecting, optional, skip

__all__ = ["SinkTests"]


@set_module("multivon_eval.testing")
class SinkTests(ContentTests):
    """Subclass it, give ``make``, and the protocol ``Sink`` is checked.

    ``self.folder`` is a folder for what the sink writes; what is in it is looked at. Where it delivers elsewhere,
    override ``delivered``, and ``make_unusable`` where that can be unusable.
    """

    kind: ClassVar[Kind] = SINK
    prints: ClassVar[bool] = True

    def make(self) -> Sink:
        """Make an instance, each time for the same destination."""
        sink: Sink = super().make()
        return sink

    def make_unusable(self) -> Sink | None:
        """Make an instance whose destination cannot be used; None where there is no such thing.

        By default what ``make`` gives, where the sink's file in ``self.folder`` is a folder, or its folder a file.
        """
        return self.make() if self.block_destination() else None

    def results(self) -> Sequence[SimulationResult]:
        """Give results to deliver: each way to end, without replies, with words from all over the world."""
        odd = conversation(
            messages=(
                Message("user", "Grüße, 你好 | <b>*world*</b>\nand a new line \u2028 here"),
                Message("assistant", "```\n# no heading\n```", (ToolCall("look", {"key": ["a"]}, None),)),
            ),
            of=persona("Zoë | 4 <i>"),
        )
        mute = conversation(messages=(), of=persona("Mute", success_criteria=("One.", "Two.")))
        some = [
            result(conversation(of=persona(f"Ann {reason}")), reason, achieved)
            for reason, achieved in zip(get_args(StopReason), (True, False, None, None, None), strict=True)
        ]
        return (*some, result(odd), result(mute, "driver_error", None, {}))

    def write(self, sink: Sink | None, *results: SimulationResult, interrupted: bool = False) -> None:
        """Open a sink, write results and close it."""

        async def job(made: Sink) -> None:
            info, end = self.describe_run(*results, interrupted=interrupted)
            await made.open(info)
            for one in results:
                await made.write(one)
            await made.close(end)

        self.run(job, sink)

    async def use(self, made: Any, judge: Judge | None = None) -> None:
        """Deliver two results."""
        results = self.results()[:2]
        info, end = self.describe_run(*results)
        await made.open(info)
        for one in results:
            await made.write(one)
        await made.close(end)

    def describe_run(self, *results: SimulationResult, interrupted: bool = False) -> tuple[RunInfo, Report]:
        """Give what a sink is opened and closed with in a run that had these results."""
        info = run_info(personas=tuple(one.persona for one in results), conversations=len(results))
        return info, report(*results, info=info, interrupted=interrupted)

    @basic
    def test_open_write_close(self) -> None:
        """Calls come one at a time: open, write for each result, close. Any result can be delivered."""
        self.write(self.make(), *self.results())

    @basic
    def test_takes_what_was_imported(self) -> None:
        """``score`` delivers transcripts held elsewhere: no stop reason, perhaps no criteria and no verdict."""
        held = conversation(of=persona("Imported", success_criteria=()), is_imported=True)
        one = result(held, "max_turns", None, {})
        self.write(self.make(), attrs.evolve(one, conversation=attrs.evolve(one.conversation, stop_reason=None)))

    @basic
    def test_a_run_without_results(self) -> None:
        """A run may end before its first result; close is called all the same."""
        self.write(self.make())

    @basic
    def test_a_run_that_was_interrupted(self) -> None:
        """``close`` is called once, also when the run was interrupted."""
        self.write(self.make(), self.results()[0], interrupted=True)

    @basic
    def test_a_result_that_comes_twice(self) -> None:
        """A run that was killed between a write and its journal gives that result again; it does no harm."""
        self.write(self.make(), self.results()[0], self.results()[0])

    @basic
    def test_a_resumption_of_nothing(self) -> None:
        """A run may go on where its destination was lost, or had nothing yet: then it begins there."""

        async def job(made: Sink) -> None:
            info, end = self.describe_run(self.results()[0])
            await made.open(attrs.evolve(info, is_resumption=True))
            await made.write(self.results()[0])
            await made.close(end)

        self.run(job)

    @basic
    def test_the_result_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        results = self.results()
        before = [result_to_json(one) for one in self.results()]
        outcome(lambda: self.write(self.make(), *results))
        assert [result_to_json(one) for one in results] == before, "a result was changed"

    @optional("`make_unusable`, or a file in `self.folder`")
    def test_a_destination_that_cannot_be_used(self) -> None:
        """``open`` raises ``UsageError`` where the destination cannot be used, before anything is spent."""
        sink = self.make_unusable()
        if sink is None:
            skip("no destination that cannot be used; override 'make_unusable'")

        async def job(made: Sink) -> None:
            await made.open(run_info())

        with expecting(UsageError, "'open' says nothing of a destination that cannot be used"):
            self.run(job, sink)
