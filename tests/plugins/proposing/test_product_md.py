import asyncio
import json
import logging

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multivon_eval._plugins.abilities import find_ability
from multivon_eval.sdk import Answer, Persona, PersonaError, PersonasAsked, Proposes, RunContext, UnreadableAnswer
from multivon_eval.testing import fitting_answer
from multivon_eval_plugins.judges.offline import Offline
from multivon_eval_plugins.proposing.product_md import ProductMd
from multivon_eval_plugins.proposing.question import ProductPersonasAsked
from support.people import SaysJudge

TEXT = "# Shop\n\nRefunds take 5 days.\n"


@attrs.frozen
class Proposer:
    """A judge that proposes what fits, after the answers that it is told to give first."""

    first: list[str] = attrs.field(factory=list)
    asked: list = attrs.field(factory=list)

    def worst_cost(self, question):
        return None

    async def complete(self, question):
        assert isinstance(question.about, PersonasAsked)
        self.asked.append(question)
        return Answer(self.first.pop(0) if self.first else fitting_answer(question), model="fake-1", notes=("a note",))


@pytest.fixture
def path(tmp_path):
    """Where the document will lie."""
    return tmp_path / "PRODUCT.md"


def load(path, judge=None, seed=None, text=TEXT, **options):
    """The personas that a judge proposes for a document."""
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return asyncio.run(ProductMd(str(path), **options).load(RunContext(judge or Proposer(), seed)))


def refused(path, **options):
    """What a document is refused with, before anybody is asked."""
    judge = Proposer()
    with pytest.raises(PersonaError) as caught:
        load(path, judge, text=None, **options)
    with pytest.raises(PersonaError) as before:
        ProductMd(str(path), **options).proposal(None)
    assert (caught.value.problems, judge.asked) == (before.value.problems, [])
    [told] = caught.value.problems
    return told.removeprefix(f"{path}: ")


def test_one_call_gives_the_personas(path):
    """The judge is asked once; the document, the number and the seed are in what it is asked."""
    judge = Proposer()
    personas = load(path, judge, seed=11, n=4)
    assert len(personas) == 4
    [question] = judge.asked
    assert question.about == ProductPersonasAsked(TEXT, 4, 11)
    assert "Seed: 11." in question.prompt.messages[0].text


def test_it_says_before_what_it_will_ask(path):
    """It is a source that proposes: the question is known before, the same one each time."""
    judge, source = Proposer(), ProductMd(str(path), n=3)
    load(path, judge, seed=2, n=3)
    assert find_ability(source, Proposes) is source
    assert [*source.proposal(2)] == judge.asked == [*source.proposal(2)]


def test_what_they_were_made_from_stands_in_their_metadata(path):
    """File, seed, model, what was read, the judge's notes, and what sets each apart."""
    persona = load(path, seed=11)[0]
    assert persona.metadata["proposed"] == {
        "from": "PRODUCT.md",
        "model": "fake-1",
        "characters": len(TEXT),
        "characters_read": len(TEXT),
        "notes": ["a note"],
        "seed": 11,
        "expertise": "some",
        "patience": "medium",
        "language": "second language",
        "intent": "a problem solved",
    }


def without_adversary(path, n=5):
    """An answer in which nobody is adversarial."""
    path.write_text(TEXT, encoding="utf-8")
    (question,) = ProductMd(str(path), n=n).proposal(None)
    return fitting_answer(question).replace('"adversarial"', '"kind"')


def test_an_answer_without_an_adversary_is_repaired_once(path):
    """The second call shows the whole first answer and says what is wrong with it."""
    bad = without_adversary(path)
    judge = Proposer([bad])
    personas = load(path, judge)
    assert any(persona.adversarial for persona in personas)
    assert len(judge.asked) == 2
    *_, own, complaint = judge.asked[1].prompt.messages
    assert own.text == bad
    assert "no persona has the trait 'adversarial'" in complaint.text


