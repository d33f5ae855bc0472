"""The pytest plug-in: options, the marker ``personas``, the fixtures ``simulation``, ``simulate``, ``asimulate``.

It is loaded wherever pytest runs and multivon-eval is installed, so it imports nothing but the standard library and
pytest. What it works with is imported when a test first asks for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any

import pytest

from .finished import FINISHED, Finished
from .session import BUDGET, JUDGE, NAME, Session, find_session

if TYPE_CHECKING:
    from multivon_eval import SimulationResult, SimulationResults

MARKER = (
    "personas(personas, **options): run the test once for each persona and trial, each a conversation of its own; "
    "personas is a JSONL file, a SPEC or Persona objects, options are those of multivon_eval.simulate. The test "
    "takes the fixture 'simulation'."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and the settings of the configuration file that they override."""
    group = parser.getgroup("simulate", "simulated users (multivon-eval)")
    group.addoption(
        f"--{BUDGET.replace('_', '-')}",
        metavar="USD",
        help="one ceiling for all judge calls of the session, all xdist workers together (1.00); 'none' for none",
    )
    group.addoption(
        f"--{JUDGE.replace('_', '-')}", metavar="SPEC", help="who judges in all simulations, whatever a test says"
    )
    parser.addini(BUDGET, "The ceiling in USD for all judge calls of a session.", default="1.00")
    parser.addini(JUDGE, "Who judges where neither command line nor test say so.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker, and begin what the session's simulations share."""
    config.addinivalue_line("markers", MARKER)
    session = Session(config)
    config.pluginmanager.register(session, NAME)
    session.check()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test with personas one item for each persona and trial.

    Raises:
        CollectError: If the marker cannot be used; nothing was spent.
    """
    definition = metafunc.definition
    is_taken = "simulation" in metafunc.fixturenames
    if any(marker.name == "personas" for marker in definition.own_markers) and not is_taken:
        raise pytest.Collector.CollectError(
            f"{definition.nodeid}: the marker personas gives conversations that the test does not take; "
            "name 'simulation' among its arguments"
        )
    if is_taken and definition.get_closest_marker("personas"):
        from .cases import make_cases

        cases = make_cases(definition, find_session(metafunc.config))
        metafunc.parametrize("simulation", [pytest.param(case, id=case.name) for case in cases], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin the list of a test's conversations; a test that is run again begins it again."""
    item.stash[FINISHED] = Finished()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give a report what was simulated: the counts for the session, and for a failure what was said and judged."""
    report = yield
    finished = item.stash.get(FINISHED, None)
    if finished:
        from .telling import tell

        tell(report, finished)
    return report


@pytest.fixture
def model_fn() -> Callable[..., Any]:
    """The system under test; a fixture of this name in conftest.py or in the test file takes its place."""
    pytest.fail(
        "there is no system to talk to; define a fixture 'model_fn' that gives your assistant, in conftest.py say",
        pytrace=False,
    )


@pytest.fixture
def simulation(request: pytest.FixtureRequest, model_fn: Callable[..., Any]) -> SimulationResult:
    """The finished conversation of one persona with ``model_fn``, judged; see the marker ``personas``."""
    case = getattr(request, "param", None)
    if case is None:
        pytest.fail(
            "the fixture 'simulation' has no persona; add the marker @pytest.mark.personas('personas.jsonl')",
            pytrace=False,
        )
    from .cases import run_case

    return run_case(case, model_fn, request.node, find_session(request.config))


@pytest.fixture
def simulate(request: pytest.FixtureRequest) -> Callable[..., SimulationResults]:
    """``multivon_eval.simulate`` on the session's budget; also in asynchronous tests, whose loop it blocks."""
    from .calling import simulate_for

    return simulate_for(request.node, find_session(request.config))


@pytest.fixture
def asimulate(request: pytest.FixtureRequest) -> Callable[..., Awaitable[SimulationResults]]:
    """``multivon_eval.asimulate`` on the session's budget, for asynchronous tests."""
    from .calling import asimulate_for

    return asimulate_for(request.node, find_session(request.config))
