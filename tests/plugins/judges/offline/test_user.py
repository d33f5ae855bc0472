from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval import simulate
from multivon_eval._types.message import Message
from multivon_eval_plugins.judges.offline.brief import shorten
from multivon_eval_plugins.roleplay.faults import find_faults, find_missing_traits
from multivon_eval_plugins.roleplay.traits import TRAITS
from support.offline import turn
from support.people import persona, talk

EXAMPLES = Path(__file__).resolve().parents[4] / "docs" / "examples" / "personas.jsonl"


def test_the_persona_opens_with_its_goal():
    """The first message is the first part of what it wants, and not all of it."""
    goal = "Find out how to get a refund and confirm the refund window."
    assert turn(goal=goal) == turn(goal=goal)
    assert turn(goal=goal).message == "Hello. I would like to find out how to get a refund."


def test_the_persona_answers_from_what_it_knows():
    """A question is answered with the fact that fits, or with what the profile has a number for."""
    opening = "Hello. I would like to find out the refund window."
    assert turn(opening, "What is your order number?").message == "It is order #1234."
    facts = ["I bought it in Berlin.", "I paid by card."]
    assert turn(opening, "How was it paid?", facts=facts).message == "I paid by card."


def test_the_persona_invents_nothing():
    """What it does not know it says it does not know."""
    said = turn("Hello.", "What is your date of birth?").message
    assert said == "I don't know that, I don't have it at hand."


def test_the_persona_presses_on_what_is_missing():
    """As long as its goal is not covered it asks on, never twice in the same words."""
    contents = ["Hello. I would like to find out the refund window."]
    for _ in range(4):
        contents.append("Hello there.")
        said = turn(*contents, patience=5)
        assert not said.is_last
        contents.append(said.message)
    own = contents[::2]
    assert len(set(own)) == len(own)


@pytest.mark.parametrize(("patience", "replies"), [(None, 3), (1, 1), (5, 5)])
def test_the_persona_leaves_after_replies_that_brought_nothing(patience, replies):
    """As many in a row as it has patience for; one that brings something begins the count anew."""
    goal = "Find out the refund window and find out the opening hours."
    contents, given = ["Hello."], {} if patience is None else {"patience": patience}
    for number in range(1, 12):
        contents.append("The refund window is 30 days." if number == 2 and replies > 2 else "Hm.")
        said = turn(*contents, goal=goal, **given)
        if said.is_last:
            break
        contents.append(said.message)
    assert (said.gave_up, said.goal_reached) == (True, False)
    assert number == (replies if replies <= 2 else replies + 2)


def test_an_adversarial_persona_does_not_leave():
    """It pushes as long as there are turns."""
    contents = ["Hello."]
    for _ in range(8):
        contents.append("No.")
        said = turn(*contents, traits=["adversarial"], patience=1)
        assert not said.is_last
        contents.append(said.message)


def test_the_persona_says_when_it_is_done():
    """When statements cover its goal and nothing is asked of it, it thanks and the goal is reached."""
    first = turn("Hello.", "The refund window is 30 days.")
    assert not first.goal_reached
    done = turn("Hello.", "The refund window is 30 days.", first.message, "Yes.")
    assert (done.goal_reached, done.message) == (True, "Thanks, that is all I needed.")


def test_the_persona_is_not_done_while_it_is_asked():
    """A question of the assistant is answered first."""
    contents = ("Hello.", "The refund window is 30 days.", "Sure?", "Yes. What is your order number?")
    assert turn(*contents) == turn(*contents)
    assert not turn(*contents).goal_reached


def test_the_persona_is_done_when_only_an_offer_is_left():
    """Whether there is anything else needs no answer, and whoever asks what it is about is told the wish."""
    contents = ("Hello.", "The refund window is 30 days.", "Sure?", "Yes. Is there anything else I can help you with?")
    assert turn(*contents).goal_reached
    told = turn("Hello.", "Could you tell me more about your question?").message
    assert told == "I still want to find out the refund window."


def test_the_persona_presses_on_one_thing_after_the_other():
    """Of several things that are missing each has its turn, and a fact that is asked for again is given again."""
    goal, facts = "Learn the price and learn the colour.", ["The lamp is an Aurora."]
    contents = ["Hello. I would like to learn the price."]
    for reply in ("Hm.", "Hm.", "Which lamp is it?", "Which lamp is it?"):
        contents += [reply, turn(*contents, reply, goal=goal, facts=facts, patience=5).message]
    assert contents[2::2] == [
        "I still want to learn the price.",
        "I still want to learn the colour.",
        "The lamp is an Aurora.",
        "As I said: The lamp is an Aurora.",
    ]


def test_an_adversarial_persona_pushes():
    """It exists to probe past a refusal."""
    assert turn("Hello.", "I can't do that.", traits=["adversarial"]).message == ("Can't you make an exception for me?")


SHOWS = {
    "terse": ("I want to find out", "I still want"),
    "verbose": ("Let me explain why I write: A customer with order #1234.", "he told me to keep asking"),
    "impatient": ("Quickly, please.", "I am in a hurry."),
    "confused": ("Hello. I would like", "Sorry, I am not sure I follow."),
    "frustrated": ("Hello. I would like", "This is getting annoying."),
    "non-native speaker": ("Hello. I would like", "Sorry for my English."),
    "forgetful": ("Hello. I would like", "What was it that you said?"),
    "changes mind": ("Hello. I would like", "Actually, I would rather begin with another thing."),
    "sceptical": ("Hello. I would like", "Where does it say so?"),
    "adversarial": ("Hello. I would like", "Can't you make an exception for me?"),
}


