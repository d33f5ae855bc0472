import copy
import json
from decimal import Decimal

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import (
    DISCLAIMER,
    Conversation,
    Message,
    Persona,
    Provenance,
    RunPart,
    Score,
    SimulationResult,
    ToolCall,
    UsageError,
    Verdict,
    result_from_json,
    result_schema,
    result_to_json,
    simulate,
)
from multivon_eval._types.conversation import SimulationError
from multivon_eval._types.observation import STOP_REASONS, Observation
from multivon_eval._types.provenance import JudgeRetry, RescoredFrom
from multivon_eval._types.verdict import CriterionVerdict, Evidence
from multivon_eval.sdk import PluginUse, Usage
from support.people import SaysJudge, Talks, answers, persona

VALIDATOR = jsonschema.Draft202012Validator(result_schema())

text = st.text(max_size=12)
word = st.text(min_size=1, max_size=12).filter(str.strip)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(text, plain, max_size=2)
seconds = st.none() | st.floats(0, 1e6)
money = st.decimals(0, 1000, places=9)
words = st.lists(word, max_size=2).map(tuple)
calls = st.lists(st.builds(ToolCall, text, objects, plain), max_size=2)
messages = st.builds(Message, st.sampled_from(["user", "assistant"]), text, calls, seconds, objects)
histories = st.lists(st.builds(Message, st.sampled_from(["user", "assistant"]), word), max_size=2)
personas = st.builds(
    Persona,
    word,
    word,
    word,
    word | st.lists(word, min_size=1, max_size=2),
    words,
    words,
    words,
    histories,
    st.none() | st.integers(1, 5),
    objects,
)
evidence = st.lists(st.builds(Evidence, st.integers(1, 9), text, st.booleans()), max_size=2).map(tuple)
criteria = st.lists(
    st.builds(CriterionVerdict, text, st.sampled_from(["yes", "no", "unknown"]), text, evidence), max_size=2
).map(tuple)
verdicts = st.builds(Verdict, st.none() | st.booleans(), text, criteria, st.booleans(), st.booleans())
scores = st.one_of(
    st.builds(Score, st.floats(0, 1), text, st.just("scored"), st.none() | st.floats(0, 1)),
    st.builds(Score, st.none(), text, st.sampled_from(["skipped", "failed"]), st.none(), st.booleans()),
)
errors = st.none() | st.builds(SimulationError, st.sampled_from(["driver", "model_fn"]), text, text, st.booleans())
observations = st.one_of(
    st.builds(Observation, word, st.integers(1, 9), text, st.sampled_from(["fault", "refusal", "note"]), observer=text),
    st.builds(Observation, word, st.integers(1, 9), text, st.just("stop"), st.sampled_from(STOP_REASONS)),
)
conversations = st.builds(
    Conversation,
    messages=st.lists(messages, max_size=3),
    persona=personas,
    trial=st.integers(1, 99),
    case_uid=word,
    stop_reason=st.sampled_from(STOP_REASONS),
    driver_said_goal=st.booleans(),
    error=errors,
    observations=st.lists(observations, max_size=3).map(tuple),
    repaired_faults=st.integers(0, 9),
    gave_up=st.booleans(),
    system_cost_usd=st.none() | money,
)
usages = st.builds(Usage, *[st.integers(0, 10**9)] * 4)
retries = st.lists(st.builds(JudgeRetry, text, text, st.floats(0, 60)), max_size=2).map(tuple)
others = st.dictionaries(word.map(lambda name: f"_{name}"), plain, max_size=2)
provenances = st.builds(
    Provenance,
    run_id=word,
    seed=st.none() | st.integers(0, 9),
    judge_provider=text,
    judge_model=text,
    judge_temperature=st.none() | st.floats(0, 2),
    judge_reason=text,
    driver_model=text,
    driver_temperature=st.none() | st.floats(0, 2),
    prices=st.none() | objects,
    plugins=st.lists(st.builds(PluginUse, text, text, text, text, text), max_size=2).map(tuple),
    versions=st.dictionaries(text, text, max_size=2),
    options=objects,
    sources=st.dictionaries(text, text, max_size=2),
    started_at=text,
    seconds=st.floats(0, 1e6),
    usage=usages,
    judge_calls=st.integers(0, 99),
    judge_retries=retries,
    notes=st.lists(text, max_size=2).map(tuple),
    rescored_from=st.none() | st.builds(RescoredFrom, text, text, st.none() | st.booleans(), money),
    scores_judge_model=st.none() | text,
    part=st.none() | st.builds(RunPart, st.integers(1, 9), st.tuples(st.integers(1, 9)), st.integers(0, 99)),
    place=st.none() | st.integers(0, 99),
    extra=others,
)
results = st.builds(
    SimulationResult,
    conversations,
    verdicts,
    st.dictionaries(word, scores, max_size=2),
    st.sampled_from([None, "system", "simulation", "judge", "infrastructure"]),
    money,
    provenances,
    extra=others,
)


