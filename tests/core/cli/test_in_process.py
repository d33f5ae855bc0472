"""A command that runs inside a longer process leaves that process as it was."""

import gc
import logging

import pytest

from multivon_eval._cli.main import run
from support.command import workplace


@pytest.mark.parametrize("how", [[], ["--max-turns", "0"]], ids=["a run", "a mistake"])
def test_the_collector_works_as_before(tmp_path, monkeypatch, how):
    """What is frozen is not looked at any more, for the rest of the process."""
    workplace(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = gc.get_freeze_count(), gc.get_threshold(), gc.isenabled()
    assert run(["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", *how]) == (2 if how else 0)
    assert (gc.get_freeze_count(), gc.get_threshold(), gc.isenabled()) == before


def test_a_hosts_logging_works_as_before(tmp_path, monkeypatch):
    """A quiet command mutes itself, not the loggers that a host listens to."""
    workplace(tmp_path)
    monkeypatch.chdir(tmp_path)

    def look():
        names = ("judge", "plugin", "recorder", "system")
        loggers = [logging.getLogger(f"multivon_eval.{name}") for name in names]
        return [(logger.level, list(logger.handlers)) for logger in loggers]

    before = look()
    assert run(["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--quiet"]) == 0
    assert look() == before
