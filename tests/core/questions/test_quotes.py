"""A quote that was copied from what the judge was shown is found, however it was copied; what was not said is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import ToolCall
from multivon_eval.sdk import Message, quote_stands_in

RESULT = json.dumps({"status": "booked", "note": 'the "window" seat', "fare": {"EUR": 120}})
REPLY = Message(
    "assistant",
    "Done!\n\n**Reservation ID:** X7\n- `order_id`: *42*\n> See [the terms](https://example.com/t) <b>now</b>",
    [ToolCall("book", {"a": 1, "name": "José"}, RESULT), ToolCall("look", {}, {"rows": [{"id": "R-1"}]})],
)
FOUND = {
    "words": "Done!",
    "over a line end": "Done! **Reservation ID:** X7",
    "without emphasis": "Reservation ID: X7",
    "without code marks": "order_id: 42",
    "the text of a link": "See the terms",
    "a tag": "<b>now</b>",
    "a tag as it is shown": "\\u003cb\\u003enow",
    "the name of a tool": '"name": "book"',
    "its arguments": '"arguments": {"a": 1',
    "a name beyond ASCII": '"name": "José"',
    "a part of its result": '"id": "R-1"',
    "a result that is JSON, without escapes": '"status": "booked"',
    "the same with them": '\\"status\\": \\"booked\\"',
    "quotes inside of it": 'the \\"window\\" seat',
    "another kind of quotation marks": "\u201cstatus\u201d: \u201cbooked\u201d",
}
MISSING = {
    "other words": "Your reservation is X8",
    "nothing": "",
    "blanks": " \n",
    "marks alone": "**",
    "the frame of a message": '"role": "assistant"',
    "a call that was not made": '"name": "cancel"',
    "another argument": '"arguments": {"a": 2',
}


@pytest.mark.parametrize("quote", FOUND.values(), ids=FOUND)
def test_what_was_shown_is_found(quote: str) -> None:
    """In the words and in the tool calls, with and without escapes and marks."""
    assert quote_stands_in(REPLY, quote)


@pytest.mark.parametrize("quote", MISSING.values(), ids=MISSING)
def test_what_was_not_shown_is_not(quote: str) -> None:
    """Nor what says nothing."""
    assert not quote_stands_in(REPLY, quote)


@given(st.text(min_size=1), st.data())
def test_any_part_of_a_message_is_found(content: str, data: st.DataObject) -> None:
    """Whatever it is cut out of, and whatever stands in it, unless it is marks alone."""
    start = data.draw(st.integers(0, len(content) - 1))
    part = content[start : data.draw(st.integers(start + 1, len(content)))]
    if set(part) - set("*_`~#>|\\ \t\n\r") and part.split():
        assert quote_stands_in(Message("assistant", content), part)
        assert quote_stands_in(Message("assistant", "x", [ToolCall("t", {"a": content}, [content])]), part)
