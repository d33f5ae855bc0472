"""What a result was made with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
from attrs.converters import optional

from .._set_module import set_module
from .answer import Usage
from .json_value import freeze_mapping, freeze_values
from .run_info import PluginUse
from .run_part import RunPart


@set_module("multivon_eval")
@attrs.frozen
class JudgeRetry:
    """A judge call that failed and was made again.

    Attributes:
        role: ``judge`` or ``driver``: what the judge was asked as.
        error: What failed.
        waited: Seconds between the failure and the repetition.
    """

    role: str
    error: str
    waited: float = 0.0


@set_module("multivon_eval")
@attrs.frozen
class RescoredFrom:
    """What the result said before its conversation was judged again.

    Attributes:
        run_id: The run that had the conversation.
        judge_model: Who judged it then.
        goal_achieved: The verdict then.
        cost_usd: What the judge calls cost then, in USD.
    """

    run_id: str
    judge_model: str
    goal_achieved: bool | None
    cost_usd: Decimal = Decimal(0)


@set_module("multivon_eval")
@attrs.frozen
class Provenance:
    """What a result was made with: its run, judge, driver, plug-ins and options, and what that took.

    In the ``metadata`` of a result line each field stands under its own name.

    Attributes:
        run_id: Different for every run; empty where it is not known.
        seed: As given. It is recorded, and no determinism is claimed.
        judge_provider: The name of the judge plug-in.
        judge_model: The model that the provider said it used, else the one that was asked for.
        judge_temperature: The temperature that was sent for the verdict; None if none was.
        judge_reason: Why this judge: asked for, or chosen and by what.
        driver_model: The model that played the persona.
        driver_temperature: The temperature that was sent for the driver; None if none was.
        prices: The judge's prices in USD per million tokens; None where they are not known.
        plugins: All plug-ins that took part.
        versions: Versions of multivon-eval and Python.
        options: The options of the run, by name.
        sources: Where each option's value came from: default, environment, command line, call.
        started_at: When the conversation began, ISO 8601, UTC.
        seconds: How long it took, judging included.
        usage: Tokens of its judge calls.
        costs: What its judge calls cost by purpose, in USD: ``driver``, ``verdict``, ``scores``, ``observers``.
        judge_calls: Number of requests to judges, repetitions included.
        judge_retries: Each repetition after a failure.
        notes: What differed from the request, such as a parameter that the model refused.
        judge_prompt: The digest of the words in which the verdict is asked for.
        judge_rule: What decided in the place of a model; empty for a judge that is one.
        rescored_from: What the result said before; None where the conversation was judged once.
        scores_judge_model: Who gave the scores that were added later; None where none were.
        part: Which part of its run this was made or merged in; None where the run is whole.
        place: Its place in the order of the whole run, from 0; None where the run is whole.
        extra: Keys of a result line's ``metadata`` that are not ours, JSON values: observed bindings, what others
            added.
    """

    run_id: str = ""
    seed: int | None = None
    judge_provider: str = ""
    judge_model: str = ""
    judge_temperature: float | None = None
    judge_reason: str = ""
    driver_model: str = ""
    driver_temperature: float | None = None
    prices: Mapping[str, Any] | None = attrs.field(default=None, converter=optional(freeze_mapping))
    plugins: tuple[PluginUse, ...] = ()
    versions: Mapping[str, str] = attrs.field(factory=dict, converter=freeze_mapping)
    options: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)
    sources: Mapping[str, str] = attrs.field(factory=dict, converter=freeze_mapping)
    started_at: str = ""
    seconds: float = 0.0
    usage: Usage = attrs.field(factory=Usage)
    costs: Mapping[str, Decimal] = attrs.field(factory=dict, converter=freeze_values)
    judge_calls: int = 0
    judge_retries: tuple[JudgeRetry, ...] = ()
    notes: tuple[str, ...] = ()
    judge_rule: str = ""
    judge_prompt: str = ""
    rescored_from: RescoredFrom | None = None
    scores_judge_model: str | None = None
    part: RunPart | None = None
    place: int | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)
