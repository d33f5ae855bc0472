"""What models write around, before and instead of the JSON that they are asked for."""

import json

import pytest

from multivon_eval.errors import UnreadableAnswer
from multivon_eval.sdk import GoalAsked, YesNo, YesNoAsked, read_object
from support.people import persona, talk

TALK = talk("When?", "Within 30 days.", persona=persona(success_criteria="The window was stated."))
QUOTE = {"turn": 1, "quote": "Within 30 days."}


def verdict(met="yes", **changes):
    """A verdict as the schema asks for it."""
    row = {"number": 1, "reason": "so it is", "evidence": [QUOTE], "met": met, **changes}
    return {"criteria": [row], "reason": "all in all"}


YES, NO = json.dumps(verdict()), json.dumps(verdict("no"))
ROWS = json.dumps(verdict()["criteria"])
READ_AS_YES = {
    "plain": YES,
    "white space": f"\n\n  {YES}\n",
    "byte order mark": f"\ufeff{YES}",
    "code fence": f"```json\n{YES}\n```",
    "fence without a language": f"```\n{YES}\n```",
    "fence with words around it": f"Here it is:\n```json\n{YES}\n```\nThat is all.",
    "two fences, a draft first": f"```json\n{NO}\n```\nWait.\n```json\n{YES}\n```",
    "words before": f"The verdict is: {YES}",
    "words behind": f"{YES} I hope this helps.",
    "words with braces before": f"I looked at {{the window}} and {{the reason}}: {YES}",
    "a set of braces before": f"{{}} {YES}",
    "a template before": f'{{"met": "yes" or "no"}} as you asked: {YES}',
    "thinking": f"<think>{NO} or not?</think>{YES}",
    "thinking in several lines": f"<think>\n{NO}\nHm.\n</think>\n\n{YES}",
    "thinking without a beginning": f"{NO} so no. Wait, it is stated.</think>{YES}",
    "thinking twice": f"<think>{NO}</think>Hm.<think>{NO}</think>{YES}",
    "thinking by another name": f"<thinking>{NO}</thinking>{YES}",
    "reasoning": f"<reasoning>{NO}</reasoning>\n{YES}",
    "thinking in capitals": f"<THINK>{NO}</THINK>{YES}",
    "a draft without a tag": f"First I thought {NO}, then I saw the quote: {YES}",
    "three drafts": f"{NO}\n{NO}\n{YES}",
    "an object of another kind behind it": f'{YES}\n{{"usage": 3}}',
    "an object of another kind before it": f'{{"plan": ["read", "judge"]}}\n{YES}',
    "wrapped": json.dumps({"answer": verdict()}),
    "wrapped by another word": json.dumps({"result": verdict(), "model": "m"}),
    "criteria as a string": json.dumps({"criteria": ROWS, "reason": "all in all"}),
    "number as text": json.dumps(verdict(number="1")),
    "number as a float": json.dumps(verdict(number=1.0)),
    "number as text of a float": json.dumps(verdict(number="1.0")),
    "turn as a float": json.dumps(verdict(evidence=[{**QUOTE, "turn": 1.0}])),
    "turn as text": json.dumps(verdict(evidence=[{**QUOTE, "turn": "1"}])),
    "evidence as a string": json.dumps(verdict(evidence=json.dumps([QUOTE]))),
    "raw line break in a string": YES.replace("so it is", "so\nit is"),
    "raw tab in a string": YES.replace("so it is", "so\tit is"),
    "capital": json.dumps(verdict(met="Yes")),
    "blanks": json.dumps(verdict(met=" yes ")),
    "more keys": json.dumps({**verdict(), "confidence": 0.9}),
    "another order": json.dumps(dict(reversed(verdict().items()))),
    "escaped": json.dumps(verdict(), ensure_ascii=True).replace("30", "\\u0033\\u0030"),
    "a hundred braces before": "{" * 100 + YES,
}


@pytest.mark.parametrize("text", READ_AS_YES.values(), ids=READ_AS_YES)
def test_the_answer_is_read(text):
    """And not a draft of it."""
    assert GoalAsked(TALK).read(text).achieved is True


UNREADABLE = {
    "nothing": "",
    "words": "Yes, the window was stated.",
    "a list": f"[{ROWS}]",
    "torn": YES[:-20],
    "torn in a fence": f"```json\n{YES[:-20]}\n```",
    "thinking alone": f"<think>{YES}</think>",
    "thinking that ends late": f"{YES}</think>",
    "no number of JSON": json.dumps(verdict(number=float("nan"))),
    "no criteria": json.dumps({"reason": "all in all"}),
    "a string": json.dumps("yes"),
    "a word for a number": json.dumps(verdict(number="one")),
    "half a turn": json.dumps(verdict(evidence=[{**QUOTE, "turn": 1.5}])),
    "true for a number": json.dumps(verdict(number=True)),
    "no evidence": json.dumps({"criteria": [{"number": 1, "reason": "", "met": "yes"}], "reason": ""}),
    "maybe": json.dumps(verdict(met="maybe")),
    "too deep": '{"a": ' * 5000 + "1",
    "only braces": "{" * 100_000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_answer_is_unreadable(text):
    """Then it is asked for once more, and nothing is guessed."""
    with pytest.raises(UnreadableAnswer):
        GoalAsked(TALK).read(text)


def test_yes_no_answers_are_found_by_their_keys():
    """A draft with other keys is none."""
    row = {"reason": "so it is", "evidence": [], "answer": "yes"}
    asked = YesNoAsked(TALK, (YesNo("stays", "?"), YesNo("helps", "?")))
    text = json.dumps({"stays": {**row, "answer": "no"}}) + json.dumps({"stays": row, "helps": json.dumps(row)})
    assert [one.answer for one in asked.read(text)] == ["yes", "yes"]


def test_without_keys_the_last_object_counts():
    """For a question of one's own."""
    assert read_object('{"a": 1} and {"a": 2}') == {"a": 2}
