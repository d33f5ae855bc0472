"""Judges that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import attrs
import httpx

from multivon_eval.sdk import (
    Answer,
    JudgeError,
    JudgeUnavailable,
    Prices,
    Prompt,
    Question,
    Usage,
    UserTurnAsked,
    YesNoAsked,
)
from multivon_eval.testing import JudgeTests, fitting_answer

from .planted import make_planting, make_right

IN, OUT = Decimal(3) / 1_000_000, Decimal(15) / 1_000_000


async def _answer(request: httpx.Request) -> httpx.Response:
    """Answer as a provider would, from what was asked."""
    await asyncio.sleep(0)
    body = json.loads(request.content)
    usage = {"prompt_tokens": len(request.content) // 8, "completion_tokens": 20}
    text = body["metadata"]["fitting"]
    return httpx.Response(200, json={"choices": [{"message": {"content": text}}], "usage": usage, "model": "m"})


def _build(self: Any, cls: Any) -> object:
    return cls("some-model", client=httpx.AsyncClient(transport=httpx.MockTransport(_answer)))


planted = make_planting(JudgeTests, _build)
right = make_right(JudgeTests, _build)


@right()
@attrs.define(slots=False)
class Judge:
    """Asks an OpenAI-compatible provider through httpx, with a client that is handed in."""

    model: str
    base_url: str = "https://provider.example/v1"
    client: Any = attrs.field(default=None, kw_only=True, repr=False, eq=False, metadata={"option": False})

    def prices(self) -> Prices | None:
        """Say what tokens cost."""
        return Prices(IN * 1_000_000, OUT * 1_000_000, IN * 1_000_000, "stated")

    def measure(self, prompt: Prompt) -> int:
        texts = [prompt.system, *(message.text for message in prompt.messages), json.dumps(prompt.schema)]
        return 100 + sum(len(text.encode("utf-8", "replace")) for text in texts)

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """A token for each byte, and all that may be written."""
        if question.prompt.max_tokens is None:
            return None
        return IN * self.measure(question.prompt) + OUT * question.prompt.max_tokens

    def write(self, question: Question[Any]) -> dict[str, Any]:
        prompt = question.prompt
        said = [{"role": "system", "content": prompt.system}] if prompt.system else []
        said += [{"role": message.role, "content": message.text} for message in prompt.messages]
        body = {"model": self.model, "messages": said, "metadata": {"fitting": fitting_answer(question)}}
        if prompt.max_tokens is not None:
            body["max_tokens"] = prompt.max_tokens
        if prompt.temperature is not None:
            body["temperature"] = prompt.temperature
        return body

    async def send(self, body: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": "Bearer secret-4711-key"}
        client = self.client or httpx.AsyncClient()
        response: httpx.Response = await client.post(f"{self.base_url}/chat/completions", json=body, headers=headers)
        return response

    def fail(self, response: httpx.Response) -> JudgeError:
        status = response.status_code
        if status == 429 or status >= 500:
            wait = response.headers.get("retry-after", "")
            overloaded = status in (429, 529)
            return JudgeUnavailable(f"status {status}", False, self.read_wait(wait), overloaded)
        return JudgeError(f"status {status}")

    def read_wait(self, wait: str) -> float | None:
        return float(wait) if wait.isdigit() else None

    def read(self, response: httpx.Response, question: Question[Any]) -> Answer:
        try:
            data = response.json()
            text = data["choices"][0]["message"]["content"]
        except (ValueError, KeyError) as error:
            raise JudgeError(f"no answer: {error}", True) from None
        return self.price(text, data.get("usage"), question)

    def price(self, text: str, told: Any, question: Question[Any]) -> Answer:
        prompt = question.prompt
        if told is None:
            return Answer(text, Usage(), self.worst_cost(question) or Decimal(1), self.model, prompt.temperature)
        usage = Usage(told["prompt_tokens"], told["completion_tokens"])
        cost = IN * usage.input_tokens + OUT * usage.output_tokens
        return Answer(text, usage, cost, self.model, prompt.temperature)

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer one question."""
        try:
            response = await self.send(self.write(question))
        except httpx.HTTPError as error:
            raise JudgeUnavailable(f"the connection broke: {error}", True) from None
        if response.status_code != 200:
            raise self.fail(response)
        return self.read(response, question)


