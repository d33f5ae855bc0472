"""Adding to JSON leaves every other byte as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval_plugins.recorder.json_text import add_items, iterate_members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "c"]) | st.text(), VALUES, max_size=4)
STYLES = st.sampled_from([{}, {"separators": (",", ":")}, {"indent": 1}, {"ensure_ascii": False}])
PATH = ("a", "b", "c")


def wanted(value, items):
    """What with_items should make of an object; None if it cannot."""
    made = json.loads(json.dumps(value))
    inner = made
    for key in PATH[:-1]:
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            return None
    there = inner.setdefault(PATH[-1], [])
    if not isinstance(there, list):
        return None
    there.extend(items)
    return made


def kept(short, long):
    """Whether everything of one text stands in another, in its order, around one insertion."""
    start = next(
        (index for index, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), len(short)
    )
    return long.endswith(short[start:]) or any(
        long.startswith(short[:index]) and long.endswith(short[index:]) for index in range(start + 1)
    )


@given(OBJECTS, st.lists(OBJECTS, min_size=1, max_size=2), STYLES, st.sampled_from(["", " ", "\n"]))
def test_only_what_is_added_is_new(value, items, style, around):
    """The result means what was wanted, and the text before it stands around one insertion."""
    text = around + json.dumps(value, **style) + around
    expected = wanted(value, items)
    if expected is None:
        with pytest.raises(ValueError, match="there is no"):
            add_items(text, PATH, items)
        return
    made = add_items(text, PATH, items)
    assert json.loads(made) == expected and list(json.loads(made)) == list(expected)
    assert kept(text, made)


@given(OBJECTS, STYLES)
def test_members(value, style):
    """The members of an object come with the places of their values."""
    text = json.dumps(value, **style)
    assert {key: json.loads(text[start:end]) for key, start, end in iterate_members(text, 0)} == value


def test_a_key_that_stands_twice():
    """Which of two is meant nobody knows."""
    with pytest.raises(ValueError, match="'a' stands there twice"):
        add_items('{"a": {}, "a": {}}', PATH, [1])
