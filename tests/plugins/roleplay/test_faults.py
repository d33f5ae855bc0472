import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval import simulate
from multivon_eval._types.conversation import Conversation
from multivon_eval._types.message import Message
from multivon_eval_plugins.roleplay.faults import EVIDENCE, find_faults, find_missing_traits
from multivon_eval_plugins.roleplay.identifiers import find_invented
from multivon_eval_plugins.roleplay.likeness import repeats
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from multivon_eval_plugins.roleplay.traits import TRAITS
from multivon_eval_plugins.scripted.driver import Scripted
from support.people import SaysJudge, answers, persona, talk

LINES = Path(__file__).with_name("driver_faults.jsonl").read_text(encoding="utf-8").splitlines()
LABELLED = [json.loads(line) for line in LINES if line]


def words(said):
    """A message of the file: as it stands there, or a word so many times."""
    return said if isinstance(said, str) else said.get("between", " ").join([said["word"]] * said["times"])


@pytest.mark.parametrize("row", LABELLED, ids=lambda row: str(row["last"])[:40])
def test_labelled_messages(row):
    """Each message of the file has the faults that people see in it and no other, in its turn."""
    someone = persona(**row.get("persona", {}))
    said = talk(*map(words, row.get("before", ())), words(row["last"]))
    conversation = Conversation((*someone.history, *said.messages), someone)
    found = find_faults(conversation)
    assert [fault.name for fault in found] == row["faults"]
    assert {fault.turn for fault in found} <= {len(conversation.said_by("user"))}
    assert all(fault.detail for fault in found)


FOLDER = Path(__file__).parent


def read_turns(name):
    """The labelled user turns of one file, each as a conversation that ends with it."""
    for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts = [*row["before"], row["last"]]
        messages = [Message("assistant" if place % 2 else "user", text) for place, text in enumerate(texts)]
        yield row["fault"], Conversation(messages, persona(**row["persona"]))


@pytest.mark.parametrize(
    ("name", "least_precision", "least_recall"), [("turns", 0.98, 0.91), ("turns_unseen", 0.95, 0.85)]
)
def test_precision_and_recall_on_labelled_turns(name, least_precision, least_recall):
    """How many of the messages called faulty are, and how many of the faulty ones are called; printed, also by fault.

    All were written and labelled by somebody who had not read the rules. ``turns`` came in five parts, each looked at
    only after the rules were done that were made for the parts before it: they found 0.73, 0.74, 0.77, 0.79 and 0.48 of
    it; the fifth holds only the three faults that are hardest, in words as different as could be thought of.
    ``turns_unseen`` was never looked at. It was measured three times: with phrases alone (0.80), with the voice of
    a message beside them (0.88), which was made, and given its threshold, on ``turns``, and when the fifth part had
    been added to ``turns``.
    """
    called, planted = Counter(), Counter()
    right = wrong = 0
    for fault, conversation in read_turns(name):
        found = bool(find_faults(conversation))
        planted[fault] += 1
        called[fault] += found
        right += found and fault is not None
        wrong += found and fault is None
    faulty = planted.total() - planted[None]
    precision, recall = right / (right + wrong), right / faulty
    for fault in sorted(filter(None, planted)):
        print(f"{name}, {fault}: {called[fault]} of {planted[fault]} found")
    print(f"{name}: {planted.total()} turns, {faulty} at fault, precision {precision:.3f}, recall {recall:.3f}")
    assert faulty >= 120 and planted[None] >= 120
    assert precision >= least_precision
    assert recall >= least_recall


def test_every_fault_is_labelled_both_ways():
    """The file shows each fault at least three times, and messages beside it that look like one and are none."""
    seen = [fault for row in LABELLED for fault in row["faults"]]
    every = {"plays_assistant", "restarts", "repetition", "recites_criteria", "recites_instructions", "goodbye_loop"}
    every |= {"invents_identifier", "empty", "explodes"}
    assert set(seen) == every
    assert min(map(seen.count, every)) >= 3
    assert sum(not row["faults"] for row in LABELLED) >= 40


digits = st.text("0123456789", min_size=3, max_size=10)
letters = st.text("ABCDEFGHXYZ", min_size=1, max_size=3)
identifiers = st.one_of(
    st.builds("#{}".format, digits),
    st.builds("{}-{}".format, letters, digits),
    st.builds("order number {}{}".format, letters, digits),
    st.builds("+{} {}-{}".format, st.integers(1, 99), digits, digits),
    st.builds("{}@example.org".format, st.from_regex(r"[a-z]{2,8}(\.[a-z]{2,8})?", fullmatch=True)),
    st.dates().map(str),
    st.dates().map(lambda day: f"{day:%d.%m.}{day.year:04d}"),
    st.dates().map(lambda day: f"{day:%B} {day.day}"),
)
around = st.text(st.characters(codec="utf-8", exclude_categories=["N", "Cs"]), max_size=12).map(" {} ".format)
templates = st.sampled_from(["{}", "It is {}.", "My {}, ok?"])