@given(result=results)
def test_a_result_comes_back_from_json_as_it_was(result):
    """Through JSON and back nothing is lost, not a quote, not a tool call, not a cent."""
    row = json.loads(json.dumps(result_to_json(result), allow_nan=False))
    again = result_from_json(row)
    assert again == result
    assert json.loads(json.dumps(result_to_json(again))) == row


@given(result=results)
def test_the_metadata_of_a_result_is_that_of_its_line(result):
    """In memory and in JSON ``metadata`` has the same keys and values, and they are JSON values."""
    assert result.metadata == json.loads(json.dumps(result_to_json(result)))["metadata"]
    assert (result.metadata["simulated"], result.metadata["case_uid"]) == (True, result.case_uid)


@given(result=results)
def test_every_line_is_what_the_schema_says(result):
    """Whatever a result holds, its line validates against the schema that ships with the package."""
    VALIDATOR.validate(json.loads(json.dumps(result_to_json(result))))


@pytest.fixture
def line():
    """The line of a conversation that was really had."""
    [result] = simulate(
        answers, [persona()], driver=Talks(), judge=SaysJudge(), max_turns=2, evaluators=["turn-consistency"], hooks=()
    )
    return result_to_json(result)


def test_the_schema_is_a_schema():
    """It is valid itself, and the package gives a fresh one each time."""
    jsonschema.Draft202012Validator.check_schema(result_schema())
    result_schema().clear()
    assert result_schema()["title"]


def test_a_line_has_the_fields_of_the_contract(line):
    """The names of a result line, and of its metadata, are those that were promised."""
    VALIDATOR.validate(line)
    assert list(line) == [
        "schema_version",
        "persona",
        "trial",
        "transcript",
        "turns",
        "stop_reason",
        "goal_achieved",
        "verdict",
        "scores",
        "reasons",
        "driver_faults",
        "attribution",
        "cost_usd",
        "disclaimer",
        "metadata",
    ]
    assert set(line["metadata"]) >= {
        "simulated",
        "case_uid",
        "run_id",
        "seed",
        "judge_provider",
        "judge_model",
        "judge_temperature",
        "driver_model",
        "prices",
        "plugins",
        "versions",
        "started_at",
        "seconds",
        "usage",
        "error",
    }
    assert line["metadata"]["simulated"] is True
    assert set(line["scores"]) == set(line["reasons"]) == {"turn_consistency"}


def test_every_line_carries_the_disclaimer(line):
    """The sentence stands in every result, word for word."""
    assert line["disclaimer"] == DISCLAIMER
    assert DISCLAIMER == "simulated personas — measures behavior under synthetic users, not real traffic"


def test_the_judge_in_a_line_is_the_one_that_answered(line):
    """Model and temperature are what the provider said it used."""
    assert (line["metadata"]["judge_model"], line["metadata"]["judge_temperature"]) == ("fake-1", 0.0)


def test_the_seconds_of_a_message_say_how_long_it_took(line):
    """Each message of a simulated turn carries the time of who wrote it."""
    assert all(message["seconds"] >= 0 for message in line["transcript"])


def test_an_error_stands_in_the_metadata():
    """Source, class and message of a failure are in ``metadata.error``."""
    [result] = simulate(lambda prompt: None, [persona()], driver=Talks(), hooks=())
    row = result_to_json(result)
    VALIDATOR.validate(row)
    assert row["metadata"]["error"]["source"] == "model_fn"
    assert "None" in row["metadata"]["error"]["message"]


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_line_of_another_version_is_refused(line, version):
    """A line is read by the version it was written for, and the message says which one it has."""
    line["schema_version"] = version
    with pytest.raises(UsageError, match="schema_version is " + repr(version)):
        result_from_json(line)


NEEDED = ["persona", "trial", "transcript", "stop_reason", "goal_achieved", "verdict", "scores", "reasons"]
NEEDED += ["driver_faults", "attribution", "cost_usd", "disclaimer", "metadata"]


@pytest.mark.parametrize("field", NEEDED)
def test_a_line_without_a_field_is_refused_with_its_name(line, field):
    """What is missing is named."""
    del line[field]
    with pytest.raises(UsageError, match=f"'{field}' is missing"):
        result_from_json(line)


def test_a_line_of_an_unfinished_schema_is_refused(line):
    """A line that names no version is none of ours."""
    del line["schema_version"]
    with pytest.raises(UsageError, match="schema_version is None"):
        result_from_json(line)


BROKEN = [
    ("persona", "ann"),
    ("persona.name", 5),
    ("persona.success_criteria", None),
    ("persona.colour", "red"),
    ("trial", "first"),
    ("transcript", "hello"),
    ("transcript.0.role", "system"),
    ("transcript.0.content", 5),
    ("stop_reason", "bored"),
    ("goal_achieved", "yes"),
    ("verdict", "yes"),
    ("verdict.criteria", [{"met": "yes"}]),
    ("scores", [1.0]),
    ("scores.turn_consistency", 2.0),
    ("driver_faults", [{"turn": 1}]),
    ("attribution", "nobody"),
    ("cost_usd", "much"),
    ("metadata", None),
    ("metadata.run_id", 5),
    ("metadata.seed", "one"),
    ("metadata.judge_temperature", "warm"),
    ("metadata.plugins", {}),
    ("metadata.plugins", ["jsonl"]),
    ("metadata.versions", "1.0"),
    ("metadata.seconds", "long"),
    ("metadata.usage", {"input_tokens": "many"}),
    ("metadata.judge_calls", 1.5),
    ("metadata.judge_retries", [1]),
    ("metadata.notes", [1]),
    ("metadata.rescored_from", {"goal_achieved": "yes"}),
]


