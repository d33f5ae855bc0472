"""A model of Inspect's as a judge."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    ModelUsage,
    ResponseSchema,
    get_model,
)
from inspect_ai.util import JSONSchema, LimitExceededError

from multivon_eval.sdk import Answer, AnswerWithheld, JudgeError, Prompt, Question, Usage, hide_secrets

from .interruption import interrupt


@attrs.frozen
class InspectModel:
    """Ask a model through Inspect: its calls stand in Inspect's log, and count towards Inspect's limits.

    What a call may cost at most is not known beforehand, so there can be no budget of ours; Inspect's ``cost_limit``
    and ``token_limit`` hold. What it did cost is what Inspect says, and 0 where Inspect knows no price.

    Attributes:
        name: The model as Inspect names it, ``openai/gpt-5`` say; if empty, and no role is named, the one under
            evaluation.
        role: A role of Inspect's ``model_roles``, in the place of a name; it must be bound.
        api: The model itself, in the place of both.
    """

    name: str = ""
    role: str = ""
    api: Model | None = attrs.field(default=None, metadata={"option": False}, eq=False)

    @property
    def model(self) -> str:
        """The model as it is asked for."""
        return self.name or (f"role {self.role}" if self.role else str(self.api or "the model under evaluation"))

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """None: Inspect bounds what a model may cost, and not one call."""
        return None

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer one question with one call of ``generate``, which repeats by itself what often passes.

        Raises:
            JudgeError: If the call failed.
            LimitExceededError: If a limit of Inspect's was reached; in a sample that ends the simulation.
            AnswerWithheld: If a filter of the provider kept the answer back.
        """
        prompt = question.prompt
        try:
            model = self.api or get_model(self.name or None, role=self.role or None, required=bool(self.role))
            config = _make_config(prompt, model)
            output = await model.generate(_make_messages(prompt), config=config)
        except LimitExceededError as error:
            await interrupt(error)
        except Exception as error:
            raise JudgeError(f"{self.model}: {type(error).__name__}: {hide_secrets(str(error))}", True) from error
        return _read_answer(output, config.temperature)


def _make_messages(prompt: Prompt) -> list[ChatMessage]:
    messages: list[ChatMessage] = [ChatMessageSystem(content=prompt.system)] if prompt.system else []
    for message in prompt.messages:
        made = ChatMessageUser if message.role == "user" else ChatMessageAssistant
        messages.append(made(content=message.text))
    return messages


def _make_config(prompt: Prompt, model: Model) -> GenerateConfig:
    """What is sent beside the messages. What the model was configured with beats what would suit the question."""
    own = model.config.temperature
    config = GenerateConfig(temperature=prompt.temperature if own is None else own)
    if prompt.schema is not None:
        schema = JSONSchema.model_validate(dict(prompt.schema))
        config.response_schema = ResponseSchema(name=prompt.schema_name, json_schema=schema, strict=True)
    return config


def _read_answer(output: ModelOutput, temperature: float | None) -> Answer:
    usage = _read_usage(output.usage or ModelUsage())
    cost = output.usage.total_cost if output.usage is not None else None
    paid = Decimal(0) if cost is None else Decimal(str(cost))
    if output.stop_reason == "content_filter" or output.error:
        error = AnswerWithheld(output.error or "a filter of the provider kept the answer back", said=output.completion)
        error.cost_usd = paid
        raise error
    return Answer(output.completion, usage, paid, output.model, temperature)


def _read_usage(usage: ModelUsage) -> Usage:
    """Inspect counts cached tokens beside the others, we count them among them."""
    read, written = usage.input_tokens_cache_read or 0, usage.input_tokens_cache_write or 0
    return Usage(usage.input_tokens + read + written, usage.output_tokens, read, written)
