"""A library is a guest: it prints nothing, and leaves signals, logging and warnings alone."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas  # noqa: F401 - what it does to warnings when it is imported is its own
import pytest

import multivon_eval
from multivon_eval import EvalCase, EvalSuite, asimulate, hookimpl, simulate
from support.people import persona

PEOPLE = [persona("ann"), persona("bob"), persona("cem")]


def model_fn(prompt: str) -> str:
    """A system of one sentence."""
    return "The refund window is 30 days."


def list_settings() -> dict[str, object]:
    """What a process has one of, and a guest does not touch."""
    root, ours = logging.getLogger(), logging.getLogger("multivon_eval")
    return {
        "signals": [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)],
        "handlers": (list(root.handlers), list(ours.handlers)),
        "levels": (root.level, ours.level, logging.root.manager.disable, ours.propagate),
        "warnings": list(warnings.filters),
        "hooks": (sys.excepthook, threading.excepthook, sys.displayhook, sys.unraisablehook),
        "policy": type(asyncio.get_event_loop_policy()),
        "environment": dict(os.environ),
        "folder": Path.cwd(),
    }


def _score(folder: Path) -> None:
    results = simulate(model_fn, PEOPLE, judge="offline", hooks=())
    multivon_eval.score_simulations(results, evaluators=["turn-consistency"])


def _compare(folder: Path) -> None:
    results = [simulate(model_fn, PEOPLE, judge="offline", hooks=()) for _ in range(2)]
    multivon_eval.compare_results(*results)


def _read(folder: Path) -> None:
    simulate(model_fn, PEOPLE, judge="offline", hooks=(), sinks=[f"jsonl:{folder / 'r.jsonl'}"])
    results = list(multivon_eval.load_results(folder / "r.jsonl"))
    multivon_eval.report_results(results)
    multivon_eval.to_dataframe(results)


def _stream(folder: Path) -> None:
    for _ in multivon_eval.stream_simulations(model_fn, PEOPLE, judge="offline", hooks=()):
        pass


def _fail(folder: Path) -> None:
    def broken(prompt: str) -> str:
        raise RuntimeError("no database")

    class Broken:
        @hookimpl
        def turn_finished(self) -> None:
            raise ValueError("fell over")

    simulate(broken, PEOPLE, judge="offline", hooks=[Broken()])
    simulate(model_fn, PEOPLE, judge="offline", hooks=[Broken()])


def _record(folder: Path) -> None:
    with multivon_eval.record_prompts(folder, out=folder / "recordings.jsonl"):
        simulate(model_fn, PEOPLE, judge="offline")


CALLS: dict[str, Callable[[Path], object]] = {
    "simulate": lambda folder: simulate(model_fn, PEOPLE, judge="offline", seed=1),
    "asimulate": lambda folder: asyncio.run(asimulate(model_fn, PEOPLE, judge="offline", hooks=())),
    "stream": _stream,
    "score": _score,
    "suite": lambda folder: EvalSuite([EvalCase("How long?")], ["turn-consistency"]).run(model_fn, judge="offline"),
    "compare": _compare,
    "read": _read,
    "check": lambda folder: multivon_eval.check_simulation(PEOPLE, judge="offline"),
    "make_plugin": lambda folder: multivon_eval.make_plugin("judge", "offline"),
    "record_prompts": _record,
    "failures": _fail,
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_prints_nothing_and_touches_no_setting(
    call: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing on either stream, and signals, logging, warnings, hooks and the environment are as they were."""
    before = list_settings()
    CALLS[call](tmp_path)
    assert list_settings() == before
    assert capfd.readouterr() == ("", "")


def test_nothing_is_set_meanwhile_either() -> None:
    """While the system answers, everything is as it was before the run."""
    seen: list[dict[str, object]] = []

    async def looks(prompt: str) -> str:
        seen.append(list_settings())
        return "The refund window is 30 days."

    before = list_settings()
    asyncio.run(asimulate(looks, PEOPLE, judge="offline"))
    assert seen and all(one == before for one in seen)
