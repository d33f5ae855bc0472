"""A SPEC means what it says: whatever can be written can be read back."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import PluginError
from multivon_eval._plugins.spec import Raw, Spec, split_commas

NAMES = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True)
FIELDS = st.from_regex(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", fullmatch=True).filter(lambda name: name != "use")
SIMPLE = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=6,
)


def read(value: object) -> object:
    """Read a value as a field without a type of its own would."""
    return value.read() if isinstance(value, Raw) else value


def quoted(text: str) -> str:
    """Write a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(name=NAMES, arg=st.none() | st.text(), options=st.dictionaries(FIELDS, VALUES, max_size=3))
def test_what_is_written_is_read(name: str, arg: str | None, options: dict[str, Any]) -> None:
    """Any name, ARG and options, written as a SPEC, are read as they were."""
    head = name if arg is None else f"{name}:{quoted(arg)}"
    text = Spec.from_table({"use": head, **options}).text
    spec = Spec.parse(text)
    assert (spec.name, spec.text) == (name, text)
    assert read(spec.arg) == arg
    assert {key: read(value) for key, value in spec.options.items()} == options
    assert all(type(read(spec.options[key])) is type(value) for key, value in options.items())


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text whatever makes parsing fail in another way than with a sentence for its author."""
    with contextlib.suppress(PluginError):
        spec = Spec.parse(text)
        assert spec.name
        for value in (spec.arg, *spec.options.values()):
            read(value)


@given(st.lists(st.text(alphabet="ab=: ")))
def test_commas_split_where_nothing_protects_them(parts: list[str]) -> None:
    """Without quotes and brackets, every comma splits."""
    assert split_commas(",".join(parts)) == (parts or [""])


@pytest.mark.parametrize(
    ("text", "arg", "options"),
    [
        ("openai:gpt-4.1-mini", "gpt-4.1-mini", {}),
        (
            "openai:llama3:8b,base_url=http://localhost:11434/v1?a=b&c=d#e",
            "llama3:8b",
            {"base_url": "http://localhost:11434/v1?a=b&c=d#e"},
        ),
        ("jsonl:https://example.org:8443/personas.jsonl", "https://example.org:8443/personas.jsonl", {}),
        ("jsonl:C:\\data\\personas.jsonl", "C:\\data\\personas.jsonl", {}),
        ('jsonl:"a, b.jsonl",strict=true', "a, b.jsonl", {"strict": True}),
        ("jsonl:'a, \"b\".jsonl'", 'a, "b".jsonl', {}),
        (r'say:"a \"b, c\" d",n=1', 'a "b, c" d', {"n": 1}),
        (r"say:'C:\',n=1", "C:\\", {"n": 1}),
        ("say,words=[1, 2, [3, 4]],n=2", None, {"words": [1, 2, [3, 4]], "n": 2}),
        ('say,table={a = 1, b = "x, y"},n=2', None, {"table": {"a": 1, "b": "x, y"}, "n": 2}),
        ("say,unread=[a, b],n=2", None, {"unread": "[a, b]", "n": 2}),
        ("say,text=don't,other=isn't", None, {"text": "don't", "other": "isn't"}),
        ("say, n = 1 , max-words = 2", None, {"n": 1, "max_words": 2}),
        ("say,a==b,c=", None, {"a": "=b", "c": ""}),
        ('say:""', "", {}),
    ],
)
def test_a_spec_reads_as_a_person_means_it(text: str, arg: object, options: dict[str, object]) -> None:
    """URLs survive; quotes and brackets protect commas; a value is TOML and, failing that, a string."""
    spec = Spec.parse(text)
    assert read(spec.arg) == arg
    assert {key: read(value) for key, value in spec.options.items()} == options


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4),
        ("0.5", 0.5),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("maybe", "maybe"),
        ('"4"', "4"),
        ("'4'", "4"),
        ("2024-04-09", "2024-04-09"),
        ("3#4", "3#4"),
        ("#fff", "#fff"),
        ("1\nother = 2", "1\nother = 2"),
        ("1\n[table]", "1\n[table]"),
        ("[" * 5000, "[" * 5000),
    ],
)
def test_a_value_is_toml_and_failing_that_a_string(text: str, value: object) -> None:
    """A value has TOML's type; a date, a comment or a second line is no option's value and stays text."""
    found = Raw(text).read()
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("text", "value"), [("4", "4"), ("true", "true"), ('"4"', "4"), ("'a' b", "'a' b")])
def test_a_string_is_taken_as_it_was_typed(text: str, value: str) -> None:
    """A field of strings takes the raw text, less the quotes around it."""
    assert Raw(text).plain() == value


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["'' names no plug-in; write NAME[:ARG][,key=value]..."]),
        (":x", ["':x' names no plug-in; write NAME[:ARG][,key=value]..."]),
        ("say: ,a=1", ["'say: ,a=1' has nothing behind the colon, perhaps a variable that is not set; fill it in"]),
        (
            "say,loud,n=1,n=2,=3",
            [
                "'loud' in 'say,loud,n=1,n=2,=3' is no option; write key=value",
                "'n' is given twice in 'say,loud,n=1,n=2,=3'; give it once",
                "'=3' in 'say,loud,n=1,n=2,=3' is no option; write key=value",
            ],
        ),
    ],
)
def test_all_that_cannot_be_read_is_said_at_once(text: str, problems: list[str]) -> None:
    """Every problem of a SPEC is named, with the remedy."""
    with pytest.raises(PluginError) as caught:
        Spec.parse(text)
    assert list(caught.value.problems) == problems


class TestTables:
    """A SPEC as a table of a file, or a dict in Python."""

    def test_use_may_be_a_whole_spec(self) -> None:
        """What ``use`` says beyond the name is not lost; the table's options come on top."""
        spec = Spec.from_table({"use": "openai:gpt,timeout=5", "price-in": 0.5})
        assert (spec.name, read(spec.arg)) == ("openai", "gpt")
        assert {key: read(value) for key, value in spec.options.items()} == {"timeout": 5, "price_in": 0.5}
        assert spec.text == "openai:gpt,timeout=5,price_in=0.5"

    @pytest.mark.parametrize("table", [{}, {"use": ""}, {"use": 4}, {"name": "jsonl"}])
    def test_a_table_names_its_plugin(self, table: dict[str, object]) -> None:
        """A table without ``use`` is refused."""
        with pytest.raises(PluginError, match="give its name as 'use'"):
            Spec.from_table(table)

    def test_an_option_is_given_once(self) -> None:
        """The same option in ``use`` and beside it is refused: one of the two would be lost."""
        with pytest.raises(PluginError, match="'timeout' is given twice"):
            Spec.from_table({"use": "openai:gpt,timeout=5", "timeout": 6})

    def test_nothing_is_no_option(self) -> None:
        """None is what is not said, in the text that results carry."""
        assert Spec.from_table({"use": "terminal", "width": None}).text == "terminal"


@given(st.text())
def test_an_arg_that_is_a_path_is_taken_as_it_is(path: str) -> None:
    """``--out`` and bare paths are not parsed, whatever commas and colons are in them."""
    spec = Spec.with_arg("jsonl", path)
    assert (spec.name, spec.arg, spec.options) == ("jsonl", path, {})
