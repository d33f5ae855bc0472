"""How the judge ``openai`` ends where the endpoint fails, alone and inside a run."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from multivon_eval import result_to_json, simulate
from multivon_eval.errors import JudgeError, JudgeUnavailable, UnreadableAnswer
from multivon_eval.sdk import Conversation
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from support.chat_faults import HUGE
from support.chat_server import ChatServer, Fault
from support.openai_judge import KEY, PERSONA, completed, judge_for, model_fn, questions

pytestmark = pytest.mark.slow

PASSES = [Fault.RATE_LIMITED, Fault.INTERNAL, Fault.UNAVAILABLE, Fault.OVERLOADED]
BREAKS = [Fault.RESET, Fault.INVALID_UTF8, Fault.NO_JSON, Fault.NO_CHOICES]
UNREADABLE = [Fault.EMPTY, Fault.TRUNCATED, Fault.WRONG_TYPES, Fault.HUGE]
STAYS = [Fault.UNAUTHORIZED, Fault.REFUSAL]
UNCOUNTED = [Fault.NO_USAGE, Fault.NEGATIVE_USAGE]


@pytest.mark.parametrize("fault", PASSES)
def test_overload_is_worth_repeating_and_costs_nothing(fault):
    """A server that says it cannot now has done no work."""
    with ChatServer(script=[fault]) as server, pytest.raises(JudgeUnavailable, match=fault.value) as caught:
        completed(judge_for(server), questions()["verdict"])
    assert not caught.value.charged
    assert caught.value.retry_after is None


@pytest.mark.parametrize("fault", BREAKS)
def test_a_torn_answer_is_worth_repeating_and_may_be_charged(fault):
    """The model may have done its work: what it cost nobody knows."""
    with ChatServer(script=[fault]) as server, pytest.raises(JudgeUnavailable) as caught:
        completed(judge_for(server), questions()["verdict"])
    assert caught.value.charged


def test_an_endpoint_that_hangs_is_given_up():
    """With a timeout of its own the judge does not wait for ever, and the call may be charged."""
    with ChatServer(script=["hang"]) as server, pytest.raises(JudgeUnavailable, match="ReadTimeout") as caught:
        completed(judge_for(server, timeout=0.2), questions()["verdict"])
    assert caught.value.charged


def test_an_answer_that_comes_slowly_is_read():
    """As long as bytes come the request goes on."""
    with ChatServer(script=["drip:0.2"]) as server:
        answer = completed(judge_for(server, timeout=5.0), questions()["verdict"])
    assert questions()["verdict"].read(answer.text).achieved


@pytest.mark.parametrize(("header", "low", "high"), [("7", 7, 7), ("date+60", 50, 60)])
def test_retry_after_is_passed_on(header, low, high):
    """Seconds and dates reach whoever repeats the call."""
    with ChatServer(script=[f"429:{header}"]) as server, pytest.raises(JudgeUnavailable) as caught:
        completed(judge_for(server), questions()["text"])
    assert low <= caught.value.retry_after <= high


@pytest.mark.parametrize("header", ["0", "date-60"])
def test_a_retry_after_that_has_passed_says_nothing(header):
    """A server that says "now" and refuses again is given the pauses that grow."""
    with ChatServer(script=[f"429:{header}"]) as server, pytest.raises(JudgeUnavailable) as caught:
        completed(judge_for(server), questions()["text"])
    assert caught.value.retry_after is None


def test_a_retry_after_that_makes_no_sense_is_left_out():
    """What is neither seconds nor a date is as if nothing was said."""
    with ChatServer(script=["429:soon"]) as server, pytest.raises(JudgeUnavailable) as caught:
        completed(judge_for(server), questions()["text"])
    assert caught.value.retry_after is None


def test_a_refusal_of_the_model_is_an_error_that_stays():
    """A refusal was paid for, and asking again would not help; the model's words are told."""
    with ChatServer(script=["refusal"]) as server, pytest.raises(JudgeError, match="I can't assist") as caught:
        completed(judge_for(server), questions()["verdict"])
    assert not isinstance(caught.value, JudgeUnavailable)
    assert caught.value.charged


@pytest.mark.parametrize("fault", UNREADABLE)
@pytest.mark.parametrize("kind", ["user_turn", "verdict", "answers"])
def test_an_answer_that_does_not_fit_is_unreadable(kind, fault):
    """The judge gives the text as it is; the question says that it cannot be read, in few words."""
    with ChatServer(script=[fault]) as server:
        answer = completed(judge_for(server), questions()[kind])
    assert len(answer.text) == HUGE or fault is not Fault.HUGE
    with pytest.raises(UnreadableAnswer) as caught:
        questions()[kind].read(answer.text)
    assert caught.value.charged
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("fault", UNCOUNTED)
def test_an_answer_without_usage_is_an_answer(fault):
    """The answer counts; its cost is the worst there could be."""
    with ChatServer(script=[fault]) as server:
        judge = judge_for(server)
        answer = completed(judge, questions()["verdict"])
    assert questions()["verdict"].read(answer.text).achieved
    assert answer.cost_usd == judge.worst_cost(questions()["verdict"])


