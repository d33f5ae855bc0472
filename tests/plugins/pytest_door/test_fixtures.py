"""The fixtures ``simulate`` and ``asimulate``, in synchronous and asynchronous tests; what the plug-in imports."""

import subprocess
import sys

import pytest

from support.people import persona
from support.pytest_run import outcomes, pytest_run, summary, write

ANN = repr(persona())

SYNC = f"""
from multivon_eval import Persona, UsageError
import pytest

@pytest.fixture
def model_fn():
    async def answer(messages):
        return f"The refund window is {{len(messages)}} days."
    return answer

@pytest.mark.personas({ANN}, max_turns=1)
def test_one(simulation):
    assert simulation.transcript[1].content == "The refund window is 1 days."

def test_all(simulate, model_fn):
    results = simulate(model_fn, "personas.jsonl", trials=2, evaluators=["turn-consistency"])
    assert results.summary.conversations == len(results) == 2
    assert set(results.summary.scores) == {{"turn_consistency"}}
    with pytest.raises(UsageError, match="give it with --simulate-budget"):
        simulate(model_fn, {ANN}, budget_usd=1)
    with pytest.raises(UsageError, match="people.jsonl: no such file in"):
        simulate(model_fn, "people.jsonl")

def test_many(simulate, model_fn):
    assert not simulate(model_fn, {ANN}, trials=7, max_turns=1)
"""
ASYNC = f"""
import asyncio
import pytest
from multivon_eval import Persona

async def model_fn(prompt):
    await asyncio.sleep(0)
    return "The refund window is 30 days."

@pytest.fixture(name="model_fn")
def _model_fn():
    return model_fn

@pytest.mark.personas({ANN}, max_turns=1)
@pytest.mark.MARK
async def test_one(simulation):
    await asyncio.sleep(0)
    assert simulation.turns == 1

@pytest.mark.MARK
async def test_blocking(simulate):
    assert simulate(model_fn, {ANN}, max_turns=1)[0].turns == 1

@pytest.mark.MARK
async def test_awaited(asimulate):
    loop = asyncio.get_running_loop()
    seen = []

    async def here(prompt):
        seen.append(asyncio.get_running_loop() is loop)
        return "The refund window is 30 days."

    assert (await asimulate(here, {ANN}, max_turns=1))[0].turns == 1
    assert seen == [True]

def test_later(simulate):
    assert simulate(model_fn, {ANN}, max_turns=1)[0].turns == 1
"""
# What is imported on top of pytest alone when the plug-in is loaded, as every pytest run does that finds it installed.
LOADS = """
import sys, pytest
before = set(sys.modules)
import multivon_eval_plugins.pytest_door.plugin
print(*sorted(set(sys.modules) - before))
"""
UNUSED = """
import sys

def test_it():
    loaded = {name.partition(".")[0] for name in sys.modules}
    assert not loaded & {"multivon_eval", "cattrs", "httpx", "rich", "sqlite3", "aiohttp"}
"""


@pytest.mark.process
def test_simulate_draws_on_the_session_and_shows_failures(tmp_path):
    """An asynchronous system works in synchronous tests; a failed test shows five of its conversations."""
    people = '{"name": "bob", "profile": "P", "goal": "Learn it", "success_criteria": "It was told."}'
    done = pytest_run(write(tmp_path, test_bot=SYNC, personas=people))
    assert outcomes(done) == "1 failed, 2 passed"
    assert done.stdout.count("- simulation of ann") == 5
    assert "2 more of this test are not shown" in done.stdout
    assert summary(done).startswith("simulations: 10 conversations: ")


@pytest.mark.process
def test_asynchronous_tests_under_pytest_asyncio(tmp_path):
    """All three fixtures work in tests that run on pytest-asyncio's loop; ``asimulate`` runs on it."""
    done = pytest_run(write(tmp_path, test_bot=ASYNC.replace("MARK", "asyncio")), asyncio=True)
    assert outcomes(done) == "4 passed", done.stdout


@pytest.mark.process
def test_asynchronous_tests_under_anyio(tmp_path):
    """The same holds for anyio's plug-in."""
    backend = "import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
    done = pytest_run(write(tmp_path, test_bot=ASYNC.replace("MARK", "anyio"), conftest=backend))
    assert outcomes(done) == "4 passed", done.stdout


@pytest.mark.unmeasured
@pytest.mark.process
def test_loading_the_plugin_imports_the_standard_library_alone():
    """Nobody who has it installed and does not use it pays for more than three small modules."""
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True, timeout=60)
    ours = {"multivon_eval_plugins"} | {
        f"multivon_eval_plugins.pytest_door{name}" for name in ("", ".finished", ".plugin", ".session")
    }
    loaded = set(done.stdout.split())
    assert ours <= loaded
    assert {name for name in loaded - ours if name.partition(".")[0] not in sys.stdlib_module_names} == set()


@pytest.mark.unmeasured
@pytest.mark.process
def test_a_session_without_simulations_imports_and_says_nothing(tmp_path):
    """Where no test simulates, the package is not even imported, and the terminal shows no line of it."""
    done = pytest_run(write(tmp_path, test_bot=UNUSED, conftest=""), "-v")
    assert outcomes(done) == "1 passed", done.stdout
    assert "simulations:" not in done.stdout
    assert "@pytest.mark.personas(personas, **options): run the test once" in pytest_run(tmp_path, "--markers").stdout
