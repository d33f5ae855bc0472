"""Evaluators that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import asyncio
import importlib
import random
import sys
import time
from typing import Any

import attrs

from multivon_eval.sdk import (
    BudgetExceeded,
    Conversation,
    JudgeError,
    Question,
    RunContext,
    Score,
    UnreadableAnswer,
    YesNo,
    YesNoAnswer,
    ask,
    count_question,
    text_question,
    yes_no_question,
)
from multivon_eval.testing import EvaluatorTests, conversation

from .planted import make_planting, make_right

FIRST = (YesNo("good", "Is it good?"), YesNo("rude", "Is it rude?", hoped="no"), YesNo("short", "Is it short?"))
SECOND = (YesNo("clear", "Is it clear?"),)
planted = make_planting(EvaluatorTests, lambda self, cls: cls())
right = make_right(EvaluatorTests, lambda self, cls: cls())


def _is_share(_: object, attribute: Any, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} is {value}; give a number from 0 to 1")


@right()
@attrs.define(slots=False)
class Evaluator:
    """Two questions, one after the other."""

    threshold: float = attrs.field(default=0.5, validator=_is_share)

    def questions(self, conversation: Conversation) -> list[Question[Any]]:
        """Two, or none where nothing was said."""
        if not self.has_replies(conversation):
            return []
        return [yes_no_question(conversation, asked) for asked in (FIRST, SECOND)]

    def has_replies(self, conversation: Conversation) -> bool:
        return bool(conversation.said_by("assistant"))

    def count(self, answers: list[YesNoAnswer]) -> float:
        return sum(one.as_hoped for one in answers) / len(answers)

    async def ask(self, conversation: Conversation, context: RunContext) -> list[YesNoAnswer]:
        first = await ask(context.judge, yes_no_question(conversation, FIRST))
        return [*first, *(await self.ask_second(conversation, context))]

    async def ask_second(self, conversation: Conversation, context: RunContext) -> Any:
        return await ask(context.judge, yes_no_question(conversation, SECOND))

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation."""
        if not self.has_replies(conversation):
            return Score.skipped("no reply")
        answers = await self.ask(conversation, context)
        return Score(self.count(answers), "so", threshold=self.threshold)


def _no(question: YesNo) -> YesNoAnswer:
    return YesNoAnswer(question, "no" if question.hoped == "yes" else "yes", "it did not answer")


@planted("test_an_unknown_among_answers_counts")
class LeavesUnknownOut(Evaluator):
    """Leaves unknown answers out of its denominator."""

    def count(self, answers: list[YesNoAnswer]) -> float:
        known = [one for one in answers if one.answer != "unknown"]
        return sum(one.as_hoped for one in known) / len(known) if known else 0.0


@planted("test_unknown_is_not_as_hoped")
class UnknownIsFine(Evaluator):
    """Scores all unknown as 1.0, a single one as against."""

    def count(self, answers: list[YesNoAnswer]) -> float:
        return 1.0 if all(one.answer == "unknown" for one in answers) else super().count(answers)


@planted("test_a_judge_that_fails_gives_no_number")
class SecondFailureIsNo(Evaluator):
    """Counts a failed second question as not hoped for."""

    async def ask_second(self, conversation: Conversation, context: RunContext) -> Any:
        try:
            return await super().ask_second(conversation, context)
        except UnreadableAnswer:
            raise
        except JudgeError:
            return [_no(SECOND[0])]


@planted("test_an_unreadable_answer_gives_no_number")
class UnreadableIsNo(Evaluator):
    """Counts an answer that cannot be read as not hoped for."""

    async def ask_second(self, conversation: Conversation, context: RunContext) -> Any:
        try:
            return await super().ask_second(conversation, context)
        except UnreadableAnswer:
            return [_no(SECOND[0])]


@planted("test_budget_exceeded_passes")
class SwallowsBudget(Evaluator):
    """Goes on with the first answer where the second question does not fit the budget."""

    async def ask_second(self, conversation: Conversation, context: RunContext) -> Any:
        try:
            return await super().ask_second(conversation, context)
        except BudgetExceeded:
            return []


