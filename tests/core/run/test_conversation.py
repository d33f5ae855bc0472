import asyncio
from decimal import Decimal

import attrs
import pytest

from multivon_eval import Reply, ToolCall, hookimpl, simulate
from multivon_eval._run.attribution import attribute
from multivon_eval._types.conversation import Conversation, SimulationError
from multivon_eval._types.message import Message
from multivon_eval._types.observation import Observation
from multivon_eval._types.persona import UserTurn
from multivon_eval._types.result_json import result_from_json, result_to_json
from multivon_eval._types.verdict import Verdict
from multivon_eval.errors import JudgeError
from multivon_eval.sdk import ask
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from support.people import Fails, Keeps, SaysJudge, Talks, answers, persona

REFUSAL = "I'm sorry, but I can't help with that."


def run(model_fn, *personas, **options):
    """The results of a simulation with fakes for all that is not given."""
    return simulate(model_fn, personas or [persona()], **{"judge": SaysJudge(), "hooks": (), **options})


def said(result):
    """The words of a transcript."""
    return [message.content for message in result.transcript]


@attrs.frozen
class GivesBack:
    """A driver that gives whatever it holds, a user turn or not."""

    thing: object

    async def next_message(self, conversation, context):
        return self.thing


@attrs.frozen
class Repeats:
    """A driver that always says the same."""

    words: str = "Where is my refund?"

    async def next_message(self, conversation, context):
        return UserTurn(self.words)


def test_goal_reached_ends_a_conversation():
    """A driver that says the goal is reached ends the conversation, and its word is in the result."""
    [result] = run(answers, driver=Talks(goal_after=2))
    assert (result.stop_reason, result.turns) == ("goal_reached", 2)
    assert result.conversation.driver_said_goal
    assert said(result) == ["ann 1", "reply 1", "ann 2", "reply 2"]


def test_max_turns_ends_a_conversation():
    """A conversation has no more turns than allowed, and the last word is the assistant's."""
    [result] = run(answers, driver=Talks(), max_turns=3)
    assert (result.stop_reason, result.turns) == ("max_turns", 3)
    assert not result.conversation.driver_said_goal
    assert said(result)[-1] == "reply 3"


def test_the_second_refusal_in_a_row_ends_a_conversation():
    """The user may ask in another way once; who refuses twice in a row has refused."""
    [result] = run(lambda prompt: REFUSAL, driver=Talks())
    assert (result.stop_reason, result.turns) == ("assistant_refused", 2)
    assert result.conversation.refusals_observed == 2


def test_refusals_that_are_not_in_a_row_end_nothing():
    """A reply that delivers between them shows that the talk goes on."""
    replies = iter([REFUSAL, "Your refund was issued."] * 2)
    [result] = run(lambda prompt: next(replies), driver=Talks(), max_turns=4)
    assert (result.stop_reason, result.turns) == ("max_turns", 4)
    assert result.conversation.refusals_observed == 2


@attrs.frozen
class Leaves:
    """A driver whose user leaves after one reply, with a last word or without."""

    last_word: str

    async def next_message(self, conversation, context):
        return UserTurn(self.last_word, gave_up=True) if conversation.turns else UserTurn("Well?")


@pytest.mark.parametrize("last_word", ["", "Never mind then."])
def test_a_user_who_gives_up_has_taken_its_turns(last_word):
    """It is ``max_turns``, said to be given up, and judged like any other; the last word stays in the transcript."""
    [result] = run(answers, driver=Leaves(last_word), max_turns=5)
    assert (result.stop_reason, result.turns, result.metadata["gave_up"]) == ("max_turns", 1, True)
    assert said(result) == ["Well?", "reply 1", *([last_word] if last_word else [])]
    assert result.verdict.achieved is True
    assert result_from_json(result_to_json(result)).conversation.gave_up


def test_a_user_who_has_the_goal_has_not_given_up():
    """Where a driver says both, the goal counts."""

    class Both:
        async def next_message(self, conversation, context):
            return UserTurn("Thanks.", goal_reached=True, gave_up=True) if conversation.turns else UserTurn("Well?")

    [result] = run(answers, driver=Both())
    assert (result.stop_reason, result.metadata["gave_up"]) == ("goal_reached", False)


