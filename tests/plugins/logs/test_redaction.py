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


SECOND = [
    line.partition("\t")
    for line in (LABELLED.parent / "labelled_second.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
"""Labelled by somebody who had not read the rules: a half, a tab, a message."""


def read_labels(line):
    """A message, and what of it is labelled: where it begins, where it ends, what it is."""
    text, spans, last = "", [], 0
    line = line.replace("\\n", "\n")
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text, last = text + match[2], match.end()
    return text + line[last:], spans


def is_gone(value, result):
    """Whether a value is nowhere in a tool's result, once that is redacted."""
    [message] = Redaction().redact([Message("assistant", "", (ToolCall("find", {}, result),))])
    return not re.search(rf"(?<!\w){re.escape(value)}(?!\w)", str(message.tool_calls[0].result))


def measure(lines):
    """Recall by kind, precision, and the share of look-alikes that were taken out."""
    found, wanted, right, all_found, taken, alike = Counter(), Counter(), 0, 0, 0, 0
    for line in lines:
        text, spans = read_labels(line)
        spots = [] if text.startswith('{"') else find_personal(text)
        covered = {place for one in spots for place in range(one.start, one.end)}
        for start, end, kind in spans:
            places = [place for place in range(start, end) if text[place].isalnum()]
            if text.startswith('{"') and is_gone(text[start:end], text):
                covered.update(places)
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


def test_recall_and_precision_on_the_second_set():
    """Lower on messages by another author; both halves as floors, so that no rule is lost unseen."""
    assert len(SECOND) >= 160 and sum(line.count("{no|") for _, _, line in SECOND) >= 80
    for half, found, right in (("A", 0.99, 0.98), ("B", 0.9, 0.96)):
        recall, precision, taken, wanted = measure([line for name, _, line in SECOND if name == half])
        assert sum(recall[kind] * count for kind, count in wanted.items()) / sum(wanted.values()) >= found
        assert precision >= right
        assert taken <= 0.08


SEEN_OR_NOT = (
    # What is taken out of a text, and a text much like it of which nothing is.
    ("spoke to dmitri about it", "dmitri", "spoke to support about it"),
    ("my daughter chiara cannot log in", "chiara", "my daughter cannot log in"),
    ("bobby told me so", "bobby", "it told me so"),
    ("this is ravi singh from the club", "ravi singh", "this is coming from the club"),
    ("tnv M. de Groot", "M. de Groot", "tnv de club"),
    ("Fatou Ndiaye fatou@mail.sn", "Fatou Ndiaye", ""),
    ("ผมชื่อ สมชาย ใจดี เบอร์โทร", "สมชาย ใจดี", "ชื่อสินค้า"),
    ("收件人张伟，谢谢", "张伟", "收件"),
    ("the password you gave me, Wx7-pinaf, fails", "Wx7-pinaf", "the password you gave me, sadly, fails"),
    ("wifi pass is tulip-77", "tulip-77", "wifi pass is great"),
    ("gate code 4471#", "4471#", "gate 4 closes at ten"),
    ("logged in as bwayne77", "bwayne77", "logged in as usual"),
    ("meter number S95L64036", "S95L64036", "model number S95L64036 fits"),
    ("Blk 9 Lot 3 Rosal St, Pasig", "Blk 9 Lot 3 Rosal St, Pasig", "block 9 of the manual"),
    ("Blk 77 Bedok North Rd 4 #03-11 S460077", "#03-11 S460077", "level 4 of the house"),
    ("Olav Tryggvasons gate 4, 7011 Trondheim", "Tryggvasons gate 4, 7011 Trondheim", "boarding at gate 22"),
    ("送到北京市朝阳区建国路88号", "北京市朝阳区建国路88号", "北京市很大"),
    ("서울시 강남구 테헤란로 152", "서울시 강남구 테헤란로 152", "서울시 안에서"),
    ("Казвам се Георги Иванов", "Георги Иванов", "казва се"),
    ("আমার নাম সুমন দাস", "সুমন দাস", "আমার নাম"),
    ("ich wurde am 3. Mai 1971 geboren", "3. Mai 1971", "es kommt am 3. Mai 2024"),
    ("mdp : chouette33", "chouette33", "mdp oublié"),
    ("the code you texted me was 918273", "918273", "the code you wrote was slow"),
    ("security answer is Rex", "Rex", "the security is poor"),
    ("I play as Nora_Nine on it", "Nora_Nine", "I play as goalkeeper"),
    ("maria punto lopez arroba gmail punto com", "lopez arroba gmail", "il punto è questo"),
    ("numer klienta 771203", "771203", "code source 200"),
    ("Kennzeichen M-XY 1234", "M-XY 1234", "plate of 12 cookies"),
    ("Vertragsnummer V 882 113", "V 882 113", "contract over 20 000 EUR"),
    ("ул. Ленина, д. 5, кв. 12, Москва", "Ленина, д. 5, кв. 12, Москва", "ул. 5"),
    ("גר ברחוב, רחוב הרצל 15, תל אביב", "הרצל 15, תל אביב", "רחוב יפה"),
    ("Kerkstraat 5 bus 2, 9000 Gent", "Kerkstraat 5 bus 2, 9000 Gent", "bus 2 is late"),
    ("orderid 447121", "447121", "listens on port8080"),
    ("passportnumber K8821934", "K8821934", "an account since 2019"),
    ("from fe80::1ff:fe23", "fe80::1ff:fe23", "Development Status :: 5, std::vector, ::1"),
    ("my github's nora-77", "nora-77", "the user's freedom, GitHub's fork, githubusercontent.com"),
    ("pin: 8821", "8821", "pint.Unit and SecretStr"),
    ("order 447", "447", "an order of 500 units"),
    ("", "", "does Alexa dim it, or a Stanley lamp"),
)


@pytest.mark.parametrize(("text", "value", "alike"), SEEN_OR_NOT)
def test_what_is_taken_out_and_what_is_much_like_it(text, value, alike):
    """Each rule with what it is to find and with what it is to leave."""
    [once], _ = redact(text)
    assert not value or (value not in once and "[" in once)
    assert redact(alike)[0] == [alike]


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


@pytest.mark.parametrize("line", [*LINES[::7], *(line for _, _, line in SECOND[::6])])
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