@given(parts=st.lists(st.tuples(around, identifiers), min_size=1, max_size=3), template=templates)
@example(parts=[("", "order number A123")], template="{}")
def test_what_is_known_is_never_invented(parts, template):
    """An identifier that stands in what the persona may draw on is never blamed, whatever stands around it."""
    told = "".join(f"{before}{identifier} " for before, identifier in parts)
    for _, identifier in parts:
        assert find_invented(template.format(identifier), [told]) == []


@pytest.mark.parametrize(
    "known",
    [
        {"profile": "Has {}."},
        {"goal": "Get {} back."},
        {"facts": ["It rains.", "I have {}."]},
        {"script": ["Hello, about {}."]},
        {"success_criteria": "The assistant found {}."},
        {"history": [{"role": "user", "content": "I have {}."}, {"role": "assistant", "content": "Yes?"}]},
        {"history": [{"role": "assistant", "content": "I see {}."}]},
    ],
    ids=lambda known: next(iter(known)),
)
@pytest.mark.parametrize("identifier", ["order #88123", "ann@example.org", "3 May", "+49 151 2345678"])
def test_all_that_the_persona_holds_is_known(known, identifier):
    """Profile, goal, facts, script, history: what stands in one of them is not invented; elsewhere it is."""
    said = [Message("user", "Hello, about it."), Message("assistant", "Yes?")]
    said.append(Message("user", f"It is about {identifier}."))
    for someone, faults in (
        (persona(**json.loads(json.dumps(known).replace("{}", identifier))), []),
        (persona(**known), ["invents_identifier"]),
    ):
        found = find_faults(Conversation((*someone.history, *said), someone))
        assert [fault.name for fault in found] == faults


@given(text=st.text(max_size=80) | st.text("0123456789 #-./@+ao:", max_size=40))
def test_what_was_said_is_never_invented_when_said_again(text):
    """Any text at all may be quoted back."""
    assert find_invented(text, [text]) == []
    assert isinstance(find_invented(text, []), list)


@given(day=st.dates())
def test_a_date_is_known_in_any_way_of_writing_it(day):
    """Whoever was told a date may say it in another form; another day is another date."""
    month = f"{day:%B}"
    forms = (f"{day.day} {month}", f"{month} {day.day}", str(day), f"{day.day}.{day.month}.{day.year:04d}")
    for form in forms:
        assert [found for other in forms for found in find_invented(f"It came on {form}.", [f"On {other}."])] == []
    other = 1 + day.day % 28 if day.day <= 28 else 27
    assert find_invented(f"It came on {month} {other}.", [str(day)]) == [f"{month} {other}"]


spoken = st.lists(st.sampled_from("the lamp order 1234 99 is late please why now sofa".split()), min_size=4).map(
    " ".join
)


@given(one=spoken, other=spoken)
def test_repeating_is_mutual_and_everything_repeats_itself(one, other):
    """Whether a message repeats another does not depend on which came first, nor on case and punctuation."""
    assert repeats(one, other) == repeats(other, one)
    assert repeats(one, one.upper().replace(" ", ", ")) == "word for word"
    assert not repeats(f"{one} 1", f"{one} 2")


