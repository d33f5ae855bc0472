"""A judge with a till that can be named in a SPEC: what all its instances charge is counted in one place."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal
from typing import Any

import attrs

from multivon_eval.sdk import Answer, JudgeUnavailable, Question
from multivon_eval_plugins.judges.offline import Offline

CHARGED: dict[str, Decimal] = {}
"""By till, what was charged, in USD."""


@attrs.define(eq=False)
class Till:
    """Answers by rule, and charges a share of the most that an answer can cost.

    Attributes:
        till: Where it is counted.
        price: USD for a thousand bytes or tokens.
        fails: How often a call fails after it was charged for.
    """

    till: str
    price: Decimal = Decimal("0.001")
    fails: float = 0.0

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """A price for each byte of the prompt and each token of the answer."""
        size = len(question.prompt.system.encode())
        size += sum(len(message.text.encode()) for message in question.prompt.messages)
        return (size + question.prompt.max_tokens) * self.price / 1000

    async def complete(self, question: Question[Any]) -> Answer:
        """Charge, then answer or fail, after a while."""
        worst = self.worst_cost(question)
        chance = random.Random(f"{self.till} {CHARGED.get(self.till)}")
        cost = worst * Decimal(str(round(chance.uniform(0, 1), 3)))
        is_failure = chance.random() < self.fails
        CHARGED[self.till] = CHARGED.get(self.till, Decimal(0)) + (worst if is_failure else cost)
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        if is_failure:
            raise JudgeUnavailable("hung up after it charged", True, retry_after=0)
        return attrs.evolve(await Offline().complete(question), cost_usd=cost)
