"""The contract of observers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, get_args

import attrs

from .._plugins.abilities import find_ability
from .._plugins.isolation import format_error
from .._plugins.kinds import OBSERVER, Kind
from .._set_module import set_module
from ..errors import BudgetExceeded
from ..sdk import Asks, Conversation, Effect, Judge, Message, Observation, Observer, Question, RunContext
from .asking import AskingTests, compare_questions
from .fakes import Says, ScriptedJudge, context, fitting_answer
from .nouns import conversation
from .oddities import odd_conversations
from .plugins import copied, unchanged
from .standard import basic
from .swapped import swap_letters

__all__ = ["ObserverTests"]


@set_module("multivon_eval.testing")
class ObserverTests(AskingTests):
    """Subclass it, give ``make``, and the protocol ``Observer`` is checked.

    An observer that asks questions of its own, not yes/no questions, overrides ``answer`` too. Where it has
    something to say of few conversations, override ``conversation`` with one of them.
    """

    kind: ClassVar[Kind] = OBSERVER
    at_once: ClassVar[int] = 3

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

    async def use(self, made: Any, judge: Judge | None = None) -> None:
        """Look at a conversation at each of its stages."""
        for stage in self.stages():
            await made.observe(stage, context(judge or self.judge("hoped")))

    def stages(self) -> Sequence[Conversation]:
        """Give the stages at which an observer is asked: after a user message, after a reply, at the end."""
        replied = self.conversation()
        asked = replied.grown(Message("user", "And what if it is damaged?"))
        return (asked, replied, attrs.evolve(replied, stop_reason="max_turns"))

    @basic
    def test_gives_observations_at_each_stage(self) -> None:
        """It gives a list of observations after a user message, after a reply and at the end."""
        says: Says
        for says in get_args(Says):
            for stage in self.stages():
                _check_seen(self.observe(stage, context(self.judge(says))), stage)

    @basic
    def test_bears_a_conversation_without_replies(self) -> None:
        """A system that crashed at once leaves one user message, or none, and the observer is asked at the end."""
        for messages in ((), (Message("user", "Hello."),)):
            over = attrs.evolve(self.conversation(), messages=messages, stop_reason="driver_error")
            seen = self.observe(over)
            assert isinstance(seen, Sequence), f"gave {type(seen).__name__}, not a list"

    @basic
    def test_bears_any_transcript(self) -> None:
        """Imported transcripts take any form, and have perhaps no persona: it looks at them and does not raise."""
        odd = odd_conversations(self.conversation())
        odd["one message is all there is"] = attrs.evolve(self.conversation(), messages=(Message("user", "Hello."),))
        odd["there is no persona"] = attrs.evolve(self.conversation(), persona=None)
        for what, one in odd.items():
            for stage in (one, attrs.evolve(one, stop_reason=None)):
                try:
                    _check_seen(self.observe(stage), stage)
                except Exception as error:
                    raise AssertionError(f"where {what}: {format_error(error)}") from error

    @basic
    def test_turns_are_those_of_the_conversation(self) -> None:
        """A user message begins a turn, and whatever the assistant says before the next one belongs to it."""
        _, replied, _ = self.stages()
        more = (Message("assistant", "One moment, please."), Message("assistant", "I have it here."))
        parted = attrs.evolve(replied, messages=(*replied.messages[:-1], *more, replied.messages[-1]))
        for says in get_args(Says):
            plain, among = (_list_turns(self.observe(one, context(self.judge(says)))) for one in (replied, parted))
            both = [name for name in plain if len(plain[name]) == len(among.get(name, ()))]
            wrong = [name for name in both if plain[name] != among[name]]
            told = f"{', '.join(wrong)}: seen in another turn where the assistant says three things in a row"
            assert not wrong, f"{told}; conversation.numbered() gives each message with its turn"

    @basic
    def test_the_conversation_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        for stage in self.stages():
            before = copied(stage)
            self.observe(stage)
            assert unchanged(before, stage), "the conversation was changed"

    @basic
    def test_what_is_not_known_has_no_effect(self) -> None:
        """A judge that fails, cannot tell or does not fit the budget is no refusal, no fault, no reason to stop."""
        for stage in self.stages():
            usual = self._list_effects(stage, self.judge("hoped"))
            for what, judge, budget in (
                ("the judge fails", self.failing_at(0), None),
                ("the answer cannot be read", ScriptedJudge("<no answer to any question>"), None),
                ("the judge cannot tell", self.judge("unknown"), None),
                ("the budget is used up", self.judge("hoped"), Decimal(0)),
            ):
                more = self._list_effects(stage, judge, budget) - usual
                assert not more, f"{what}, and it gives {', '.join(sorted(more))}"

    def _list_effects(self, stage: Conversation, judge: Judge, budget: Decimal | None = None) -> set[str]:
        try:
            seen = self.observe(stage, context(judge, budget_usd=budget))
        except (Exception, BudgetExceeded):
            return set()  # an observer that raises is left out, and the report says so
        return {f"{one.effect} {one.name!r}" for one in seen if one.effect != "note"}

    @basic
    def test_says_nothing_twice(self) -> None:
        """What it saw in a reply it does not say again when the conversation is over."""
        says: Says
        for says in ("hoped", "against"):
            _, replied, over = self.stages()
            before, after = (self.observe(one, context(self.judge(says))) for one in (replied, over))
            turn = len(replied.said_by("user"))
            twice = [one.name for one in after if one in before and one.turn == turn and one.effect != "note"]
            assert not twice, f"{', '.join(twice)}: seen after the reply, and again at the end; look at stop_reason"

    @basic
    def test_asks_what_it_says(self) -> None:
        """An observer that asks the judge says so with ``questions``, without asking: else no money is held for it."""
        for stage in self.stages():
            made, judge = self.make(), self.judge("hoped")
            asks = find_ability(made, Asks)
            promised = [] if asks is None else list(asks.questions(stage) or ())

            async def job(made: Observer, stage: Conversation = stage, judge: Judge = judge) -> None:
                await made.observe(stage, context(judge))

            self.run(job, made)
            assert asks is not None or not judge.calls, "it asks the judge and has no method 'questions'"
            wrong = compare_questions(promised, judge.asked)
            assert not wrong, wrong

    @basic
    def test_each_conversation_is_seen_by_itself(self) -> None:
        """What it said of one conversation it does not say of another as long, of the same persona and case."""
        _, replied, _ = self.stages()
        for what, other in swap_letters(replied).items():

            async def one_by_one(made: Observer, other: Conversation = other) -> Sequence[Observation]:
                await made.observe(replied, context(self.judge("against")))
                return await made.observe(other, context(self.judge("hoped")))

            after, alone = list(self.run(one_by_one)), list(self.observe(other, context(self.judge("hoped"))))
            assert after == alone, f"where {what} differs it gives {after}, and by itself {alone}"

    @basic
    def test_two_conversations_at_once(self) -> None:
        """Its methods are called from several tasks at once: two conversations are not mixed up."""
        stages = self.stages()

        async def together(made: Observer) -> list[Sequence[Observation]]:
            jobs = (made.observe(stage, context(self.judge("hoped"))) for stage in (*stages, *stages))
            return await asyncio.gather(*jobs)

        alone = [list(self.observe(stage)) for stage in stages]
        assert [list(seen) for seen in self.run(together)] == alone * 2, "side by side it sees something else"


def _list_turns(seen: Sequence[Observation]) -> dict[str, list[int]]:
    known = [one for one in seen if isinstance(one, Observation)] if isinstance(seen, Sequence) else []
    return {name: sorted(one.turn for one in known if one.name == name) for name in {one.name for one in known}}


def _check_seen(seen: object, stage: Conversation) -> None:
    assert isinstance(seen, Sequence) and not isinstance(seen, str), f"gave {type(seen).__name__}, not a list"
    for one in seen:
        assert isinstance(one, Observation), f"gave {type(one).__name__}, not an Observation"
        assert one.effect in get_args(Effect), f"the effect {one.effect!r} is none"
        most = max(1, len(stage.said_by("user")))
        assert one.turn <= most, f"{one.name!r} is seen in turn {one.turn} of {most}"
