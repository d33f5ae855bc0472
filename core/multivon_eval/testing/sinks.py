"""The contract of sinks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, get_args

import attrs
import pytest

from .._plugins.abilities import find_ability
from .._plugins.kinds import SINK, Kind
from .._set_module import set_module
from ..sdk import (
    Message,
    Report,
    Retakes,
    RunInfo,
    SimulationResult,
    Sink,
    StopReason,
    ToolCall,
    UsageError,
    result_to_json,
)
from .nouns import conversation, persona, report, result, run_info
from .plugins import PluginTests

__all__ = ["SinkTests"]


@set_module("multivon_eval.testing")
class SinkTests(PluginTests):
    """Subclass it, give ``make``, and the protocol ``Sink`` is checked.

    ``self.folder`` is a folder for what the sink writes. Where it can be looked at, override
    :meth:`delivered`; where a destination can be unusable, override :meth:`make_unusable`.
    """

    kind: ClassVar[Kind] = SINK

    def make(self) -> Sink:
        """Make an instance, twice for the same destination."""
        sink: Sink = super().make()
        return sink

    def make_unusable(self) -> Sink | None:
        """Make an instance whose destination cannot be used; None where there is no such thing."""
        return None

    def delivered(self) -> str | None:
        """Give all that stands at the destination as text; None where it cannot be looked at."""
        return None

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

    def write(self, sink: Sink, *results: SimulationResult, interrupted: bool = False) -> None:
        """Open a sink, write results and close it."""

        async def job(made: Sink) -> None:
            info, end = self._run(*results, interrupted=interrupted)
            await made.open(info)
            for one in results:
                await made.write(one)
            await made.close(end)

        self.run(job, sink)

    def _run(self, *results: SimulationResult, interrupted: bool = False) -> tuple[RunInfo, Report]:
        info = run_info(personas=tuple(one.persona for one in results), conversations=len(results))
        return info, report(*results, info=info, interrupted=interrupted)

    def test_open_write_close(self) -> None:
        """Calls come one at a time: open, write for each result, close. Any result can be delivered."""
        self.write(self.make(), *self.results())

    def test_a_run_without_results(self) -> None:
        """A run may end before its first result; close is called all the same."""
        self.write(self.make())

    def test_a_run_that_was_interrupted(self) -> None:
        """``close`` is called once, also when the run was interrupted."""
        self.write(self.make(), self.results()[0], interrupted=True)

    def test_opens_again_after_close(self) -> None:
        """What was closed can be opened again: one instance may serve several runs, one after the other."""
        sink = self.make()
        self.write(sink, *self.results())
        self.write(sink, *self.results())

    def test_a_second_run_delivers_what_the_first_did(self) -> None:
        """Nothing of an earlier run is left on the instance: the same results are delivered the same way."""
        sink = self.make()
        self.write(sink, *self.results())
        first = self.delivered()
        if first is None:
            pytest.skip("what is delivered cannot be looked at; override 'delivered'")
        self.write(sink, *self.results())
        assert self.delivered() in (first, first * 2), "a second run neither replaces nor adds to the first"

    def test_delivered_when_write_returns(self) -> None:
        """When ``write`` returns, the result is delivered: a run that is killed then does not lose it."""

        async def job(made: Sink) -> str | None:
            one = self.results()[0]
            info, end = self._run(one)
            await made.open(info)
            before = self.delivered()
            await made.write(one)
            after = self.delivered()
            await made.close(end)
            if after is not None:
                assert after != (before or ""), "the destination is the same before and after 'write'"
            return after

        if self.run(job) is None:
            pytest.skip("what is delivered cannot be looked at; override 'delivered'")

    def test_a_resumption_keeps_what_was_delivered(self) -> None:
        """Opened by a run that goes on with an earlier one, it goes on with what that one delivered or it retakes."""
        first, second, *_ = self.results()

        async def interrupted(made: Sink) -> None:
            info, end = self._run(first, interrupted=True)
            await made.open(info)
            await made.write(first)
            await made.close(end)

        async def resumed(made: Sink) -> None:
            info, end = self._run(first, second)
            await made.open(attrs.evolve(info, is_resumption=True, resumed=1))
            if (retaking := find_ability(made, Retakes)) is not None:
                await retaking.retake(first)
            await made.write(second)
            await made.close(end)

        self.run(interrupted, self.make())
        before = self.delivered()
        self.run(resumed, self.make())
        if before is None:
            pytest.skip("what is delivered cannot be looked at; override 'delivered'")
        assert before.strip() in (self.delivered() or ""), "what was delivered before the resumption is gone"

    def test_the_result_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        results = self.results()
        before = [result_to_json(one) for one in self.results()]
        self.write(self.make(), *results)
        assert [result_to_json(one) for one in results] == before, "a result was changed"

    def test_a_destination_that_cannot_be_used(self) -> None:
        """``open`` raises ``UsageError`` where the destination cannot be used, before anything is spent."""
        sink = self.make_unusable()
        if sink is None:
            pytest.skip("no destination that cannot be used; override 'make_unusable'")

        async def job(made: Sink) -> None:
            with pytest.raises(UsageError):
                await made.open(run_info())

        self.run(job, sink)
