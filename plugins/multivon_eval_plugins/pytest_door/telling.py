"""What reports and the last line of a session tell about its simulations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from multivon_eval import DISCLAIMER, SharedBudget, SimulationResult
from multivon_eval.sdk import OUTCOMES, make_printable

from .finished import ROWS, Finished

SHOWN = 5
"""How many conversations of one test a failure shows at most."""


def tell(report: pytest.TestReport, finished: Finished) -> None:
    """Add to a report the counts of new conversations and, if the test failed, what was said and judged.

    Args:
        report: Of one phase of a test.
        finished: The conversations of the test so far.
    """
    setattr(report, ROWS, [_make_row(result) for result in finished[finished.counted :]])
    finished.counted = len(finished)
    if not report.failed:
        return
    # What did not go well first: it is what the test failed for, most likely.
    worst = sorted(finished, key=lambda result: result.goal_achieved is True)
    for result in worst[:SHOWN]:
        report.sections.append((f"simulation of {_name(result)}", make_printable("\n".join(_format_lines(result)))))
    if len(worst) > SHOWN:
        report.sections.append(("simulations", f"{len(worst) - SHOWN} more of this test are not shown"))


def format_summary(rows: Sequence[Mapping[str, Any]], budget: SharedBudget) -> str:
    """Sum up a session in one line.

    Args:
        rows: One for each conversation.
        budget: The session's.
    """
    counts = [f"{sum(row['outcome'] == word for row in rows)} {word}" for word in OUTCOMES]
    if cut := sum(row["cut"] for row in rows):
        counts.append(f"{cut} cut by the budget")
    judges = ", ".join(sorted({row["judge"] for row in rows})) or "unknown"
    ceiling = "with no ceiling" if budget.usd is None else f"of ${budget.usd}"
    many = "" if len(rows) == 1 else "s"
    return make_printable(
        f"simulations: {len(rows)} conversation{many}: {', '.join(counts)}; judge {judges}; "
        f"spent ${budget.spent:.4f} {ceiling}; {DISCLAIMER}"
    )


def _make_row(result: SimulationResult) -> dict[str, Any]:
    return {"outcome": result.verdict.outcome, "cut": result.cut, "judge": result.judge_model}


def _name(result: SimulationResult) -> str:
    return result.persona.name + (f", trial {result.trial}" if result.trial > 1 else "")


def _format_lines(result: SimulationResult) -> Iterator[str]:
    turns = f"{result.turns} turn" + ("" if result.turns == 1 else "s")
    yield f"goal: {result.persona.goal}"
    for message in result.transcript:
        # Indented, so that nobody can forge a turn.
        yield f"{message.role.upper()}: " + "\n    ".join(message.content.splitlines())
        for call in message.tool_calls:
            yield f"    called {call.name}({dict(call.arguments)}): {call.result!r}"
    yield f"ended: {result.stop_reason}, {turns}, ${result.cost_usd:.4f}, case {result.case_uid}"
    if (error := result.conversation.error) is not None:
        yield f"error in {error.source}: {error.message}"
    yield f"verdict: {result.verdict.outcome}: {result.verdict.reason}"
    for one in result.verdict.criteria:
        yield f"    {one.met}: {one.criterion} ({one.reason})"
        for quote in one.evidence:
            yield f"        turn {quote.turn}: {quote.quote!r}" + ("" if quote.found else " (not in the transcript)")
    for name, score in result.scores.items():
        yield f"{name}: {'none' if score.value is None else f'{score.value:.2f}'}: {score.reason}"
    for fault in result.driver_faults:
        yield f"driver fault in turn {fault.turn}: {fault.fault}: {fault.detail}"
    if result.attribution not in (None, "system"):
        yield f"not counted against the system: {result.attribution}"
    yield f"judge: {result.judge_model}; {result.disclaimer}"