def broken(line, path, value):
    """The line with another value at one place."""
    row = copy.deepcopy(line)
    *above, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    target = row
    for key in above:
        target = target[key]
    target[last] = value
    return row


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_a_line_with_a_wrong_value_is_refused(line, path, value):
    """What does not fit the schema is refused as asked wrongly, never as an exception of somebody else."""
    row = broken(line, path, value)
    assert not VALIDATOR.is_valid(row) or path == "persona.colour"
    with pytest.raises(UsageError):
        result_from_json(row)


@pytest.mark.parametrize(("path", "value"), [row for row in BROKEN if row[0] in ("trial", "transcript", "cost_usd")])
def test_a_wrong_value_is_named_by_its_field(line, path, value):
    """The message names the field, so that whoever wrote the line can find it."""
    with pytest.raises(UsageError, match=path):
        result_from_json(broken(line, path, value))


@pytest.mark.parametrize(("path", "value"), [row for row in BROKEN if row[0].startswith("metadata.")])
def test_a_wrong_value_of_the_metadata_is_named_by_its_key(line, path, value):
    """The message names ``metadata`` and the key."""
    with pytest.raises(UsageError, match=f"'metadata': '{path.partition('.')[2]}'"):
        result_from_json(broken(line, path, value))


@pytest.mark.parametrize("row", [[], "line", None, 5])
def test_what_is_no_object_is_refused(row):
    """A JSON value that is no object is no result line."""
    with pytest.raises(UsageError):
        result_from_json(row)


def test_reading_a_line_does_not_change_it(line):
    """The caller's object is as it was."""
    before = copy.deepcopy(line)
    result_from_json(line)
    assert line == before


def test_optional_fields_may_be_missing(line):
    """A line of a leaner writer of the same version is read, with defaults for what it leaves out."""
    for key in ("score_status", "driver_said_goal", "refusals_observed", "system_cost_usd", "disagreement"):
        line["metadata"].pop(key, None)
    line["scores"]["tone"], line["reasons"]["tone"] = None, "broken"
    result = result_from_json(line)
    assert (result.scores["turn_consistency"].status, result.scores["tone"].status) == ("scored", "failed")
    assert result.conversation.refusals_observed == 0


def test_missing_metadata_has_defaults(line):
    """Of the metadata a line needs its ``case_uid``; what is missing or null has its default."""
    line["metadata"] = {"case_uid": "c", "usage": None, "plugins": [{"name": "jsonl"}], "seed": None}
    result = result_from_json(line)
    assert (result.run_id, result.judge_model, result.usage, result.cut) == ("", "", Usage(), False)
    assert result.provenance.plugins == (PluginUse("", "jsonl", ""),)


def test_what_others_added_to_a_line_survives(line):
    """Keys that are not ours come back where they stood, in the line and in its metadata."""
    line["label"] = {"achieved": True, "by": ["ann"]}
    line["metadata"] |= {"_provenance": {"targets": [{"site": "a.py"}]}, "ticket": 7}
    result = result_from_json(line)
    assert result.extra == {"label": line["label"]}
    assert set(result.provenance.extra) == {"_provenance", "ticket"}
    assert result.metadata["ticket"] == 7
    assert result_to_json(result) == line


def test_what_others_added_hides_no_field_of_ours(line):
    """Whatever ``extra`` is called, our own fields keep their values."""
    result = result_from_json(line)
    made = attrs.evolve(result.provenance, extra={"case_uid": "other", "run_id": "other"})
    assert result_to_json(attrs.evolve(result, provenance=made, extra={"trial": 99})) == line


def test_changing_the_metadata_leaves_the_result_as_it_was(line):
    """``metadata`` is the caller's own copy, however deep it is changed."""
    line["metadata"]["ticket"] = {"tags": ["a"]}
    result = result_from_json(line)
    before = copy.deepcopy(result.metadata)
    result.metadata["ticket"]["tags"].append("b")
    result.metadata["versions"].clear()
    result.metadata["usage"]["input_tokens"] = 99
    assert result.metadata == before


def test_money_is_written_as_a_number_and_read_exactly(line):
    """A tenth of a cent is a tenth of a cent again."""
    result = attrs.evolve(result_from_json(line), cost_usd=Decimal("0.0011"))
    row = json.loads(json.dumps(result_to_json(result)))
    assert row["cost_usd"] == 0.0011
    assert result_from_json(row).cost_usd == Decimal("0.0011")
