"""The nouns of a run: what it was made with, its results, its report.

How they become JSON and come back stands in ``result_json.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs

from .assessment import Score, Verdict
from .data import DISCLAIMER, Attribution, Conversation, DriverFault, Message, Persona, StopReason
from .summary import Summary

SCHEMA_VERSION = 1
"""The version of a result line; only additions within one version."""


@attrs.frozen
class SimulationResult:
    """One conversation of one persona, judged and scored.

    Attributes:
        conversation: Persona, trial, transcript and how it ended.
        verdict: What the judge said of the goal.
        scores: The evaluators' scores by name, ``turn_consistency`` say.
        attribution: Whose fault it was, where it did not go well.
        cost_usd: What its judge calls cost, in USD; proposal and ``model_fn`` not included.
        metadata: What it was made with, JSON values; always carries ``simulated: true``.
        disclaimer: The sentence that says that personas are synthetic.
    """

    conversation: Conversation
    verdict: Verdict
    scores: Mapping[str, Score] = attrs.field(factory=dict)
    attribution: Attribution | None = None
    cost_usd: Decimal = Decimal(0)
    metadata: Mapping[str, Any] = attrs.field(factory=dict)
    disclaimer: str = DISCLAIMER

    @property
    def persona(self) -> Persona:
        """The synthetic user."""
        assert self.conversation.persona is not None, "a simulated conversation has a persona"
        return self.conversation.persona

    @property
    def transcript(self) -> tuple[Message, ...]:
        """All messages in order."""
        return self.conversation.messages

    @property
    def trial(self) -> int:
        """Which conversation of this persona, from 1."""
        return self.conversation.trial

    @property
    def turns(self) -> int:
        """How many replies the system gave."""
        return self.conversation.turns

    @property
    def stop_reason(self) -> StopReason:
        """Why the conversation ended."""
        assert self.conversation.stop_reason is not None, "a result's conversation has ended"
        return self.conversation.stop_reason

    @property
    def goal_achieved(self) -> bool | None:
        """True, False, or None where the judge could not tell or was not asked."""
        return self.verdict.achieved

    @property
    def disagreement(self) -> bool:
        """Whether the driver's word on the goal and the judge's verdict contradict each other."""
        if self.verdict.achieved is None or self.stop_reason not in ("goal_reached", "max_turns"):
            return False  # the judge could not tell, or the driver never had its word
        return self.conversation.driver_said_goal != self.verdict.achieved

    @property
    def driver_faults(self) -> tuple[DriverFault, ...]:
        """Faults of the simulation, seen in the user messages."""
        return self.conversation.driver_faults

    @property
    def case_uid(self) -> str:
        """The identity of persona and trial."""
        return self.conversation.case_uid


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


@attrs.frozen
class RunInfo:
    """What a run is made with; sinks get it when they are opened.

    Attributes:
        run_id: Different for every run.
        started_at: ISO 8601, UTC.
        personas: The personas, in their order.
        trials: Conversations of each persona.
        max_turns: The most turns of a conversation.
        concurrency: Conversations side by side.
        timeout: Seconds for one ``model_fn`` or judge call.
        budget_usd: The ceiling, in USD; None where there is none.
        seed: As given, or None.
        judge_model: The judge as it was asked for.
        judge_reason: Why this judge: asked for, or chosen and by what.
        driver_model: The judge that plays the personas.
        prices: The judge's prices, where they are known.
        plugins: All plug-ins that take part.
        versions: Versions of multivon-eval and Python.
        sources: Where each option's value came from: default, environment, command line, call.
        purpose: ``simulate``, or ``score`` for saved transcripts.
        conversations: How many there will be.
        resumed: How many of them were finished by the run that is resumed.
        judge_votes: How often the judge is asked for each verdict.
        refusal: What decides whether a reply refuses: ``rules`` or ``judge``.
        estimate: What it will take; None where saved transcripts are judged.
        first_trial: The number of the first trial of each persona.
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
    prices: Mapping[str, Any] | None = None
    plugins: tuple[PluginUse, ...] = ()
    versions: Mapping[str, str] = attrs.field(factory=dict)
    sources: Mapping[str, str] = attrs.field(factory=dict)
    purpose: Literal["simulate", "score"] = "simulate"
    conversations: int = 0
    resumed: int = 0
    judge_votes: int = 1
    refusal: str = "rules"
    estimate: Estimate | None = None
    first_trial: int = 1
    disclaimer: str = DISCLAIMER

    @property
    def trial_numbers(self) -> range:
        """The numbers of each persona's trials."""
        return range(self.first_trial, self.first_trial + self.trials)


@attrs.frozen
class Problem:
    """Something that went wrong beside the conversations: a hook that raised, a sink that failed.

    Attributes:
        where: The thing, ``sink jsonl`` say.
        message: What happened.
        undelivered: Whether a result did not reach its destination for it.
    """

    where: str
    message: str
    undelivered: bool = False


@attrs.frozen
class Report:
    """The end of a run; sinks get it when they are closed.

    Attributes:
        info: What the run was made with.
        summary: The run in numbers.
        problems: What went wrong beside the conversations.
        seconds: How long it took.
        interrupted: Whether it was stopped before its end.
    """

    info: RunInfo
    summary: Summary
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def undelivered(self) -> bool:
        """Whether a result did not reach its destination."""
        return any(problem.undelivered for problem in self.problems)