def test_the_key_stands_in_no_error(monkeypatch):
    """A server that echoes the key does not get it into the message, its causes or the judge's repr."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ChatServer(script=["401"]) as server, pytest.raises(JudgeError, match="401") as caught:
        completed(judge_for(server), questions()["verdict"])
    assert server.headers[0]["authorization"].endswith(KEY)
    assert not caught.value.charged
    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert KEY not in repr(chain) + str(caught.value) + repr(judge_for(server))


def once_then_fine(fault):
    """The fault on every kind of call, each time the first time that kind is seen."""
    seen = set()

    def script(index, body):
        kind = body["response_format"]["json_schema"]["name"]
        return None if kind in seen or seen.add(kind) else fault

    return script


def simulated(server, **options):
    """One conversation, judged and scored, with this server as driver and judge."""
    judge = judge_for(server, timeout=options.pop("judge_timeout", None))
    found = simulate(
        model_fn, [PERSONA], **{"judge": judge, "evaluators": ["conversation-completeness"], "hooks": (), **options}
    )
    (result,) = found
    return result, found.report


@pytest.mark.parametrize("fault", [*PASSES, "429:0", "429:date-5", *BREAKS, Fault.HANG])
def test_a_fault_that_passes_is_repeated(fault, no_pauses):
    """Driver, verdict and score each meet the fault once, and the conversation is as if nothing had been."""
    with ChatServer(script=once_then_fine(fault)) as server:
        result, report = simulated(server, judge_timeout=0.5)
    assert (result.stop_reason, result.goal_achieved) == ("goal_reached", True)
    assert result.scores["conversation_completeness"].value == 1.0
    assert len(result.metadata["judge_retries"]) == 3
    assert result.metadata["judge_calls"] == len(server.requests) == 8
    assert report.problems == ()


@pytest.mark.parametrize("fault", UNREADABLE)
def test_an_answer_that_cannot_be_read_is_asked_for_again(fault):
    """Once more, with the reason; only a provider that breaks the limit on length is reported."""
    with ChatServer(script=once_then_fine(fault)) as server:
        result, report = simulated(server, budget_usd=None)
    assert (result.stop_reason, result.goal_achieved) == ("goal_reached", True)
    again = [body for body in server.requests if "could not be read" in body["messages"][-1]["content"]]
    assert len(again) == 3
    assert bool(report.problems) == (fault is Fault.HUGE)
    assert all("more than" in problem.message for problem in report.problems)


@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_the_endpoint_always_does_a_run_ends_within_its_budget(fault, no_pauses, monkeypatch):
    """Every conversation has its result, the account is closed, the key is nowhere."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ChatServer(script=lambda index, body: fault) as server:
        result, report = simulated(server, judge_timeout=0.2, budget_usd="0.50")
    assert result.stop_reason in ("goal_reached", "driver_error", "budget_exceeded")
    is_fine = fault in (Fault.DRIP, *UNCOUNTED)
    assert (result.stop_reason == "goal_reached") == is_fine
    assert result.cost_usd <= Decimal("0.50") or fault is Fault.HUGE
    assert (result.cost_usd == 0) == (fault in (*PASSES, Fault.UNAUTHORIZED))
    assert report.summary.spent_usd == result.cost_usd
    assert KEY not in json.dumps(result_to_json(result))
    # One that is over its rate limit is waited for, as long as patience lasts.
    assert len(server.requests) <= (41 if fault in (Fault.RATE_LIMITED, Fault.OVERLOADED) else 16)


@pytest.mark.parametrize(
    ("fault", "calls"),
    [(Fault.INTERNAL, 5), (Fault.RESET, 5), (Fault.UNAUTHORIZED, 1), (Fault.REFUSAL, 1), (Fault.EMPTY, 2)],
)
def test_what_passes_is_repeated_four_times_what_stays_never(fault, calls, no_pauses):
    """Repetitions go where they can help; an answer that cannot be read is asked for once more."""
    with ChatServer(script=lambda index, body: fault) as server:
        result, _ = simulated(server)
    assert len(server.requests) == calls
    assert result.stop_reason == "driver_error"


def test_calls_that_may_have_been_charged_are_booked_at_their_worst(no_pauses):
    """Torn calls use up the budget as if they had cost their most, so that it holds whatever was charged."""
    with ChatServer(script=lambda index, body: "reset") as server:
        judge = judge_for(server)
        (result,) = simulate(model_fn, [PERSONA], judge=judge, hooks=())
    sent = {json.dumps(body["messages"]) for body in server.requests}
    assert len(sent) == 1
    worst = judge.worst_cost(first_question())
    assert result.cost_usd == 5 * worst


def first_question():
    """The question for the persona's first message."""
    return roleplay_question(Conversation((), PERSONA))


def test_a_budget_that_holds_only_some_calls_is_never_exceeded(no_pauses):
    """With a usage that says nothing each call is its worst case, and the run stops before the ceiling."""
    with ChatServer(script=lambda index, body: "no-usage", goal_after=99) as server:
        judge = judge_for(server)
        budget = judge.worst_cost(first_question()) * 8
        (result,) = simulate(model_fn, [PERSONA], judge=judge, hooks=(), budget_usd=budget)
    assert result.stop_reason == "budget_exceeded"
    assert 0 < result.cost_usd <= budget
    assert result.attribution == (None if result.goal_achieved else "infrastructure")
