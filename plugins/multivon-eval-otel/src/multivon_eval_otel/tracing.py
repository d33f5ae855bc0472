"""The hook: a trace for each conversation, a span for each call in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

import attrs
from opentelemetry import trace
from opentelemetry._logs import LoggerProvider
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    NoOpTracerProvider,
    ProxyTracerProvider,
    Span,
    Tracer,
    TracerProvider,
    get_current_span,
    set_span_in_context,
)

from multivon_eval.sdk import Call, Conversation, Persona, Question, Report, RunInfo, SimulationResult, hookimpl

from . import content, names
from .calls import describe_call, describe_question, finish_call, name_conversation, name_span
from .errors import fail, fail_with
from .evaluations import emit_evaluation, list_evaluations
from .roots import describe_end, describe_start

_Key = tuple[str, str]
"""A run and the conversation in it."""

_HERE: ContextVar[_Key | None] = ContextVar("multivon_eval_otel_conversation", default=None)
"""The conversation that the current task holds."""


@attrs.define(eq=False)
class _Open:
    """A conversation whose trace goes on.

    Attributes:
        root: Its span.
        replied: The span of the system's last call with the time of its end, in nanoseconds: what it was asked is told
            a moment later.
    """

    root: Span
    replied: tuple[Span, int] | None = None

    def end_reply(self) -> None:
        """End the span of the last call of the system."""
        if self.replied is not None:
            (span, at), self.replied = self.replied, None
            span.end(at)


@attrs.define(eq=False)
class Tracing:
    """Traces runs: one trace per conversation.

    One object serves all runs of a process, also several at once.

    Attributes:
        tracer_provider: Who makes spans; None for the provider that the process has when a call begins. Without one
            nothing is done.
        logger_provider: Who takes evaluation events; None for the one that the process has.
        capture_content: Whether spans carry what was said; None for what the variable
            ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`` says.
    """

    tracer_provider: TracerProvider | None = None
    logger_provider: LoggerProvider | None = None
    capture_content: bool | None = None
    _made: tuple[TracerProvider, Tracer] | None = attrs.field(default=None, init=False, repr=False)
    # Each entry goes when what it is about ends: a call, a conversation, a run.
    _runs: dict[str, dict[str, str]] = attrs.field(factory=dict, init=False, repr=False)
    _conversations: dict[_Key, _Open] = attrs.field(factory=dict, init=False, repr=False)
    _calls: dict[int, tuple[Span, Token[Context]]] = attrs.field(factory=dict, init=False, repr=False)

    @hookimpl
    def run_started(self, run: RunInfo) -> None:
        """Remember who is asked as judge."""
        if self._find_tracer() is not None:
            kinds = {"judge": "", "driver judge": "driver"}
            uses = [use for use in run.plugins if use.kind in kinds]
            self._runs[run.run_id] = {kinds[use.kind]: use.name for use in uses}

    @hookimpl
    def conversation_started(self, persona: Persona, trial: int, case_uid: str, run_id: str) -> None:
        """Begin the trace of a conversation."""
        if (tracer := self._find_tracer()) is None:
            return
        key = (run_id, case_uid)
        # Never reset: the task ends with its conversation, and its context with it.
        _HERE.set(key)
        self._open(key, tracer).root.set_attributes(describe_start(persona, trial))

    @hookimpl
    @contextmanager
    def conversation_scope(self, case_uid: str, run_id: str) -> Iterator[None]:
        """Let what the system does beside its replies, when it is closed, fall into the trace too."""
        opened = self._conversations.get((run_id, case_uid))
        if opened is None or _is_inside(opened.root):
            yield
            return
        token = attach(set_span_in_context(opened.root))
        try:
            yield
        finally:
            detach(token)

    @hookimpl
    def call_started(self, call: Call, question: Question[Any] | None) -> None:
        """Begin the span of a call, and make it the current one for what is called."""
        if (tracer := self._find_tracer()) is None:
            return
        name, kind = name_span(call)
        attributes = describe_call(call, question, self._runs.get(call.run_id, {}))
        span = tracer.start_span(name, self._find_parent(call, tracer), kind, attributes)
        if question is not None and self._is_content_wanted(span):
            span.set_attributes(describe_question(question))
        self._calls[call.call_id] = span, attach(set_span_in_context(span))

    @hookimpl
    def call_finished(self, call: Call, outcome: object, error: BaseException | None) -> None:
        """End the span of a call."""
        if (begun := self._calls.pop(call.call_id, None)) is None:
            return
        span, token = begun
        detach(token)
        is_content_wanted = self._is_content_wanted(span)
        finish_call(span, outcome, is_content_wanted)
        if error is not None:
            fail_with(span, error)
        conversation = self._conversations.get((call.run_id, call.case_uid))
        if is_content_wanted and call.kind == "system" and error is None and conversation is not None:
            conversation.replied = span, time.time_ns()
        else:
            span.end()

    @hookimpl
    def turn_finished(self, conversation: Conversation) -> None:
        """Tell what the system was asked, if content is wanted."""
        here = _HERE.get()
        if here is not None and (opened := self._conversations.get(here)) is not None and opened.replied is not None:
            asked = content.write_messages(conversation.messages[:-1])
            opened.replied[0].set_attribute(names.INPUT, asked)
            opened.end_reply()

    @hookimpl
    def conversation_finished(self, result: SimulationResult) -> None:
        """Tell verdict and scores, and end the trace."""
        key = _HERE.get() or (result.run_id, result.case_uid)
        if (opened := self._conversations.pop(key, None)) is None:
            return
        opened.end_reply()
        opened.root.set_attributes(describe_end(result))
        for evaluation in list_evaluations(result):
            emit_evaluation(opened.root, evaluation, self.logger_provider)
        if (error := result.conversation.error) is not None:
            fail(opened.root, error.type, error.message)
        opened.root.end()

    @hookimpl
    def run_finished(self, report: Report) -> None:
        """End the traces of conversations that were cut off."""
        run_id = report.info.run_id
        self._runs.pop(run_id, None)
        for key in [key for key in list(self._conversations) if key[0] == run_id]:
            opened = self._conversations.pop(key)
            opened.end_reply()
            fail(opened.root, "unfinished", "the run ended before this conversation did")
            opened.root.end()

    def _find_tracer(self) -> Tracer | None:
        """Give the tracer, or None where nobody takes spans."""
        provider = self.tracer_provider or trace.get_tracer_provider()
        if isinstance(provider, ProxyTracerProvider | NoOpTracerProvider):
            return None
        if self._made is None or self._made[0] is not provider:
            self._made = provider, provider.get_tracer("multivon_eval_otel")
        return self._made[1]

    def _is_content_wanted(self, span: Span) -> bool:
        return span.is_recording() and (content.is_wanted() if self.capture_content is None else self.capture_content)

    def _open(self, key: _Key, tracer: Tracer) -> _Open:
        """Give a conversation whose trace goes on; a new one gets a trace of its own, linked to where the run began."""
        if (opened := self._conversations.get(key)) is None:
            around = get_current_span().get_span_context()
            links = [Link(around)] if around.is_valid else []
            told = {names.OPERATION: "invoke_workflow", names.AGENT: "conversation", names.RUN: key[0]}
            told |= {names.CASE: key[1], names.CONVERSATION: name_conversation(*key)}
            alone = set_span_in_context(INVALID_SPAN)
            root = tracer.start_span("invoke_workflow conversation", alone, attributes=told, links=links)
            opened = self._conversations[key] = _Open(root)
        return opened

    def _find_parent(self, call: Call, tracer: Tracer) -> Context | None:
        """Give the context of the span below which a call stands; None for the one that is current."""
        if (asking := self._calls.get(call.parent_id)) is not None:
            return set_span_in_context(asking[0])
        key = (call.run_id, call.case_uid)
        # What a resumed conversation asks first comes before it is told. Fixed cases have no end that is told.
        if key in self._conversations or (call.case_uid and call.run_id in self._runs):
            return set_span_in_context(self._open(key, tracer).root)
        return None


def _is_inside(root: Span) -> bool:
    """Whether the current span belongs to a trace."""
    return get_current_span().get_span_context().trace_id == root.get_span_context().trace_id
