import asyncio
import json

import pytest

from multivon_eval.sdk import (
    BudgetExceeded,
    Conversation,
    Evaluator,
    JudgeError,
    Message,
    RunContext,
    ToolCall,
    UnreadableAnswer,
)
from multivon_eval_plugins.evaluators.completeness import ConversationCompleteness
from multivon_eval_plugins.evaluators.consistency import TurnConsistency
from multivon_eval_plugins.evaluators.relevance import ConversationRelevance
from multivon_eval_plugins.evaluators.retention import KnowledgeRetention
from support.people import SaysJudge, persona, talk

ALL = (ConversationRelevance, KnowledgeRetention, TurnConsistency, ConversationCompleteness)
TALK = talk("When?", "You have 30 days.", "Sure?", "Yes, 30 days.")
every = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


def score(kind, judge, conversation=TALK, **options):
    """The score that an evaluator gives."""
    return asyncio.run(kind(**options).evaluate(conversation, RunContext(judge)))


def told(of, *against, unknown=0, counts=True):
    """An answer of the judge: of so many things these fail, each a turn and a quote."""
    named = [{"turn": turn, "quote": quote} for turn, quote in against]
    row = {"reason": "so it is", "of": of, "against": named, "unknown": unknown}
    return json.dumps(row if counts else {name: value for name, value in row.items() if name != "of"})


@every
def test_an_evaluator_is_an_evaluator(kind):
    """It satisfies the protocol, and has a question with a key of its own."""
    assert isinstance(kind(), Evaluator)
    assert len({other.KEY for other in ALL}) == len(ALL)
    assert kind.KEY and kind.TEXT


@every
def test_one_question_is_asked_in_one_call(kind):
    """Whatever there is to count costs one request, over the whole transcript, with a bounded answer."""
    judge = SaysJudge()
    score(kind, judge)
    [question] = judge.asked
    assert (question.about.key, question.about.conversation) == (kind.KEY, TALK)
    assert question.prompt.max_tokens <= 1200


@pytest.mark.parametrize("kind", [KnowledgeRetention, TurnConsistency, ConversationCompleteness])
@pytest.mark.parametrize(
    ("answer", "value", "items"),
    [
        (told(4), 1.0, 4),
        (told(4, (2, "Yes, 30 days.")), 3 / 4, 4),
        (told(10, (1, "You have"), (2, "30 days")), 8 / 10, 10),
        (told(1, (2, "Yes, 30 days.")), 0.0, 1),
        (told(4, (2, "Yes, 30 days."), unknown=1), 2 / 4, 4),
    ],
)
def test_the_score_is_the_share_that_is_as_it_should_be(kind, answer, value, items):
    """It moves by one item at a time, says how many it rests on, and names the turns of those that fail."""
    given = score(kind, SaysJudge(says=[answer]))
    assert (given.value, given.items, given.status, given.threshold) == (pytest.approx(value), items, "scored", 0.5)
    assert len(given.findings) == len(json.loads(answer)["against"])
    assert all(finding.startswith("turn ") and finding in given.reason for finding in given.findings)


def test_each_reply_is_counted_for_relevance():
    """How many there are is known: the judge only names those that miss."""
    judge = SaysJudge(says=[told(0, (2, "Yes, 30 days."), counts=False)])
    given = score(ConversationRelevance, judge)
    assert (given.value, given.items, given.findings) == (0.5, 2, ("turn 2: 'Yes, 30 days.'",))
    assert "2 replies" in judge.asked[0].prompt.messages[0].parts[1]
    assert "of" not in judge.asked[0].prompt.schema["properties"]


def test_a_greeting_of_the_assistant_answers_nothing():
    """Only replies to a user's message are counted."""
    greeted = Conversation([Message("assistant", "Hello!"), *TALK.messages], persona())
    assert score(ConversationRelevance, SaysJudge(), greeted).items == 2


def test_what_is_named_without_a_quote_that_stands_there_is_unknown():
    """A judge that quotes what nobody said has not shown that something is wrong."""
    given = score(TurnConsistency, SaysJudge(says=[told(4, (2, "Yes, 14 days."))]))
    assert (given.value, given.findings) == (3 / 4, ())
    assert "1 unknown" in given.reason


