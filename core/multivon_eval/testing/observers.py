"""The contract of observers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, ClassVar, get_args

import attrs
import pytest

from .._plugins.kinds import OBSERVER, Kind
from .._set_module import set_module
from ..sdk import Conversation, Effect, Message, Observation, Observer, Question, RunContext
from .fakes import Says, ScriptedJudge, context, fitting_answer
from .nouns import conversation
from .plugins import PluginTests, copied, unchanged

__all__ = ["ObserverTests"]


@set_module("multivon_eval.testing")
class ObserverTests(PluginTests):
    """Subclass it, give ``make``, and the protocol ``Observer`` is checked.

    An observer that asks questions of its own, not yes/no questions, overrides :meth:`answer` too.
    """

    kind: ClassVar[Kind] = OBSERVER

    def make(self) -> Observer:
        """Make an instance."""
        observer: Observer = super().make()
        return observer

    def conversation(self) -> Conversation:
        """Give a conversation under way, whose last message is the assistant's."""
        return conversation()

    def answer(self, question: Question[Any], says: Says) -> str:
        """Answer what the observer asks: as hoped of a good conversation, against it, or unknown."""
        return fitting_answer(question, says)

    def observe(self, about: Conversation, around: RunContext | None = None) -> Sequence[Observation]:
        """Let a new instance look at a conversation."""

        async def job(made: Observer) -> Sequence[Observation]:
            return await made.observe(about, around or context(self.judge("hoped")))

        return self.run(job)

    def judge(self, says: Says) -> ScriptedJudge:
        """Give a judge that always answers to one effect."""
        return ScriptedJudge(lambda question: self.answer(question, says))

    def stages(self) -> Sequence[Conversation]:
        """Give the stages at which an observer is asked: after a user message, after a reply, at the end."""
        replied = self.conversation()
        asked = replied.grown(Message("user", "And what if it is damaged?"))
        return (asked, replied, attrs.evolve(replied, stop_reason="max_turns"))

    @pytest.mark.parametrize("says", ["hoped", "against", "unknown"])
    def test_gives_observations_at_each_stage(self, says: Says) -> None:
        """It gives a list of observations after a user message, after a reply and at the end."""
        for stage in self.stages():
            seen = self.observe(stage, context(self.judge(says)))
            assert isinstance(seen, Sequence) and not isinstance(seen, str), f"gave {type(seen).__name__}"
            for one in seen:
                assert isinstance(one, Observation), f"gave {type(one).__name__}, not an Observation"
                assert one.effect in get_args(Effect) and one.turn <= len(stage.said_by("user"))

    def test_bears_a_conversation_without_replies(self) -> None:
        """A system that crashed at once leaves one user message, or none, and the observer is asked at the end."""
        for messages in ((), (Message("user", "Hello."),)):
            over = attrs.evolve(self.conversation(), messages=messages, stop_reason="driver_error")
            assert isinstance(self.observe(over), Sequence)

    def test_the_conversation_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        for stage in self.stages():
            before = copied(stage)
            self.observe(stage)
            assert unchanged(before, stage), "the conversation was changed"

    def test_two_conversations_at_once(self) -> None:
        """Its methods are called from several tasks at once: two conversations are not mixed up."""
        stages = self.stages()

        async def together(made: Observer) -> list[Sequence[Observation]]:
            jobs = (made.observe(stage, context(self.judge("hoped"))) for stage in (*stages, *stages))
            return await asyncio.gather(*jobs)

        alone = [list(self.observe(stage)) for stage in stages]
        assert [list(seen) for seen in self.run(together)] == alone * 2, "side by side it sees something else"
