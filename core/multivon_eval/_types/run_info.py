"""What a run is made with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs
from attrs.converters import optional

from .._set_module import set_module
from .disclaimer import DISCLAIMER
from .json_value import freeze_mapping
from .persona import Persona
from .run_part import RunPart


@set_module("multivon_eval")
@attrs.frozen
class PluginUse:
    """A plug-in that takes part in a run.

    Attributes:
        kind: ``judge``, ``driver``, ...
        name: Its entry-point name, or the class's name where an instance was handed in.
        spec: As it was asked for, or the repr of the instance.
        distribution: Who ships it; empty where nobody does.
        version: The distribution's version; empty likewise.
    """

    kind: str
    name: str
    spec: str
    distribution: str = ""
    version: str = ""


@set_module("multivon_eval")
@attrs.frozen
class Estimate:
    """What a run will take, reckoned before its first call.

    Attributes:
        conversations: How many there will be.
        calls: Judge calls, usually.
        calls_most: Judge calls at most, retries aside.
        input_tokens: Prompt tokens, usually.
        output_tokens: Completion tokens, usually.
        usd: What they cost, usually; None where no prices are known.
        usd_most: What they cost at most, the ceiling and retries aside.
        within_budget: How many conversations the ceiling usually reaches for.
    """

    conversations: int
    calls: int
    calls_most: int
    input_tokens: int
    output_tokens: int
    usd: Decimal | None
    usd_most: Decimal | None
    within_budget: int


@set_module("multivon_eval")
@attrs.frozen
class RunInfo:
    """What a run is made with; sinks get it when they are opened.

    Attributes:
        run_id: Different for every run.
        started_at: ISO 8601, UTC.
        personas: The personas, in their order; empty where a source gives more than 1,000 one after the other (see
            :class:`~multivon_eval.sdk.Streams`). Then each result has its own.
        trials: Conversations of each persona.
        max_turns: The most turns of a conversation.
        concurrency: Conversations side by side.
        timeout: Seconds for one ``model_fn`` or judge call.
        budget_usd: The ceiling, in USD; None where there is none.
        seed: As given, or None.
        judge_model: The judge as it was asked for.
        judge_reason: Why this judge: asked for, or chosen and by what.
        driver_model: The judge that plays the personas.
        judge_rule: What decides in the place of a model; empty for a judge that is one.
        prices: The judge's prices, where they are known.
        plugins: All plug-ins that take part.
        versions: Versions of multivon-eval and Python.
        sources: Where each option's value came from: default, environment, command line, call.
        purpose: ``simulate``, or ``score`` for saved transcripts.
        conversations: How many there will be.
        resumed: How many of them were finished by the run that is resumed.
        judge_votes: How often the judge is asked for each verdict.
        judge_calls: Whether questions on one conversation are asked in ``separate`` requests, or ``together``.
        estimate: What it will take; None where only scores are added to results at hand.
        first_trial: The number of the first trial of each persona.
        max_message: The most characters of one message.
        patience: Seconds for repeating a judge call.
        is_resumption: Whether the run goes on with an earlier one: a sink goes on with what it had, and is given only
            what it has not taken yet.
        until: The condition that ends the run once the data tell whether it holds; empty where there is none.
        disclaimer: The sentence that whoever reads results must see: personas are synthetic.
        streamed: How many personas there are where ``personas`` is empty.
        part: Which part of a run it is, where it is a shard, or shards without some; None for a whole run.
        share_usd: What of the ceiling is the shard's, in USD; None where there is no shard or no ceiling.
        header: The first line of a shard's file, JSON values: which shard, and what the run is made with.
        worker: The worker that this process is, where it holds conversations for a run whose head is elsewhere; empty
            at the head. It stands in no result.
    """

    run_id: str
    started_at: str
    personas: tuple[Persona, ...]
    trials: int
    max_turns: int
    concurrency: int
    timeout: float
    budget_usd: Decimal | None
    seed: int | None
    judge_model: str
    judge_reason: str
    driver_model: str
    prices: Mapping[str, Any] | None = attrs.field(default=None, converter=optional(freeze_mapping))
    plugins: tuple[PluginUse, ...] = ()
    versions: Mapping[str, str] = attrs.field(factory=dict, converter=freeze_mapping)
    sources: Mapping[str, str] = attrs.field(factory=dict, converter=freeze_mapping)
    purpose: Literal["simulate", "score"] = "simulate"
    conversations: int = 0
    resumed: int = 0
    judge_votes: int = 1
    judge_calls: str = "separate"
    estimate: Estimate | None = None
    first_trial: int = 1
    max_message: int = 200_000
    patience: float = 300.0
    is_resumption: bool = False
    judge_rule: str = ""
    until: str = ""
    disclaimer: str = DISCLAIMER
    streamed: int = 0
    part: RunPart | None = None
    share_usd: Decimal | None = None
    header: Mapping[str, Any] | None = attrs.field(default=None, converter=optional(freeze_mapping))
    worker: str = ""

    @property
    def ceiling_usd(self) -> Decimal | None:
        """What this run may spend, in USD: the shard's share, else the whole budget; None where there is no ceiling."""
        return self.budget_usd if self.share_usd is None else self.share_usd

    @property
    def persona_count(self) -> int:
        """How many personas there are, whether they are held or not."""
        return self.streamed or len(self.personas)

    @property
    def trial_numbers(self) -> range:
        """The numbers of each persona's trials."""
        return range(self.first_trial, self.first_trial + self.trials)