def test_a_refusal_in_the_last_turn_leaves_no_turn_to_ask_again():
    """It is the turns that ended it; the refusal is counted all the same."""
    [result] = run(lambda prompt: REFUSAL, driver=Talks(), max_turns=1)
    assert (result.stop_reason, result.conversation.refusals_observed) == ("max_turns", 1)


def test_an_apology_that_delivers_does_not_end_a_conversation():
    """What counts as a refusal is decided on the reply as a whole."""
    [result] = run(lambda prompt: "Sorry for the wait! Your refund was issued.", driver=Talks(), max_turns=2)
    assert (result.stop_reason, result.conversation.refusals_observed) == ("max_turns", 0)


@pytest.mark.parametrize("trait", ["adversarial", " Adversarial "])
def test_an_adversarial_persona_goes_on_after_refusals(trait):
    """Refusals do not stop a persona that exists to probe past them; they are counted."""
    [result] = run(lambda prompt: REFUSAL, persona(traits=[trait]), driver=Talks(), max_turns=3)
    assert (result.stop_reason, result.turns) == ("max_turns", 3)
    assert result.conversation.refusals_observed == 3


def test_the_budget_ends_a_conversation():
    """A user turn that does not fit under the ceiling is not asked for; what was said so far stays."""
    judge = SaysJudge(cost=Decimal("0.10"))
    [result] = run(answers, judge=judge, budget_usd="0.45")
    assert result.stop_reason == "budget_exceeded"
    assert said(result)[:2] == ["ann 1", "reply 1"]
    assert result.attribution in (None, "infrastructure")


def test_the_budget_is_never_exceeded_by_many_conversations():
    """With many conversations side by side no call is made that does not fit."""
    judge = SaysJudge(cost=Decimal("0.03"))
    people = [persona(f"p{number}") for number in range(10)]
    results = run(answers, *people, judge=judge, budget_usd="0.40", evaluators=["turn-consistency"])
    assert len(judge.asked) * judge.cost <= Decimal("0.40")
    assert sum(result.cost_usd for result in results) == len(judge.asked) * judge.cost
    assert len(results) == 10


def test_a_conversation_that_the_budget_cuts_is_still_judged():
    """A conversation keeps enough reserved for its own verdict."""
    [result] = run(answers, judge=SaysJudge(cost=Decimal("0.10")), budget_usd="0.30")
    assert result.stop_reason == "budget_exceeded"
    assert result.goal_achieved is True


def test_the_goal_is_looked_for_after_the_last_allowed_turn():
    """A goal that the last allowed reply meets is reached, not out of turns."""
    [result] = run(answers, driver=Talks(goal_after=2), max_turns=2)
    assert (result.stop_reason, result.turns) == ("goal_reached", 2)


def test_a_budget_that_only_misses_the_last_look_for_the_goal_is_no_cut():
    """Where the turns are used up and the money too, it is the turns that ended the conversation."""

    @attrs.frozen
    class PaidLook:
        async def next_message(self, conversation, context):
            if conversation.turns < 2:
                return UserTurn(f"question {conversation.turns + 1}")
            return await ask(context.judge, roleplay_question(conversation))

    paid = SaysJudge(cost=Decimal("0.10"))
    [result] = run(answers, driver_judge=paid, driver=PaidLook(), max_turns=2, budget_usd="0.05")
    assert paid.asked == []
    assert result.stop_reason == "max_turns"


@pytest.mark.parametrize("max_turns", [1, 4])
def test_a_last_word_stays_in_the_transcript(max_turns):
    """What a driver says together with the goal stands at the end, unanswered, also after the last turn."""
    [result] = run(answers, driver=Talks(goal_after=1, last_word=" Thanks, bye. "), max_turns=max_turns)
    assert said(result) == ["ann 1", "reply 1", "Thanks, bye."]
    assert (result.stop_reason, result.turns) == ("goal_reached", 1)


def test_without_a_last_word_the_transcript_ends_with_the_reply():
    """An empty last word adds no empty message."""
    [result] = run(answers, driver=Talks(goal_after=1))
    assert said(result) == ["ann 1", "reply 1"]


