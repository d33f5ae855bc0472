import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._types.result_json import persona_to_json
from multivon_eval.errors import UnreadableAnswer
from multivon_eval.testing import fitting_answer
from multivon_eval_plugins.proposing.question import AXES, personas_question
from multivon_eval_plugins.proposing.references import list_replacements

FENCED = re.compile(r"<document (\w+)>\n(.*?)\n</document \1>", re.DOTALL)
THREE = personas_question("A shop.", 3, seed=7)
ROWS = json.loads(fitting_answer(THREE))["personas"]
# What the fence is made of, line ends of every kind, and what a document may say to the reader.
nasty = st.sampled_from(
    ["</document c0de>", "\n<document c0de>\n", '"', "\\", "]\n", "\r", "\v", "\x1c", "\x85", "\u2028", "Seed: 1"]
)
documents = st.lists(nasty | st.text(max_size=8), max_size=12).map("".join)


def changed(change):
    """The good answer for three personas, changed."""
    rows = copy.deepcopy(ROWS)
    found = change(rows)
    return json.dumps({"personas": rows if found is None else found})


def problems(text):
    """What an answer for three personas is refused with."""
    with pytest.raises(UnreadableAnswer) as caught:
        THREE.read(text)
    assert caught.value.charged
    return str(caught.value)


@given(document=documents, n=st.integers(1, 30), seed=st.none() | st.integers())
def test_the_document_stays_in_its_fence(document, n, seed):
    """No byte of it leaves its line, all its words are there, and the question after it is intact."""
    fenced, asked = personas_question(document, n, seed).prompt.messages[0].parts
    [(_, inner)] = FENCED.findall(fenced)
    assert FENCED.sub("", fenced) == ""
    assert json.loads(inner) == [line.encode("utf-8", "replace").decode() for line in document.splitlines()]
    assert inner.count("\n") == max(1, len(document.splitlines())) + 1
    assert asked == personas_question("", n, seed).prompt.messages[0].parts[1]


def test_the_same_is_asked_in_the_same_words():
    """Document, number and seed decide the prompt, byte for byte; each of them changes it."""
    one = personas_question("A shop.", 3, 7).prompt
    assert one == personas_question("A shop.", 3, 7).prompt
    for other in (("A bank.", 3, 7), ("A shop.", 4, 7), ("A shop.", 3, 8), ("A shop.", 3, None)):
        assert one.messages != personas_question(*other).prompt.messages
    assert "Seed: 7." in one.messages[0].text
    assert "Give exactly 3." in one.messages[0].text


def test_diversity_is_asked_for_along_four_axes():
    """Expertise, patience, language and intent stand in the question, and first in the schema."""
    prompt = THREE.prompt
    row = prompt.schema["properties"]["personas"]["items"]
    assert list(row["properties"])[:4] == ["expertise", "patience", "language", "intent"]
    assert all(f"- {axis}: " in prompt.messages[0].text for axis in ("expertise", "patience", "language", "intent"))
    assert row["required"] == list(row["properties"])
    assert row["additionalProperties"] is False


def test_a_good_answer_is_read():
    """The personas come in order, with what sets them apart and the seed in their metadata."""
    personas = THREE.read(json.dumps({"personas": ROWS}))
    assert [persona.name for persona in personas] == ["persona_1", "persona_2", "persona_3"]
    assert [persona.adversarial for persona in personas] == [False, False, True]
    assert personas[0].metadata == {
        "proposed": {
            "seed": 7,
            "expertise": "some",
            "patience": "medium",
            "language": "second language",
            "intent": "a problem solved",
        }
    }


def renamed(rows, *names):
    for row, name in zip(rows, names, strict=True):
        row["name"] = name


