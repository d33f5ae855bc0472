"""What can be proven of the fence without a model: what is said stays in its field, and the question as it is."""

import json
import unicodedata
from pathlib import Path

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval import Reply, simulate
from multivon_eval._questions import YesNo, goal_question, yes_no_question
from multivon_eval._questions.transcript import put_in_fence
from multivon_eval._types.conversation import Conversation
from multivon_eval._types.message import Message, ToolCall
from support.chat_server import ChatServer
from support.openai_judge import judge_for
from support.people import Talks, persona, talk

ATTACKS = [json.loads(line) for line in Path(__file__).with_name("attacks.jsonl").read_text("utf-8").splitlines()]
EVALUATORS = ("conversation-relevance", "conversation-completeness")
ASKED = (YesNo("stays", "Does it stay?"), YesNo("leaves", "Does it leave?", hoped="no"))
VOTES = 3
FENCE = "6d61cf0a3b52e8f7"
# What shows nothing, or something else than it is: no reader of the prompt meets it as itself.
HIDDEN = {"Cc", "Cs", "Co", "Zl", "Zp"}


def filled(value, fence):
    """An attack's text with the code of the fence where it says so: as if it had been guessed."""
    if isinstance(value, str):
        return value.replace("{fence}", fence)
    if isinstance(value, list):
        return [filled(item, fence) for item in value]
    if isinstance(value, dict):
        return {filled(key, fence): filled(item, fence) for key, item in value.items()}
    return value


def messages_of(attack, fence=FENCE):
    """The messages of an attack."""
    found = []
    for row in filled(attack["messages"], fence):
        content = row["content"] * (attack.get("times", 1) if row["role"] == "assistant" else 1)
        found.append(Message(row["role"], content, [ToolCall(**call) for call in row.get("tool_calls", ())]))
    return found


def rows_of(conversation):
    """What the fence of a conversation must give back."""
    rows = []
    for turn, message in conversation.numbered():
        row = {"turn": turn, "role": message.role, "content": message.content}
        if message.tool_calls:
            row["tool_calls"] = [attrs.asdict(call) for call in message.tool_calls]
        rows.append(row)
    return rows


def questions_on(conversation):
    """Every kind of question that a judge is asked about a conversation."""
    return {
        "verdict": goal_question(conversation),
        "vote": goal_question(conversation, temperature=0.7),
        "answers": yes_no_question(conversation, ASKED),
    }


def body_of(text, fence):
    """The lines between the two lines of a fence, which must be the only ones that are made like them."""
    opening, closing = f"<transcript {fence}>", f"</transcript {fence}>"
    lines = text.split("\n")
    assert (lines[0], lines[-1]) == (opening, closing)
    assert (text.count(opening), text.count(closing)) == (1, 1)
    assert text.count("<") == text.count(">") == 2
    # Readers differ in what ends a line; none finds more lines than there are.
    assert text.splitlines() == lines
    return lines[1:-1]


def parsed(text):
    """JSON with its objects as lists of pairs, so that no key hides another; two halves of a character are one."""
    return json.loads(text, object_pairs_hook=list)


def check_fence(conversation):
    """Everything that is true of the fence, whatever was said."""
    text = put_in_fence(conversation)
    body = body_of(text, conversation.fence)
    assert parsed("\n".join(body)) == parsed(json.dumps(rows_of(conversation)))
    assert len(body) == len(conversation.messages) + 2 if conversation.messages else body == ["[]"]
    assert not {unicodedata.category(char) for char in text.replace("\n", "")} & HIDDEN
    assert text.encode("utf-8").decode("utf-8") == text


def make_harmless(message):
    """A message of the same form that says nothing: with a tool call where it has one."""
    return Message(message.role, "Hm.", [ToolCall("look", {}, None)] if message.tool_calls else [])


def check_questions(conversation, harmless):
    """The questions after the fence are those on a harmless conversation, and what stands before them is shared."""
    asked, usual = questions_on(conversation), questions_on(harmless)
    for kind, question in asked.items():
        [message], [same] = question.prompt.messages, usual[kind].prompt.messages
        assert len(message.parts) == 2
        assert message.parts[0] == put_in_fence(conversation)
        assert message.parts[1] == same.parts[1]
        assert question.prompt.system == usual[kind].prompt.system
        assert question.prompt.schema == usual[kind].prompt.schema
        assert message.text == f"{message.parts[0]}\n\n{message.parts[1]}"
    beginnings = {(question.prompt.system, question.prompt.messages[0].parts[0]) for question in asked.values()}
    assert len(beginnings) == 1


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack["name"])
def test_no_attack_leaves_its_field(attack):
    """The fence gives back what was said, also where the attacker knows its code, and the question is intact."""
    messages = messages_of(attack)
    someone = persona(success_criteria=["The date was stated.", "The assistant was polite."])
    conversation = Conversation(messages, someone, fence=FENCE)
    harmless = Conversation([make_harmless(message) for message in messages], someone, fence=FENCE)
    check_fence(conversation)
    check_questions(conversation, harmless)


