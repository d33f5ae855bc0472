"""Two versions of a bot, personas who talk to it, and a judge who can be made too kind: all as files of a user."""

from __future__ import annotations

import json
from pathlib import Path

BOT = '''
import hashlib, os, pathlib
from collections import Counter

SHARE = {share}
asked = Counter()


def model_fn(prompt):
    """Knows the window for some orders; which ones, and in which trial, is the same each time."""
    kill = pathlib.Path("kill-after")
    if kill.exists() and sum(asked.values()) >= int(kill.read_text()):
        os.kill(os.getpid(), 9)
    order = prompt.split("order ")[1].split(" ")[0].strip(".")
    asked[order] += 1
    luck = int(hashlib.sha256(f"{salt} {{order}} {{asked[order]}}".encode()).hexdigest()[:8], 16) / 2**32
    return "The refund window is 30 days." if luck < SHARE else "That depends on the shop."
'''
JUDGE = '''
import hashlib, json
from decimal import Decimal

import attrs

from multivon_eval.sdk import Answer, GoalAsked, Usage
from multivon_eval.testing import fitting_answer


@attrs.frozen
class Judge:
    """Says yes where a window is named; and as often as it is kind, where none is."""

    kind: float = 0.0
    model: str = "rule-1"

    def worst_cost(self, question):
        return Decimal("0.001")

    async def complete(self, question):
        text = fitting_answer(question)
        if isinstance(question.about, GoalAsked):
            text = self.judge(question.about.conversation)
        return Answer(text, usage=Usage(100, 10), cost_usd=Decimal("0.001"), model=self.model, temperature=0.0)

    def judge(self, conversation):
        reply = conversation.messages[-1].content
        luck = int(hashlib.sha256(conversation.case_uid.encode()).hexdigest()[:8], 16) / 2**32
        met = "yes" if "30 days" in reply or luck < self.kind else "no"
        row = {"number": 1, "reason": "as it says", "evidence": [{"turn": 1, "quote": reply}], "turns": [], "met": met}
        return json.dumps({"criteria": [row], "claims": [], "reason": "as it says"})
'''


def write_story(path: Path, personas: int) -> None:
    """Write all that a run of the story takes.

    Args:
        path: The folder.
        personas: How many.
    """
    for name, share, salt in (("good", 0.85, "a"), ("same", 0.85, "b"), ("worse", 0.55, "c")):
        (path / f"{name}.py").write_text(BOT.format(share=share, salt=salt), encoding="utf-8")
    (path / "judge.py").write_text(JUDGE, encoding="utf-8")
    rows = (
        {
            "name": f"p{number:02}",
            "profile": f"A customer with order {number}.",
            "goal": f"Find out the refund window for order {number} .",
            "success_criteria": "The assistant stated the refund window.",
        }
        for number in range(personas)
    )
    (path / "personas.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
