"""The system under test: what ``model_fn`` wants, calling it, and what may come back."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import attrs

from .._plugins.isolation import FAULTS, format_error, raise_if_fatal
from .._types.conversation import Conversation
from .._types.hide_secrets import find_known_secrets
from .._types.message import Reply
from .._types.rendering import render_transcript
from ..errors import JudgeError, ModelFnError, UsageError
from .endpoint import Endpoint
from .options import MAX_MESSAGE
from .reply import check_reply
from .threads import is_asynchronous, run_in_thread

ModelFn = Callable[..., Any]
_OPENED_WITH = ("conversation_id", "persona", "metadata")
"""What a system may ask for by name: with each reply, and in ``open`` and ``close``."""
_BY_NAME = ("messages", *_OPENED_WITH)


@attrs.frozen
class SystemUnderTest:
    """A ``model_fn``, and what it asks for by parameter name.

    Attributes:
        call: The callable.
        wants: Which of ``messages``, ``conversation_id``, ``persona`` and ``metadata`` it names.
        wants_prompt: Whether it takes the rendered conversation.
        prompt_name: By which name it takes it; by position where it has none.
        is_async: Whether it is a coroutine function.
        identity: What a resume compares: a digest of the model file, or a name.
        max_message: Characters of a reply that are kept.
        path: The file that it was loaded from, if it was.
        endpoint: The endpoint that it asks, if it is one.
        opens: Whether it has an ``open`` that is called for each conversation.
        reference: By what name another process finds it; empty where it has none.
        secrets: Those of the environment, which are hidden in replies.
    """

    call: ModelFn
    wants: frozenset[str]
    wants_prompt: bool
    is_async: bool
    prompt_name: str = ""
    identity: str = ""
    max_message: int = MAX_MESSAGE
    path: Path | None = None
    endpoint: Endpoint | None = None
    opens: bool = False
    reference: str = ""
    secrets: tuple[str, ...] = attrs.field(factory=find_known_secrets, repr=False, eq=False)

    @classmethod
    def of(cls, call: ModelFn, name: str = "model_fn") -> SystemUnderTest:
        """Look at a callable's signature.

        Args:
            call: A callable, or what has an ``open`` that gives one.
            name: What it is called in messages.

        Raises:
            UsageError: If it is no callable, or cannot be called with one string.
        """
        return _look_at_opening(call, name) if has_open(call) else cls.of_callable(call, name)

    @classmethod
    def of_callable(cls, call: ModelFn, name: str) -> SystemUnderTest:
        """Look at the signature of what gives replies itself; see :meth:`of`."""
        if not callable(call):
            is_runnable = any(callable(getattr(call, verb, None)) for verb in ("ainvoke", "invoke"))
            remedy = "hand in from_runnable(...) of it" if is_runnable else "give a function of one string"
            raise UsageError(f"{name} is {type(call).__name__}, not a function; {remedy}")
        if problem := _find_no_reply(call):
            raise UsageError(f"{name} is {problem}")
        is_async = is_asynchronous(call)
        try:
            parameters = inspect.signature(call).parameters
        except (TypeError, ValueError):  # some callables written in C have no signature
            return cls(call, frozenset(), True, is_async)
        wants = frozenset(key for key in _BY_NAME if key in parameters and parameters[key].kind is not _POSITIONAL_ONLY)
        others = [item for key, item in parameters.items() if key not in wants]
        problem = _find_unfit(others, wants)
        if problem:
            raise UsageError(
                f"{name}{inspect.signature(call)} {problem}; it is called with the conversation as one string "
                f"(def model_fn(prompt: str) -> str), and with {_LISTED} where it names them"
            )
        takes = any(item.kind in _POSITIONAL for item in others) and (
            "messages" not in wants or any(_is_required(item) for item in others)
        )
        first = next((item for item in others if item.kind in _POSITIONAL), None)
        by_name = first is not None and first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        return cls(call, wants, takes, is_async, first.name if first is not None and by_name else "")

    async def reply(self, conversation: Conversation, given: Mapping[str, object], timeout: float) -> Reply:
        """Let the system answer a conversation.

        Args:
            conversation: Ends with a user message.
            given: What it gets beside the conversation where it asks for it by name.
            timeout: Seconds it has.

        Raises:
            ModelFnError: If it raises, hangs or gives no text.
        """
        positional, named = self._make_arguments(conversation, given)
        try:
            # An endpoint keeps to it with each request, and repeats those that fail.
            async with asyncio.timeout(None if self.endpoint else timeout):
                returned = await self._call(positional, named)
        except _OwnTimeout as error:
            raise ModelFnError(f"model_fn raised {format_error(error.__cause__ or error)}") from error.__cause__
        except TimeoutError as error:
            raise ModelFnError(f"model_fn did not answer within {timeout:g} seconds; raise --timeout", True) from error
        return check_reply(returned, self.max_message, self.secrets)

    def _make_arguments(
        self, conversation: Conversation, given: Mapping[str, object]
    ) -> tuple[list[Any], dict[str, Any]]:
        named: dict[str, Any] = {key: value for key, value in given.items() if key in self.wants}
        if "messages" in self.wants:
            named["messages"] = [
                {"role": message.role, "content": message.content} for message in conversation.messages
            ]
        if not self.wants_prompt:
            return [], named
        prompt = render_transcript(conversation.messages)
        return ([], {self.prompt_name: prompt, **named}) if self.prompt_name else ([prompt], named)

    async def _call(self, positional: list[Any], named: dict[str, Any]) -> Any:
        try:
            if self.is_async:
                return await self.call(*positional, **named)
            return await run_in_thread(lambda: self.call(*positional, **named))
        except TimeoutError as error:
            raise _OwnTimeout(str(error)) from error
        except FAULTS as error:
            raise_if_fatal(error)
            if self.endpoint is not None and isinstance(error, JudgeError):
                raise ModelFnError(f"the endpoint of the system under test: {error}") from error
            raise ModelFnError(f"model_fn raised {format_error(error)}") from error


def has_open(call: object) -> bool:
    """Tell whether something is opened for each conversation; the class says so, for a mock has every attribute."""
    return callable(getattr(call if inspect.isclass(call) else type(call), "open", None))


def choose_named(function: Callable[..., object], given: Mapping[str, object]) -> dict[str, object]:
    """Choose what a function asks for by parameter name."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    return {key: value for key, value in given.items() if key in parameters}


