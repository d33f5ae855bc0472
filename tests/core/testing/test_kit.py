"""The kit is of use: each wrong plug-in fails the test that is there for it, and no right one fails any."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from unittest import SkipTest

import attrs
import pytest

from multivon_eval import Report, SimulationResult, UsageError
from multivon_eval.sdk import RunInfo
from multivon_eval.testing import (
    KIT_CHANGES,
    KIT_VERSION,
    CommandTests,
    DriverTests,
    EvaluatorTests,
    ExecutorTests,
    HookTests,
    JudgeTests,
    ObserverTests,
    PersonaSourceTests,
    Provider,
    SinkTests,
    problems,
    standard_tests,
)
from multivon_eval.testing.provider import Call
from multivon_eval.testing.standard import added
from mutants import load_all
from mutants.evaluators import Evaluator, Inverted
from mutants.planted import PLANTED, RIGHT, Mutant, key_of
from support.command import clean_env

load_all()


@attrs.define
class Needy:
    """A sink that must be told where to."""

    path: str

    async def open(self, run: RunInfo) -> None:
        """Get ready."""

    async def write(self, result: SimulationResult) -> None:
        """Deliver."""

    async def close(self, report: Report) -> None:
        """Finish."""


CONTRACTS = (
    PersonaSourceTests,
    DriverTests,
    JudgeTests,
    EvaluatorTests,
    ObserverTests,
    SinkTests,
    ExecutorTests,
    HookTests,
    CommandTests,
)


_WITH_WORKERS = ("test_a_worker_that_dies_loses_nothing", "test_a_worker_leaves_ctrl_c_to_the_head")
_WITH_WORKERS += ("test_no_secret_is_an_argument",)


def _mark_processes(tests: type, test: str) -> tuple[pytest.MarkDecorator, ...]:
    starts = issubclass(tests, CommandTests) and test in ("", "test_importing_it_does_nothing")
    starts |= test in _WITH_WORKERS
    marks = (pytest.mark.process,) if starts else ()
    return marks


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(one, marks=_mark_processes(one.tests, one.test), id=f"{one.tests.__name__}: {one.test}")
        for one in PLANTED
        # Those with workers take the time of processes, and one leaves a process; `nox -s mutants` has them all.
        if one.test not in _WITH_WORKERS and one.tests.__name__ != "TestLeavesProcess"
    ],
)
def test_the_fault_is_found(mutant: Mutant) -> None:
    """The test that is there for it fails."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - what a test fails with is the plug-in's
        getattr(mutant.tests(), mutant.test)()
    assert not isinstance(caught.value, SkipTest)


@pytest.mark.parametrize(
    "tests", [pytest.param(tests, marks=_mark_processes(tests, ""), id=tests.__name__) for _, tests in RIGHT]
)
def test_no_right_plugin_fails(tests: type) -> None:
    """What is right in an unusual way passes all."""
    assert problems(tests) == ()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_standard_test_has_a_mutant(contract: type) -> None:
    """No standard test is there for nothing; that each is needed, ``nox -s mutants`` shows."""
    planted = {mutant.key for mutant in PLANTED}
    assert {key_of(contract, one.name) for one in standard_tests(contract)} <= planted


def test_the_page_says_what_was_measured() -> None:
    """The numbers of the page are those of the planted plug-ins."""
    page = (Path(__file__).parents[3] / "docs/reference/kit.md").read_text("utf-8")
    assert f"{len(PLANTED)} of {len(PLANTED)}" in page and f"{len(RIGHT)} plug-ins that are right" in page


@pytest.mark.parametrize("contract", CONTRACTS)
def test_each_standard_test_says_what_it_is(contract: type) -> None:
    """It has a sentence; a basic one needs nothing, an optional one says what."""
    for one in standard_tests(contract):
        assert one.sentence.endswith("."), one.name
        assert one.is_basic == (not one.needs), one.name
        assert one.since in KIT_CHANGES
    assert max(KIT_CHANGES) == KIT_VERSION


