"""What spans and events tell."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal

import pytest
from opentelemetry.trace import SpanKind, StatusCode
from people import Asking, Judges, Rates, Sees, Traced, persona

from multivon_eval import Reply, ToolCall, simulate
from multivon_eval.sdk import DISCLAIMER, JudgeError, Score
from multivon_eval_otel.calls import name_provider

PERSONA = persona("ann")
EVALUATION = "gen_ai.evaluation.result"


def run(traced: Traced, system=lambda prompt: "Thirty days.", personas=(PERSONA,), **options):
    given = {"driver": Asking(), "judge": Judges(), "evaluators": [Rates()], "observers": [Sees()], "max_turns": 2}
    return simulate(system, list(personas), hooks=[traced.hook], seed=7, **{**given, **options})


def test_a_call_of_the_judge():
    """A client span by the conventions: who, which model, how many tokens, and what it cost."""
    traced = Traced()
    (result,) = run(traced)
    verdict = next(span for span in traced.named("chat") if span.attributes["multivon_eval.call.purpose"] == "verdict")
    assert verdict.kind is SpanKind.CLIENT
    told = dict(verdict.attributes)
    assert told.pop("gen_ai.request.max_tokens") > 0
    assert told == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "judges",
        "gen_ai.request.model": "fake-large",
        "gen_ai.request.temperature": 0.0,
        "gen_ai.output.type": "json",
        "gen_ai.response.model": "fake-large-0613",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 30,
        "gen_ai.usage.cache_creation.input_tokens": 5,
        "multivon_eval.call.kind": "judge",
        "multivon_eval.call.purpose": "verdict",
        "multivon_eval.cost_usd": 0.001,
        "multivon_eval.run_id": result.run_id,
        "multivon_eval.case_uid": result.case_uid,
    }
    assert verdict.status.status_code is StatusCode.UNSET


def test_the_conversation():
    """Its span tells whose it is, how it ended and what it cost, and that its user is none."""
    traced = Traced()
    (result,) = run(traced)
    (root,) = traced.named("invoke_workflow")
    assert root.kind is SpanKind.INTERNAL
    assert dict(root.attributes) == {
        "gen_ai.operation.name": "invoke_workflow",
        "gen_ai.agent.name": "conversation",
        "gen_ai.conversation.id": f"{result.run_id}-{result.case_uid}",
        "multivon_eval.run_id": result.run_id,
        "multivon_eval.case_uid": result.case_uid,
        "multivon_eval.persona.name": "ann",
        "multivon_eval.trial": 1,
        "multivon_eval.turns": 2,
        "multivon_eval.stop_reason": "max_turns",
        "multivon_eval.verdict": "not achieved",
        "multivon_eval.attribution": "system",
        "multivon_eval.cost_usd": float(result.cost_usd),
        "multivon_eval.disclaimer": DISCLAIMER,
    }


def test_the_system_and_its_conversation_id():
    """The id is the one that the system gets; a cost that it tells stands on its span."""
    traced, ids = Traced(), []

    def system(messages, conversation_id):
        ids.append(conversation_id)
        return Reply("Thirty days.", cost_usd=0.25)

    run(traced, system)
    for span in (*traced.named("invoke_agent"), *traced.named("invoke_workflow")):
        assert {span.attributes["gen_ai.conversation.id"]} == set(ids)
    assert {span.attributes["multivon_eval.cost_usd"] for span in traced.named("invoke_agent")} == {0.25}


def test_the_others():
    """Driver, observer and evaluator tell what they gave."""
    traced = Traced()
    run(traced)
    assert {span.attributes["multivon_eval.gave_up"] for span in traced.named("driver")} == {False}
    assert {span.attributes["multivon_eval.observations"] for span in traced.named("observer")} == {("seen",)}
    (evaluator,) = traced.named("evaluator")
    assert evaluator.attributes["multivon_eval.score.value"] == 0.5


EVENTS = [
    {
        "gen_ai.evaluation.name": "goal_achieved",
        "gen_ai.evaluation.score.value": 0.0,
        "gen_ai.evaluation.score.label": "not achieved",
        "gen_ai.evaluation.explanation": "It never stated it.",
    },
    {
        "gen_ai.evaluation.name": "rates",
        "gen_ai.evaluation.score.value": 0.5,
        "gen_ai.evaluation.score.label": "pass",
        "gen_ai.evaluation.explanation": "half of it",
    },
]


def test_evaluations_are_events_of_the_logs_api():
    """With a logger provider they are log events with the conversation's span as their parent, and nothing else."""
    traced = Traced.with_logs()
    run(traced)
    (root,) = traced.named("invoke_workflow")
    records = [one.log_record for one in traced.logs.get_finished_logs()]
    assert [dict(record.attributes) for record in records] == EVENTS
    for record in records:
        assert record.event_name == EVALUATION
        assert (record.trace_id, record.span_id) == (root.context.trace_id, root.context.span_id)
    assert root.events == ()


def test_without_a_logger_provider_they_are_on_the_span():
    """Who has set up traces alone gets them too."""
    traced = Traced()
    run(traced)
    (root,) = traced.named("invoke_workflow")
    assert [(event.name, dict(event.attributes)) for event in root.events] == [(EVALUATION, one) for one in EVENTS]


