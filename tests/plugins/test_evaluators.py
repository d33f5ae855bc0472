import asyncio
import json

import pytest

from multivon_eval.sdk import BudgetExceeded, Conversation, Evaluator, JudgeError, RunContext, UnreadableAnswer
from multivon_eval_plugins.evaluators.completeness import ConversationCompleteness
from multivon_eval_plugins.evaluators.consistency import TurnConsistency
from multivon_eval_plugins.evaluators.relevance import ConversationRelevance
from multivon_eval_plugins.evaluators.retention import KnowledgeRetention
from support.people import SaysJudge, talk

ALL = (ConversationRelevance, KnowledgeRetention, TurnConsistency, ConversationCompleteness)
TALK = talk("When?", "You have 30 days.", "Sure?", "Yes, 30 days.")
every = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


def score(kind, judge, conversation=TALK, **options):
    """The score that an evaluator gives."""
    return asyncio.run(kind(**options).evaluate(conversation, RunContext(judge)))


def rows(kind, *given):
    """An answer of the judge: for each question of an evaluator whether it is as hoped, or its very words."""
    told = {}
    for question, answer in zip(kind.QUESTIONS, given, strict=True):
        hoped, feared = ("yes", "no") if question.hoped == "yes" else ("no", "yes")
        word = {True: hoped, False: feared}.get(answer, answer)
        told[question.key] = {"reason": f"R-{question.key}", "evidence": [], "answer": word}
    return json.dumps(told)


@every
def test_an_evaluator_is_an_evaluator(kind):
    """It satisfies the protocol, and its questions have keys of their own and end as questions."""
    assert isinstance(kind(), Evaluator)
    questions = kind.QUESTIONS
    assert len({question.key for question in questions}) == len(questions) >= 3
    assert all(question.text.rstrip("?").count("?") <= 1 and "?" in question.text for question in questions)


@every
def test_all_questions_are_asked_in_one_call(kind):
    """A handful of questions over the whole transcript cost one request."""
    judge = SaysJudge()
    score(kind, judge)
    [question] = judge.asked
    assert question.about.questions == kind.QUESTIONS
    assert question.about.conversation is TALK


@every
@pytest.mark.parametrize(
    ("given", "value"),
    [
        ((True, True, True), 1.0),
        ((True, False, True), 2 / 3),
        ((False, False, True), 1 / 3),
        ((False, False, False), 0.0),
        ((True, True, "unknown"), 2 / 3),
        ((False, "unknown", "unknown"), 0.0),
    ],
)
def test_the_score_is_the_share_answered_as_hoped(kind, given, value):
    """What the judge does not know counts as not hoped for."""
    told = score(kind, SaysJudge(says=[rows(kind, *given)]))
    assert (told.value, told.status, told.threshold) == (pytest.approx(value), "scored", 0.5)
    assert told.reason.startswith(f"{given.count(True)} of 3 as hoped")


@every
def test_the_reason_tells_what_was_not_as_hoped(kind):
    """Each question that was not, with the judge's reason, and those that are unknown."""
    keys = [question.key for question in kind.QUESTIONS]
    reason = score(kind, SaysJudge(says=[rows(kind, True, False, "unknown")])).reason
    assert f"R-{keys[1]}" in reason
    assert f"unknown: {keys[2]}" in reason
    assert keys[0] not in reason


def test_the_reason_quotes_what_stands_in_the_transcript():
    """Found quotes come with their turn; invented ones are left out."""
    told = json.loads(rows(TurnConsistency, False, True, True))
    told["changes_figures"]["evidence"] = [{"turn": 1, "quote": "30 days"}, {"turn": 2, "quote": "14 days"}]
    reason = score(TurnConsistency, SaysJudge(says=[json.dumps(told)])).reason
    assert "turn 1: '30 days'" in reason
    assert "14 days" not in reason


@every
def test_where_everything_is_unknown_nothing_was_measured(kind):
    """A judge that knows nothing gives no score, neither 0.0 nor 1.0."""
    told = score(kind, SaysJudge(answer="unknown"))
    assert (told.value, told.status) == (None, "skipped")
    assert "unknown to all 3" in told.reason


@every
@pytest.mark.parametrize("conversation", [talk(), talk("Hello?")])
def test_without_a_reply_there_is_no_score(kind, conversation):
    """An empty conversation is skipped, never 1.0, and nobody is asked."""
    judge = SaysJudge()
    told = score(kind, judge, conversation)
    assert (told.value, told.status, judge.asked) == (None, "skipped", [])
    assert "no reply" in told.reason


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
    told = score(kind, SaysJudge(), talk("When?", "You have 30 days."))
    assert told.status == status
    assert ("1 reply to score; it takes more" in told.reason) == (status == "skipped")


@every
def test_an_unreadable_answer_is_asked_for_once_more(kind):
    """The second answer counts, and after it the evaluator gives up."""
    judge = SaysJudge(says=["hm", rows(kind, True, True, False)])
    assert score(kind, judge).value == pytest.approx(2 / 3)
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
