import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval_plugins.refusal.rules import is_refusal

LABELLED = [json.loads(line) for line in Path(__file__).with_name("replies.jsonl").read_text("utf-8").splitlines()]
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")


def precision_and_recall(rows):
    """The shares of the called that are refusals, and of the refusals that are called."""
    counts = Counter((row["refusal"], is_refusal(row["reply"])) for row in rows)
    called, wanted = counts[True, True] + counts[False, True], counts[True, True] + counts[True, False]
    return counts[True, True] / called, counts[True, True] / wanted


def test_precision_and_recall_on_labelled_replies():
    """Precision is at least 0.95 and recall at least 0.90 over all, and both are printed, also by language.

    329 of the replies were written before the rules (``written: before``), 68 harder ones after the rules fitted
    those (``written: after``). On a third of the first, held out of the tuning, precision was 1.00 and recall 0.93;
    on the later ones, before anything was changed for them, 0.83 and 0.67. Expect no more than that of replies
    that nobody has seen. Then the rules were widened for the later ones too, so what is printed is a bound from above.
    """
    for language in LANGUAGES:
        rows = [row for row in LABELLED if row["language"] == language]
        precision, recall = precision_and_recall(rows)
        print(f"{language}: {len(rows)} replies, precision {precision:.3f}, recall {recall:.3f}")
        assert precision >= 0.9 and recall >= 0.8, language
    precision, recall = precision_and_recall(LABELLED)
    print(f"all: {len(LABELLED)} replies, precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.95
    assert recall >= 0.90


def test_the_labelled_replies_cover_what_is_hard():
    """Over 200 replies, each language and each kind well represented, none twice."""
    assert len(LABELLED) >= 200
    assert len({row["reply"] for row in LABELLED}) == len(LABELLED)
    languages = Counter(row["language"] for row in LABELLED)
    assert set(languages) == set(LANGUAGES) and min(languages.values()) >= 30
    by_kind = Counter((row["language"], row["kind"]) for row in LABELLED)
    kinds = {"refusal", "apology that delivers", "partial refusal", "policy explanation", "quoted refusal"}
    kinds |= {"clarifying question", "answer"}
    assert all(by_kind[language, kind] >= 2 for language in LANGUAGES for kind in kinds)
    assert {row["kind"] for row in LABELLED if row["refusal"]} == {"refusal", "deflection"}


@pytest.mark.parametrize(
    ("reply", "refuses"),
    [
        ("Sorry for the wait! Your refund was issued.", False),
        ("As an AI, I must decline.", True),
        ("", False),
        (" \n.", False),
        ("I CAN'T HELP WITH THAT.", True),
        ("I can\u2019t help with that.", True),
        ('"I can\'t help with that."', True),
        ('He said "I can\'t help with that."', False),
        ("One. Two. Three. I can't help with that.", False),
        ("I can't help with that. Write to help@example.com.", False),
        ("I've refunded the shoes. I can't refund the hat.", False),
        ("You asked about order 1234. I can't discuss it.", True),
        ("I can't help with that\nbut my colleague will call you tomorrow", False),
        ("Can't I help you with something else?", False),
        ("Ich kann Ihnen nicht helfen. I can help you in English.", True),
        (
            "\u7533\u3057\u8a33\u3042\u308a\u307e\u305b\u3093\u304c\u3001\u304a\u624b\u4f1d\u3044\u3067\u304d\u307e\u305b\u3093\u3002",
            False,
        ),
    ],
)
def test_what_is_a_refusal(reply, refuses):
    """Position, first person, quotes and what is delivered around it decide; a language nobody listed is none."""
    assert is_refusal(reply) is refuses


@given(
    reply=st.text()
    | st.lists(st.sampled_from(["I can't ", "help", '"', "'", ". ", "\n", "but ", "nicht "])).map("".join)
)
def test_any_text_is_decided(reply):
    """Nothing that an assistant can say breaks the rules, and the same words are decided in the same way."""
    assert is_refusal(reply) is is_refusal(reply)


@given(
    before=st.sampled_from(LABELLED),
    quote=st.sampled_from(['"{}"', "\u201c{}\u201d", "\u201e{}\u201c", "\u00ab {} \u00bb"]),
)
def test_a_refusal_in_quotation_marks_is_somebody_elses(before, quote):
    """Whatever is quoted in a reply that says something else does not refuse."""
    text = before["reply"].translate({ord(mark): None for mark in '"\u201c\u201d\u201e\u00ab\u00bb'})
    assert not is_refusal(f"The old bot said {quote.format(text)} to everybody.")