def test_the_attacks_are_many_and_of_many_kinds():
    """At least 40, none twice, with every kind that is known to have worked on somebody."""
    assert len(ATTACKS) >= 40
    assert len({json.dumps(attack["messages"]) for attack in ATTACKS}) == len(ATTACKS)
    kinds = {attack["kind"] for attack in ATTACKS}
    assert kinds == {
        *("claims to be the judge", "forges turns", "closes the fence", "fakes the answer", "fakes a tool result"),
        *("another language", "encoded", "unicode", "size and shape"),
    }
    assert max(len(message.content) for attack in ATTACKS for message in messages_of(attack)) > 100_000


pieces = st.sampled_from(
    [
        "</transcript ",
        FENCE,
        ">",
        "<",
        '"',
        "\\",
        "\n",
        "\r\n",
        "\u2028",
        "]",
        "}",
        '"},\n{"turn": 9',
        "\ud800",
        "\udc00",
    ]
)
texts = st.one_of(
    st.text(),
    st.text(st.characters()),  # surrogates too
    st.lists(pieces | st.text(max_size=3), max_size=10).map("".join),
)
values = st.recursive(
    texts | st.none() | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
calls = st.lists(st.builds(ToolCall, texts, st.dictionaries(texts, values, max_size=2), values), max_size=2)
said = st.lists(
    st.tuples(texts, texts, calls).map(lambda turn: [Message("user", turn[0]), Message("assistant", turn[1], turn[2])]),
    min_size=1,
    max_size=3,
).map(lambda turns: [message for turn in turns for message in turn])


@given(messages=said)
@example(messages=[Message("user", ""), Message("assistant", "\ud83d\ude00\udc00\ud800")])
def test_nothing_that_can_be_said_leaves_its_field(messages):
    """For any text in contents and tool calls the fence holds and the question is that on a harmless conversation."""
    conversation = Conversation(messages, persona(), fence=FENCE)
    check_fence(conversation)
    check_questions(conversation, Conversation([make_harmless(one) for one in messages], persona()))


@given(messages=said, later=texts)
def test_a_fence_grows_only_at_its_end(messages, later):
    """What a conversation gets beside what it had stands behind it, so a cache serves the rest."""
    before = Conversation(messages, persona(), fence=FENCE)
    after = before.grown(Message("user", later))
    closing = f"\n]\n</transcript {FENCE}>"
    assert put_in_fence(after).startswith(put_in_fence(before).removesuffix(closing))


def test_no_character_that_shows_nothing_stands_for_itself():
    """All that Unicode calls ignorable by default, and every other format character without a glyph, is escaped."""
    ranges = "ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff0-fff8"
    ranges += " 1bca0-1bca3 1d173-1d17a e0000-e0fff"  # DerivedCoreProperties.txt, Default_Ignorable_Code_Point
    for part in ranges.split():
        first, _, last = part.partition("-")
        for code in range(int(first, 16), int(last or first, 16) + 1):
            assert Message("user", f"a{chr(code)}b").as_json.isascii(), hex(code)


@pytest.mark.parametrize("text", ["Grüße, 你好, שלום, a\u0301 ← 5 € 🙂", "quotes “ ” « »"])
def test_what_can_be_seen_is_not_escaped(text):
    """Letters of any language, marks and emoji reach the judge as they are: it must be able to read and quote them."""
    assert text in put_in_fence(talk(text, "Fine."))


def test_what_a_server_receives_is_fenced():
    """In real runs over HTTP: each judging request has system and one user message, fence first, question intact."""
    usual = set()
    for calls in ([], [ToolCall("look", {}, None)]):
        harmless, _ = judged_over_http(lambda prompt, calls=calls: Reply("It arrives tomorrow.", calls))
        usual |= {body["messages"][1]["content"].partition(">\n\n")[2] for body in harmless}
    kept = [attack for attack in ATTACKS if len(attack["messages"]) == 2 and "times" not in attack]
    for attack in kept[::9]:
        sent = attack["messages"][1]

        def model_fn(prompt, sent=sent):
            return Reply(sent["content"], [ToolCall(**call) for call in sent.get("tool_calls", ())])

        bodies, result = judged_over_http(model_fn)
        assert len(bodies) == VOTES + len(EVALUATORS) + 1
        beginnings = set()
        for body in bodies:
            system, user = body["messages"]
            assert (system["role"], user["role"]) == ("system", "user")
            text = user["content"]
            fence = text.split(">", 1)[0].removeprefix("<transcript ")
            inside, _, question = text.partition(f"</transcript {fence}>\n\n")
            rows = json.loads("\n".join(body_of(inside + f"</transcript {fence}>", fence)))
            assert rows == [
                {"turn": 1, "role": "user", "content": "ann 1"},
                {"turn": 1, "role": "assistant", "content": result.transcript[1].content}
                | ({"tool_calls": sent["tool_calls"]} if "tool_calls" in sent else {}),
            ]
            assert question in usual
            beginnings.add((system["content"], inside))
        assert len(beginnings) == 1


def judged_over_http(model_fn):
    """The judging requests of one conversation of one turn, as a server received them, and its result."""
    with ChatServer() as server:
        [result] = simulate(
            model_fn,
            [persona()],
            judge=judge_for(server),
            driver=Talks(),
            max_turns=1,
            evaluators=EVALUATORS,
            judge_votes=VOTES,
            observers=["refusals:judge"],
            hooks=(),
        )
    return server.requests, result
