"""The result of one conversation. How it becomes a JSON line is in ``result_json.py``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs

from .._set_module import set_module
from .answer import Usage
from .conversation import Conversation, DriverFault
from .disclaimer import DISCLAIMER
from .html import write_folded, write_paragraph, write_table
from .json_value import freeze_mapping, freeze_values
from .message import Message
from .metadata import metadata_to_json
from .observation import StopReason
from .persona import Persona
from .printable import make_label, make_one_line
from .provenance import Provenance
from .score import Score
from .verdict import Verdict

Attribution = Literal["system", "simulation", "judge", "infrastructure"]


SCHEMA_VERSION = 1
"""The version of a result line; only additions within one version."""


@set_module("multivon_eval")
@attrs.frozen
class SimulationResult:
    """One conversation of one persona, judged and scored.

    As a string it is a few lines for a person; its ``repr`` is complete.

    Attributes:
        conversation: Persona, trial, transcript and how it ended.
        verdict: What the judge said of the goal.
        scores: The evaluators' scores by name, such as ``turn_consistency``.
        attribution: Whose fault it was, where it did not go well.
        cost_usd: What its judge calls cost, in USD; proposal and ``model_fn`` not included.
        provenance: What it was made with: run, judge, driver, plug-ins, options, tokens.
        disclaimer: The sentence that says that personas are synthetic.
        extra: Fields of its result line that are not ours, JSON values. Those of the line's ``metadata`` are in
            ``provenance.extra``.
    """

    conversation: Conversation
    verdict: Verdict
    scores: Mapping[str, Score] = attrs.field(factory=dict, converter=freeze_values)
    attribution: Attribution | None = None
    cost_usd: Decimal = Decimal(0)
    provenance: Provenance = attrs.field(factory=Provenance)
    disclaimer: str = DISCLAIMER
    extra: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)

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
    def stop_reason(self) -> StopReason | None:
        """Why the conversation ended; None for one that was held elsewhere."""
        return self.conversation.stop_reason

    @property
    def goal_achieved(self) -> bool | None:
        """True, False, or None where the judge could not tell or was not asked; False where the system crashed."""
        return False if self.has_crashed else self.verdict.achieved

    @property
    def has_crashed(self) -> bool:
        """Whether the system under test raised, gave no reply or did not answer in time: that measured it."""
        error = self.conversation.error
        return error is not None and error.source == "model_fn" and not error.infrastructure

    @property
    def disagreement(self) -> bool:
        """Whether the driver's word on the goal and the judge's verdict contradict each other."""
        if self.verdict.achieved is None or self.stop_reason not in ("goal_reached", "max_turns"):
            return False  # the judge could not tell, or the driver never had its word
        # What an adversarial persona came for is what the criteria forbid.
        is_against = self.persona.adversarial
        return self.conversation.driver_said_goal != (self.verdict.achieved is not is_against)

    @property
    def driver_faults(self) -> tuple[DriverFault, ...]:
        """Faults of the simulation, seen in the user messages."""
        return self.conversation.driver_faults

    @property
    def case_uid(self) -> str:
        """The identity of persona and trial."""
        return self.conversation.case_uid

    @property
    def run_id(self) -> str:
        """The run that made it; empty where it is not known."""
        return self.provenance.run_id

    @property
    def judge_model(self) -> str:
        """Who judged: the model that the provider said it used, else the one that was asked for."""
        return self.provenance.judge_model

    @property
    def usage(self) -> Usage:
        """Tokens of its judge calls."""
        return self.provenance.usage

    @property
    def cut(self) -> bool:
        """Whether the budget kept a part of it from being made: a turn, the verdict or a score."""
        is_score_cut = any(score.cut for score in self.scores.values())
        return self.stop_reason == "budget_exceeded" or self.verdict.cut or is_score_cut

    @property
    def metadata(self) -> dict[str, Any]:
        """The ``metadata`` of its result line as JSON values; always with ``simulated`` and ``case_uid``.

        A copy each time: changing it does not change the result.
        """
        return metadata_to_json(self.provenance, self.conversation, self.scores, self.disagreement)

    @property
    def headline(self) -> str:
        """One line for a person: the persona, the verdict in words, why the conversation ended, turns and cost."""
        name = make_label(self.persona.name) + (f" #{self.trial}" if self.trial > 1 else "")
        turns = f"{self.turns} turn" + ("" if self.turns == 1 else "s")
        return f"{name}: {self.verdict.outcome} ({self.stop_reason or 'imported'}, {turns}, ${self.cost_usd:.4f})"

    def __str__(self) -> str:
        return "\n".join(
            [self.headline, *(f"  {make_one_line(text)}" for text in self._list_details()), self.disclaimer]
        )

    def _repr_html_(self) -> str:
        details = "".join(write_paragraph(text) for text in self._list_details())
        said = [
            (message.role, "\n".join([message.content, *(f"[{call.name}]" for call in message.tool_calls)]))
            for message in self.transcript
        ]
        transcript = write_folded("transcript", write_table((), said))
        return write_paragraph(self.headline) + details + transcript + write_paragraph(self.disclaimer, is_small=True)

    def _list_details(self) -> Iterator[str]:
        """What stands below the headline when the result is printed."""
        if (error := self.conversation.error) is not None:
            yield f"{error.source}: {error.message}"
        yield f"verdict: {self.verdict.reason}"
        for name, score in self.scores.items():
            yield f"{name}: {score.status if score.value is None else f'{score.value:.2f}'}: {score.reason}"
        for fault in self.driver_faults:
            yield f"driver fault in turn {fault.turn}: {fault.fault}"
        if self.attribution not in (None, "system"):
            yield f"not counted against the system: {self.attribution}"
        if self.cut:
            yield "the budget kept a part of it from being made"
