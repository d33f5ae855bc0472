"""A system that is opened for each conversation, and one that asks whom it serves."""

import asyncio
import gc
import threading
import warnings
from typing import ClassVar

import attrs
import pytest

from multivon_eval import EvalCase, EvalSuite, ServedPersona, UsageError, asimulate, hookimpl, simulate
from support.people import SaysJudge, Talks, persona

PEOPLE = [persona("ann", metadata={"account": "A-1", "tags": ["late"]}), persona("bob", metadata={"account": "B-2"})]


def run(system, *people, **options):
    """The results of a simulation whose personas talk and whose judge is a fake."""
    given = {"driver": Talks(), "judge": SaysJudge(), "hooks": (), "max_turns": 2, **options}
    return simulate(system, people or PEOPLE, **given)


class Accounts:
    """Opens a session for each conversation, and remembers what is open."""

    def __init__(self):
        self.open_now, self.opened, self.closed = {}, [], []

    def open(self, conversation_id, persona):
        self.opened.append(persona.name)
        self.open_now[conversation_id] = persona
        return Session(self, conversation_id, persona)


@attrs.frozen(eq=False)
class Session:
    accounts: Accounts
    conversation_id: str
    persona: ServedPersona

    def __call__(self, prompt):
        return f"your account is {self.persona.metadata['account']}"

    def close(self):
        del self.accounts.open_now[self.conversation_id]
        self.accounts.closed.append(self.persona.name)


class AsyncAccounts(Accounts):
    async def open(self, conversation_id, persona):
        await asyncio.sleep(0)
        return AsyncSession(super().open(conversation_id, persona))


@attrs.frozen(eq=False)
class AsyncSession:
    session: Session

    async def __call__(self, prompt):
        await asyncio.sleep(0)
        return self.session(prompt)

    async def close(self):
        await asyncio.sleep(0)
        self.session.close()


class OnePerConversation:
    """A class: an object of it is made for each conversation."""

    made: ClassVar[list["OnePerConversation"]] = []

    def open(self, persona):
        self.persona, self.turns, self.is_closed = persona, 0, False
        self.made.append(self)

    def __call__(self, prompt):
        self.turns += 1
        return f"{self.persona.name} {self.turns}"

    def close(self):
        assert not self.is_closed
        self.is_closed = True


class TestByName:
    """What a system asks for by parameter name it gets."""

    @pytest.mark.parametrize("is_async", [False, True])
    def test_persona_and_metadata(self, is_async):
        """The persona's name and metadata, and the metadata alone; nothing of what it is judged by."""
        seen = {}

        def bot(prompt, persona, metadata):
            seen[persona.name] = (persona, metadata)
            return f"hello {metadata['account']}"

        async def async_bot(prompt, *, persona, metadata):
            return bot(prompt, persona, metadata)

        results = run(async_bot if is_async else bot)
        assert [result.transcript[1].content for result in results] == ["hello A-1", "hello B-2"]
        served, metadata = seen["ann"]
        assert served == ServedPersona("ann", {"account": "A-1", "tags": ["late"]})
        assert metadata == {"account": "A-1", "tags": ["late"]}
        assert {field.name for field in attrs.fields(type(served))} == {"name", "metadata"}

    def test_what_it_is_given_cannot_be_changed(self):
        """A system that writes into the metadata fails, and the persona stays as it is."""

        def bot(prompt, metadata):
            metadata["account"] = "mine"
            return "hello"

        [result] = run(bot, PEOPLE[0])
        assert result.conversation.error is not None
        assert PEOPLE[0].metadata["account"] == "A-1"

    def test_a_fixed_case_has_metadata_and_no_persona(self):
        """In an ``EvalSuite`` the metadata is the case's."""
        case = EvalCase("hello", metadata={"account": "C-3"})
        suite = EvalSuite([case], [])
        [result] = suite.run(lambda prompt, persona, metadata: f"{persona} {metadata['account']}", judge="offline")
        assert result.conversation.messages[-1].content == "None C-3"


