"""The span of one call: its name, its kind, and what is known of it when it begins and when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.trace import Span, SpanKind

from multivon_eval.sdk import Answer, Call, Observation, Question, Reply, Score, UserTurn

from . import content, names

_PROVIDERS = {"gemini": "gcp.gemini"}
"""Judges that the conventions know by another name."""

Attributes = dict[str, str | int | float | bool]


def name_span(call: Call) -> tuple[str, SpanKind]:
    """Name the span of a call, and say of which kind it is."""
    if call.kind == "judge":
        return f"chat {call.name}", SpanKind.CLIENT
    if call.kind == "system":
        return f"invoke_agent {call.name}", SpanKind.INTERNAL
    return f"{call.kind} {call.name}", SpanKind.INTERNAL


def describe_call(call: Call, question: Question[Any] | None, providers: Mapping[str, str]) -> Attributes:
    """Tell what is known of a call when it begins.

    Args:
        call: The call.
        question: What a judge is asked.
        providers: The plug-in that asks the judge, ``driver`` for that which plays the personas and ``""`` for the
            other; empty where it is not known.
    """
    told: Attributes = {names.RUN: call.run_id, names.KIND: call.kind}
    if call.case_uid:
        told[names.CASE] = call.case_uid
    if call.kind == "system":
        told |= {
            names.OPERATION: "invoke_agent",
            names.AGENT: call.name,
            names.CONVERSATION: name_conversation(call.run_id, call.case_uid),
        }
    if call.kind == "judge":
        provider = providers.get(call.purpose) or providers.get("") or "_OTHER"
        told |= {names.OPERATION: "chat", names.REQUEST_MODEL: call.name, names.PURPOSE: call.purpose}
        told[names.PROVIDER] = name_provider(provider, call.name)
    if question is not None:
        told |= _describe_prompt(question)
    return told


def name_conversation(run_id: str, case_uid: str) -> str:
    """Give the id under which the system knows a conversation."""
    return f"{run_id}-{case_uid}"


def name_provider(plugin: str, model: str) -> str:
    """Name a provider as the conventions do.

    Args:
        plugin: The judge plug-in.
        model: The model that it asks; LiteLLM's says whose it is.
    """
    if plugin == "litellm" and "/" in model:
        return model.partition("/")[0]
    return _PROVIDERS.get(plugin, plugin)


def describe_question(question: Question[Any]) -> Attributes:
    """Give the words of a question."""
    told: Attributes = {names.INPUT: content.write_prompt(question.prompt)}
    if question.prompt.system:
        told[names.INSTRUCTIONS] = content.write_instructions(question.prompt)
    return told


def finish_call(span: Span, outcome: object, is_content_wanted: bool) -> None:
    """Tell on a span what came of its call."""
    match outcome:
        case Answer():
            span.set_attributes(_describe_answer(outcome))
            if is_content_wanted:
                span.set_attribute(names.OUTPUT, content.write_answer(outcome.text))
        case Reply():
            if outcome.cost_usd is not None:
                span.set_attribute(names.COST, float(outcome.cost_usd))
            if is_content_wanted:
                span.set_attribute(names.OUTPUT, content.write_reply(outcome))
        case UserTurn():
            span.set_attribute("multivon_eval.goal_reached", outcome.goal_reached)
            span.set_attribute("multivon_eval.gave_up", outcome.gave_up)
        case Score():
            span.set_attribute("multivon_eval.score.status", outcome.status)
            if outcome.value is not None:
                span.set_attribute("multivon_eval.score.value", outcome.value)
        case list() | tuple():
            seen = [one.name for one in outcome if isinstance(one, Observation)]
            span.set_attribute("multivon_eval.observations", seen)


def _describe_prompt(question: Question[Any]) -> Attributes:
    prompt = question.prompt
    told: Attributes = {names.OUTPUT_TYPE: "text" if prompt.schema is None else "json"}
    if prompt.max_tokens is not None:
        told[names.MAX_TOKENS] = prompt.max_tokens
    if prompt.temperature is not None:
        told[names.TEMPERATURE] = prompt.temperature
    return told


def _describe_answer(answer: Answer) -> Attributes:
    usage = answer.usage
    told: Attributes = {
        names.INPUT_TOKENS: usage.input_tokens,
        names.OUTPUT_TOKENS: usage.output_tokens,
        names.COST: float(answer.cost_usd),
    }
    if answer.model:
        told[names.RESPONSE_MODEL] = answer.model
    if usage.cached_tokens:
        told[names.CACHE_READ] = usage.cached_tokens
    if usage.cache_write_tokens:
        told[names.CACHE_WRITE] = usage.cache_write_tokens
    return told
