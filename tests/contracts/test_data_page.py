"""The page on results as data: what it shows runs, on results of a real run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from support.command import PERSONA, clean_env, multivon_eval, workplace

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how_to" / "results_as_data.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.process


def blocks(language: str) -> list[str]:
    """The page's code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``results.jsonl`` in it, of two personas."""
    model = (
        "def model_fn(prompt):\n    if 'bob' in prompt:\n        raise RuntimeError('no')\n    return 'In 30 days.'\n"
    )
    rows = [PERSONA.replace('"ann"', f'"{name}", "script": ["I am {name}."]') for name in ("ann", "bob")]
    path = workplace(tmp_path_factory.mktemp("data"), model, "".join(rows))
    args = "simulate --model-cmd model.py --personas personas.jsonl --max-turns 1 --out results.jsonl --quiet".split()
    assert multivon_eval(*args, cwd=path).returncode == 0
    return path


def test_python_runs(place: Path) -> None:
    """The blocks run one after the other, with warnings as errors."""
    (place / "page.py").write_text("\n".join(blocks("python")), encoding="utf-8")
    command = [sys.executable, "-W", "error", "page.py"]
    done = subprocess.run(command, cwd=place, env=clean_env(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "driver_error" in done.stdout
    assert "ann" in done.stdout


def test_duckdb_answers(place: Path) -> None:
    """The query gives a row for each persona."""
    [query] = blocks("sql")
    rows = duckdb.sql(query.replace("'results.jsonl'", f"'{place / 'results.jsonl'}'")).fetchall()
    assert [(name, trials) for name, trials, *_ in rows] == [("bob", 1), ("ann", 1)]


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_answers(place: Path) -> None:
    """Each filter runs, and they say what the page says."""
    done = subprocess.run(["sh", "-e", "-c", blocks("sh")[0]], cwd=place, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "bob #1" in done.stdout
    assert "1 driver_error" in done.stdout
    assert "In 30 days." in done.stdout