class TestOpened:
    """An object with ``open`` is opened for each conversation, and what was opened is closed."""

    @pytest.mark.parametrize("kind", [Accounts, AsyncAccounts])
    def test_a_session_for_each_conversation(self, kind):
        """Each conversation talks to what was opened for it, and it is closed when the conversation is over."""
        accounts = kind()
        results = run(accounts, trials=3)
        for result in results:
            account = result.persona.metadata["account"]
            replies = {message.content for message in result.transcript if message.role == "assistant"}
            assert replies == {f"your account is {account}"}
        assert sorted(accounts.opened) == sorted(accounts.closed) == ["ann"] * 3 + ["bob"] * 3
        assert not accounts.open_now

    def test_it_is_closed_before_the_verdict_is_asked_for(self):
        """While the judge thinks, nothing of the system is held open."""
        accounts, open_at_verdict = Accounts(), []

        class Looks(SaysJudge):
            async def complete(self, question):
                open_at_verdict.append(len(accounts.open_now))
                return await super().complete(question)

        run(accounts, PEOPLE[0], judge=Looks())
        assert open_at_verdict == [0]

    def test_a_class_makes_an_object_for_each_conversation(self):
        """A class with ``open`` and ``__call__`` is made anew for each: state on ``self`` is that conversation's."""
        OnePerConversation.made.clear()
        results = run(OnePerConversation)
        assert [one.content for one in results[0].transcript if one.role == "assistant"] == ["ann 1", "ann 2"]
        assert [one.is_closed for one in OnePerConversation.made] == [True, True]

    def test_one_object_that_keeps_its_own_books(self):
        """``open`` may give nothing: then the object itself answers, and its ``close`` is told which conversation."""

        class Bot:
            def __init__(self):
                self.turns, self.closed = {}, []

            def open(self, conversation_id, metadata):
                self.turns[conversation_id] = 0

            def __call__(self, prompt, conversation_id):
                self.turns[conversation_id] += 1
                return f"turn {self.turns[conversation_id]}"

            def close(self, conversation_id):
                self.closed.append(conversation_id)

        bot = Bot()
        run(bot)
        assert sorted(bot.closed) == sorted(bot.turns)
        assert set(bot.turns.values()) == {2}

    def test_a_session_without_close(self):
        """What has no ``close`` needs none: ``open`` may give a function."""

        class Bots:
            def open(self, persona):
                return lambda prompt: f"for {persona.name}"

        assert run(Bots())[1].transcript[1].content == "for bob"

    def test_a_fixed_case_opens_it_too(self):
        """``EvalSuite`` has the same contract."""
        accounts, closed = Accounts(), []

        class Bots:
            def open(self, conversation_id, metadata):
                accounts.opened.append(metadata["n"])
                return self

            def __call__(self, prompt):
                return "hello"

            def close(self):
                closed.append(1)

        EvalSuite([EvalCase("a", metadata={"n": 1}), EvalCase("b", metadata={"n": 2})], []).run(Bots(), judge="offline")
        assert sorted(accounts.opened) == [1, 2] and len(closed) == 2

    def test_the_scope_of_the_hooks_is_around_open_and_close_too(self):
        """What a system renders while it opens and closes is bound to the conversation as well."""
        inside, seen = [], []

        class Scope:
            @hookimpl
            def conversation_scope(self, case_uid):
                return _Inside(inside)

        class Bots:
            def open(self):
                seen.append(bool(inside))

            def __call__(self, prompt):
                return "hello"

            def close(self):
                seen.append(bool(inside))

        run(Bots(), PEOPLE[0], hooks=[Scope()])
        assert seen == [True, True]


class _Inside:
    def __init__(self, inside):
        self.inside = inside

    def __enter__(self):
        self.inside.append(1)

    def __exit__(self, *error):
        self.inside.pop()


