"""The pages on the pytest plug-in say what it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from multivon_eval._run.options import OPTIONS
from support.pytest_run import outcomes, pytest_run, summary

pytestmark = pytest.mark.process

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "how_to" / "test_with_pytest.md").read_text(encoding="utf-8")
FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    """The files of the page, run as they stand, print what it shows."""
    files = dict(FILE.findall(PAGE))
    assert len(files) == PAGE.count("```python") + 2, "a Python block belongs to no file and would not run"
    (tmp_path / "tests").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = pytest_run(tmp_path, "-W", "error", "-v", "-p", "no:cacheprovider", "--strict-markers", "--strict-config")
    assert outcomes(done) == "2 failed, 5 passed", done.stdout
    assert "test_refunds[rushed_customer-trial2] PASSED" in done.stdout
    failure, line = (block for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL) if '"profile"' not in block)
    for shown in failure.splitlines():
        assert shown in done.stdout
    assert summary(done).startswith(line.strip())


def test_options_and_fixtures_are_mentioned(tmp_path: Path) -> None:
    """Every option, setting, marker and fixture that pytest tells of stands in the reference."""
    told = (DOCS / "reference" / "pytest.md").read_text(encoding="utf-8")
    helps = pytest_run(tmp_path, "--help").stdout
    names = set(re.findall(r"(?:--|\b)simulate[-_](?:budget|judge)\b", helps))
    assert len(names) == 4
    fixtures = pytest_run(tmp_path, "--fixtures").stdout
    names |= set(re.findall(r"^(\w+) -- .*pytest_door", fixtures, re.MULTILINE))
    assert {"model_fn", "simulation", "simulate", "asimulate"} <= names
    assert [name for name in names if f"`{name}" not in told] == []


def test_pytest_options_are_those_of_the_table(tmp_path: Path) -> None:
    """An option of pytest is called, takes and defaults to what it does on the command line.

    The plug-in itself cannot read the table: unused, it imports nothing but pytest.
    """
    helps = " ".join(pytest_run(tmp_path, "--help").stdout.split())
    table = {option.name: option for option in OPTIONS}
    found = re.findall(r"--simulate-([\w-]+)=(\S+) (.*?)(?= --|$)", helps)
    assert len(found) == 2
    for name, value, text in found:
        option = table[name]
        assert option.field, f"--simulate-{name} is an option of simulations"
        assert value in (option.metavar or "").split("|")
        assert (f"({option.default})" in text) is (option.default is not None)