@every
def test_where_less_than_half_can_be_told_there_is_no_score(kind):
    """Neither 0.0 nor 1.0; what was found is said all the same."""
    nothing = score(kind, SaysJudge(answer="unknown"))
    assert (nothing.value, nothing.status) == (None, "skipped")
    assert "could be told" in nothing.reason
    some = score(TurnConsistency, SaysJudge(says=[told(4, (2, "Yes, 30 days."), unknown=3)]))
    assert (some.value, some.status, some.findings) == (None, "skipped", ("turn 2: 'Yes, 30 days.'",))


def test_where_there_is_nothing_to_count_there_is_no_score():
    """A user who gave no facts cannot be forgotten."""
    given = score(KnowledgeRetention, SaysJudge(says=[told(0)]))
    assert (given.value, given.status, given.reason) == (None, "skipped", "no facts that the user gave: so it is")


@pytest.mark.parametrize("answer", [told(1, unknown=2), told(1, (1, "You"), (2, "Yes")), told(-1), '{"of": 2}', "[]"])
def test_a_count_that_does_not_add_up_is_asked_for_again(answer):
    """More that fail than there are, or fewer than none, is no answer."""
    assert score(TurnConsistency, SaysJudge(says=[answer, told(2)])).value == 1.0


def test_what_was_claimed_is_counted_where_there_are_tools():
    """What a system with tools says it has done must be shown by a call; the metadata of a reply says so too."""
    shown = Message("assistant", "I've sent it.", metadata={"tools": True})
    called = Message("assistant", "Sent.", [ToolCall("send", {}, "ok")])
    for message, asks in ((shown, True), (called, True), (Message("assistant", "I've sent it."), False)):
        judge = SaysJudge()
        score(TurnConsistency, judge, Conversation([*TALK.messages, Message("user", "So?"), message], persona()))
        assert ("tool call" in judge.asked[0].prompt.messages[0].parts[1]) is asks


@every
@pytest.mark.parametrize("conversation", [talk(), talk("Hello?")])
def test_without_a_reply_there_is_no_score(kind, conversation):
    """An empty conversation is skipped, never 1.0, and nobody is asked."""
    judge = SaysJudge()
    given = score(kind, judge, conversation)
    assert (given.value, given.status, judge.asked) == (None, "skipped", [])
    assert "no reply" in given.reason


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ConversationRelevance, "scored"),
        (ConversationCompleteness, "scored"),
        (KnowledgeRetention, "skipped"),
        (TurnConsistency, "skipped"),
    ],
)
def test_it_takes_two_replies_to_disagree_or_to_forget(kind, status):
    """One reply can be relevant and complete, but neither inconsistent nor forgetful."""
    given = score(kind, SaysJudge(), talk("When?", "You have 30 days."))
    assert given.status == status
    assert ("1 reply to score; it takes more" in given.reason) == (status == "skipped")


@every
def test_an_unreadable_answer_is_asked_for_once_more(kind):
    """The second answer counts, and after it the evaluator gives up."""
    judge = SaysJudge(says=["hm", told(2, (2, "Yes, 30 days."), counts=kind is not ConversationRelevance)])
    assert score(kind, judge).value == pytest.approx(1 / 2)
    with pytest.raises(UnreadableAnswer):
        score(kind, SaysJudge(says=["hm", "{}"]))


@every
@pytest.mark.parametrize("error", [JudgeError("down"), BudgetExceeded("too dear")])
def test_a_failure_of_the_judge_passes(kind, error):
    """It never becomes a number; what it means is for the engine to say."""
    with pytest.raises(type(error)):
        score(kind, SaysJudge(fails=error))


@every
def test_the_threshold_is_an_option(kind):
    """It goes into the score, and must be a share."""
    assert score(kind, SaysJudge(), threshold=0.9).threshold == 0.9
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="threshold"):
            kind(threshold=wrong)


@every
def test_a_conversation_without_a_persona_can_be_scored(kind):
    """A fixed case has no persona, and its conversation is scored all the same."""
    assert score(kind, SaysJudge(), Conversation(TALK.messages)).value == 1.0
