"""What the judge calls of one conversation took together."""

from __future__ import annotations

from decimal import Decimal

import attrs

from .._journal.journal import Journal
from .._journal.past import PastCase
from .._types.answer import Answer, Usage
from .._types.provenance import JudgeRetry
from .funds import ZERO
from .purse import Purse

OBSERVER = "observer"
"""The task of what observers ask while a conversation goes on."""
JUDGING = ("judge", "vote", "score")
"""The tasks of what is asked for verdicts and scores."""
PURPOSES = {"driver": "driver", "judge": "verdict", "vote": "verdict", "score": "scores", OBSERVER: "observers"}
"""What the calls of each task are for, in the words of a result."""


@attrs.define(eq=False)
class Account:
    """What the judge calls of one conversation took together, those before a resume included."""

    purse: Purse
    journal: Journal
    case_uid: str = ""
    cost_usd: Decimal = ZERO
    usage: Usage = attrs.field(factory=Usage)
    calls: int = 0
    retries: list[JudgeRetry] = attrs.field(factory=list)
    models: dict[str, str] = attrs.field(factory=dict)
    temperatures: dict[str, float | None] = attrs.field(factory=dict)
    notes: list[str] = attrs.field(factory=list)
    spent_on: dict[str, Decimal] = attrs.field(factory=dict)

    @property
    def costs(self) -> dict[str, Decimal]:
        """What its calls did cost by purpose, in USD; no purpose that cost nothing."""
        found: dict[str, Decimal] = {}
        for task, cost in self.spent_on.items():
            purpose = PURPOSES.get(task, task)
            if cost:
                found[purpose] = found.get(purpose, ZERO) + cost
        return found

    @property
    def judging_usd(self) -> Decimal:
        """What verdicts and scores did cost, in USD."""
        return sum((cost for task, cost in self.spent_on.items() if task in JUDGING), ZERO)

    @classmethod
    def of(cls, purse: Purse, journal: Journal, case_uid: str, past: PastCase | None = None) -> Account:
        """The account of a conversation, with what the journal knows of it, unless something else is known."""
        past = past or journal.past.case(case_uid)
        return cls(
            purse,
            journal,
            case_uid,
            past.cost_usd,
            past.usage,
            past.calls,
            models=dict(past.models),
            temperatures=dict(past.temperatures),
            spent_on=dict(past.spent_on),
        )

    def book(self, task: str, answer: Answer) -> None:
        """Add what one answer says of itself."""
        self.usage += answer.usage
        self.models[task] = answer.model
        self.temperatures[task] = answer.temperature
        self.notes += [note for note in answer.notes if note not in self.notes]