def test_the_script_is_said_first_and_word_for_word():
    """The script's messages come first, in their order, before the driver is asked for the first time."""
    script = ["Hello!  I have TWO spaces.", "USER: not a turn"]
    [result] = run(answers, persona(script=script), driver=Talks(), max_turns=3)
    users = [message.content for message in result.conversation.said_by("user")]
    assert users == [*script, "ann 3"]


def test_a_script_longer_than_the_turns_is_left_unsaid():
    """What is left of a script when the turns are over goes unsaid, and the driver is not asked."""
    driver = Fails(RuntimeError("nobody asks me"))
    [result] = run(answers, persona(script=["one", "two", "three"]), driver=driver, max_turns=2)
    assert result.stop_reason == "max_turns"
    assert said(result) == ["one", "reply 1", "two", "reply 2"]


HISTORY = (Message("user", "Hi"), Message("assistant", "Welcome back."))


def test_a_history_starts_the_conversation_in_the_middle():
    """The messages already exchanged stand first, ``model_fn`` sees them, and they count as no turn."""
    prompts = []

    def model_fn(prompt):
        prompts.append(prompt)
        return "Sure."

    [result] = run(model_fn, persona(history=HISTORY), driver=Talks(), max_turns=1)
    assert prompts == ["USER: Hi\nASSISTANT: Welcome back.\nUSER: ann 1"]
    assert said(result) == ["Hi", "Welcome back.", "ann 1", "Sure."]
    assert result.turns == 1


def test_a_history_that_ends_with_the_user_is_answered_first():
    """Where the user spoke last the system answers before the driver says anything."""
    [result] = run(lambda prompt: f"seen {prompt!r}", persona(history=HISTORY[:1]), driver=Talks(), max_turns=2)
    assert said(result)[:3] == ["Hi", "seen 'USER: Hi'", "ann 2"]
    assert result.turns == 2


def test_a_history_that_ends_with_the_user_leaves_the_whole_script():
    """No message of the script is lost where the system answers the history first."""
    [result] = run(answers, persona(history=HISTORY[:1], script=["one", "two"]), driver=Talks(), max_turns=3)
    assert [message.content for message in result.conversation.said_by("user")] == ["Hi", "one", "two"]


@pytest.mark.parametrize("error", [RuntimeError("out of ideas"), SystemExit(3), JudgeError("no such model")])
def test_a_driver_that_raises_is_a_driver_error(error):
    """Whatever a driver raises ends its conversation, with source and message in the metadata."""
    [result] = run(answers, driver=Fails(error))
    assert result.stop_reason == "driver_error"
    failure = result.conversation.error
    assert (failure.source, failure.type) == ("driver", type(error).__name__)
    assert str(error) in failure.message


def test_a_driver_that_is_cancelled_from_within_is_a_driver_error():
    """A CancelledError that leaks out of a driver ends its conversation and not the run."""
    ann, bob = run(answers, persona("ann"), persona("bob"), driver=Fails(asyncio.CancelledError()), max_turns=1)
    assert (ann.stop_reason, bob.stop_reason) == ("driver_error", "max_turns")


@pytest.mark.parametrize(
    "thing",
    [
        None,
        "hello",
        UserTurn(""),
        UserTurn("  \n"),
        UserTurn(5),
        UserTurn(None, True),
        UserTurn(b"bye", True),
    ],
)
def test_a_driver_that_gives_no_user_turn_is_a_driver_error(thing):
    """What is no user turn, or an empty one without the goal, ends the conversation with an error of the driver."""
    [result] = run(answers, driver=GivesBack(thing))
    assert result.stop_reason == "driver_error"
    assert result.conversation.error.source == "driver"


def test_a_malformed_answer_of_the_driver_is_asked_for_once_more():
    """One answer that cannot be read is asked for again with the reason, and the conversation goes on."""
    judge = SaysJudge(says=["I'd rather chat."])
    [result] = run(answers, judge=judge, max_turns=1)
    assert result.stop_reason == "max_turns"
    assert said(result) == ["ann 1", "reply 1"]
    again = judge.asked[1].prompt.messages
    assert again[-2].text == "I'd rather chat."
    assert "no JSON object" in again[-1].text