def test_problems_are_all_told_at_once() -> None:
    """Of an instance, a class and a SPEC: each with the test, its sentence and what is wrong."""
    for plugin in (Inverted(), Inverted, "mutants.evaluators.Inverted"):
        (only,) = problems(plugin, "evaluator" if isinstance(plugin, str) else None)
        assert only.test == "test_better_answers_score_higher"
        assert only.sentence.startswith("The score rises")
        # pytest adds to it what it knows of the assertion, where the kit is installed and not worked on.
        assert str(only).startswith("test_better_answers_score_higher: all as hoped scores 0.0, all against 1.0")
    assert problems(Evaluator()) == ()


def test_problems_beside_a_running_loop() -> None:
    """A notebook has a loop that runs."""

    async def job() -> int:
        return len(problems(Inverted()))

    assert asyncio.run(job()) == 1


def test_problems_of_something_else() -> None:
    """What is no plug-in is told, and what a kind may be."""
    with pytest.raises(UsageError, match="no method of any kind"):
        problems(4)
    with pytest.raises(UsageError, match="did you mean 'evaluator'"):
        problems(Evaluator(), "evaluater")
    with pytest.raises(UsageError, match="no plug-in of any kind is named 'nonsense'"):
        problems("nonsense")
    with pytest.raises(UsageError, match=r"cannot be built with its defaults \(missing a required argument: 'path'"):
        problems(Needy)


def test_a_judge_may_name_its_limit_as_it_likes() -> None:
    """How long an answer may be is known from its number where its name says nothing."""
    with Provider(lambda path, text, read, written: {"written": written}) as provider:
        provider.wanted = 67
        for body, limit in (
            ('{"most": 67, "temperature": 0}', 67),
            ('{"max_tokens": 20}', 20),
            ('{"most":670}', 100_000),
            ('{"text": "most: 67"}', 100_000),
        ):
            assert provider.write(Call("/", {}, body)) == {"written": limit}, body


class _Newer(EvaluatorTests):
    """A contract of a newer kit."""

    def make(self) -> Evaluator:
        return Evaluator()

    @added(KIT_VERSION + 1)
    def test_something_new(self) -> None:
        """Nothing passes this."""
        raise AssertionError("it is wrong")


def test_a_newer_kit_breaks_nobodys_tests() -> None:
    """What it adds is skipped where it would fail, with what it found, for tests that say which kit they are for."""
    older = type("Older", (_Newer,), {"kit": KIT_VERSION})
    with pytest.raises(SkipTest, match=f"new in kit {KIT_VERSION + 1}.*it is wrong.*say kit = {KIT_VERSION + 1}"):
        older().test_something_new()
    with pytest.raises(AssertionError, match="it is wrong"):
        _Newer().test_something_new()


def test_optional_tests_may_be_marked_and_basic_ones_may_not() -> None:
    """A basic test cannot be left out, with no mark; an optional one only with a reason."""

    def nothing(self: object) -> None:
        """Do nothing."""

    @pytest.mark.xfail(reason="nobody can be worse")
    def marked(self: object) -> None:
        """Do nothing, with a reason."""

    for name, body, is_kept in (
        ("test_no_reply_is_no_good_score", marked, False),
        ("test_a_worse_conversation_scores_lower", nothing, False),
        ("test_a_worse_conversation_scores_lower", marked, True),
    ):
        tests = type("Tests", (EvaluatorTests,), {"make": lambda self: Evaluator(), name: body})
        found = [one.test for one in problems(tests)]
        assert ("test_no_standard_test_is_missing" not in found) == is_kept, name


def test_basic_is_told_apart() -> None:
    """Each test says which it is."""
    kinds = {one.name: one.is_basic for one in standard_tests(SinkTests)}
    assert kinds["test_open_write_close"] and not kinds["test_the_disclaimer_is_delivered"]


@pytest.mark.process
def test_pytest_shows_what_is_skipped_and_why(tmp_path: Path) -> None:
    """In a test file a contract is a class of tests; what is skipped says what to override."""
    (tmp_path / "test_it.py").write_text(
        "from multivon_eval.testing import EvaluatorTests\n"
        "from mutants.evaluators import Evaluator\n"
        "class TestIt(EvaluatorTests):\n"
        "    def make(self):\n"
        "        return Evaluator()\n",
        "utf-8",
    )
    env = {**clean_env(), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-W", "error", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "override 'worse_conversation'" in done.stdout
    assert "set the class attribute 'name'" in done.stdout