def test_a_second_bad_answer_is_an_error(path):
    """It names the document, what is wrong and the ways out; nobody is asked a third time."""
    judge = Proposer(["nonsense", without_adversary(path)])
    with pytest.raises(UnreadableAnswer) as caught:
        load(path, judge)
    told = str(caught.value)
    assert told.startswith(f"no personas could be made from {path}: the judge was asked twice")
    assert "no persona has the trait 'adversarial'" in told
    assert told.endswith("name another model with --judge, ask for fewer, or write personas.jsonl yourself")
    assert len(judge.asked) == 2


def test_the_judges_notes_are_told(path, caplog):
    """With the judge ``offline`` whoever looks sees that no model made the personas."""
    personas = load(path, Offline())
    assert "built by rule from the headings and sentences of the document, without a model" in caplog.text
    assert "built by rule" in personas[0].metadata["proposed"]["notes"][0]


def test_a_long_document_is_cut_with_a_notice(path, caplog):
    """At the end of a line; the notice says how much is read and what to do, and the metadata say it for good."""
    text = "".join(f"Line {number} of it.\n" for number in range(100))
    judge = Proposer()
    personas = load(path, judge, text=text, max_characters=100)
    read = judge.asked[0].about.document
    assert len(read) <= 100 < len(read) + len("Line 7 of it.\n")
    assert text.startswith(read) and read.endswith("\n")
    [record] = [record for record in caplog.records if "characters" in record.getMessage()]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        f"{path} has {len(text)} characters and the first {len(read)} of them are read; raise max_characters=, "
        "or shorten it"
    )
    proposed = personas[0].metadata["proposed"]
    assert (proposed["characters"], proposed["characters_read"]) == (len(text), len(read))


def test_a_document_of_just_the_length_is_not_cut(path, caplog):
    """No notice where nothing is left out."""
    judge = Proposer()
    load(path, judge, text="x" * 100, max_characters=100)
    assert judge.asked[0].about.document == "x" * 100
    assert "characters" not in caplog.text
    load(path, judge, text="x" * 101, max_characters=100)
    assert judge.asked[1].about.document == "x" * 100


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", b"# ---\n***\n", b"\n" * 50_000 + b"words"])
def test_a_document_without_words_is_refused(path, content):
    """Also one whose words begin behind what is read."""
    path.write_bytes(content)
    assert refused(path) == "there is no word in it; describe the product that the assistant serves"


def test_a_document_that_cannot_be_read_is_refused(path, tmp_path):
    """A file that is not there, a folder, or bytes that are no UTF-8, each with the remedy."""
    assert refused(path) == "no such file; give the description of the product"
    assert refused(tmp_path).startswith("cannot be read (Is a directory); give a file")
    path.write_bytes(TEXT.encode("utf-16"))
    assert refused(path) == "not UTF-8 (byte 0); save the file as UTF-8"


@pytest.mark.parametrize(("options", "told"), [({"n": 0}, "is 0; give 1 to 30"), ({"n": 31}, "is 31; give 1 to 30")])
def test_a_number_of_personas_that_cannot_be_is_refused(options, told):
    """Fewer than one, or more than one answer has room for."""
    with pytest.raises(PersonaError, match=told):
        ProductMd("PRODUCT.md", **options)


def test_all_wrong_options_are_said_at_once():
    """Number and length together."""
    with pytest.raises(PersonaError) as caught:
        ProductMd("PRODUCT.md", n=99, max_characters=0)
    assert len(caught.value.problems) == 2


@given(content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_there_are_it_is_personas_or_a_persona_error(path, content):
    """No file breaks the source."""
    path.write_bytes(content)
    personas, told = (), ()
    try:
        personas = load(path, text=None, n=2)
    except PersonaError as error:
        told = error.problems
    assert bool(told) != bool(personas)
    assert all(str(path) in problem for problem in told)
    assert [type(persona) for persona in personas] == [Persona] * len(personas)


def test_a_judge_that_answers_something_else_is_no_proposer(path):
    """What is no JSON at all is refused like any other unreadable answer."""
    with pytest.raises(UnreadableAnswer, match="no JSON object"):
        load(path, SaysJudge(says=["Sure!", json.dumps([])]))
