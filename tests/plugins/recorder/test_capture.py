"""What is read out of requests, whatever is in them."""

import json

import attrs
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval_plugins.recorder.capture import Part, read_chat, read_contents, read_messages, read_responses

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text()
    | st.binary()
    | st.builds(object)
    | st.builds(iter, st.just("ab")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "messages role content type text tool_calls tools functions instructions input system contents parts "
                "functionDeclarations inlineData mimeType systemInstruction thought".split()
            )
            | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_no_request_is_too_strange(body):
    """Whatever a request looks like, reading it gives parts that are a text or a kind, and never fails."""
    for reader in (read_chat, read_responses, read_messages, read_contents):
        for part in reader(body):
            assert isinstance(part.role, str) and part.role
            assert (part.text is None) == bool(part.kind)


@given(st.lists(st.tuples(st.sampled_from(["system", "developer", "user", "assistant"]), st.text()), max_size=5))
def test_all_texts_in_their_order(said):
    """Every text of a chat comes out, as a string or as a part, word for word and in order."""
    plain = [{"role": role, "content": text} for role, text in said]
    parts = [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in said]
    expected = [Part(role, text) for role, text in said]
    assert list(read_chat({"messages": plain})) == list(read_chat({"messages": parts})) == expected


def test_an_iterator_is_left_alone():
    """What can be read only once is left to the SDK, and counted."""
    words = iter([{"role": "user", "content": "Hello?"}])
    assert [part.kind for part in read_chat({"messages": words})] == ["unreadable"]
    assert len(list(words)) == 1


def test_objects_are_read_like_dicts():
    """A message may be an object of somebody's own."""

    @attrs.frozen
    class Message:
        role: str
        content: str

    assert list(read_chat({"messages": [Message("user", "Hello?")]})) == [Part("user", "Hello?")]


def test_what_was_not_given():
    """The SDKs' marks for what was not given are nothing."""

    class NotGiven: ...

    class Omit: ...

    assert list(read_messages({"system": NotGiven(), "messages": [], "tools": Omit()})) == []


def test_responses_items():
    """The items of OpenAI's responses are read or counted one by one."""
    items = [
        {"role": "developer", "content": "Be brief."},
        {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_text", "text": "This?"}, {"type": "input_image"}],
        },
        {"type": "function_call", "name": "look", "arguments": "{}", "call_id": "c"},
        {"type": "function_call_output", "call_id": "c", "output": "A cat."},
    ]
    body = {"instructions": "Be kind.", "input": items, "prompt": {"id": "p"}}
    assert [(part.role, part.text, part.kind) for part in read_responses(body)] == [
        ("system", "Be kind.", ""),
        ("system", None, "stored_prompt"),
        ("developer", "Be brief.", ""),
        ("user", "This?", ""),
        ("user", None, "image"),
        ("assistant", None, "tool_call"),
        ("assistant", None, "tool_result"),
    ]


def test_tool_definitions_are_the_same_in_any_order():
    """A tool's definition is known by what it says, not by the order of its keys."""
    one = {"name": "look", "parameters": {"type": "object", "required": ["a"]}}
    other = {"parameters": {"required": ["a"], "type": "object"}, "name": "look"}
    first, second = (list(read_chat({"tools": [tool]})) for tool in (one, other))
    assert first == second and json.loads(first[0].text) == one


def test_a_tool_that_is_no_data():
    """A definition that has no JSON is counted."""
    assert list(read_chat({"tools": [{"run": print}]})) == [Part("tool_definition", kind="tool_definition")]
