"""Result files to be labelled, and the files of labels that come of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from multivon_eval import CriterionVerdict, Message, SimulationResult, ToolCall, Verdict, result_to_json
from multivon_eval.sdk import Observation, Score
from multivon_eval.testing import conversation, persona, result

CRITERIA = ("The assistant stated the date of delivery.", "The assistant named the carrier.")
HIDDEN = ("The judge is of this opinion", "An evaluator thinks so", "0.43", "achieved", "max_turns", "recites", "fault")
"""What is nowhere shown to whoever labels, and in no label: all that was said or found out of a conversation."""
MET = {True: "yes", False: "no", None: "unknown"}


def make_result(number: int, achieved: bool | None = True, **fields: Any) -> SimulationResult:
    """A judged and scored conversation of two turns, in which the driver was at fault."""
    who = persona(f"customer_{number}", profile=f"Customer {number}.", success_criteria=CRITERIA)
    said = (
        Message("user", f"Where is my order {number}?"),
        Message(
            "assistant", "It arrives on Friday, 3 May.", [ToolCall("look_up", {"order": "4711"}, {"eta": "3 May"})]
        ),
        Message("user", "Who brings it?"),
        Message("assistant", "I cannot tell."),
    )
    fault = Observation("recites_criteria", 1, "a fault", "fault")
    of = conversation(of=who, messages=said, case_uid=f"{number:016x}", observations=(fault,))
    judged = tuple(CriterionVerdict(criterion, MET[achieved], HIDDEN[0]) for criterion in CRITERIA)
    made = result(
        of,
        stop_reason="max_turns",
        verdict=Verdict(achieved, HIDDEN[0], judged),
        scores={"turn_consistency": Score(0.4321, HIDDEN[1])},
    )
    return attrs.evolve(made, **fields)


def write_results(path: Path, results: Iterable[SimulationResult]) -> None:
    """Write a result file."""
    path.write_text("".join(json.dumps(result_to_json(one)) + "\n" for one in results), encoding="utf-8")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of labels."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
