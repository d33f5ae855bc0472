"""What a judge sends to its provider, and what it makes of a provider that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar
from unittest import SkipTest

import attrs

from .._set_module import set_module
from ..errors import JudgeError
from ..sdk import Answer, Judge, JudgeUnavailable, Question, text_question
from .bodies import drop_usage, find_number, list_strings
from .guards import find_tasks
from .lifecycle import PATIENCE, WorkingTests
from .provider import Provider, redirecting, reply_like_a_provider
from .standard import basic, optional, skip

_ADDRESSES = ("base_url", "api_base", "endpoint", "url")
_SYSTEM = "Instruction 7204: answer in one word."
_TEXT = "What is the colour of parcel 8815?"
_NEEDS = "`make_at`, or an option `base_url`, or a judge that asks through httpx"


@set_module("multivon_eval.testing")
class WireTests(WorkingTests):
    """The part of the contract of judges on their provider.

    Attributes:
        takes_temperature: False where the model takes no temperature.
    """

    takes_temperature: ClassVar[bool] = True
    __provider: Provider

    def make_at(self, base_url: str) -> Any:
        """Make an instance that asks a provider at an address, ``http://127.0.0.1:PORT``; None where there is none.

        By default it is what ``make`` gives, with this address in its option ``base_url`` if it has one.
        What it sends through httpx comes to the kit's provider in any case.
        """
        made = self.make()
        fields = {field.name: field for field in attrs.fields(type(made))} if attrs.has(type(made)) else {}
        for name in _ADDRESSES:
            field = fields.get(name)
            if field is not None and field.init:
                held = str(getattr(made, name) or "/v1")
                path = "" if "://" in held and held.count("/") < 3 else "/" + held.partition("://")[2].partition("/")[2]
                return attrs.evolve(made, **{field.alias or name: base_url + path.rstrip("/")})
        return made

    def reply(self, path: str, text: str, read: int, written: int) -> Mapping[str, Any]:
        """Write the body of an answer as the provider writes it; by default as the one whose path was asked.

        Args:
            path: The path of the request.
            text: The answer.
            read: Tokens of the prompt.
            written: Tokens of the answer.
        """
        return reply_like_a_provider(path, text, read, written)

    @contextmanager
    def __serve(self) -> Iterator[tuple[Judge, Provider]]:
        with Provider(self.reply) as provider:
            provider.text = "blue"
            judge = self.make_at(provider.base_url)
            with redirecting(provider):
                yield judge, provider

    def __ask(self, judge: Judge, provider: Provider, question: Question[Any]) -> Answer:
        """Ask; skip where nothing came to the provider."""

        async def job(made: Judge) -> Answer:
            return await made.complete(question)

        try:
            return self.run(job, judge)
        finally:
            if not provider.calls:
                skip(f"nothing came to the kit's provider; needs {_NEEDS}")

    @optional(_NEEDS)
    def test_the_whole_prompt_is_sent(self) -> None:
        """The system prompt and every message reach the provider."""
        with self.__serve() as (judge, provider):
            question = text_question(_TEXT, system=_SYSTEM).again("hm 5512", "it says nothing")
            self.__ask(judge, provider, question)
            told = "\n".join(list_strings(provider.calls[-1].body))
            missing = [text for text in (_SYSTEM, _TEXT, "hm 5512") if text not in told]
            assert not missing, f"of the prompt this was not sent: {missing[0]!r}"

    @optional(_NEEDS)
    def test_the_temperature_is_what_it_says(self) -> None:
        """The temperature of the question is sent, or that of an option; the answer says which, None where none was."""
        with self.__serve() as (judge, provider):
            own = getattr(judge, "temperature", None)
            for asked in (0.0, 0.73):
                answer = self.__ask(judge, provider, text_question(_TEXT, temperature=asked))
                sent = find_number(provider.calls[-1].body, "temperature")
                assert answer.temperature == sent, f"the answer says temperature {answer.temperature}, sent was {sent}"
                wanted = asked if own is None else own
                is_left_out = sent is None and (not self.takes_temperature or answer.notes)
                told = f"asked with temperature {wanted}, sent {sent}; say takes_temperature = False if it takes none"
                assert is_left_out or sent == wanted, told

    @optional(_NEEDS)
    def test_the_text_is_the_models(self) -> None:
        """The answer is what the model said, whole and as it is."""
        with self.__serve() as (judge, provider):
            provider.text = " ".join(f"Grüße {number} 订单" for number in range(3000))
            answer = self.__ask(judge, provider, text_question(_TEXT, max_tokens=50_000))
            assert answer.text.strip() == provider.text, "the text of the answer is not what the provider sent"

    @optional(_NEEDS)
    def test_the_bound_holds_at_its_provider(self) -> None:
        """No call costs more than ``worst_cost``, where the model writes all that it was let write, in any script."""
        rare = "".join(map(chr, range(0x9F00, 0x9F80)))
        for text, tokens in (("colour " * 4000, 4000), (rare * 40, 128 * 40), ("?", 1)):
            for limit in (67, 6007, None):
                with self.__serve() as (judge, provider):
                    provider.wanted = limit or 0
                    question = text_question(text, max_tokens=limit)
                    worst, provider.read = judge.worst_cost(question), tokens
                    answer = self.__ask(judge, provider, question)
                    written = provider.calls[-1].find_limit(limit or 0)
                    told = f"{tokens} tokens were read and {written} written: cost {answer.cost_usd}"
                    assert worst is None or answer.cost_usd <= worst, f"{told}, at worst {worst}"

    @optional(_NEEDS)
    def test_what_passes_is_unavailable(self) -> None:
        """Overload, a fault of the server, a broken connection: ``JudgeUnavailable``, nothing raw of a library."""
        for act in (429, 500, 503, 529, "reset"):
            error = self.__fail(act)
            assert isinstance(error, JudgeUnavailable), f"{_name(act)}: raised {error!r}, not JudgeUnavailable"

    @optional(_NEEDS)
    def test_what_does_not_pass_is_an_error(self) -> None:
        """A refused key, a refused request and an answer that is none are ``JudgeError``, and not worth repeating."""
        for act in (400, 401, 403, 404):
            error = self.__fail(act)
            assert isinstance(error, JudgeError), f"{_name(act)}: raised {error!r}, not JudgeError"
            assert not isinstance(error, JudgeUnavailable), (
                f"{_name(act)}: raised JudgeUnavailable, and would be repeated"
            )

    @optional(_NEEDS)
    def test_what_is_no_answer_is_an_error(self) -> None:
        """An answer that is no JSON is a ``JudgeError``, whatever the library says."""
        error = self.__fail("garbage")
        assert isinstance(error, JudgeError), f"{_name('garbage')}: raised {error!r}, not JudgeError"

    @optional(_NEEDS)
    def test_is_told_how_long_to_wait(self) -> None:
        """What the provider says of overload reaches the run: ``overloaded``, and ``retry_after`` in seconds."""
        error = self.__fail(429)
        if isinstance(error, JudgeUnavailable):
            assert error.overloaded, "429: 'overloaded' is False"
            assert error.retry_after == 3, f"429 with Retry-After 3: 'retry_after' is {error.retry_after}"
            with self.__serve() as (judge, provider):
                provider.act, provider.retry_after = 429, "Wed, 21 Oct 2015 07:28:00 GMT"
                error = self.__catch(judge, provider)
            assert isinstance(error, JudgeUnavailable), f"429 with a date as Retry-After: raised {error!r}"

    @optional(_NEEDS)
    def test_an_unknown_outcome_may_have_cost(self) -> None:
        """Where the connection breaks after the request, the provider may have charged: ``charged`` says so."""
        error = self.__fail("reset")
        if isinstance(error, JudgeError):
            assert error.charged, "the connection breaks after the request was sent: 'charged' is False"

    @optional(_NEEDS)
    def test_asks_once(self) -> None:
        """It makes one request for one question; repeating is the engine's business, which pays for it."""
        for act in (429, 500):
            with self.__serve() as (judge, provider):
                provider.act = act
                self.__catch(judge, provider)
                assert len(provider.calls) == 1, f"{_name(act)}: it asks {len(provider.calls)} times"

    @optional(_NEEDS)
    def test_no_error_shows_the_key(self) -> None:
        """A provider that repeats the key in its refusal is not quoted with it."""
        with self.__serve() as (judge, provider):
            provider.act = 401
            error = self.__catch(judge, provider)
            headers = provider.calls[-1].headers
            keys = [
                headers.get(name, "").rpartition(" ")[2] for name in ("authorization", "x-api-key", "x-goog-api-key")
            ]
            shown = [key for key in keys if len(key) > 3 and key in str(error)]
            assert not shown, "the error shows the key that was sent"

    @optional(_NEEDS)
    def test_missing_usage_is_not_free(self) -> None:
        """An answer without its usage costs an unknown amount, never nothing: the bound, say, or it is an error."""
        with self.__serve() as (judge, provider):
            written = provider.write
            provider.write = lambda call: drop_usage(written(call))  # type: ignore[method-assign]
            worst = judge.worst_cost(text_question(_TEXT))
            try:
                answer = self.__ask(judge, provider, text_question(_TEXT))
            except JudgeError:
                return
            assert not worst or answer.cost_usd > 0, "the provider says nothing of usage, and the call costs nothing"

    def __fail(self, act: str | int) -> BaseException:
        with self.__serve() as (judge, provider):
            provider.act = act
            return self.__catch(judge, provider)

    def __catch(self, judge: Judge, provider: Provider) -> BaseException:
        try:
            answer = self.__ask(judge, provider, text_question(_TEXT))
        except SkipTest:
            raise
        except Exception as error:
            return error
        raise AssertionError(f"{_name(provider.act)}: it gives {answer}")

    @optional(_NEEDS)
    def test_ends_a_request_that_is_cancelled(self) -> None:
        """Who is cancelled while the provider is silent ends, leaves nothing behind, and can be used afterwards."""
        with self.__serve() as (judge, provider):
            self.__provider, provider.act = provider, "hang"
            if not self.cancel(judge):
                skip(f"nothing came to the kit's provider; needs {_NEEDS}")
            provider.act = "answer"
            assert self.__ask(judge, provider, text_question(_TEXT)).text == "blue", "afterwards it cannot be used"

    @basic
    def test_ends_when_it_is_cancelled(self) -> None:
        """Who is cancelled before the answer is there ends with it, and can be used afterwards."""
        plugin = self.make()

        async def job(made: Judge) -> list[str]:
            task = asyncio.create_task(self.use(made))
            await asyncio.sleep(0)  # it has begun
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=PATIENCE)
            if not done:
                return ["it goes on although it was cancelled"]
            if not task.cancelled():
                task.exception()
            return await find_tasks()

        left = self.run(job, plugin)
        assert not left, "; ".join(left)
        self.run(self.use, plugin)

    async def start_hanging(self, made: Any) -> asyncio.Task[None] | None:
        """Start a question that hangs at the kit's provider; None where nothing comes there."""
        asked = self.__provider.asked
        task = asyncio.create_task(_complete(made, text_question(_TEXT)))
        waiting = asyncio.create_task(asyncio.to_thread(asked.wait, PATIENCE))
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        is_asked = asked.is_set()
        asked.set()
        await waiting
        if is_asked:
            return task
        await asyncio.wait({task}, timeout=PATIENCE)
        if task.done() and not task.cancelled():
            task.exception()
        return None


async def _complete(judge: Judge, question: Question[Any]) -> None:
    await judge.complete(question)


def _name(act: str | int) -> str:
    words = {"reset": "the connection breaks", "garbage": "an answer that is no JSON"}
    return words.get(str(act), f"status {act}")
