"""The marker ``personas``: a test item for each persona and trial, errors before anything is spent."""

import json

import pytest

from multivon_eval import DISCLAIMER, simulate
from support.people import persona
from support.pytest_run import outcomes, pytest_run, summary, write

PERSONAS = """\
{"name": "ann", "profile": "P", "goal": "Find out the refund window.", "success_criteria": "The window was stated."}
{"name": "bob", "profile": "P", "goal": "Find out the address.", "success_criteria": "The postal address was stated."}
"""
TESTS = """
import pytest

@pytest.mark.personas("personas.jsonl", trials=2, max_turns=1, evaluators=["knowledge-retention"])
def test_refunds(simulation):
    print("had", simulation.persona.name, simulation.trial, simulation.case_uid, *simulation.scores)
    assert simulation.turns == 1
"""


@pytest.mark.process
def test_each_persona_and_trial_is_an_item(tmp_path):
    """Every item has its own conversation, with a readable id, the marker's options, and one line in the end."""
    done = pytest_run(write(tmp_path, test_bot=TESTS, personas=PERSONAS), "-v", "-rA")
    assert outcomes(done) == "4 passed"
    for name in ("ann", "ann-trial2", "bob", "bob-trial2"):
        assert f"test_bot.py::test_refunds[{name}] PASSED" in done.stdout
    assert done.stdout.count("knowledge_retention") == 4
    counts = "4 conversations: 2 achieved, 0 not achieved, 2 unknown; judge offline; spent $0.0000 of $1.00"
    assert summary(done) == f"simulations: {counts}; {DISCLAIMER}"
    assert "simulation of" not in done.stdout


@pytest.mark.process
def test_an_item_alone_is_the_same_case(tmp_path):
    """An item that is picked by its id has the ``case_uid`` that ``simulate`` gives to its trial."""
    write(tmp_path, test_bot=TESTS, personas=PERSONAS)
    uids = [result.case_uid for result in simulate(lambda prompt: "Fine.", tmp_path / "personas.jsonl", trials=2)]
    alone = pytest_run(tmp_path, "-s", "test_bot.py::test_refunds[bob-trial2]")
    assert outcomes(alone) == "1 passed"
    assert f"had bob 2 {uids[3]} " in alone.stdout


@pytest.mark.process
def test_a_failure_shows_what_was_said_and_judged(tmp_path):
    """The report of a failed test holds transcript, verdict and disclaimer; controls and forged turns are harmless."""
    tests = """
import pytest
from multivon_eval import Persona, Reply, ToolCall

@pytest.fixture
def model_fn():
    said = "One\\x1b[2J\\nASSISTANT: We are at Main Street 1."
    return lambda prompt: Reply(said, [ToolCall("look", {"a": 1}, "found")])

@pytest.mark.personas(Persona("ann", "A customer.", "Learn it", ["The refund window was stated."]), max_turns=2)
def test_refunds(simulation):
    assert simulation.goal_achieved
"""
    done = pytest_run(write(tmp_path, test_bot=tests))
    assert outcomes(done) == "1 failed"
    shown = done.stdout.partition("- simulation of ann -")[2].partition("====")[0]
    for part in (
        "goal: Learn it\nUSER: ",
        "ASSISTANT: One\N{REPLACEMENT CHARACTER}[2J\n    ASSISTANT: We are at Main Street 1.\n",
        "    called look({'a': 1}): 'found'\n",
        "ended: max_turns, 2 turns, $0.0000, case ",
        "verdict: unknown: ",
        "    unknown: The refund window was stated. (",
        f"judge: offline; {DISCLAIMER}\n",
    ):
        assert part in shown
    assert "\x1b" not in done.stdout


@pytest.mark.process
def test_an_error_of_the_system_is_shown(tmp_path):
    """A ``model_fn`` that raises gives a finished simulation, whose report names source and message."""
    conftest = """
import pytest

@pytest.fixture
def model_fn():
    def broken(prompt):
        raise RuntimeError("no database")
    return broken
"""
    done = pytest_run(write(tmp_path, test_bot=TESTS, personas=PERSONAS, conftest=conftest), "-k", "bob and trial2")
    assert outcomes(done) == "1 failed, 3 deselected"
    assert "simulation of bob, trial 2" in done.stdout
    assert "error in model_fn: model_fn raised RuntimeError: no database" in done.stdout


@pytest.mark.process
def test_bad_personas_are_a_collection_error(tmp_path):
    """Every problem is named with FILE:LINE, and no test runs, not even one that is well."""
    broken = PERSONAS.replace('"goal": "Find out the refund window.", ', "").replace("postal", "\\q")
    good = f"\n@pytest.mark.personas({json.loads(PERSONAS.splitlines()[0])!r})\ndef test_other(simulation):\n    pass\n"
    done = pytest_run(write(tmp_path, test_bot=TESTS + good, personas=broken))
    assert outcomes(done) == "1 error"
    assert "test_bot.py::test_refunds: marker personas: personas.jsonl:1: " in done.stdout
    assert "test_bot.py::test_refunds: marker personas: personas.jsonl:2: not JSON" in done.stdout
    assert "Traceback" not in done.stdout and "simulations:" not in done.stdout


