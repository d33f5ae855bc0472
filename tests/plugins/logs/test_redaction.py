"""What is personal is taken out of conversations; measured on labelled messages."""

import re
from collections import Counter
from pathlib import Path

import pytest

from multivon_eval.sdk import Message, ToolCall
from multivon_eval_plugins.logs.invented import PLACEHOLDER, invent
from multivon_eval_plugins.logs.redact import Redaction, find_personal

MARK = re.compile(r"\{(\w+)\|([^}]*)\}")
LABELLED = Path(__file__).parent / "data" / "labelled.txt"
LINES = [
    line.partition("\t")[2] for line in LABELLED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
]
UNSEEN = LINES[1::2]
"""The half that nobody looked at while the rules were written."""


def read_labels(line):
    """A message, and what of it is labelled: where it begins, where it ends, what it is."""
    text, spans, last = "", [], 0
    line = line.replace("\\n", "\n")
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text, last = text + match[2], match.end()
    return text + line[last:], spans


def measure(lines):
    """Recall by kind, precision, and the share of look-alikes that were taken out."""
    found, wanted, right, all_found, taken, alike = Counter(), Counter(), 0, 0, 0, 0
    for line in lines:
        text, spans = read_labels(line)
        spots = find_personal(text)
        covered = {place for one in spots for place in range(one.start, one.end)}
        for start, end, kind in spans:
            places = [place for place in range(start, end) if text[place].isalnum()]
            if kind == "no":
                alike += 1
                taken += any(place in covered for place in places)
            else:
                wanted[kind] += 1
                found[kind] += all(place in covered for place in places)
        personal = [(start, end) for start, end, kind in spans if kind != "no"]
        right += sum(any(start < one.end and one.start < end for start, end in personal) for one in spots)
        all_found += len(spots)
    return {kind: found[kind] / wanted[kind] for kind in wanted}, right / all_found, taken / alike, wanted


def test_the_labels_are_enough():
    """At least 300 things on at least 200 messages, and 100 look-alikes."""
    _, _, _, wanted = measure(LINES)
    assert sum(wanted.values()) >= 300 and len(LINES) >= 200
    assert sum(line.count("{no|") for line in LINES) >= 100


def test_recall_and_precision_on_messages_nobody_looked_at():
    """The numbers on the page, as floors: recall before precision, for what is missed is sent away."""
    recall, precision, taken, wanted = measure(UNSEEN)
    assert sum(recall[kind] * count for kind, count in wanted.items()) / sum(wanted.values()) >= 0.98
    assert min(recall.values()) >= 0.9
    assert precision >= 0.95
    assert taken <= 0.08


def redact(*messages):
    """Redact messages of a user and an assistant in turn."""
    redaction = Redaction()
    roles = ("user", "assistant")
    said = [one if isinstance(one, Message) else Message(roles[n % 2], one) for n, one in enumerate(messages)]
    return [one.content for one in redaction.redact(said)], redaction


def test_one_value_has_one_placeholder():
    """However it is written, and wherever it stands."""
    texts, redaction = redact(
        "I'm Ann Kowalski, ann@kowalski.net, order 4711.",
        "Hello Ann, order #4711?",
        "Yes. Or write to ANN@kowalski.net, Kowalski.",
    )
    assert texts == [
        "I'm [name 1], [email 1], order [order number 1].",
        "Hello [name 1], order [order number 1]?",
        "Yes. Or write to [email 1], [name 1].",
    ]
    assert redaction.placeholders == ["[name 1]", "[email 1]", "[order number 1]"]


def test_two_values_have_two():
    """They can be told apart."""
    texts, _ = redact("Move it from order 4711 to order 4712.")
    assert texts == ["Move it from order [order number 1] to order [order number 2]."]


def test_a_value_that_only_one_message_gives_away_is_taken_out_everywhere():
    """A name that nothing marks as one, and a number without its word."""
    texts, _ = redact("ask for xiomi, 88123 it was", "Sure.", "my name is Xiomi and the order number is 88123")
    assert "88123" not in " ".join(texts)
    assert "Xiomi" not in texts[2]


def test_what_tools_were_called_with_and_gave_back():
    """Fields say by their names what they hold; JSON in a text is read; numbers and texts alike."""
    call = ToolCall(
        "find",
        {"customer_id": 88231, "query": "late parcel", "phoneNumber": "call me maybe"},
        '{"items": [{"full_name": "Q. Xu", "price": 12.5, "product_name": "Blue Shirt"}], "note": "mail to bo@x.org"}',
    )
    redaction = Redaction()
    [message] = redaction.redact([Message("assistant", "It is Q. Xu.", (call,))])
    [found] = message.tool_calls
    assert found.arguments == {
        "customer_id": "[customer number 1]",
        "query": "late parcel",
        "phoneNumber": "[phone number 1]",
    }
    assert found.result["items"][0] == {"full_name": "[name 1]", "price": 12.5, "product_name": "Blue Shirt"}
    assert found.result["note"] == "mail to [email 1]"
    assert message.content == "It is [name 1]."
    assert redaction.counts["field-name"] == 1


def test_what_was_known_of_a_message_is_not_kept():
    """Metadata may hold anything."""
    [message] = Redaction().redact([Message("user", "Hi.", metadata={"email": "ann@kowalski.net"})])
    assert dict(message.metadata) == {}


@pytest.mark.parametrize("line", LINES[::7])
def test_a_second_time_finds_nothing_new(line):
    """Placeholders are nothing personal: what is sent could be redacted again and stay as it is."""
    text, _ = read_labels(line)
    [once], _ = redact(text)
    [twice], _ = redact(once)
    assert [PLACEHOLDER.findall(twice)] == [PLACEHOLDER.findall(once)]


KINDS = (
    *("name", "email", "phone number", "address", "card number", "bank account", "ip address", "device address"),
    *("national id", "date of birth", "username", "link", "secret", "order number", "reference number"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_invented_values_say_what_they_are(kind):
    """Different ones for different placeholders, the same one each time, in ranges that are nobody's."""
    made = [invent(f"[{kind} {number}]") for number in range(1, 31)]
    assert len(set(made)) >= 20
    assert not any(PLACEHOLDER.search(one) for one in made)
    assert made[0] == invent(f"[{kind} 1]")


def test_what_is_no_placeholder_stays():
    """Only what stands for something is replaced."""
    assert invent("[see 1]") == "[see 1]"