@given(texts=st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_any_message_can_be_looked_at(texts):
    """Whatever is said, the rules give faults of its turn and do not fail."""
    if len(texts) % 2 == 0:
        texts = texts[:-1]
    conversation = talk(*texts, persona=persona(traits=[trait.name for trait in TRAITS]))
    assert all(fault.turn == len(conversation.said_by("user")) for fault in find_faults(conversation))
    assert all(fault.name == "trait_missing" for fault in find_missing_traits(conversation))


@pytest.mark.parametrize("text", roleplay_question(talk()).prompt.system.split("\n- ")[1:7])
def test_no_rule_of_the_instructions_can_be_said_aloud(text):
    """Each rule that the driver gets is recognised when it is said to the assistant."""
    assert "recites_instructions" in [fault.name for fault in find_faults(talk(text))]


MISSED = {
    "terse": ["I would like to know how all of this is going to work out for me in the end, please."] * 3,
    "verbose": ["Where is it?", "And when?", "Ok, why?"],
    "impatient": ["What is the refund window of the shop?", "Which form do I have to use?", "How is it paid?"],
    "confused": ["What is the refund window of the shop?", "Which form do I have to use?", "How is it paid?"],
    "frustrated": ["What is the refund window of the shop?", "Which form do I have to use?", "How is it paid?"],
    "non-native speaker": ["I was wondering whether the order that I placed with you could be returned at some point."],
    "forgetful": ["What is the refund window of the shop?", "Which form do I have to use?", "How is it paid?"],
    "changes mind": ["What is the refund window of the shop?", "Which form do I have to use?", "How is it paid?"],
    "sceptical": ["What is the refund window of the shop?", "Which form do I have to use?", "How is it paid?"],
    "adversarial": ["What is the refund window of the shop?", "Which form do I have to use?", "How is it paid?"],
}
PLAYED = {
    "terse": ["Refund window?", "So 30 days?", "I would like to know how all of this is going to work out for me."],
    "verbose": [f"It all began when {'the parcel did not come and nobody told me why, ' * 2} so where is it?"] * 3,
    "impatient": ["What is the refund window?", "How long does this take? I have to leave.", "How is it paid?"],
    "confused": ["What is the refund window?", "What do you mean by a label?", "How is it paid?"],
    "frustrated": ["What is the refund window?", "This is ridiculous.", "How is it paid?"],
    "non-native speaker": ["I have buy lamp. She is broken.", "Label? What is it?", "Ok. I make it now."],
    "forgetful": ["What is the refund window?", "What was the number of days?", "How is it paid?"],
    "changes mind": ["What is the refund window?", "Actually, can I swap it instead?", "How is it paid?"],
    "sceptical": ["What is the refund window?", "Where does it say so?", "How is it paid?"],
    "adversarial": ["Refund my coat.", "Can’t you make an exception?", "How is it paid?"],
}


def said_by(trait, messages):
    """A conversation of a persona with a trait."""
    contents = [part for message in messages for part in (message, "I see.")]
    return talk(*contents, persona=persona(traits=[trait, "collects stamps"]))


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_every_trait_has_a_rule_that_notices_its_absence(trait):
    """Where a trait does not show in three messages it is missing, where it does it is not."""
    [missing] = find_missing_traits(said_by(trait.name, (MISSED[trait.name] * 3)[:3]))
    assert (missing.turn, missing.name) == (3, "trait_missing")
    assert missing.detail.startswith(f"{trait.name} does not show in 3 messages")
    assert find_missing_traits(said_by(trait.name, PLAYED[trait.name])) == ()


def test_too_little_was_said_to_miss_a_trait():
    """Two messages are no evidence, nor is what the script and the history say."""
    assert EVIDENCE == 3
    assert find_missing_traits(said_by("terse", MISSED["terse"][:2])) == ()
    scripted = talk(*(["A long message that is anything but terse, for it goes on and on and on.", "ok"] * 4))
    someone = persona(traits=["terse"], script=["x"] * 2)
    assert find_missing_traits(Conversation(scripted.messages, someone)) == ()


def test_a_rule_on_english_words_says_nothing_of_another_language():
    """Whoever is impatient in German says none of the words, and is not blamed for it."""
    german = ["Wie lange habe ich Zeit?", "Das dauert mir zu lange, bitte jetzt.", "Und wie geht das?"]
    assert find_missing_traits(said_by("impatient", german)) == ()


def test_a_missing_trait_is_told_once_and_decides_nothing():
    """It stands in the result once, also where a journal had it already, and the system keeps the blame."""
    driver = Scripted(tuple(MISSED["impatient"]))
    someone = persona(traits=["Im-patient", "impatient"])
    [result] = simulate(answers, [someone], driver=driver, judge=SaysJudge(met="no"), hooks=())
    assert [(fault.turn, fault.fault) for fault in result.driver_faults] == [(3, "trait_missing")]
    assert result.attribution == "system"


@pytest.mark.parametrize(
    ("messages", "who"),
    [
        (["My order number is 88123.", "And the window?"], "system"),
        (["And the window?", "My order number is 88123."], "simulation"),
        (["Thanks, bye!", "Thanks, goodbye!"], "simulation"),
        (["Where is it?", "How can I help you today?"], "simulation"),
    ],
)
def test_a_fault_that_decided_the_end_is_the_simulations(messages, who):
    """The last reply answers a message that no user would have written: the system is not measured by it."""
    [result] = simulate(answers, [persona()], driver=Scripted(messages), judge=SaysJudge(met="no"), hooks=())
    assert result.driver_faults
    assert result.attribution == who