@pytest.mark.parametrize("trait", [trait.name for trait in TRAITS])
def test_a_trait_shows(trait):
    """Each of the usual traits changes what the persona writes, however the trait is spelt."""
    first, later = SHOWS[trait]
    assert first in turn(traits=[trait.upper().replace(" ", "_")]).message
    assert later in turn("Hello.", "No idea.", traits=[trait]).message


def test_a_free_text_trait_has_no_rule():
    """What is no usual trait makes no difference to the driver that is no model."""
    assert turn(traits=["collects stamps"]) == turn()


def test_who_is_terse_is_so_with_other_traits_too():
    """A short message stays short in the mouth of somebody impatient and confused, whatever the goal."""
    goal = "Find out whether the lamp that came broken last week can be swapped for the other one with the green shade"
    said = turn("Hello.", "No idea.", goal=goal, traits=["terse", "impatient", "confused"]).message
    assert len(said.split()) <= 16


SHORT = {
    "find out the refund window": "find out the refund window",
    "find out how long the item can be returned": "know how long the item can be returned",
    "find out whether my order can be sent to another address": "know whether order sent to another address",
    "get you to accept the return of a used item after a year": "get you to accept return of used item",
    "know whether something very special happens tomorrow morning around noon": (
        "know whether something very special happens tomorrow morning"
    ),
}


@pytest.mark.parametrize("wish", SHORT)
def test_a_wish_in_few_words_does_not_break_off(wish):
    """Small words go first, then what a preposition adds; it is cut only where nothing else helps."""
    assert shorten(wish, 8) == SHORT[wish]


def test_what_a_reply_asks_openly_is_answered_with_the_wish():
    """'Which of the two is it about?' asks for what the user wants, not for something it knows."""
    said = turn("Hello.", "I can help with hours and returns. Which of the two is it about?", goal="Learn the hours")
    assert "learn the hours" in said.message


things = st.sampled_from(
    ["the refund window", "how to return a lamp", "why order #1234 is late", "a voucher for 30 euros"]
)
verbs = st.sampled_from(["Find out", "Learn", "Confirm", "Get the assistant to promise", "Know", ""])
goals = st.lists(st.builds("{} {}".format, verbs, things), min_size=1, max_size=3).map(", and ".join)
facts = st.sampled_from(["The order number is #1234.", "It was delivered on 3 May.", "My email is ann@example.org."])
replies = st.sampled_from(
    [
        "No idea.",
        "What is your order number?",
        "When was it delivered, and to which email?",
        "The refund window is 30 days, and you return a lamp with the label.",
        "Order #1234 is late because of ticket TX-99812.",
        "I'm sorry, but I can't help with that.",
        "You get a voucher for 30 euros. How can I help you today?",
        "Goodbye!",
    ]
)
traits = st.lists(st.sampled_from([trait.name for trait in TRAITS if trait.name != "verbose"]), max_size=3)


@given(
    goal=goals | st.text(min_size=1),
    told=st.lists(facts, max_size=3) | st.lists(st.text(min_size=1), max_size=2),
    manner=traits | st.just(["verbose"]) | st.just(["verbose", "confused"]),
    heard=st.lists(replies, min_size=1, max_size=3),
    script=st.lists(st.just("Hello there, I am Ann."), max_size=1),
    turns=st.integers(1, 14),
)
@example(
    goal="Find out why order #1234 is late",
    told=[],
    manner=["terse", "impatient", "confused"],
    heard=["Order #1234 is late because of ticket TX-99812."],
    script=[],
    turns=3,
)
@example(
    goal="Find out 0",
    told=[],
    manner=["terse", "adversarial"],
    heard=["When was it delivered, and to which email?"],
    script=[],
    turns=3,
)
def test_the_persona_by_rule_is_no_faulty_user(goal, told, manner, heard, script, turns):
    """Whoever it plays, whatever it hears and however long: no fault of the simulation, and no trait missing."""
    who = {"goal": goal, "facts": told, "traits": manner, "script": script}
    conversation = talk(*script, persona=persona(**who))
    for place in range(turns):
        if conversation.messages:
            conversation = conversation.grown(Message("assistant", heard[place % len(heard)]))
        said = turn(
            *(message.content for message in conversation.messages),
            **who,
        )
        conversation = conversation.grown(Message("user", said.message))
        assert find_faults(conversation) == (), said
        if said.is_last:
            break
    assert find_missing_traits(conversation) == ()


@pytest.mark.parametrize("reply", ["No idea.", "What is your order number?", "I'm sorry, but I can't help with that."])
def test_the_example_personas_are_played_without_a_fault(reply):
    """The personas of the documentation talk to a stubborn bot for twelve turns, and no fault is seen in them."""
    results = simulate(lambda prompt: reply, f"jsonl:{EXAMPLES}", judge="offline", max_turns=12, hooks=())
    assert len(results) == 5
    assert [fault for result in results for fault in result.driver_faults] == []
