"""What a conversation is where only passed and failed are known."""

from __future__ import annotations

from typing import Literal

from multivon_eval.sdk import SimulationResult, make_one_line

Outcome = Literal["passed", "failure", "error", "skipped"]


def tell_outcome(result: SimulationResult) -> tuple[Outcome, str, str]:
    """Say what a conversation is as a test: its outcome, a word for the kind, and the reason."""
    error, rule = result.conversation.error, result.provenance.judge_rule
    reason = f"{result.verdict.reason}{f' (by {rule}, no model judged)' if rule else ''}"
    told = make_one_line(f"{error.source}: {error.message}" if error is not None else reason)
    if result.attribution == "infrastructure":
        is_cut = result.stop_reason == "budget_exceeded" or result.verdict.cut
        return ("skipped", "budget", f"the budget cut it: {told}") if is_cut else ("error", "infrastructure", told)
    if result.attribution == "judge":
        return "error", "judge", told
    if result.attribution == "simulation":
        faults = ", ".join(dict.fromkeys(fault.fault for fault in result.driver_faults))
        return "skipped", "simulation", f"a fault of the simulation{f' ({faults})' if faults else ''}: {told}"
    if result.has_crashed:
        return "failure", "crashed", told
    if result.stop_reason == "assistant_refused" and result.goal_achieved is not True:
        return "failure", "refused", told
    if result.goal_achieved is None:
        return "skipped", "unknown", f"the judge could not tell: {told}"
    return ("passed", "", "") if result.goal_achieved else ("failure", "not_achieved", told)