def _look_at_opening(call: Any, name: str) -> SystemUnderTest:
    """Look at what is opened for each conversation, as far as that can be known before it is.

    Raises:
        UsageError: If ``open`` or ``close`` wants what nobody gives, or what is opened cannot be called.
    """
    owner = call if inspect.isclass(call) else type(call)
    makes = [("__init__", call.__init__)] if inspect.isclass(call) else []
    for method, function in (*makes, ("open", call.open), ("close", getattr(call, "close", None))):
        if not callable(function):
            continue
        wanted = inspect.signature(function).parameters
        known = () if method == "__init__" else _OPENED_WITH
        unbound = list(wanted)[:1] if inspect.isclass(call) else []
        others = [key for key, item in wanted.items() if key not in (*known, *unbound) and _is_required(item)]
        if others:
            raise UsageError(
                f"{name} wants {', '.join(map(repr, others))} in {method!r}, which nobody gives; "
                + (f"name {', '.join(_OPENED_WITH)} there" if known else "give an object of it, or let it take nothing")
            )
    if "__call__" in dir(owner):
        SystemUnderTest.of_callable(partial(owner.__call__, None) if inspect.isclass(call) else call.__call__, name)
    return SystemUnderTest(call, frozenset(), False, False, opens=True)


def _find_no_reply(call: object) -> str:
    """Say why what a call gives can never be a reply; empty if it may be one."""
    if isinstance(call, type) and not issubclass(call, str):
        return "a class, and a call of it makes an object, no reply; give an object of it that can be called"
    if inspect.isgeneratorfunction(call) or inspect.isasyncgenfunction(call):
        return "a generator, and a reply is one string; gather its parts and return them"
    return ""


class _OwnTimeout(TimeoutError):
    """A TimeoutError that ``model_fn`` raised, told apart from ours."""


_LISTED = ", ".join(map(repr, _BY_NAME))
_POSITIONAL_ONLY = inspect.Parameter.POSITIONAL_ONLY
_POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)


def _is_required(item: inspect.Parameter) -> bool:
    is_variadic = item.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return item.default is inspect.Parameter.empty and not is_variadic


def _find_unfit(others: list[inspect.Parameter], wants: frozenset[str]) -> str:
    required = [item for item in others if _is_required(item)]
    keyword_only = [item.name for item in required if item.kind is inspect.Parameter.KEYWORD_ONLY]
    if keyword_only:
        return f"wants the keyword {keyword_only[0]!r}, which nobody gives"
    if len(required) > 1:
        return f"wants {len(required)} arguments ({', '.join(item.name for item in required)})"
    if not any(item.kind in _POSITIONAL for item in others) and "messages" not in wants:
        return "takes neither the prompt nor 'messages'"
    return ""