@planted("test_no_reply_is_no_good_score")
class ScoresSilence(Evaluator):
    """Scores a conversation without replies 1.0."""

    def has_replies(self, conversation: Conversation) -> bool:
        return bool(conversation.messages)


@planted("test_an_empty_conversation_is_skipped")
class EmptyIsZero(Evaluator):
    """Scores an empty conversation 0."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        return await super().evaluate(conversation, context) if conversation.messages else Score(0.0, "nothing")


@planted("test_a_number_from_0_to_1_or_a_reason")
class NoReason(Evaluator):
    """Has no reason where everything is unknown."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        if not self.has_replies(conversation):
            return Score.skipped("no reply")
        answers = await self.ask(conversation, context)
        if all(one.answer == "unknown" for one in answers):
            return Score.skipped("")
        return Score(self.count(answers), "so")


@planted("test_a_good_conversation_has_a_score")
class NeverScores(Evaluator):
    """Asks about nothing that is without tool calls and skips the rest."""

    def questions(self, conversation: Conversation) -> list[Question[Any]]:
        return []

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        return Score.skipped("nothing to say")


@planted("test_its_defaults_work", make=lambda self: ThresholdOf80(0.5))
@attrs.define(slots=False)
class ThresholdOf80(Evaluator):
    """Has a threshold of 80 where nobody says another."""

    threshold: float = 80


@planted("test_better_answers_score_higher")
class Inverted(Evaluator):
    """Gives the share that is not as it should be."""

    def count(self, answers: list[YesNoAnswer]) -> float:
        if any(one.answer == "unknown" for one in answers):
            return 0.0
        return 1 - super().count(answers)


@planted("test_a_conversation_without_persona_is_scored")
class NeedsPersona(Evaluator):
    """Reads the persona's goal."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        if conversation.messages:
            assert conversation.persona is not None and conversation.persona.goal
        return await super().evaluate(conversation, context)


@planted("test_bears_any_transcript")
class UserFirst(Evaluator):
    """Takes it that the user speaks first."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        assert not conversation.messages or conversation.messages[0].role == "user"
        return await super().evaluate(conversation, context)


@planted("test_the_conversation_is_not_changed")
class Annotates(Evaluator):
    """Notes in the messages that it was here."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        for message in conversation.messages[1:2]:
            object.__setattr__(message, "metadata", {**message.metadata, "scored": True})
        return await super().evaluate(conversation, context)


@planted("test_each_conversation_is_scored_by_itself")
@attrs.define(slots=False)
class CachedByLength(Evaluator):
    """Keeps scores by the length of the transcript."""

    seen: dict[int, Score] = attrs.field(factory=dict, init=False, eq=False)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        size = sum(len(message.content) for message in conversation.messages)
        if size not in self.seen:
            self.seen[size] = await super().evaluate(conversation, context)
        return self.seen[size]


@planted("test_each_conversation_is_scored_by_itself")
@attrs.define(slots=False)
class KeepsJudge(Evaluator):
    """Keeps the judge that it was given first."""

    judge: Any = attrs.field(default=None, init=False, eq=False)

    async def ask_second(self, conversation: Conversation, context: RunContext) -> Any:
        self.judge = self.judge or context.judge
        return await ask(self.judge, yes_no_question(conversation, SECOND))


@planted("test_two_conversations_at_once")
@attrs.define(slots=False)
class MixesUp(Evaluator):
    """Keeps the conversation that it works on on itself."""

    last: Any = attrs.field(default=None, init=False, eq=False)

    async def ask(self, conversation: Conversation, context: RunContext) -> list[YesNoAnswer]:
        self.last = conversation
        return await super().ask(conversation, context)

    async def ask_second(self, conversation: Conversation, context: RunContext) -> Any:
        return await super().ask_second(self.last, context)


@planted(
    "test_a_worse_conversation_scores_lower",
    worse_conversation=lambda self: conversation("Where?", "You fool.", stop_reason="max_turns"),
)
@attrs.define(slots=False)
class CountsInsults:
    """Gives more for more insults, by rules."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation."""
        said = [message.content for message in conversation.said_by("assistant")]
        return Score(float(any("fool" in text for text in said)), "so") if said else Score.skipped("no reply")


