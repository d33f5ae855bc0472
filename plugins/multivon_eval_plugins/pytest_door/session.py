"""What the simulations of a pytest session share: the judge that was asked for, one ceiling, the counts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .finished import ROWS

if TYPE_CHECKING:
    from multivon_eval import SharedBudget

NAME = "multivon-eval-simulate-session"
BUDGET, JUDGE = "simulate_budget", "simulate_judge"
"""Options of the command line, with dashes, and of the configuration file."""

_PATH = "multivon_eval_budget"


class Session:
    """The session, as a plug-in of its own that ends with it.

    Args:
        config: The configuration of pytest.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder: Path | None = None
        self._rows: list[Mapping[str, Any]] = []

    def check(self) -> None:
        """Check that a ceiling that somebody named is one.

        Raises:
            pytest.UsageError: If it is no amount of money.
        """
        if self._get_option(BUDGET) == "1.00":
            return  # nothing is imported for the default
        from multivon_eval import SharedBudget, UsageError

        try:
            SharedBudget("", self._get_option(BUDGET))
        except UsageError as error:
            raise pytest.UsageError(f"--simulate-budget: {error}") from None

    def options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The options of one simulation: those of the test, on the session's budget, with the session's judge.

        Args:
            given: What the test says.

        Raises:
            UsageError: If it names a budget of its own, or the session's cannot be used here.
        """
        from multivon_eval import UsageError

        if "budget_usd" in given:
            raise UsageError("budget_usd: the ceiling is one for the whole session; give it with --simulate-budget")
        asked = self._config.getoption(JUDGE) or given.get("judge") or self._config.getini(JUDGE) or None
        return {**given, "judge": asked, "budget_usd": self.budget()}

    def budget(self) -> SharedBudget:
        """The session's ceiling.

        Raises:
            UsageError: If this is a worker on another machine.
        """
        from multivon_eval import SharedBudget, UsageError

        path = self._find_path()
        if path is None:
            raise UsageError(
                "a worker on another machine cannot share the ceiling of the session; run simulations in local "
                "workers (-n)"
            )
        return SharedBudget(path, self._get_option(BUDGET), remedy="raise --simulate-budget")

    def _get_option(self, name: str) -> str:
        return str(self._config.getoption(name) or self._config.getini(name))

    def _find_path(self) -> Path | None:
        if (handed := getattr(self._config, "workerinput", None)) is not None:
            return Path(handed[_PATH]) if handed[_PATH] else None
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="multivon-eval-"))
        return self._folder / "budget"

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell an xdist worker where the session's budget lies, if it runs on this machine."""
        node.workerinput[_PATH] = str(self._find_path()) if node.gateway.spec.popen else ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the conversations of a report, wherever it comes from."""
        self._rows += getattr(report, ROWS, ())

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was simulated, and what it cost."""
        # A worker that died reported nothing of what it spent.
        is_used = self._folder is not None and (self._folder / "budget").exists()
        if self._rows or (is_used and self.budget().spent):
            from .telling import format_summary

            terminalreporter.write_line(format_summary(self._rows, self.budget()))

    def pytest_unconfigure(self) -> None:
        """Take away what was kept for the session."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def find_session(config: pytest.Config) -> Session:
    """The session that a configuration belongs to."""
    session = config.pluginmanager.get_plugin(NAME)
    assert isinstance(session, Session), "it is registered when pytest is configured"
    return session
