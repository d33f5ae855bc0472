"""How usable the ceiling is: what share of a budget buys conversations that are complete and judged."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import random
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal

import attrs

from multivon_eval import SimulationResults, asimulate

from .worker import EVALUATORS, personas

PRICE_IN, PRICE_OUT = Decimal(1), Decimal(5)
SHARES = (0.2, 0.5, 1.0, 1.5, 2.0, 3.0)
LENGTHS = (60, 600, 6000)
"""Characters of a reply, each from half to one and a half of it."""
LETTERS = {"latin": "refund window is thirty days and more ", "mixed": "refund 退款期限为三十天 и ещё немного "}


WANTED = {
    **{(60, 8, 1.0): 0.9, (12, 8, 1.0): 0.9, (12, 4, 1.0): 0.8},
    **{(60, 8, 0.5): 0.8, (12, 8, 0.5): 0.75, (12, 4, 0.5): 0.6},
}
"""The least share of the budget that complete conversations must take, by personas, turns and budget over true cost."""


@attrs.frozen
class Shape:
    """One kind of run.

    Attributes:
        count: Personas.
        turns: Turns of each conversation.
        concurrency: Conversations side by side.
        length: Characters of a reply.
        letters: Of what a reply consists.
    """

    count: int
    turns: int
    concurrency: int
    length: int
    letters: str

    def __str__(self) -> str:
        return f"{self.count} x {self.turns}, {self.concurrency:>2} at once, replies {self.length:>4} {self.letters}"


@attrs.frozen
class Cell:
    """What came of one budget.

    Attributes:
        budget: The ceiling, in USD.
        charged: What the server charged, in USD.
        complete: Conversations that came to their end, with verdict and scores.
        bought: What those did cost, over the budget.
        unjudged: Conversations that were begun, and lack a verdict or a score for want of money.
        estimate: What the estimate expected, in USD.
        promised: How many conversations the estimate said that the ceiling buys.
        spent: What the run says that it spent, in USD.
    """

    budget: Decimal | None
    charged: Decimal
    complete: int
    bought: float
    unjudged: int
    estimate: Decimal
    promised: int
    spent: Decimal


def make_model(shape: Shape) -> Callable[[list[dict[str, str]]], Awaitable[str]]:
    """A system whose replies have the lengths and letters of a shape, the same ones in each run."""
    alphabet = LETTERS[shape.letters]

    async def reply(messages: list[dict[str, str]]) -> str:
        await asyncio.sleep(0)
        chance = random.Random(len(messages[-1]["content"]) + 1000 * len(messages))
        length = int(shape.length * chance.uniform(0.5, 1.5))
        return f"The refund window is 30 days. {(alphabet * (length // len(alphabet) + 1))[:length]}"

    return reply


def charge(url: str) -> Decimal:
    """Ask the server what it charged since the last time, in USD."""
    with urllib.request.urlopen(f"{url}/tally") as answer:
        told: dict[str, int] = json.load(answer)
    return (told["input_tokens"] * PRICE_IN + told["output_tokens"] * PRICE_OUT) / 1_000_000


async def run(shape: Shape, url: str, budget: Decimal | None) -> SimulationResults:
    """Have one run."""
    return await asimulate(
        make_model(shape),
        list(personas(shape.count)),
        judge=f"openai:any,base_url={url},price_in={PRICE_IN},price_out={PRICE_OUT}",
        evaluators=EVALUATORS,
        max_turns=shape.turns,
        concurrency=shape.concurrency,
        budget_usd=budget,
        hooks=(),
    )


def measure(shape: Shape, url: str, budget: Decimal | None) -> Cell:
    """Have one run, and count what came of it."""
    charge(url)
    results = asyncio.run(run(shape, url, budget))
    charged = charge(url)
    cut = [result.verdict.cut or any(score.cut for score in result.scores.values()) for result in results]
    complete = [
        result.cost_usd
        for result, is_cut in zip(results, cut, strict=True)
        if not is_cut and result.stop_reason in ("max_turns", "goal_reached") and result.verdict.achieved is not None
    ]
    begun = sum(is_cut and result.turns > 0 for result, is_cut in zip(results, cut, strict=True))
    estimate = results.report.info.estimate
    assert estimate is not None
    return Cell(
        budget,
        charged,
        len(complete),
        float(sum(complete) / budget) if budget else 1.0,
        begun,
        estimate.usd or Decimal(0),
        estimate.within_budget,
        results.report.summary.spent_usd,
    )


def list_shapes(is_quick: bool) -> Sequence[Shape]:
    """The shapes of the grid."""
    if is_quick:
        return [Shape(count, turns, 16, 600, "latin") for count in (12, 60) for turns in (4, 8, 15)]
    every = itertools.product((12, 60), (4, 8, 15), (1, 4, 16))
    ways = itertools.cycle(itertools.product(LENGTHS, LETTERS))
    return [Shape(*numbers, *way) for numbers, way in zip(every, itertools.islice(ways, 10_000), strict=False)] + [
        Shape(count, turns, 16, length, letters)
        for count, turns in ((12, 4), (12, 8), (60, 8))
        for length, letters in itertools.product(LENGTHS, LETTERS)
    ]


def tell_budget(url: str, is_quick: bool) -> None:
    """Print the grid, and what it comes to."""
    logging.getLogger("multivon_eval").setLevel(logging.ERROR)
    cells: list[tuple[Shape, float, Cell]] = []
    print("complete conversations and the share of the budget that bought them; ! begun and not judged, * overspent")
    print(f"{'':<44}{'true cost':>10} {'expected':>9}  " + "".join(f"{share:>13} x" for share in SHARES))
    for shape in list_shapes(is_quick):
        whole = measure(shape, url, None)
        line = f"{shape!s:<44}{whole.charged:>10.4f} {whole.estimate / whole.charged:>8.2f}x  "
        for share in SHARES:
            budget = (whole.charged * Decimal(str(share))).quantize(Decimal("0.000001"))
            cell = measure(shape, url, budget)
            cells.append((shape, share, cell))
            marks = "!" * bool(cell.unjudged) + "*" * (cell.charged > budget)
            line += f"{cell.complete:>7}, {cell.bought:>4.0%}{marks:<2}"
        print(line, flush=True)
    begun = sum(cell.complete + cell.unjudged for _, _, cell in cells)
    print(f"{len(cells)} grids; overspent {sum(cell.charged > (cell.budget or 0) for _, _, cell in cells)}")
    print(f"begun and not judged for want of money: {sum(cell.unjudged for _, _, cell in cells)} of {begun}")
    told = [(abs(cell.promised - cell.complete), shape.count) for shape, _, cell in cells if shape.length == LENGTHS[0]]
    if told:
        off = max(by / count for by, count in told)
        print(
            f"conversations that the estimate promised, with replies of {LENGTHS[0]}: off by {off:.0%} of all at most"
        )
    for (count, turns, share), least in WANTED.items():
        found = [cell.bought for shape, x, cell in cells if (shape.count, shape.turns, x) == (count, turns, share)]
        print(f"{count} x {turns} at {share} x: {min(found):.0%} of the budget at least, wanted {least:.0%}")