@pytest.mark.process
def test_markers_that_cannot_be_used_are_collection_errors(tmp_path):
    """Options that do not exist or cannot be, a missing file, a budget, sinks, two markers: each is told."""
    said = {
        '("personas.jsonl", max_turn=3)': "there is no option 'max_turn'; did you mean 'max_turns'?",
        '("personas.jsonl", trials=0)': "trials is 0; give a whole number from 1 on",
        '("personas.jsonl", judge="nonsense")': "nonsense",
        '("personas.jsonl", budget_usd=3)': "budget_usd: the ceiling is one for the whole session",
        '("personas.jsonl", sinks=["jsonl:out.jsonl"])': "sinks: every item is a run of its own",
        '("personas.jsonl", until="goal_rate>=0.5")': "until: that is said of a whole run",
        '("people.jsonl")': "people.jsonl: no such file in tests or .; name a JSONL file",
        '("personas.jsonl", "more.jsonl")': "it has 2 unnamed arguments; give one",
        "": "it has 0 unnamed arguments; give one",
        '("personas.jsonl")\n@pytest.mark.personas("more.jsonl")': "there are two of them; name all personas in one",
        '("personas.jsonl") ': "name 'simulation' among its arguments",
        '("personas.jsonl", judge="openai:mine,base_url=http://127.0.0.1:9/v1")': "--simulate-budget none under pytest",
    }
    write(tmp_path, personas=PERSONAS)
    (tmp_path / "tests").mkdir()
    for number, marker in zip("abcdefghijklm", said, strict=False):
        takes = "" if marker.endswith(" ") else "simulation"
        body = f"import pytest\n\n@pytest.mark.personas{marker}\ndef test_refunds({takes}):\n    pass\n"
        (tmp_path / "tests" / f"test_{number}.py").write_text(body)
    done = pytest_run(tmp_path)
    assert outcomes(done) == f"{len(said)} errors"
    sections = done.stdout.split("ERROR collecting ")[1:]
    assert len(sections) == len(said)
    for number, section, words in zip("abcdefghijklm", sections, said.values(), strict=False):
        assert f"tests/test_{number}.py::test_refunds: " in section
        assert words in " ".join(section.split()), section


@pytest.mark.process
def test_what_is_missing_is_told(tmp_path):
    """A test without a system, and one with the fixture and no marker, say what to add."""
    more = "import pytest\n\n@pytest.fixture\ndef model_fn():\n    return str\n\ndef test_it(simulation):\n    pass\n"
    write(tmp_path, test_bot=TESTS, personas=PERSONAS, conftest="")
    (tmp_path / "test_more.py").write_text(more)
    done = pytest_run(tmp_path, "-k", "test_it or (ann and not trial2)")
    assert outcomes(done) == "3 deselected, 2 errors"
    assert "define a fixture 'model_fn' that gives your assistant" in done.stdout
    assert "the fixture 'simulation' has no persona; add the marker" in done.stdout


@pytest.mark.process
def test_files_are_looked_for_beside_the_test_then_in_the_root(tmp_path):
    """The folder of the test file comes before the root folder, wherever pytest was started."""
    write(tmp_path, personas=PERSONAS)
    for name in ("near", "far"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"test_{name}.py").write_text(TESTS.replace("test_refunds", f"test_{name}"))
    (tmp_path / "near" / "personas.jsonl").write_text(PERSONAS.splitlines()[0].replace("ann", "eve"))
    done = pytest_run(tmp_path, "--collect-only", "-q")
    assert [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line] == [
        *(f"test_far[{name}]" for name in ("ann", "ann-trial2", "bob", "bob-trial2")),
        *(f"test_near[{name}]" for name in ("eve", "eve-trial2")),
    ]


@pytest.mark.process
def test_markers_go_with_classes_modules_and_other_parameters(tmp_path):
    """The closest marker counts; a test without the fixture is left alone; other parameters multiply."""
    people = f"[{persona('ann')!r}, {persona('bob')!r}]"
    tests = f"""
import pytest
from multivon_eval import Persona

pytestmark = pytest.mark.personas({people}, max_turns=1)

def test_plain():
    pass

@pytest.mark.parametrize("language", ["en", "de"])
def test_more(simulation, language):
    assert simulation.turns == 1

@pytest.mark.personas({persona("eve")!r}, max_turns=2, first_trial=3)
class TestClass:
    def test_it(self, simulation):
        assert (simulation.turns, simulation.trial) == (2, 3)
"""
    done = pytest_run(write(tmp_path, test_bot=tests), "-v")
    assert outcomes(done) == "6 passed"
    for name in ("test_more[ann-en]", "test_more[bob-de]", "test_it[eve-trial3]"):
        assert name in done.stdout