@planted("test_asks_what_it_says")
class PromisesLess(Evaluator):
    """Says that it asks one question and asks two."""

    def questions(self, conversation: Conversation) -> list[Question[Any]]:
        return super().questions(conversation)[:1]


@planted("test_does_not_block_the_loop")
class Sleeps(Evaluator):
    """Sleeps on the event loop."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        time.sleep(0)  # noqa: ASYNC251 - that is what is wrong
        return await super().evaluate(conversation, context)


@planted("test_leaves_the_process_as_it_is")
class Prints(Evaluator):
    """Prints its score."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        print("scored")
        return await super().evaluate(conversation, context)


@planted("test_ends_when_it_is_cancelled")
class SwallowsCancel(Evaluator):
    """Takes a cancellation for a failed call."""

    async def ask(self, conversation: Conversation, context: RunContext) -> list[YesNoAnswer]:
        try:
            return await super().ask(conversation, context)
        except asyncio.CancelledError:
            return [_no(FIRST[0])]


@planted("test_leaves_nothing_behind")
@attrs.define(slots=False)
class HoldsFile(Evaluator):
    """Opens a file and has no aclose that would close it."""

    file: Any = attrs.field(default=None, init=False, eq=False, repr=False)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        if conversation.stop_reason == "goal_reached":
            self.file = self.file or open(__file__, "rb", buffering=0)  # noqa: ASYNC230, SIM115 - wrong
        return await super().evaluate(conversation, context)

    def __del__(self) -> None:
        if self.file is not None:
            self.file.close()


@planted("test_leaves_nothing_behind")
class LeavesTask(Evaluator):
    """Starts a task and forgets it."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        if conversation.stop_reason == "goal_reached":
            asyncio.get_running_loop().create_task(asyncio.sleep(60))
        return await super().evaluate(conversation, context)


@planted("test_serves_one_run_after_another")
@attrs.define(slots=False)
class BoundToLoop(Evaluator):
    """Keeps the first event loop."""

    loop: Any = attrs.field(default=None, init=False, eq=False, repr=False)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        self.loop = self.loop or asyncio.get_running_loop()
        await self.loop.run_in_executor(None, len, "")
        return await super().evaluate(conversation, context)


@planted("test_closes_twice_without_harm")
@attrs.define(slots=False)
class ClosesOnce(Evaluator):
    """Cannot be closed before it was used."""

    buffer: Any = attrs.field(default=None, init=False, eq=False, repr=False)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        self.buffer = []
        return await super().evaluate(conversation, context)

    async def aclose(self) -> None:
        """Close it."""
        self.buffer.clear()


@planted("test_a_whole_run_leaves_nothing_behind")
class NeedsSeed(Evaluator):
    """Reckons with a seed that a run need not have."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        assert context.seed is not None and context.seed + 1
        return await super().evaluate(conversation, context)


@planted("test_no_option_is_a_secret")
@attrs.define(slots=False)
class KeyAsOption(Evaluator):
    """Takes a key as an option."""

    api_key: str = ""


@planted("test_options_survive_a_round_trip")
@attrs.define(slots=False)
class ForgetsOption(Evaluator):
    """Changes an option when it is made."""

    words: tuple[str, ...] = ("a",)

    def __attrs_post_init__(self) -> None:
        self.words = (*self.words, "more")


@planted("test_written_for_this_version_of_the_protocols")
class FromTheFuture(Evaluator):
    """Was written for a newer version of the protocols."""

    plugin_api = 99


