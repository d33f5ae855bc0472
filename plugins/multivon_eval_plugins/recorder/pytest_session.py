"""The recording of a pytest session, and what its workers tell of theirs."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import attrs
import pytest

from multivon_eval.sdk import DeliveryError, UsageError, format_count

from . import store
from .recording import Recording
from .tally import Summary

_KEY = "multivon_eval_recording"


class SessionRecording:
    """Records in this process, and sums up what xdist's workers recorded in theirs.

    Args:
        recording: The recording.
        workeroutput: What a worker hands to the controller; None in any other process.
    """

    def __init__(self, recording: Recording, workeroutput: dict[str, Any] | None) -> None:
        self._recording = recording
        self._workeroutput = workeroutput
        self._others = Summary()
        self._is_on = False

    @classmethod
    def of(cls, config: pytest.Config) -> SessionRecording:
        """Begin the recording of a session.

        Raises:
            pytest.UsageError: If the file cannot be written.
        """
        here = config.invocation_params.dir
        # Without a configuration file pytest takes the folder of the tests for the root, and the code lies beside it.
        root = config.rootpath if config.inipath else here
        out = here / (config.option.record_prompts_out or store.DEFAULT)
        # What the controller decided holds in its workers, wherever they run.
        root, out = getattr(config, "workerinput", {}).get(_KEY, (root, out))
        recording = Recording(root, out, config.option.record_text)
        session = cls(recording, getattr(config, "workeroutput", None))
        try:
            recording.__enter__()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        session._is_on = True
        return session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker what this process decided."""
        node.workerinput[_KEY] = (str(self._recording.root), str(self._recording.out))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Take a worker's summary, or note that there is none."""
        told = getattr(node, "workeroutput", {}).get(_KEY)
        # xdist tells nothing of a worker that crashed, and a recording with a gap must not look whole.
        if told is None:
            name = node.gateway.id
            self._others += Summary(problems=(f"worker {name} broke off, and what it recorded is lost",))
        else:
            self._others += Summary(**{**told, "problems": tuple(told["problems"])})

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Let the test be the case."""
        self._recording.tally.case = item.nodeid
        try:
            return (yield)
        finally:
            self._recording.tally.case = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Write what was recorded."""
        self._end()
        if self._workeroutput is not None:
            # xdist sends plain values only.
            told = attrs.asdict(self._recording.summary)
            self._workeroutput[_KEY] = {**told, "problems": list(told["problems"])}

    def pytest_unconfigure(self) -> None:
        """End the recording also where no session began."""
        self._end()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say in one line what was recorded, and where it lies."""
        terminalreporter.write_line(f"recorded prompts: {self._format_line()}")

    def _end(self) -> None:
        if self._is_on:
            # First, so that an error on the way does not end it twice.
            self._is_on = False
            try:
                self._recording.__exit__(None, None, None)
            except DeliveryError as error:
                self._recording.tally.trouble(str(error))

    def _format_line(self) -> str:
        summary, out = self._recording.summary + self._others, self._recording.out
        if not summary.calls or not out.exists():
            return str(summary)
        contents = store.read(out)
        sites = {(row["site"]["file"], row["site"]["qualname"]) for row in contents.rows if row["site"]}
        recordings, places = format_count(len(contents.rows), "recording"), format_count(len(sites), "call site")
        return f"{summary}; {out.name} holds {recordings} of {places}"
