"""A model behind an endpoint as the system under test: any judge is a model that one may ask."""

from __future__ import annotations

from typing import Any

import attrs

from .._journal.journal import Journal
from .._money.account import Account
from .._money.ledger import Ledger
from .._money.limit import Limit
from .._money.meter import SYSTEM, MeteredJudge
from .._money.pacing import PATIENCE
from .._money.purse import Purse
from .._plugins.abilities import find_ability
from .._questions import text_question
from .._types.answer import Answer
from .._types.log import get_logger
from .._types.message import Message, Reply
from ..errors import AnswerWithheld
from ..protocols import Judge, Priced

_LOG = get_logger("system")
_WITHHELD = "[the provider withheld the reply]"


@attrs.define(eq=False)
class Endpoint:
    """Asks a judge's model as the system under test, with the pauses and repetitions that a judge's calls have.

    What it costs is none of the run's budget: it is the system's own, and stands in ``system_cost_usd``.

    Attributes:
        judge: Whose model it is.
        timeout: Seconds for one request.
        patience: For how long a request is repeated in all, in seconds.
        concurrency: How many requests are made at once.
        is_strict: Whether an endpoint that cannot be used ends the run.
    """

    judge: Judge
    timeout: float = 60.0
    patience: float = PATIENCE
    concurrency: int = 16
    is_strict: bool = False
    _limit: Limit | None = attrs.field(default=None, init=False)
    _told: set[str] = attrs.field(factory=set, init=False)

    async def reply(self, messages: list[dict[str, str]]) -> Reply:
        """Answer a conversation.

        Args:
            messages: Role and content of each, the last one the user's.

        Raises:
            JudgeError: If there is no answer.
        """
        said = [Message("assistant" if item["role"] == "assistant" else "user", item["content"]) for item in messages]
        account = Account(Purse(Ledger(None)), Journal())
        self._limit = self._limit or Limit(self.concurrency)
        metered = MeteredJudge(
            self.judge,
            account,
            self._limit,
            SYSTEM,
            self.timeout,
            patience=self.patience,
            is_strict=self.is_strict,
        )
        try:
            # Temperature and length are the system's own affair: what its SPEC does not say is not sent.
            answer = await metered.complete(text_question(said, max_tokens=None, temperature=None))
        except AnswerWithheld as error:
            reason = {"refusal": True, "reason": str(error)}
            return Reply(error.said or _WITHHELD, metadata=self._note(account, reason))
        for note in answer.notes:
            self._tell(note)
        notes: dict[str, Any] = {"notes": list(answer.notes)} if answer.notes else {}
        return Reply(answer.text, cost_usd=self._find_cost(answer), metadata=self._note(account, notes))

    def _find_cost(self, answer: Answer) -> Any:
        priced = find_ability(self.judge, Priced)
        return answer.cost_usd if priced is None or priced.prices() is not None else None

    def _note(self, account: Account, metadata: dict[str, Any]) -> dict[str, Any]:
        retries = [attrs.asdict(one) for one in account.retries]
        return {**metadata, "retries": retries} if retries else metadata

    def _tell(self, note: str) -> None:
        if note not in self._told:
            self._told.add(note)
            _LOG.warning("the system under test: %s", note)