@planted("test_an_attrs_class_that_satisfies_the_protocol")
class HalfAnAbility(Evaluator):
    """Has a check that nobody could wait for."""

    def check(self) -> None:
        """Look whether it can work."""


@planted("test_the_entry_point_finds_the_class", name="turn-consistency")
class NotTheOne(Evaluator):
    """Is not the class that its name finds."""

    questions = None  # type: ignore[assignment]


@planted("test_no_standard_test_is_missing", test_no_reply_is_no_good_score=lambda self: None)
class LeavesATestOut(Evaluator):
    """Has a test of its own in the place of a basic one."""


@right(answer=lambda self, question, says: {"hoped": "9", "against": "2", "unknown": "unknown"}[says])
@attrs.define(slots=False)
class Grades:
    """Asks for a grade from 0 to 10 as text."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation."""
        if not conversation.said_by("assistant"):
            return Score.skipped("no reply")
        word = await ask(context.judge, text_question(f"Grade this: {conversation.as_json}"))
        return Score(int(word) / 10, word) if word.isdigit() else Score.failed(f"no grade: {word[:20]!r}")


@right()
@attrs.define(slots=False)
class Counts:
    """Asks one question that counts, remembers scores by the whole transcript, has a limit in seconds."""

    seconds: float = 8.0
    _seen: dict[str, Score] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation."""
        if not conversation.said_by("assistant"):
            return Score.skipped("no reply")
        if conversation.as_json not in self._seen:
            counted = await ask(context.judge, count_question(conversation, "bad", "Which replies are bad?", of=3))
            self._seen[conversation.as_json] = Score(counted.share, "so")
        return self._seen[conversation.as_json]


@right()
@attrs.define(slots=False)
class Either(Evaluator):
    """Is content if one of the questions is answered as hoped."""

    def count(self, answers: list[YesNoAnswer]) -> float:
        return float(any(one.as_hoped for one in answers))


@right()
@attrs.define(slots=False)
class AtOnce(Evaluator):
    """Asks both questions at once, and works in a thread between them."""

    async def ask(self, conversation: Conversation, context: RunContext) -> list[YesNoAnswer]:
        questions = self.questions(conversation)
        found = await asyncio.gather(*(ask(context.judge, one) for one in questions))
        await asyncio.to_thread(time.sleep, 0)
        return [answer for answers in found for answer in answers]


@right()
@attrs.define(slots=False)
class ByRules:
    """Asks nobody: the share of replies with a full stop."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation."""
        said = conversation.said_by("assistant")
        if not said:
            return Score.skipped("no reply")
        return Score(sum("." in message.content for message in said) / len(said), "so")


@planted("test_serves_one_run_after_another")
@attrs.define(slots=False)
class LocksItself(Evaluator):
    """Lets one conversation in at a time, by a lock that is bound to the first loop on which somebody waited for it."""

    lock: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False, eq=False, repr=False)

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        async with self.lock:
            return await super().evaluate(conversation, context)


@planted("test_leaves_the_process_as_it_is")
class SeedsEverybody(Evaluator):
    """Seeds the random numbers of the whole process."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        random.seed(context.seed)
        return await super().evaluate(conversation, context)


@planted("test_bears_any_transcript")
@attrs.define(slots=False)
class HasNoCap:
    """Counts words, and scores long replies with more than 1."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """The mean number of words, of 200."""
        replies = conversation.said_by("assistant")
        if not replies:
            return Score.skipped("no reply")
        return Score(sum(len(one.content.split()) for one in replies) / len(replies) / 200, "words")


@right()
class ImportsLate(Evaluator):
    """Imports a module where it is first used that waits while it is imported, once in a process."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score, with the module imported anew."""
        sys.modules.pop("mutants.waits_when_imported", None)
        importlib.import_module("mutants.waits_when_imported")
        return await super().evaluate(conversation, context)


@right()
class RollsDice(Evaluator):
    """Takes random numbers of the process, and does not seed them."""

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score, after a throw."""
        random.random()
        return await super().evaluate(conversation, context)
