import asyncio

import pytest

from multivon_eval import simulate
from multivon_eval.sdk import Driver, JudgeError, RunContext, UnreadableAnswer, UserTurn
from multivon_eval_plugins.roleplay.driver import PersonaLlm
from multivon_eval_plugins.scripted.driver import Scripted
from support.people import SaysJudge, answers, persona, talk


def next_message(driver, conversation, judge=None):
    """The next turn of a driver."""
    return asyncio.run(driver.next_message(conversation, RunContext(judge or SaysJudge())))


def said(result):
    """What the user said."""
    return [message.content for message in result.conversation.said_by("user")]


def test_the_drivers_are_drivers():
    """Both satisfy the protocol."""
    assert isinstance(PersonaLlm(), Driver)
    assert isinstance(Scripted(), Driver)


def test_persona_llm_asks_the_judge_for_the_next_user_turn():
    """One question, whose answer is the turn; the words it may take stand in the instructions."""
    judge = SaysJudge()
    turn = next_message(PersonaLlm(max_words=25), talk("hello", "hi"), judge)
    assert turn == UserTurn("ann 2")
    [question] = judge.asked
    assert question.prompt.schema_name == "user_turn"
    assert "at most 25 words" in question.prompt.system


def test_persona_llm_says_that_the_goal_is_reached():
    """A last word comes with it."""
    judge = SaysJudge(says=['{"message": "Thanks.", "ends": "goal_reached"}'])
    assert next_message(PersonaLlm(), talk("hello", "hi"), judge) == UserTurn("Thanks.", goal_reached=True)


def test_persona_llm_asks_once_more_and_no_more():
    """An answer that cannot be read is asked for again; the second one is the last."""
    judge = SaysJudge(says=["hm", '{"message": "So?", "ends": "no"}'])
    assert next_message(PersonaLlm(), talk(), judge) == UserTurn("So?")
    judge = SaysJudge(says=["hm", "hm", "hm"])
    with pytest.raises(UnreadableAnswer):
        next_message(PersonaLlm(), talk(), judge)
    assert len(judge.asked) == 2


def test_persona_llm_lets_a_failure_of_the_judge_pass():
    """Whose fault it was is for the engine to say."""

    class Down(SaysJudge):
        async def complete(self, question):
            raise JudgeError("down")

    with pytest.raises(JudgeError, match="down"):
        next_message(PersonaLlm(), talk(), Down())


@pytest.mark.parametrize("words", [0, -1])
def test_persona_llm_needs_a_word_to_say(words):
    """A message of no words is none."""
    with pytest.raises(ValueError, match="max_words"):
        PersonaLlm(max_words=words)


def test_persona_llm_conducts_a_conversation_offline():
    """With the judge that needs no model a conversation is had and ends with the goal."""
    [result] = simulate(
        lambda prompt: "The refund window is 30 days.", [persona()], driver="persona-llm,max_words=20", hooks=()
    )
    assert result.stop_reason == "goal_reached"
    assert said(result)[0] == "Hello. I would like to find out the refund window."


def test_scripted_says_its_messages_and_is_done():
    """Word for word, one a turn, and then the goal is reached without a word."""
    [result] = simulate(answers, [persona()], driver=Scripted(("one", "two")), judge=SaysJudge(), hooks=())
    assert said(result) == ["one", "two"]
    assert (result.stop_reason, result.turns) == ("goal_reached", 2)


def test_scripted_says_the_personas_script_first():
    """Its own messages come after the persona's."""
    [result] = simulate(answers, [persona(script=["first"])], driver=Scripted(("second",)), judge=SaysJudge(), hooks=())
    assert said(result) == ["first", "second"]


def test_scripted_opens_with_the_goal_where_there_is_no_script():
    """A persona without a line to say says what it wants."""
    [result] = simulate(answers, [persona()], driver="scripted", judge=SaysJudge(), hooks=())
    assert said(result) == ["Find out the refund window."]
    assert result.stop_reason == "goal_reached"


def test_scripted_does_not_count_the_history():
    """What the user said before the conversation began is no line of the script."""
    history = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]
    someone = persona(history=history, script=["one"])
    [result] = simulate(answers, [someone], driver=Scripted(("two",)), judge=SaysJudge(), hooks=())
    assert said(result) == ["Hi", "one", "two"]


def test_scripted_needs_no_judge_to_drive():
    """The only question of the whole run is the one for the verdict."""
    judge = SaysJudge()
    simulate(answers, [persona()], driver="scripted", judge=judge, hooks=())
    assert [question.prompt.schema_name for question in judge.asked] == ["verdict"]


def test_scripted_takes_its_messages_from_the_spec():
    """On the command line they are a list."""
    [result] = simulate(
        answers, [persona()], driver='scripted,messages=["one, two", "three"]', judge=SaysJudge(), hooks=()
    )
    assert said(result) == ["one, two", "three"]