class TestFailing:
    """What goes wrong in ``open`` or ``close`` is said, and nothing stays open."""

    def test_closed_after_an_error(self):
        """A conversation whose system raises is closed like any other."""
        accounts = Accounts()
        people = [persona("ann"), persona("bob", metadata={"account": "B-2"})]
        ann, bob = run(accounts, *people)  # ann has no account
        assert ann.stop_reason == "driver_error" and bob.conversation.error is None
        assert sorted(accounts.closed) == ["ann", "bob"] and not accounts.open_now

    @pytest.mark.parametrize("is_async", [False, True])
    def test_open_that_raises(self, is_async):
        """It is the system's error, and what was not opened is not closed."""

        class Bots:
            def open(self):
                raise ConnectionError("no database")

            def close(self):
                raise AssertionError("never opened")

            def __call__(self, prompt):
                return "hello"

        class AsyncBots(Bots):
            async def open(self):
                raise ConnectionError("no database")

        results = run((AsyncBots if is_async else Bots)())
        assert results.report.problems == ()
        for result in results:
            assert result.conversation.error.source == "model_fn"
            assert result.conversation.error.message == "open raised ConnectionError: no database"

    def test_open_that_hangs(self):
        """It has as long as a reply."""

        class Bots:
            async def open(self):
                await asyncio.Event().wait()

            def __call__(self, prompt):
                return "hello"

        [result] = run(Bots(), PEOPLE[0], timeout=0.05)
        assert "open did not end within 0.05 seconds" in result.conversation.error.message

    def test_open_that_gives_no_system(self):
        """What it gives is called: a number cannot be."""

        class Bots:
            def open(self):
                return 4

        [result] = run(Bots(), PEOPLE[0])
        assert "what 'open' gave is int, not a function" in result.conversation.error.message

    @pytest.mark.parametrize("is_async", [False, True])
    def test_close_that_raises(self, is_async):
        """No conversation is lost for it; the report says it once."""

        class Bots:
            def open(self):
                return None

            def __call__(self, prompt):
                return "hello"

            def close(self):
                raise OSError("gone")

        class AsyncBots(Bots):
            async def close(self):
                raise OSError("gone")

        results = run((AsyncBots if is_async else Bots)())
        assert all(result.conversation.error is None for result in results)
        [problem] = results.report.problems
        assert (problem.where, problem.message) == ("model_fn", "close failed: OSError: gone")

    def test_what_nobody_gives_is_refused_before_the_run(self):
        """A parameter that nobody fills is named, with the place and those that there are."""

        class Bots:
            def open(self, tenant):
                return None

            def __call__(self, prompt):
                return "hello"

        with pytest.raises(UsageError, match=r"wants 'tenant' in 'open'.*conversation_id, persona, metadata"):
            run(Bots())

    def test_a_class_that_wants_arguments_is_refused(self):
        """Nobody knows what to make it with."""

        class Bots:
            def __init__(self, url):
                self.url = url

            def open(self):
                return None

            def __call__(self, prompt):
                return "hello"

        with pytest.raises(UsageError, match="wants 'url' in '__init__'"):
            run(Bots)

    def test_the_call_itself_is_looked_at_before_the_run(self):
        """A ``__call__`` that cannot be called with a prompt is refused as a function is."""

        class Bots:
            def open(self):
                return None

            def __call__(self, one, two):
                return "hello"

        for system in (Bots, Bots()):
            with pytest.raises(UsageError, match="wants 2 arguments"):
                run(system)


class TestCancelled:
    """A run that is cancelled closes what it opened."""

    @pytest.mark.parametrize("kind", [Accounts, AsyncAccounts])
    def test_in_the_middle_of_a_reply(self, kind):
        """The conversation was under way: its session is closed before the cancellation goes on."""
        talking = asyncio.Event()

        class Waiting(kind):
            def open(self, conversation_id, persona):
                opened = super().open(conversation_id, persona)
                return _hold(opened, talking)

        accounts = Waiting()
        asyncio.run(self._cancel(accounts, talking))
        assert accounts.opened and sorted(accounts.closed) == sorted(accounts.opened)

    async def _cancel(self, accounts, talking):
        job = asyncio.create_task(
            asimulate(accounts, PEOPLE, driver=Talks(), judge=SaysJudge(), hooks=(), concurrency=2)
        )
        await talking.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert not accounts.open_now
        assert asyncio.all_tasks() == {asyncio.current_task()}

    def test_while_a_thread_opens(self):
        """A thread cannot be cancelled: what it opens when nobody waits any more it closes itself."""
        opening, go_on, closed = threading.Event(), threading.Event(), threading.Event()

        class Bots:
            def open(self):
                opening.set()
                go_on.wait(30)

            def __call__(self, prompt):
                return "hello"

            def close(self):
                closed.set()

        async def whole():
            job = asyncio.create_task(asimulate(Bots(), PEOPLE[:1], driver=Talks(), judge=SaysJudge(), hooks=()))
            await asyncio.to_thread(opening.wait, 30)
            job.cancel()
            with pytest.raises(asyncio.CancelledError):
                await job
            assert not closed.is_set()
            go_on.set()
            assert await asyncio.to_thread(closed.wait, 30)

        asyncio.run(whole())

    def test_nothing_is_left_to_the_collector(self):
        """No coroutine is left unawaited where a run is cancelled while it closes."""
        closing, go_on = asyncio.Event(), asyncio.Event()

        class Bots:
            is_closed = False

            async def open(self):
                return None

            async def __call__(self, prompt):
                return "hello"

            async def close(self):
                closing.set()
                await go_on.wait()
                Bots.is_closed = True

        async def whole():
            job = asyncio.create_task(asimulate(Bots(), PEOPLE[:1], driver=Talks(), judge=SaysJudge(), hooks=()))
            await closing.wait()
            job.cancel()
            await asyncio.sleep(0)
            go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await job

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            asyncio.run(whole())
            gc.collect()
        assert Bots.is_closed


def _hold(opened, talking):
    """A session that never answers, and says when it is asked."""

    @attrs.frozen(eq=False)
    class Held:
        session: object

        async def __call__(self, prompt):
            talking.set()
            await asyncio.Event().wait()

        async def close(self):
            ended = self.session.close()
            if asyncio.iscoroutine(ended):
                await ended

    if asyncio.iscoroutine(opened):

        async def wait():
            return Held(await opened)

        return wait()
    return Held(opened)