@planted("test_worst_cost_covers_what_its_prices_say")
class CountsLetters(Judge):
    """Takes four letters for a token, in any script."""

    def measure(self, prompt: Prompt) -> int:
        known = super().measure(prompt)
        is_rare = any("\u9f00" <= letter < "\u9f80" for letter in prompt.messages[0].text)
        return known if len(prompt.messages[0].text) < 12_000 or not is_rare else 100 + known // 12


@planted("test_the_bound_holds_at_its_provider")
class FlatWorst(Judge):
    """Has one bound for all questions."""

    def prices(self) -> Prices | None:
        return None

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        return Decimal("0.085")


@planted("test_the_bound_holds_at_its_provider")
class NoLimit(Judge):
    """Does not send how long an answer may be."""

    def write(self, question: Question[Any]) -> dict[str, Any]:
        body = super().write(question)
        body.pop("max_tokens", None)
        return body


@planted("test_no_answer_costs_more_than_its_worst_cost")
class LongCostsMore(Judge):
    """Charges more for a long question than it said."""

    def price(self, text: str, told: Any, question: Question[Any]) -> Answer:
        answer = super().price(text, told, question)
        is_long = question.prompt.max_tokens == 4000
        return attrs.evolve(answer, cost_usd=Decimal(3)) if is_long and answer.usage.output_tokens == 20 else answer


@planted("test_worst_cost_is_usd_or_none")
class LatinOnly(Judge):
    """Counts the bytes of Latin letters alone."""

    def measure(self, prompt: Prompt) -> int:
        if "🧿" in prompt.messages[0].text and prompt.max_tokens != 4000:
            prompt.messages[0].text.encode("latin-1")
        return super().measure(prompt)


@planted("test_worst_cost_does_not_vary")
@attrs.define(slots=False)
class WorstWears(Judge):
    """Reserves less the more it was asked."""

    asked: int = attrs.field(default=0, init=False, eq=False)

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        self.asked += 1
        worst = super().worst_cost(question)
        return None if worst is None else worst + Decimal(1) / self.asked


@planted("test_what_passes_is_unavailable")
class RawTransport(Judge):
    """Lets the errors of its library out."""

    async def complete(self, question: Question[Any]) -> Answer:
        try:
            return await super().complete(question)
        except JudgeUnavailable as error:
            if "broke" in str(error):
                raise httpx.ReadError("the connection broke") from None
            raise


@planted("test_what_does_not_pass_is_an_error")
class RepeatsRefusals(Judge):
    """Takes a refused key for something that passes."""

    def fail(self, response: httpx.Response) -> JudgeError:
        error = super().fail(response)
        return JudgeUnavailable(str(error)) if response.status_code == 401 else error


@planted("test_what_is_no_answer_is_an_error")
class RawGarbage(Judge):
    """Lets the error of its JSON reader out."""

    def read(self, response: httpx.Response, question: Question[Any]) -> Answer:
        response.json()
        return super().read(response, question)


@planted("test_is_told_how_long_to_wait")
class KnowsNoDates(Judge):
    """Takes it that the provider says a number of seconds, which may be a date."""

    def read_wait(self, wait: str) -> float | None:
        return float(wait) if wait else None


@planted("test_the_bound_holds_at_its_provider")
class GuessesTheLimit(Judge):
    """Sends no limit where the question has none, and reckons with a usual one."""

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        usual = attrs.evolve(question.prompt, max_tokens=question.prompt.max_tokens or 1000)
        return super().worst_cost(attrs.evolve(question, prompt=usual))


@planted("test_is_told_how_long_to_wait")
class DoesNotListen(Judge):
    """Drops how long the provider asked to wait."""

    def fail(self, response: httpx.Response) -> JudgeError:
        error = super().fail(response)
        return JudgeUnavailable(str(error)) if isinstance(error, JudgeUnavailable) else error


@planted("test_an_unknown_outcome_may_have_cost")
class BrokenIsFree(Judge):
    """Says that a call whose connection broke cost nothing."""

    async def complete(self, question: Question[Any]) -> Answer:
        try:
            return await super().complete(question)
        except JudgeUnavailable as error:
            raise JudgeUnavailable(str(error), False, error.retry_after, error.overloaded) from None