def test_evaluations_that_failed():
    """A verdict or a score that there is not has no value, a label, and the class of what failed."""
    traced = Traced()

    class Fails(Judges):
        async def complete(self, question):
            if question.prompt.schema is not None:
                raise JudgeError("broken")
            return await super().complete(question)

    class Crashes(Rates):
        async def evaluate(self, conversation, context):
            raise RuntimeError("oh")

    class Skips(Rates):
        async def evaluate(self, conversation, context):
            return Score.skipped("nothing there")

    run(traced, judge=Fails(), evaluators=[Crashes(), Skips()])
    (root,) = traced.named("invoke_workflow")
    verdict, crashed, skipped = (dict(event.attributes) for event in root.events)
    assert (verdict["gen_ai.evaluation.score.label"], verdict["error.type"]) == ("unknown", "judge_failed")
    assert (crashed["gen_ai.evaluation.score.label"], crashed["error.type"]) == ("failed", "score_failed")
    assert skipped["gen_ai.evaluation.score.label"] == "skipped" and "error.type" not in skipped
    assert not [one for one in (verdict, crashed, skipped) if "gen_ai.evaluation.score.value" in one]


def test_what_the_budget_cut():
    """A score for which the money did not reach says so."""

    class Asks(Rates):
        async def evaluate(self, conversation, context):
            for _ in range(9):
                await super().evaluate(conversation, context)

    traced = Traced()
    results = run(traced, evaluators=[Asks()], judge=Judges(cost=Decimal("0.03")), budget_usd=0.2, max_turns=1)
    (root,) = traced.named("invoke_workflow")
    cut = [dict(event.attributes).get("error.type") for event in root.events]
    assert results[0].cut and "budget_exceeded" in cut


def contents(traced: Traced):
    names = ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions")
    return [name for span in traced.ended for name in names if name in span.attributes]


@pytest.mark.parametrize("value", ["", "false", "NO_CONTENT", "EVENT_ONLY"])
def test_no_content_unless_asked_for(monkeypatch, value):
    """What was said stays out of spans, whatever the variable says but yes."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", value)
    traced = Traced()
    run(traced, lambda prompt: "a very private reply")
    assert contents(traced) == []
    assert "private" not in "".join(span.to_json() for span in traced.ended)


@pytest.mark.parametrize("value", ["true", "SPAN_ONLY", "span_and_event"])
def test_content_by_the_standard_variable(monkeypatch, value):
    """Asked for, it is there: what the system was asked and said, tools included, and the judge's prompts."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", value)
    traced = Traced()
    run(traced, lambda prompt: Reply("Thirty days.", [ToolCall("look_up", {"order": 1}, {"days": 30})]))
    first, second = traced.named("invoke_agent")
    assert json.loads(first.attributes["gen_ai.input.messages"]) == [
        {"role": "user", "parts": [{"type": "text", "content": "well 0"}]}
    ]
    assert json.loads(first.attributes["gen_ai.output.messages"]) == [
        {"role": "assistant", "parts": [{"type": "tool_call", "name": "look_up", "arguments": {"order": 1}}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "response": {"days": 30}}]},
        {"role": "assistant", "parts": [{"type": "text", "content": "Thirty days."}], "finish_reason": "stop"},
    ]
    roles = [row["role"] for row in json.loads(second.attributes["gen_ai.input.messages"])]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]
    assert first.end_time <= second.start_time
    verdict = next(span for span in traced.named("chat") if span.attributes["multivon_eval.call.purpose"] == "verdict")
    assert json.loads(verdict.attributes["gen_ai.system_instructions"])[0]["content"]
    assert "refund window" in verdict.attributes["gen_ai.input.messages"]
    assert "It never stated it." in verdict.attributes["gen_ai.output.messages"]


def test_secrets_stay_hidden(monkeypatch):
    """Keys in the environment are in no span, not in content, errors or explanations."""
    monkeypatch.setenv("ACME_API_KEY", "very-secret-value-4711")
    traced = Traced(capture=True)

    def leaks(prompt):
        if "USER: well 0" in prompt and "ASSISTANT" in prompt:
            raise ConnectionError("refused with very-secret-value-4711")
        return "My key is very-secret-value-4711."

    class Echoes(Rates):
        async def evaluate(self, conversation, context):
            return Score(1.0, "it said very-secret-value-4711")

    run(traced, leaks, evaluators=[Echoes()])
    assert contents(traced)
    assert "very-secret-value-4711" not in "".join(span.to_json() for span in traced.ended)


def test_litellm_says_whose_model_it_is():
    """A provider has the name that the conventions have for it."""
    assert name_provider("litellm", "mistral/mistral-large") == "mistral"
    assert name_provider("gemini", "gemini-2.5-pro") == "gcp.gemini"
    assert name_provider("openai", "gpt-5") == "openai"


QUIET = """
import logging, sys
before = (list(logging.root.handlers), logging.root.level)
from multivon_eval import Persona, simulate
from multivon_eval_otel import TRACING
results = simulate(lambda prompt: "Hm.", [Persona("ann", "P", "G", "C")], judge="offline", max_turns=2)
assert [use.name for use in results.report.info.plugins if use.kind == "hook" and use.name == "otel"] == ["otel"]
assert results.report.problems == ()
assert (TRACING._runs, TRACING._conversations, TRACING._calls, TRACING._made) == ({}, {}, {}, None)
assert (list(logging.root.handlers), logging.root.level) == before
assert "opentelemetry.sdk" not in sys.modules
"""


def test_nothing_without_a_provider(tmp_path):
    """Installed where nothing traces, it makes no span, keeps nothing, prints nothing and needs no SDK."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", QUIET], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