def test_a_malformed_answer_of_the_driver_twice_is_a_driver_error():
    """It is asked for once more and not for ever."""
    judge = SaysJudge(says=["no", '{"message": "", "ends": "no"}', "never reached"])
    [result] = run(answers, judge=judge)
    assert result.stop_reason == "driver_error"
    assert (result.conversation.error.source, result.conversation.error.type) == ("driver", "UnreadableAnswer")
    assert judge.says == ["never reached"]


def test_a_failure_of_the_system_is_a_driver_error_of_model_fn():
    """An exception in ``model_fn`` ends the conversation, with the exception's type and message."""

    def model_fn(prompt):
        raise ValueError("the database is gone")

    [result] = run(model_fn, driver=Talks())
    failure = result.conversation.error
    assert (result.stop_reason, result.attribution) == ("driver_error", "system")
    assert (failure.source, failure.type) == ("model_fn", "ValueError")
    assert "the database is gone" in failure.message
    assert said(result) == ["ann 1"]


def test_one_failure_never_reaches_another_conversation():
    """Driver, system and judge fail for three personas, and the fourth goes its way."""

    def model_fn(prompt):
        if "bob" in prompt:
            raise SystemExit("bob ends it all")
        return "" if "cleo" in prompt else "Fine."

    people = [persona(name) for name in ("ann", "bob", "cleo", "dan")]
    results = run(model_fn, *people, driver=Fails(RuntimeError("ann")), max_turns=2)
    assert [result.stop_reason for result in results] == ["driver_error"] * 3 + ["max_turns"]
    assert [result.persona.name for result in results] == ["ann", "bob", "cleo", "dan"]
    assert results[3].goal_achieved is True


@pytest.mark.parametrize("error", [JudgeError("overloaded for good"), RuntimeError("broken"), SystemExit(1)])
def test_a_judge_that_fails_gives_no_verdict_and_no_score(error):
    """Verdict and scores are null with the reason, marked failed, and never a number."""
    [result] = run(answers, driver=Talks(), max_turns=2, judge=SaysJudge(fails=error), evaluators=["turn-consistency"])
    assert result.goal_achieved is None
    assert result.verdict.failed
    assert str(error) in result.verdict.reason
    score = result.scores["turn_consistency"]
    assert (score.value, score.status) == (None, "failed")
    assert str(error) in score.reason
    assert result.attribution == "judge"


def test_a_verdict_that_does_not_fit_is_none_and_says_so():
    """A judge that is no use after the second asking gives no verdict, with what was wrong."""
    [result] = run(answers, driver=Talks(), max_turns=1, judge=SaysJudge(says=["perhaps", "perhaps"]))
    assert (result.goal_achieved, result.verdict.failed) == (None, True)
    assert "no JSON object" in result.verdict.reason


@attrs.frozen
class ByLength(SaysJudge):
    """A judge whose calls cost more the longer the conversation is that they are about."""

    def worst_cost(self, question):
        return Decimal(sum(len(part) for message in question.prompt.messages for part in message.parts)) / 100_000


def test_a_judge_that_the_budget_forbids_is_a_cut_and_no_failure():
    """A verdict that the money does not reach, for a reply of unforeseen length, is null, cut, and infrastructure's."""
    judge, scored = ByLength(), ["conversation-relevance"]
    [result] = run(
        lambda prompt: "word " * 50_000, driver=Talks(), max_turns=2, judge=judge, budget_usd="1.00", evaluators=scored
    )
    assert (result.stop_reason, result.turns) == ("budget_exceeded", 1)
    assert (result.goal_achieved, result.verdict.cut, result.verdict.failed) == (None, True, False)
    assert (result.scores["conversation_relevance"].cut, result.scores["conversation_relevance"].value) == (True, None)
    assert result.attribution == "infrastructure"
    assert judge.asked == []