BAD = {
    "too few": (lambda rows: rows[1:], "there are 2 personas, not 3"),
    "too many": (lambda rows: [*rows, {**rows[0], "name": "d", "intent": "advice"}], "there are 4 personas, not 3"),
    "none": (lambda rows: [], "there are 0 personas, not 3"),
    "one name twice": (lambda rows: renamed(rows, "a", "a", "b"), "2 personas are named 'a'"),
    "one name but for blanks": (lambda rows: renamed(rows, "a b", " a  b\n", "b"), "2 personas are named 'a b'"),
    "nobody adversarial": (lambda rows: rows[2].update(traits=["terse"]), "no persona has the trait 'adversarial'"),
    "alike": (
        lambda rows: rows[1].update({axis: rows[0][axis] for axis in AXES}),
        "'persona_1' and 'persona_2' agree in expertise, patience, language, intent",
    ),
    "an empty goal": (lambda rows: rows[0].update(goal=" "), "personas[0]: 'goal' is empty"),
    "no profile": (lambda rows: rows[0].pop("profile") and None, "personas[0]: 'profile' is missing"),
    "criteria of no words": (lambda rows: rows[1].update(success_criteria=[""]), "success_criteria[0] is empty"),
    "no level": (
        lambda rows: rows[0].update(patience="some"),
        "'patience' is 'some'; give it as low or medium or high",
    ),
    "no language": (
        lambda rows: rows[0].pop("language") and None,
        "'language' is missing or no text; give it as fluent or second language or formal",
    ),
    "a copy by the judge's own word": (
        lambda rows: rows[1].update(same_as=["persona_1"]),
        "wants the same as 'persona_1'; give it another goal",
    ),
    "another intent": (
        lambda rows: rows[0].update(intent="whatever comes"),
        "'intent' is 'whatever comes'; give it as a fact or a problem solved or something changed",
    ),
    "near-copies": (
        lambda rows: (
            [
                row.update(
                    goal=f"Learn how long a refund {word} today.", success_criteria=["The assistant said 5 days."]
                )
                for row, word in zip(rows, ("takes", "would take", "lasts"), strict=True)
            ]
            and None
        ),
        "'persona_1' and 'persona_3' want the same: 'Learn how long a refund takes today.'",
    ),
    "a script": (
        lambda rows: rows[0].update(script=["Hello"]),
        "personas[0]: 'script' was not asked for; leave it out",
    ),
    "another key": (lambda rows: rows[0].update(trait="x"), "personas[0]: unknown key 'trait'"),
    "no object": (lambda rows: ["ann", *rows[1:]], "personas[0]: a string, not an object"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_wrong_with_an_answer_is_said(kind):
    """Each fault is named with its place."""
    change, told = BAD[kind]
    assert told in problems(changed(change))


def test_all_that_is_wrong_is_said_at_once():
    """One repair call can mend all of it."""

    def change(rows):
        renamed(rows, "a", "a", "a")
        rows[2].update(traits=[], goal="")
        return rows

    told = problems(changed(lambda rows: [*change(rows)[:3], {}]))
    for part in (
        "there are 4",
        "2 personas are named 'a'",
        "no persona has the trait",
        "'goal' is empty",
        "personas[3]",
    ):
        assert part in told


def test_the_answer_is_shown_again_whole():
    """The repair call shows what was answered, so that what was right need not be made up anew."""
    text = json.dumps({"personas": ROWS})
    assert len(text) > 500
    again = THREE.again(text, "there are 2 personas, not 3").prompt.messages
    assert again[-2].text == text
    assert "there are 2 personas, not 3" in again[-1].text
    assert again[: len(THREE.prompt.messages)] == THREE.prompt.messages


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
edits = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([*ROWS[0], "metadata", "history"]), json_values), max_size=3
)


@given(edits=edits, ascii_only=st.booleans())
def test_whatever_is_answered_it_is_personas_or_an_unreadable_answer(edits, ascii_only):
    """No value in any field breaks the reader; what it takes can be stored, and is what was asked for."""
    rows = copy.deepcopy(ROWS)
    for index, name, value in edits:
        rows[index][name] = value
    try:
        personas = THREE.read(json.dumps({"personas": rows}, ensure_ascii=ascii_only))
    except UnreadableAnswer:
        return
    assert len({persona.name for persona in personas}) == 3
    assert any(persona.adversarial for persona in personas)
    for persona in personas:
        assert all(text.strip() for text in (persona.name, persona.profile, persona.goal, *persona.criteria))
        assert (persona.script, persona.history) == ((), ())
        json.dumps(persona_to_json(persona), ensure_ascii=False).encode()


@given(value=json_values)
def test_any_other_json_is_an_unreadable_answer(value):
    """Something else than personas is no persona."""
    problems(json.dumps(value))
    problems(json.dumps({"personas": value}))


def test_half_a_character_does_not_reach_a_file():
    """A lone surrogate, which JSON can spell and UTF-8 cannot, is replaced in every field, metadata included."""
    found = THREE.read(json.dumps({"personas": [{**ROWS[0], "profile": "odd \ud800", "goal": "x \ud800"}, *ROWS[1:]]}))
    assert (found[0].goal, found[0].profile) == ("x \ufffd", "odd \ufffd")
    json.dumps(persona_to_json(found[0]), ensure_ascii=False).encode()


INVENTED = {
    "profile": "A customer with order #48213.",
    "goal": "Get the lamp of order #48213 replaced.",
    "facts": ["The email address is ann@example.org.", "The lamp is green."],
}


def test_invented_references_become_facts_to_be_replaced():
    """What the document does not hold no real system knows: it stands in the facts, and is named for the review."""
    found = THREE.read(json.dumps({"personas": [{**ROWS[0], **INVENTED}, *ROWS[1:]]}))
    assert found[0].facts == (*INVENTED["facts"], "The reference is 48213.")
    assert sorted(found[0].metadata["proposed"]["replace"]) == ["48213", "ann@example.org"]
    assert "replace" not in found[1].metadata["proposed"]
    assert list_replacements(found) == [
        f"persona_1: made up, replace by what your system knows: {', '.join(found[0].metadata['proposed']['replace'])}"
    ]


def test_what_the_document_holds_is_not_made_up():
    """A reference that the product's description gives may be used as it stands."""
    question = personas_question("Try it with order #48213, or write to ann@example.org.", 3, seed=7)
    found = question.read(json.dumps({"personas": [{**ROWS[0], **INVENTED}, *ROWS[1:]]}))
    assert (found[0].facts, "replace" in found[0].metadata["proposed"]) == (tuple(INVENTED["facts"]), False)


@pytest.mark.parametrize(("word", "patience"), [("low", 1), ("medium", 3), ("high", 5)])
def test_patience_is_that_of_the_persona(word, patience):
    """After how many replies that brought nothing it leaves."""
    found = THREE.read(json.dumps({"personas": [{**ROWS[0], "patience": word}, *ROWS[1:]]}))
    assert found[0].patience == patience
