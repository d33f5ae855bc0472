import asyncio
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multivon_eval.sdk import Message, Persona, PersonaError, RunContext, ToolCall, persona_from_json, persona_to_json
from multivon_eval_plugins.personas.jsonl import JsonlPersonas
from support.people import SaysJudge

ROW = {
    "name": "rushed_customer",
    "profile": "A customer in a hurry who wants a refund for order #1234.",
    "goal": "Find out how to get a refund and confirm the refund window.",
    "success_criteria": "The assistant stated the refund window and the process.",
    "traits": ["terse", "impatient"],
}
SAID = {"role": "assistant", "content": "It is on its way."}


def load(path):
    """The personas of a file."""
    return asyncio.run(JsonlPersonas(str(path)).load(RunContext(SaysJudge())))


@pytest.fixture
def path(tmp_path):
    """Where the file will lie."""
    return tmp_path / "personas.jsonl"


def written(path, *lines):
    """A file of lines."""
    path.write_bytes(b"".join(line.encode() + b"\n" for line in lines))
    return path


def row(**changes):
    """A persona as a line; a field given as ... is left out."""
    return json.dumps({key: value for key, value in {**ROW, **changes}.items() if value is not ...})


def problems(path):
    """What is wrong with a file, without the file's name."""
    with pytest.raises(PersonaError) as caught:
        load(path)
    assert all(problem.startswith(f"{path}") for problem in caught.value.problems)
    return [problem.removeprefix(str(path)).removeprefix(":") for problem in caught.value.problems]


def test_the_example_of_the_contract_is_read(path):
    """One object a line is one persona."""
    [persona] = load(written(path, row()))
    assert persona == Persona(**ROW)
    assert persona.criteria == (ROW["success_criteria"],)


def test_every_field_is_read(path):
    """Several criteria, facts, script, history and metadata come as they were written."""
    history = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]
    more = {"facts": ["f"], "script": [" Hello  there "], "history": history, "metadata": {"team": {"id": 7}}}
    [persona] = load(written(path, row(success_criteria=["one", "two"], **more)))
    assert persona.criteria == ("one", "two")
    assert (persona.facts, persona.script) == (("f",), (" Hello  there ",))
    assert persona.history == (Message("user", "Hi"), Message("assistant", "Yes?"))
    assert persona.metadata == {"team": {"id": 7}}


def test_tool_calls_in_a_history_are_kept(path):
    """What an assistant looked up before stands in the persona, in its line and in a result's."""
    called = {"name": "track", "arguments": {"order": "1234"}, "result": {"arrives": "3 May"}}
    history = [{"role": "user", "content": "Where is it?"}, {**SAID, "tool_calls": [called]}]
    [persona] = load(written(path, row(history=history)))
    assert persona.history[1].tool_calls == (ToolCall("track", {"order": "1234"}, {"arrives": "3 May"}),)
    assert persona_from_json(persona_to_json(persona)) == persona


def test_blank_lines_and_comments_are_skipped(path):
    """They count for the line numbers and for nothing else."""
    written(path, "# people", "", "  // more", " \t ", row(name="a"), "#" + row(name="b"), row(name="c"))
    assert [persona.name for persona in load(path)] == ["a", "c"]


def test_the_order_is_that_of_the_file(path):
    """Personas come in the order of their lines."""
    names = [f"p{number}" for number in (3, 1, 2)]
    assert [persona.name for persona in load(written(path, *(row(name=name) for name in names)))] == names


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_and_line_ends_of_all_systems_are_tolerated(path, end, mark):
    """A file from anywhere is read, also without an end after the last line."""
    path.write_bytes(mark + end.join([row(name="a"), row(name="b")]).encode())
    assert [persona.name for persona in load(path)] == ["a", "b"]