def test_without_the_money_for_its_verdict_a_conversation_does_not_begin():
    """What could not be judged is not driven: the budget is what ended it, and neither side is asked anything."""
    judge, prompts = SaysJudge(cost=Decimal("0.10")), []
    [result] = run(prompts.append, driver=Talks(), judge=judge, budget_usd=0, evaluators=["turn-consistency"])
    assert (result.stop_reason, result.turns, result.attribution) == ("budget_exceeded", 0, "infrastructure")
    score = result.scores["turn_consistency"]
    assert (result.goal_achieved, result.verdict.failed, score.value, score.status) == (None, False, None, "skipped")
    assert (judge.asked, prompts) == ([], [])


def test_without_a_reply_nothing_is_judged_or_scored():
    """A conversation in which the system never replied gets neither verdict nor score, whatever its history."""

    def model_fn(prompt):
        raise RuntimeError("down")

    judge = SaysJudge()
    history = (*HISTORY, Message("user", "More"), Message("assistant", "More."))
    [result] = run(model_fn, persona(history=history), driver=Talks(), judge=judge, evaluators=["turn-consistency"])
    assert (result.goal_achieved, result.verdict.achieved) == (False, None)
    assert result.scores["turn_consistency"].status == "skipped"
    assert judge.asked == []


def test_results_come_in_the_order_of_the_personas():
    """Who finishes first does not come first: the personas' order holds."""
    bob_answered = asyncio.Event()

    async def model_fn(prompt):
        if "ann" in prompt:
            await bob_answered.wait()
        else:
            bob_answered.set()
        return "Done."

    sink = Keeps()
    results = run(model_fn, persona("ann"), persona("bob"), driver=Talks(), max_turns=1, sinks=[sink])
    assert [result.persona.name for result in results] == ["ann", "bob"]
    assert [result.persona.name for result in sink.results] == ["bob", "ann"]


def test_trials_give_several_conversations_of_each_persona():
    """Each persona has as many conversations as trials, together and numbered from 1."""
    results = run(answers, persona("ann"), persona("bob"), driver=Talks(), max_turns=1, trials=3)
    assert [(result.persona.name, result.trial) for result in results] == [
        (name, trial) for name in ("ann", "bob") for trial in (1, 2, 3)
    ]


def test_no_more_conversations_run_side_by_side_than_allowed():
    """With a concurrency of two the third conversation waits for one of the first to end."""
    running, most = 0, []

    async def model_fn(prompt):
        nonlocal running
        running += 1
        most.append(running)
        for _ in range(20):
            await asyncio.sleep(0)
        running -= 1
        return "Done."

    people = [persona(f"p{number}") for number in range(6)]
    run(model_fn, *people, driver=Talks(), max_turns=2, concurrency=2)
    assert max(most) == 2


def test_the_case_uid_is_the_same_tomorrow_and_different_for_each_trial():
    """It is derived from persona and trial alone: a second run gives the same ones."""
    people = [persona("ann"), persona("bob")]
    first, second = (
        [result.case_uid for result in run(answers, *people, driver=Talks(), max_turns=1, trials=2)] for _ in "12"
    )
    assert first == second
    assert len(set(first)) == 4
    assert first[0] == "4c2b6852443a8794"


def test_the_case_uid_changes_with_the_persona_and_not_with_its_metadata():
    """Another goal is another case; a note in the metadata is not."""
    uids = [
        run(answers, someone, driver=Talks(), max_turns=1)[0].case_uid
        for someone in (persona(), persona(metadata={"note": 1}), persona(goal="Something else."))
    ]
    assert uids[0] == uids[1] != uids[2]


def test_the_conversation_id_is_one_for_each_conversation_of_each_run():
    """It stays the same within a conversation and never comes back in another, nor in another run."""
    seen = {}

    def model_fn(prompt, conversation_id):
        seen.setdefault(conversation_id, []).append(prompt)
        return "ok"

    for _ in range(2):
        run(model_fn, persona("ann"), persona("bob"), driver=Talks(), max_turns=2, trials=2)
    assert len(seen) == 8
    assert all(len(prompts) == 2 and prompts[1].startswith(prompts[0]) for prompts in seen.values())


