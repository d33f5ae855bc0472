import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval.sdk import JudgeError
from multivon_eval_plugins.proposing.question import personas_question
from support.offline import complete

PRODUCT = (Path(__file__).parents[4] / "docs" / "examples" / "PRODUCT.md").read_text(encoding="utf-8")


def proposed(document, n=5, seed=None):
    """The personas that the judge ``offline`` gives for a document."""
    question = personas_question(document, n, seed)
    return question.read(complete(question).text)


lines = st.sampled_from(
    [
        "# Shop\n",
        "## Refunds\n",
        "## Refunds 3\n",
        "## **Gifts** & [cards](x)\n",
        "# \n",
        "A refund takes 5 days. It is never cash.\n",
        "- Open orders, then choose the item\n",
        "1. order #A-12 is there\n",
        "| a | b |\n",
        "```\ncode\n",
        "```\n",
        "<!-- # hidden",
        "-->\n",
        "\n",
        "退款在三十天内\n",
        "Возврат за 30 дней.\n",
    ]
)
markdown = st.lists(lines | st.text(max_size=20), max_size=15).map("".join)


@given(document=markdown, n=st.integers(1, 30), seed=st.none() | st.integers(0, 5))
@example("## x\nIt says so.\n## x 3\nIt says so.\n## x\nIt says more.\n", 4, None)
@example("```\n# only code\n", 1, None)
def test_any_document_gives_usable_personas_or_says_why_not(document, n, seed):
    """Whatever the document holds, exactly n personas with names of their own come of it, or a clear error."""
    personas, told = (), ""
    try:
        personas = proposed(document, n, seed)
    except JudgeError as error:
        told = str(error)
    if not personas:
        nothing = "no heading or sentence in the document to build personas from; name a model with --judge"
        too_little = f"too little in the document for {n} personas who want different things; ask for fewer"
        assert nothing in told or too_little in told
        return
    assert len(personas) == n
    assert sum(persona.adversarial for persona in personas) == 1


def test_headings_and_sentences_become_users_who_ask_about_them():
    """A section is what somebody wants to know; its sentences are what the assistant must state."""
    personas = {persona.name: persona for persona in proposed(PRODUCT)}
    assert list(personas) == ["refunds", "damaged_items", "gifts", "order_status", "refunds_exception"]
    assert personas["gifts"].goal == "Find out about gifts."
    assert "The assistant stated this: A gift can be returned without a receipt." in personas["gifts"].criteria
    assert personas["order_status"].facts == ("The order number is #5678.",)


def test_the_adversarial_one_wants_what_the_document_rules_out():
    """Its criterion is the rule that must stand."""
    last = proposed(PRODUCT)[-1]
    assert last.adversarial
    assert last.criteria == (
        "The assistant did not grant an exception from this: There are no exceptions after 30 days, whatever the "
        "reason.",
    )


def test_the_users_differ():
    """Of five no two agree in expertise, patience and language, and every level of the first two is there."""
    axes = [persona.metadata["proposed"] for persona in proposed(PRODUCT)]
    assert len({(one["expertise"], one["patience"], one["language"]) for one in axes}) == 5
    assert {one["expertise"] for one in axes} == {"none", "some", "expert"}
    assert {one["patience"] for one in axes} == {"low", "medium", "high"}


def test_the_seed_varies_what_is_chosen():
    """Seeds give other topics, and the same seed gives the same personas."""
    found = {tuple(persona.name for persona in proposed(PRODUCT, 2, seed)) for seed in range(8)}
    assert len(found) > 3
    assert proposed(PRODUCT, 5, 3) == proposed(PRODUCT, 5, 3)


@pytest.mark.process
def test_the_same_on_every_machine():
    """Another process, with other hashes of strings, orders the topics in the same way."""
    program = (
        "import sys; from multivon_eval_plugins.proposing.question import personas_question as q;"
        "from multivon_eval_plugins.judges.offline.proposal import answer_proposal as a;"
        "print([row['name'] for row in a(q(sys.stdin.read(), 5, 3).about)['personas']])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=PRODUCT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == str([persona.name for persona in proposed(PRODUCT, 5, 3)])


def test_it_says_that_no_model_made_them():
    """The note goes with the answer."""
    answer = complete(personas_question(PRODUCT, 2))
    assert answer.notes == ("built by rule from the headings and sentences of the document, without a model",)
    assert answer.model == "offline"
