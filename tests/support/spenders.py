"""Conversations that spend: what the tests of the ledger and of leases let them do, step by step."""

import asyncio
from decimal import Decimal

from hypothesis import strategies as st

from multivon_eval._money.purse import Expected, Purse
from multivon_eval.errors import BudgetExceeded

money = st.decimals(0, 10, places=6)
# Whole amounts meet each other, and the budget, far more often than any others.
few_dollars = st.integers(1, 4).map(Decimal)
who = st.integers(0, 2)


def steps_with(amounts):
    """Steps of three conversations: begin, hold money back, reserve some for a call, settle a call, end."""
    expected = st.tuples(amounts, amounts, amounts)
    return st.lists(
        st.one_of(
            st.tuples(st.sampled_from(["begin", "keep"]), who, expected),
            st.tuples(st.sampled_from(["talk", "judge"]), who, amounts),
            st.tuples(st.just("settle"), who, st.decimals(0, 1, places=3)),
            st.tuples(st.just("close"), who, st.just(Decimal(0))),
        ),
        max_size=50,
    )


async def settled():
    """Let every task go as far as it can."""
    for _ in range(30):
        await asyncio.sleep(0)


class Conversation:
    """One that keeps its open reservations, asks for calls side by side, and skips other steps while it waits."""

    def __init__(self, ledger):
        self.purse = Purse(ledger)
        self.open, self.tasks, self.refused, self.closed, self.asked = [], {}, 0, False, False

    @property
    def waits(self):
        """What it waits for: whether each could be had now."""
        return [fits for task, fits in self.tasks.items() if not task.done()]

    async def catch(self, step):
        try:
            reservation = await step
        except BudgetExceeded:
            self.refused += 1
        else:
            self.open += [reservation] if reservation else []

    def do(self, what, value):
        purse, ledger = self.purse, self.purse.ledger
        if what == "settle":
            if self.open:
                reservation = self.open.pop(0)
                purse.settle(reservation, reservation.amount * value)
        elif self.closed or (self.waits and (what not in ("talk", "judge") or not purse.has_begun)):
            return
        elif what == "begin" and not self.asked:
            self.asked = True
            judging, talking, surplus = value
            step = purse.begin(lambda is_alone: Expected(*value))

            def fits():
                keep = ledger.planned - purse.planned + talking + max(ledger.floor, surplus)
                return ledger.has_room(Decimal(0), judging - purse.hold, keep)

            self.tasks[asyncio.create_task(self.catch(step))] = fits
        elif what == "keep":
            more = value[0] - purse.hold
            self.tasks[asyncio.create_task(self.catch(purse.keep(Expected(*value))))] = lambda: ledger.has_room(
                Decimal(0), more, ledger.floor
            )
        elif what in ("talk", "judge"):
            step = purse.reserve(value, what == "judge")
            self.tasks[asyncio.create_task(self.catch(step))] = lambda: purse._fits(value, what == "judge", False)
        elif what == "close":
            purse.close()
            self.closed = True