@pytest.mark.parametrize(
    ("goal_after", "met", "disagree"), [(1, "no", True), (None, "yes", True), (1, "yes", False), (None, "no", False)]
)
def test_driver_and_judge_may_disagree_on_the_goal(goal_after, met, disagree):
    """Where the driver's word and the verdict contradict each other it is in the result and counted."""
    results = run(answers, driver=Talks(goal_after=goal_after), max_turns=2, judge=SaysJudge(met=met))
    assert results[0].disagreement is disagree
    assert results.summary.disagreements == int(disagree)


def test_a_judge_that_does_not_know_contradicts_nobody():
    """Without a verdict of yes or no there is no disagreement."""
    [result] = run(answers, driver=Talks(goal_after=1), judge=SaysJudge(met="unknown"))
    assert (result.goal_achieved, result.disagreement) == (None, False)


def test_a_repetition_is_a_fault_of_the_simulation():
    """A user message that repeats an earlier one word for word is reported with its turn."""
    [result] = run(answers, driver=Repeats(), max_turns=2, judge=SaysJudge(met="no"))
    assert [(fault.turn, fault.fault) for fault in result.driver_faults] == [(2, "repetition")]
    assert result.attribution == "simulation"


def test_reciting_the_criteria_is_a_fault_of_the_simulation():
    """A user message that hands over a success criterion is reported."""
    [result] = run(answers, driver=Repeats("Has the assistant told you the refund window?"), max_turns=1)
    assert result.driver_faults == ()
    [result] = run(answers, driver=Repeats("Say it: THE assistant   stated the refund-window!"), max_turns=1)
    assert [fault.fault for fault in result.driver_faults] == ["recites_criteria"]


@pytest.mark.parametrize("words", ["How can I help you today?", "ASSISTANT: Your refund is on its way."])
def test_playing_the_assistant_is_a_fault_of_the_simulation(words):
    """A user message that speaks as the assistant is reported."""
    [result] = run(answers, driver=Repeats(words), max_turns=1)
    assert result.driver_faults


def test_thanking_in_circles_is_a_fault_of_the_simulation():
    """A user that thanks and says goodbye again and again is reported."""

    @attrs.frozen
    class Thanks:
        async def next_message(self, conversation, context):
            return UserTurn(
                ("Thank you, goodbye!", "Thanks again, bye!", "Thanks so much, bye bye!")[conversation.turns]
            )

    [result] = run(lambda prompt: f"You are welcome, goodbye! {len(prompt)}", driver=Thanks(), max_turns=3)
    assert result.driver_faults


def test_a_persona_may_repeat_itself_in_its_script():
    """What the script says is nobody's fault."""
    [result] = run(answers, persona(script=["Hello?", "Hello?"]), driver=Talks(), max_turns=2)
    assert result.driver_faults == ()


def test_tool_calls_and_costs_of_the_system_stand_in_the_result():
    """A reply's tool calls stay beside its message, and what the replies cost is summed up."""
    reply = Reply("Issued.", tool_calls=[ToolCall("refund", {"order": "1234"}, "ok")], cost_usd=0.1)
    results = run(lambda prompt: reply, driver=Talks(), max_turns=3)
    assert results[0].transcript[1].tool_calls == reply.tool_calls
    assert results[0].conversation.system_cost_usd == Decimal("0.3")
    assert results.summary.system_cost_usd == Decimal("0.3")


def test_the_driver_does_not_see_tool_calls():
    """Tool calls are for the judge: no prompt of the driver carries them."""
    judge = SaysJudge()
    run(lambda prompt: Reply("Done.", [ToolCall("secret_tool", {}, "x")]), judge=judge, max_turns=2)
    driver = [question for question in judge.asked if question.prompt.schema_name == "user_turn"]
    verdict = [question for question in judge.asked if question.prompt.schema_name == "verdict"]
    assert not any("secret_tool" in message.text for question in driver for message in question.prompt.messages)
    assert "secret_tool" in verdict[0].prompt.messages[0].text