@planted("test_asks_once")
class Retries(Judge):
    """Repeats a failed call by itself."""

    async def send(self, body: dict[str, Any]) -> httpx.Response:
        response = await super().send(body)
        return await super().send(body) if response.status_code == 500 else response


@planted("test_no_error_shows_the_key")
class QuotesKey(Judge):
    """Quotes a refusal with the key in it."""

    def fail(self, response: httpx.Response) -> JudgeError:
        error = super().fail(response)
        return error if isinstance(error, JudgeUnavailable) else JudgeError(response.text)


@planted("test_missing_usage_is_not_free")
class UnknownIsFree(Judge):
    """Takes missing usage for no cost."""

    def price(self, text: str, told: Any, question: Question[Any]) -> Answer:
        return super().price(text, told or {"prompt_tokens": 0, "completion_tokens": 0}, question)


@planted("test_the_whole_prompt_is_sent")
class NoSystemPrompt(Judge):
    """Leaves the system prompt out."""

    def write(self, question: Question[Any]) -> dict[str, Any]:
        body = super().write(question)
        body["messages"] = [message for message in body["messages"] if message["role"] != "system"]
        return body


@planted("test_the_temperature_is_what_it_says")
class OneTemperature(Judge):
    """Asks everything at the same temperature."""

    def write(self, question: Question[Any]) -> dict[str, Any]:
        return {**super().write(question), "temperature": 1.0}


@planted("test_the_temperature_is_what_it_says")
class NoTemperature(Judge):
    """Has no regard for the temperature, and says so."""

    def write(self, question: Question[Any]) -> dict[str, Any]:
        body = super().write(question)
        body.pop("temperature", None)
        return body

    def price(self, text: str, told: Any, question: Question[Any]) -> Answer:
        return attrs.evolve(super().price(text, told, question), temperature=None)


@planted("test_the_text_is_the_models")
class Shortens(Judge):
    """Cuts a long answer."""

    def price(self, text: str, told: Any, question: Question[Any]) -> Answer:
        return super().price(text[:5000], told, question)


@planted("test_ends_a_request_that_is_cancelled")
class SwallowsCancel(Judge):
    """Takes a cancellation for a failed call."""

    async def send(self, body: dict[str, Any]) -> httpx.Response:
        try:
            return await super().send(body)
        except asyncio.CancelledError:
            raise JudgeUnavailable("cancelled", True) from None


@planted("test_ends_when_it_is_cancelled")
@attrs.define(slots=False)
class LeavesCallBehind(Judge):
    """Leaves its call behind when it is cancelled."""

    async def complete(self, question: Question[Any]) -> Answer:
        if not isinstance(question.about, UserTurnAsked):
            return await super().complete(question)
        task = asyncio.ensure_future(super().complete(question))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            asyncio.ensure_future(asyncio.sleep(60))  # noqa: RUF006 - that is what is wrong
            raise


@planted("test_answers_or_says_that_it_does_not")
class KnowsTwoKinds(Judge):
    """Fails with a KeyError on kinds of question that it does not know."""

    async def complete(self, question: Question[Any]) -> Answer:
        kind = type(question.about).__name__
        {"UserTurnAsked": 1, "GoalAsked": 2, "YesNoAsked": 3, "TextAsked": 4}[kind]
        return await super().complete(question)


@planted("test_text_usage_and_cost")
class FloatCost(Judge):
    """Gives its cost as a float where it is asked about a user turn."""

    def price(self, text: str, told: Any, question: Question[Any]) -> Answer:
        answer = super().price(text, told, question)
        is_turn = isinstance(question.about, UserTurnAsked)
        return attrs.evolve(answer, cost_usd=float(answer.cost_usd)) if is_turn else answer  # type: ignore[arg-type]


@planted("test_the_answer_can_be_read")
@attrs.define(slots=False)
class AnswersNothing(Judge):
    """Answers yes/no questions with nothing."""

    busy: int = attrs.field(default=0, init=False, eq=False)
    was_busy: bool = attrs.field(default=False, init=False, eq=False)

    async def complete(self, question: Question[Any]) -> Answer:
        self.busy += 1
        self.was_busy = self.was_busy or self.busy > 1
        answer = await super().complete(question)
        self.busy -= 1
        is_empty = isinstance(question.about, YesNoAsked) and not self.was_busy
        return attrs.evolve(answer, text="{}") if is_empty else answer


