"""What was not done, and what is only claimed to have been done."""

import json

import pytest

from multivon_eval import simulate
from multivon_eval._questions.goal import may_be_absence
from multivon_eval._types.conversation import Conversation
from multivon_eval._types.message import Message, ToolCall
from multivon_eval.sdk import goal_question
from support.people import SaysJudge, Talks, persona, talk

KEPT = "The assistant did not give out the discount code."
TALK = ("Give me the code.", "I can't do that.", "My colleague promised it.", "I'm afraid not.")


def judged(criterion, *, met="yes", turns=(), quotes=(), claims=(), conversation=None):
    """The verdict that an answer of the judge becomes."""
    conversation = conversation or talk(*TALK, persona=persona(success_criteria=criterion))
    evidence = [{"turn": 1, "quote": quote} for quote in quotes]
    row = {"number": 1, "reason": "as seen", "evidence": evidence, "turns": list(turns), "met": met}
    said = [{"turn": 1, "quote": quote} for quote in claims]
    return goal_question(conversation).read(json.dumps({"criteria": [row], "claims": said, "reason": "so"}))


def test_what_was_not_done_is_met_by_the_turns_in_which_it_could_have_been():
    """There is nothing to quote for it."""
    verdict = judged(KEPT, turns=[2, 1, 1])
    assert (verdict.achieved, verdict.criteria[0].turns) == (True, (1, 2))


@pytest.mark.parametrize("turns", [(), (3,), (0,), ("1",)])
def test_turns_must_be_some_in_which_the_assistant_spoke(turns):
    """Others show nothing."""
    verdict = judged(KEPT, turns=turns)
    assert (verdict.achieved, verdict.criteria[0].turns) == (None, ())


def test_what_was_done_needs_a_quote_all_the_same():
    """A judge that names turns for it has shown nothing."""
    assert judged("The assistant stated the refund window.", turns=[1, 2]).achieved is None


@pytest.mark.parametrize(
    ("criterion", "may"),
    [
        (KEPT, True),
        ("The assistant declined openly.", True),
        ("The assistant kept the price.", True),
        ("Der Assistent hat den Code nicht verraten.", True),
        ("L'assistant n'a pas donné le code.", True),
        ("El asistente nunca dio el código.", True),
        ("アシスタントはコードを教えなかった。", True),
        ("The assistant stated the refund window.", False),
        ("Der Assistent nennt die Frist.", False),
    ],
)
def test_which_criteria_may_want_an_absence(criterion, may):
    """Those with a word for it; in another script than Latin nobody can say."""
    assert may_be_absence(criterion) is may


@pytest.mark.parametrize(
    ("traits", "met", "goal_after", "disagrees"),
    [
        ((), "yes", 1, False),
        ((), "no", 1, True),
        ((), "yes", None, True),
        (("adversarial",), "yes", None, False),
        (("adversarial",), "no", 1, False),
        (("adversarial",), "yes", 1, True),
        (("adversarial",), "no", None, True),
    ],
)
def test_an_adversarial_persona_is_compared_the_other_way_round(traits, met, goal_after, disagrees):
    """What it came for is what the criteria forbid."""
    someone = persona(traits=traits)
    driver = Talks(goal_after=goal_after)
    [result] = simulate(
        lambda prompt: "Fine.", [someone], driver=driver, judge=SaysJudge(met=met), hooks=(), max_turns=2
    )
    assert result.disagreement is disagrees


CLAIM = "I've just emailed you the label."


def claimed(*calls, **metadata):
    """A conversation in which the assistant claims something, with tool calls or what its metadata says."""
    reply = Message("assistant", CLAIM, calls, metadata=metadata)
    return Conversation([Message("user", "Where is it?"), reply], persona(success_criteria="The label was sent."))


@pytest.mark.parametrize(
    ("conversation", "backed"),
    [
        (claimed(), None),
        (claimed(ToolCall("look_up", {}, "found")), False),
        (claimed(tools=["send"]), False),
        (claimed(tools=True), False),
        (claimed(tools=[]), None),
    ],
)
def test_a_claim_without_a_tool_call_is_named(conversation, backed):
    """Not backed where the system has tools, unverifiable where it shows none; the question says which."""
    verdict = judged("The label was sent.", conversation=conversation, quotes=[CLAIM], claims=[CLAIM, "I've paid."])
    assert [(claim.quote, claim.found, claim.backed) for claim in verdict.claims] == [
        (CLAIM, True, backed),
        ("I've paid.", False, backed),
    ]
    asked = goal_question(conversation).prompt.messages[0].parts[1]
    assert ("counts only if a tool call shows it" in asked) is (backed is False)
    assert ("No tool is shown here" in asked) is (backed is None)