def test_hooks_hear_a_conversation_from_beginning_to_end():
    """The hooks of a run are called in the order in which things happen."""
    heard = []

    class Listens:
        @hookimpl
        def run_started(self, run):
            heard.append("run_started")

        @hookimpl
        def conversation_started(self, persona, trial, case_uid):
            heard.append(f"started {persona.name}")

        @hookimpl
        def turn_finished(self, conversation):
            heard.append(f"turn {conversation.turns}")

        @hookimpl
        def conversation_finished(self, result):
            heard.append(result.stop_reason)

        @hookimpl
        def run_finished(self, report):
            heard.append("run_finished")

    run(answers, driver=Talks(), max_turns=2, hooks=[Listens()])
    assert heard == ["run_started", "started ann", "turn 1", "turn 2", "max_turns", "run_finished"]


def test_a_hook_that_raises_is_left_out_and_reported():
    """A hook's failure is a problem in the report and reaches no conversation."""

    class Breaks:
        @hookimpl
        def turn_finished(self, conversation):
            raise RuntimeError("deaf")

    results = run(answers, driver=Talks(), max_turns=2, hooks=[Breaks()])
    assert results[0].stop_reason == "max_turns"
    assert ["deaf" in problem.message for problem in results.report.problems] == [True]


ERROR = {
    "raised": SimulationError("model_fn", "ValueError", "no"),
    "timeout": SimulationError("model_fn", "TimeoutError", "late", infrastructure=True),
    "driver": SimulationError("driver", "ValueError", "no"),
    "network": SimulationError("driver", "JudgeUnavailable", "503", infrastructure=True),
}
YES, NO, UNKNOWN = Verdict(True, ""), Verdict(False, ""), Verdict(None, "")
FAILED, CUT = Verdict(None, "", failed=True), Verdict(None, "", cut=True)


@pytest.mark.parametrize(
    ("stop", "error", "verdict", "fault_in", "who"),
    [
        ("goal_reached", None, YES, None, None),
        ("goal_reached", None, NO, None, "system"),
        ("goal_reached", None, UNKNOWN, None, None),
        ("goal_reached", None, FAILED, None, "judge"),
        ("goal_reached", None, CUT, None, "infrastructure"),
        ("max_turns", None, YES, None, None),
        ("max_turns", None, NO, None, "system"),
        ("max_turns", None, UNKNOWN, None, None),
        ("max_turns", None, NO, 2, "simulation"),
        ("max_turns", None, NO, 1, "system"),
        ("max_turns", None, YES, 2, None),
        ("assistant_refused", None, NO, None, "system"),
        ("assistant_refused", None, UNKNOWN, None, "system"),
        ("assistant_refused", None, YES, None, None),
        ("budget_exceeded", None, NO, None, "infrastructure"),
        ("budget_exceeded", None, UNKNOWN, None, "infrastructure"),
        ("budget_exceeded", None, YES, None, None),
        ("driver_error", "raised", UNKNOWN, None, "system"),
        ("driver_error", "timeout", UNKNOWN, None, "infrastructure"),
        ("driver_error", "driver", NO, None, "simulation"),
        ("driver_error", "network", NO, None, "infrastructure"),
    ],
)
def test_every_conversation_that_did_not_go_well_is_put_down_to_somebody(stop, error, verdict, fault_in, who):
    """System, simulation, judge or infrastructure, or nobody: the whole table."""
    seen = (Observation("repetition", fault_in, "", "fault"),) if fault_in else ()
    messages = [Message(role, f"{role} {turn}") for turn in (1, 2) for role in ("user", "assistant")]
    conversation = Conversation(
        messages, persona(), stop_reason=stop, error=ERROR[error] if error else None, observations=seen
    )
    assert attribute(conversation, verdict) == who


def test_the_headline_counts_only_conversations_that_measured_the_system():
    """What is put down to others stands beside the rate and not in it."""
    people = [persona("ann"), persona("bob"), persona("cleo")]

    def model_fn(prompt):
        return "" if "bob" in prompt else "The refund window is 30 days."

    results = run(model_fn, *people, driver=Fails(RuntimeError("no"), "ann"), max_turns=1)
    summary = results.summary
    # A system that gives no reply was measured, and did not achieve the goal.
    assert (summary.goal_rate.hits, summary.goal_rate.of, summary.crashed) == (1, 2, 1)
    assert (summary.judged, summary.conversations) == (1, 3)
    assert summary.attributions == {"simulation": 1, "system": 1}
    assert summary.errors == 2
