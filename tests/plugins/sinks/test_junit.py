"""The sink ``junit``: what CI servers read, and the same counts as the results."""

import asyncio
import xml.etree.ElementTree as ET
from pathlib import Path

import attrs
import junitparser
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from multivon_eval import DISCLAIMER
from multivon_eval_plugins.sinks.junit import JunitSink
from support.outcomes import hostile, one, outcomes, write_all

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parents[2] / "support" / "junit-10.xsd"))


@pytest.fixture
def out(tmp_path):
    """Where the file will lie."""
    return tmp_path / "junit.xml"


def write(path, *results, **options):
    """Write results, and give the file's root."""
    asyncio.run(write_all(JunitSink(str(path), **options), results))
    return ET.parse(path).getroot()


def test_the_file_is_what_ci_servers_take(out):
    """It holds to the schema, whatever way conversations end."""
    write(out, *outcomes().values(), hostile())
    SCHEMA.validate(out)


def test_a_reader_counts_the_same(out):
    """A reader of others finds the counts in the file, and the outcomes of the cases agree with them."""
    write(out, *outcomes().values())
    [suite] = junitparser.JUnitXml.fromfile(str(out))
    counts = {"tests": 10, "failures": 3, "errors": 2, "skipped": 3}
    assert {name: getattr(suite, name) for name in counts} == counts
    suite.update_statistics()
    assert {name: getattr(suite, name) for name in counts} == counts


@pytest.mark.parametrize(
    ("name", "element", "kind", "says"),
    [
        ("not achieved", "failure", "not_achieved", "the window was never stated"),
        ("refused", "failure", "refused", "the window was never stated"),
        ("crashed", "failure", "crashed", "model_fn: no database"),
        ("down", "error", "infrastructure", "connection refused"),
        ("judge", "error", "judge", "no answer"),
        ("fault", "skipped", "simulation", "a fault of the simulation (repetition)"),
        ("unknown", "skipped", "unknown", "the judge could not tell"),
        ("budget", "skipped", "budget", "the budget cut it"),
    ],
)
def test_each_end_is_told_with_its_reason(out, name, element, kind, says):
    """Only what the system did is a failure; what measured nothing is none."""
    [case] = write(out, outcomes()[name]).iter("testcase")
    [found] = [child for child in case if child.tag != "system-out"]
    assert (found.tag, found.get("type")) == (element, kind)
    assert says in found.get("message")


@pytest.mark.parametrize("name", ["achieved", "score cut"])
def test_what_was_achieved_passed(out, name):
    """A score that the budget cut does not take the verdict away."""
    [case] = write(out, outcomes()[name]).iter("testcase")
    assert [child.tag for child in case] == ["system-out"]


def test_a_rule_in_the_place_of_a_model_is_told(out):
    """Beside the reason it stands that no model judged."""
    result = outcomes()["not achieved"]
    ruled = attrs.evolve(result, provenance=attrs.evolve(result.provenance, judge_rule="words alone"))
    [failure] = write(out, ruled).iter("failure")
    assert failure.get("message") == "the window was never stated (by words alone, no model judged)"


def test_a_case_tells_persona_trial_time_and_transcript(out):
    """Name and class, seconds, what was said; and with ``transcripts=false`` not that."""
    [case] = write(out, one("Ann Ω")).iter("testcase")
    assert dict(case.attrib) == {"classname": "simulate.personas", "name": "Ann Ω #1", "time": "1.500"}
    assert case.find("system-out").text.startswith("USER: ")
    assert write(out, one(), transcripts=False).find(".//system-out") is None


def test_the_suite_tells_what_it_was_made_with(out):
    """Run, judge, cost, rate and the disclaimer are properties."""
    told = {item.get("name"): item.get("value") for item in write(out, one()).iter("property")}
    assert told["disclaimer"] == DISCLAIMER
    assert (told["run_id"], told["judge_model"], told["cost_usd"]) == ("5ca1ab1e5ca1ab1e", "fake", "0.0123")


def test_a_long_transcript_is_cut(out):
    """Servers refuse files that are too large."""
    text = write(out, hostile(text="x" * 150_000)).find(".//system-out").text
    assert len(text) < 101_000
    assert text.endswith("more characters are in the results]")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(name=st.text(min_size=1).filter(str.strip), text=st.text(st.characters(), min_size=1))
def test_whatever_is_said_the_file_can_be_read(out, name, text):
    """Characters that XML has no word for are replaced, and nothing that is said is markup."""
    root = write(out, hostile(name, text))
    assert {element.tag for element in root.iter()} == {
        *("testsuites", "testsuite", "properties", "property", "testcase", "failure", "system-out"),
    }