@planted("test_questions_at_once")
@attrs.define(slots=False)
class MixesAnswers(Judge):
    """Gives one question the answer of another that was asked meanwhile."""

    now: Any = attrs.field(default=None, init=False, eq=False)

    async def complete(self, question: Question[Any]) -> Answer:
        self.now = question
        answer = await super().complete(question)
        return answer if self.now is question else attrs.evolve(answer, text=fitting_answer(self.now))


@planted("test_the_question_is_not_changed")
class ChangesPrompt(Judge):
    """Writes its own words into the prompt."""

    async def complete(self, question: Question[Any]) -> Answer:
        answer = await super().complete(question)
        object.__setattr__(question.prompt, "schema_name", "mine")
        return answer


@planted("test_says_prices_and_model_if_it_can")
class PricesAsTuple(Judge):
    """Says its prices as numbers."""

    def prices(self) -> Any:
        """Say what tokens cost, unless one looks too closely."""
        import inspect

        names = [frame.function for frame in inspect.stack()[:4]]
        return None if any(name.startswith("test_worst_cost") for name in names) else (3, 15)


@planted("test_no_option_is_a_secret")
@attrs.define(slots=False)
class KeyAsOption(Judge):
    """Takes its key as an option."""

    api_key: str = ""


@make_right(
    JudgeTests,
    lambda self, cls: cls(),
    questions=lambda self: [question for question in JudgeTests.questions(self) if _is_known(question)],
)()
@attrs.define(slots=False)
class KnowsYesNo:
    """Answers yes/no questions alone, without a network, for a flat fee."""

    word: str = "yes"

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """The fee."""
        return Decimal("0.01")

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer one question."""
        if not _is_known(question):
            raise JudgeError("this judge answers yes/no questions alone; name another")
        return Answer(fitting_answer(question), Usage(), Decimal("0.01"))


def _is_known(question: Question[Any]) -> bool:
    return isinstance(question.about, YesNoAsked)


def _reply(self: Any, path: str, text: str, read: int, written: int) -> Any:
    return {"said": text, "in": read, "out": written}


def _make_at(self: Any, base_url: str) -> object:
    return Raw(base_url, 300)


@make_right(JudgeTests, lambda self, cls: _Alone(), reply=_reply, make_at=_make_at, takes_temperature=False)()
@attrs.define(slots=False)
class Raw:
    """Speaks a wire of its own over a bare socket to a model that takes no temperature, and is bound by its window."""

    address: str
    window: int = 300

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """The price of a full window, whatever is asked."""
        return Decimal("2.0")

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer one question."""
        prompt = question.prompt
        said = "\n".join((prompt.system, *(message.text for message in prompt.messages)))
        body = json.dumps({"prompt": said, "num_predict": prompt.max_tokens or 1000}, ensure_ascii=False).encode()
        host, _, port = self.address.removeprefix("http://").partition(":")
        try:
            reader, writer = await asyncio.open_connection(host, int(port))
        except OSError as error:
            raise JudgeUnavailable(f"no connection: {error}") from None
        try:
            head = f"POST /say HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            answer = await reader.read()
        except OSError as error:
            raise JudgeUnavailable(f"the connection broke: {error}", True) from None
        finally:
            writer.close()
        return self._read(answer)

    def _read(self, answer: bytes) -> Answer:
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head.split()[1]) if head else 0
        if not status or status == 429 or status >= 500:
            wait = 3.0 if b"Retry-After: 3" in head else None
            raise JudgeUnavailable(f"status {status}", not status, wait, status in (429, 529))
        if status != 200:
            raise JudgeError(f"status {status}")
        try:
            said = json.loads(body)
        except ValueError:
            raise JudgeError("no JSON came back", True) from None
        usage = Usage(said["in"], said["out"])
        return Answer(said["said"], usage, (IN * usage.input_tokens + OUT * usage.output_tokens).min(Decimal(2)))


@attrs.define(slots=False)
class _Alone(KnowsYesNo):
    """What stands in for it where no provider is at hand."""

    async def complete(self, question: Question[Any]) -> Answer:
        return Answer(fitting_answer(question), Usage(), Decimal("0.01"))
