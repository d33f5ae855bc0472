"""Who talks, plays, judges and listens in these tests."""

from __future__ import annotations

import json
from decimal import Decimal

import attrs
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from multivon_eval import Persona
from multivon_eval.sdk import (
    Answer,
    GoalAsked,
    JudgeUnavailable,
    Observation,
    Score,
    Usage,
    UserTurn,
    ask,
    text_question,
)
from multivon_eval_otel import Tracing


def persona(name: str) -> Persona:
    return Persona(name, "A customer.", "Learn the refund window.", "The assistant stated the refund window.")


@attrs.define
class Traced:
    """A tracer provider and a hook that uses it, in memory."""

    spans: InMemorySpanExporter = attrs.field(factory=InMemorySpanExporter)
    logs: InMemoryLogRecordExporter = attrs.field(factory=InMemoryLogRecordExporter)
    provider: TracerProvider = attrs.field(init=False)
    logging: LoggerProvider | None = None
    hook: Tracing = attrs.field(init=False)
    capture: bool | None = None

    def __attrs_post_init__(self):
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.spans))
        self.hook = Tracing(self.provider, self.logging, self.capture)

    @classmethod
    def with_logs(cls):
        made = cls(logging=LoggerProvider())
        made.logging.add_log_record_processor(SimpleLogRecordProcessor(made.logs))
        return made

    @property
    def ended(self):
        return self.spans.get_finished_spans()

    def named(self, beginning):
        return [span for span in self.ended if span.name.startswith(beginning)]

    @property
    def held(self):
        """What the hook still remembers."""
        return (len(self.hook._runs), len(self.hook._conversations), len(self.hook._calls))


@attrs.frozen
class Asking:
    """A driver that asks the judge what to say."""

    async def next_message(self, conversation, context):
        said = await ask(context.judge, text_question("What next?"))
        return UserTurn(f"{said} {len(conversation.messages)}")


@attrs.frozen
class Rates:
    """An evaluator that asks the judge."""

    async def evaluate(self, conversation, context):
        await ask(context.judge, text_question("How was it?"))
        return Score(0.5, "half of it", threshold=0.4)


@attrs.frozen
class Sees:
    """An observer."""

    async def observe(self, conversation, context):
        return [Observation("seen", 1, "something")]


@attrs.define
class Judges:
    """A judge that answers, and fails in a way that passes every so many calls."""

    model: str = "fake-large"
    cost: Decimal = Decimal("0.001")
    fails_every: int = 0
    asked: int = 0

    def worst_cost(self, question):
        return self.cost

    async def complete(self, question):
        self.asked += 1
        if self.fails_every and self.asked % self.fails_every == 0:
            raise JudgeUnavailable("busy", retry_after=0.0)
        return Answer(self._say(question.about), Usage(100, 20, 30, 5), self.cost, "fake-large-0613", 0.0)

    def _say(self, about):
        if not isinstance(about, GoalAsked):
            return "well"
        row = {"number": 1, "reason": "It said so.", "evidence": [], "turns": [], "met": "no"}
        return json.dumps({"criteria": [row], "claims": [], "reason": "It never stated it."})


def check_tree(traced: Traced, conversations: int) -> None:
    """Every span has ended, no parent is missing, each conversation is one trace with one root."""
    spans = traced.ended
    assert traced.held == (0, 0, 0)
    by_id = {span.context.span_id: span for span in spans}
    assert len(by_id) == len(spans)
    roots = [span for span in spans if span.parent is None]
    assert len(roots) == len({span.context.trace_id for span in spans}) == conversations
    assert {root.name for root in roots} <= {"invoke_workflow conversation"}
    for span in spans:
        assert span.end_time is not None and span.end_time >= span.start_time
        if span.parent is not None:
            parent = by_id[span.parent.span_id]
            assert parent.context.trace_id == span.context.trace_id
            assert parent.start_time <= span.start_time
            for told in ("multivon_eval.run_id", "multivon_eval.case_uid"):
                if told in span.attributes:
                    assert span.attributes[told] == parent.attributes[told]