def test_text_beyond_ascii_is_kept(path):
    """Names and messages may be in any language."""
    [persona] = load(written(path, json.dumps({**ROW, "name": "Zoë 😀", "goal": "Перевод"}, ensure_ascii=False)))
    assert (persona.name, persona.goal) == ("Zoë 😀", "Перевод")


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_a_line_ends_only_where_a_file_has_its_line_ends(path, char):
    """What Python takes for a line's end may well stand inside a JSON string, and is kept."""
    said = f"one{char}two"
    [persona] = load(written(path, json.dumps({**ROW, "script": [said]}, ensure_ascii=False)))
    assert persona.script == (said,)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("{'name': 'a'}", "not JSON"),
        (row() + ",", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "a list, not an object"),
        ('"ann"', "a string, not an object"),
        ("null", "null, not an object"),
        ("5", "a number, not an object"),
        ('{"name": "a", ' + row()[1:], "the key 'name' stands twice in one object; keep one"),
        (row(metadata=...)[:-1] + ', "metadata": {"x": 1, "x": 2}}', "the key 'x' stands twice"),
        (row(name=...), "'name' is missing"),
        (row(profile=...), "'profile' is missing"),
        (row(goal=...), "'goal' is missing"),
        (row(success_criteria=...), "'success_criteria' is missing"),
        (row(name=""), "'name' is empty"),
        (row(goal=" \n"), "'goal' is empty"),
        (row(profile=None), "'profile' is null"),
        (row(name=5), "'name' is a number"),
        (row(success_criteria=""), "'success_criteria' is empty"),
        (row(success_criteria=[]), "'success_criteria' is empty"),
        (row(success_criteria=["a", " "]), r"success_criteria\[1\] is empty"),
        (row(success_criteria=[5]), r"success_criteria\[0\] is a number"),
        (row(success_criteria={}), "'success_criteria' is an object"),
        (row(traits="terse"), "'traits' is a string"),
        (row(traits=[True]), r"traits\[0\] is true or false"),
        (row(facts=None), "'facts' is null"),
        (row(script=["hi", ""]), r"script\[1\] is empty"),
        (row(history="hi"), "'history' is a string"),
        (row(history=["hi"]), r"history\[0\] is a string"),
        (row(history=[{"role": "user"}]), r"history\[0\] has the keys \['role'\]"),
        (row(history=[{"role": "user", "content": "x", "at": 1}]), r"history\[0\] has the keys"),
        (row(history=[{"role": "system", "content": "x"}]), r"history\[0\].role is 'system'"),
        (row(history=[{"role": "user", "content": ""}]), r"history\[0\].content is empty"),
        (row(history=[{**SAID, "tool_calls": {}}]), r"history\[0\].tool_calls is an object; give a list"),
        (
            row(history=[{**SAID, "tool_calls": [{"arguments": {}}]}]),
            r"history\[0\].tool_calls has a call without a name",
        ),
        (row(metadata=[]), "'metadata' is a list"),
        (row(trait=["terse"]), "unknown key 'trait'; did you mean 'traits'"),
        (row(sucess_criteria="x"), "unknown key 'sucess_criteria'; did you mean 'success_criteria'"),
        (row(zzz=1), "unknown key 'zzz'; known: facts, goal, history"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_field(path, line, problem):
    """Each fault is refused with FILE:LINE, what is wrong and what to write instead."""
    [told] = problems(written(path, "# a comment", "", line))
    assert re.match(f"3: .*{problem}", told), told
    assert ";" in told
    assert len(told) < 400


def test_all_problems_are_said_at_once(path):
    """Faults of one line and of several come together, in the order of the lines."""
    written(path, row(name=..., gaol="x", traits=5), row(name="ok"), "{", row(goal=""))
    told = problems(path)
    assert [problem.partition(":")[0] for problem in told] == ["1", "1", "1", "3", "4"]
    assert "'gaol'" in told[0]
    assert "'name' is missing" in told[1]
    assert "'traits' is a number" in told[2]


SPREAD = {
    "indented": json.dumps(ROW, indent=2),
    "a list": json.dumps([ROW, ROW], indent=2),
    "with a comma too many": json.dumps(ROW, indent=2)[:-2] + ",\n}",
    "without its end": json.dumps(ROW, indent=2)[:-2],
}


@pytest.mark.parametrize("text", SPREAD.values(), ids=SPREAD)
def test_one_persona_over_many_lines_is_one_mistake(path, text):
    """It is told once, with its first and its last line; what stands before and after is looked at for itself."""
    lines = text.split("\n")
    told = problems(written(path, row(goal=""), *lines, row(name="")))
    assert [problem.partition(":")[0] for problem in told] == ["1", "2", str(len(lines) + 2)]
    assert f"(also the lines up to {len(lines) + 1})" in told[1]
    assert "on a line of its own" in told[1]


def test_a_duplicate_name_is_refused_with_both_lines(path):
    """Every line that takes a name again is told where it was taken."""
    written(path, row(), row(name="other"), row(), "", row())
    told = problems(path)
    assert [problem.partition(":")[0] for problem in told] == ["3", "5"]
    assert all("'rushed_customer' is taken by line 1" in problem for problem in told)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# nobody yet\n", b"\xef\xbb\xbf"])
def test_a_file_without_personas_is_refused(path, content):
    """A file of nothing but blanks and comments names nobody."""
    path.write_bytes(content)
    [told] = problems(path)
    assert "no persona in it" in told


@pytest.mark.parametrize("content", [row().encode("utf-16"), b'{"name": "caf\xe9"}'])
def test_a_file_that_is_not_utf_8_is_refused(path, content):
    """The message says where, and what to save it as."""
    path.write_bytes(content)
    [told] = problems(path)
    assert re.search(r"not UTF-8 \(byte \d+\); save the file as UTF-8", told)


def test_a_file_that_is_not_there_is_refused(path):
    """The message names the file and the way out."""
    [told] = problems(path)
    assert "no such file" in told


def test_a_directory_is_refused(tmp_path):
    """A folder is no file of personas."""
    [told] = problems(tmp_path)
    assert "cannot be read" in told


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
messages = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "x"]) | json_values, "content": json_values})
)
fields = {
    name: json_values | st.text(min_size=1) | st.lists(st.text(min_size=1), min_size=1, max_size=3) | messages
    for name in ("name", "profile", "goal", "success_criteria", "traits", "facts", "script", "history", "metadata")
}
rows = st.fixed_dictionaries({}, optional={**fields, "other": json_values}) | json_values


@given(lines=st.lists(rows | st.text().map(str), min_size=1, max_size=3), ascii_only=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_fields_hold_it_is_personas_or_a_persona_error(path, lines, ascii_only):
    """No JSON value in any field breaks the reader, and what it takes are personas with words in their fields."""
    text = "\n".join(json.dumps(line, ensure_ascii=ascii_only) for line in lines)
    path.write_text(text, encoding="utf-8")
    told, personas = (), ()
    try:
        personas = load(path)
    except PersonaError as error:
        told = error.problems
    assert bool(told) != bool(personas)
    assert all(str(path) in problem for problem in told)
    for persona in personas:
        assert persona.criteria
        assert all(text.strip() for text in (persona.name, persona.profile, persona.goal, *persona.criteria))


@given(content=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_there_are_it_is_personas_or_a_persona_error(path, content):
    """No file breaks the reader."""
    path.write_bytes(content)
    with pytest.raises(PersonaError):
        load(path)
