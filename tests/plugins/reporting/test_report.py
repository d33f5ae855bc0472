"""The command ``report``: saved results for any sink, without running anything."""

import json

import pytest

from multivon_eval import DISCLAIMER
from multivon_eval_plugins.html_report.rows_file import read_report
from support.command import PERSONA, multivon_eval, workplace

pytestmark = pytest.mark.process
BOB = PERSONA.replace('"ann"', '"bob"')
SIMULATE = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--driver", "scripted", "--quiet")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with two runs: what one of them printed as JSON lies beside it."""
    path = workplace(tmp_path_factory.mktemp("report"), personas=PERSONA + BOB)
    told = multivon_eval(*SIMULATE, "--trials", "2", "--out", "new.jsonl", "--json", cwd=path)
    (path / "new.json").write_text(told.stdout, encoding="utf-8")
    assert multivon_eval(*SIMULATE, "--out", "old.jsonl", cwd=path).returncode == 0
    return path


def test_the_summary_is_printed_without_running_anything(place):
    """Without a sink the screen shows what the run showed at its end; there is no model, and nothing is asked."""
    (place / "model.py").rename(place / "gone.py")
    done = multivon_eval("report", "new.jsonl", cwd=place)
    (place / "gone.py").rename(place / "model.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 personas x 2 trials, 4 conversations" in done.stdout
    assert DISCLAIMER in " ".join(done.stdout.split())


def test_json_is_the_summary_of_the_run(place):
    """Each number is the one that the run printed; only its options' sources and gates are not told again."""
    run = json.loads((place / "new.json").read_text(encoding="utf-8"))
    told = json.loads(multivon_eval("report", "new.jsonl", "--json", cwd=place).stdout)
    assert {name: run[name] for name in told if name not in ("seconds", "problems")} == {
        name: value for name, value in told.items() if name not in ("seconds", "problems")
    }


def test_each_sink_gets_all_results(place):
    """Several sinks at once, from several files and runs."""
    sinks = [f"--sink={name}:{name}.out" for name in ("junit", "csv", "markdown", "chat", "jsonl", "parquet")]
    done = multivon_eval("report", "new.jsonl", "old.jsonl", *sinks, cwd=place)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    both = [(place / name).read_text(encoding="utf-8") for name in ("new.jsonl", "old.jsonl")]
    assert (place / "jsonl.out").read_text(encoding="utf-8") == "".join(both)
    assert (place / "junit.out").read_text(encoding="utf-8").count("<testcase") == 6
    assert len((place / "csv.out").read_text(encoding="utf-8").splitlines()) == 7


def test_out_is_a_page_for_people(place):
    """``--out`` writes the page with all conversations; twice is the same as once."""
    for _ in range(2):
        done = multivon_eval("report", "new.jsonl", "--out", "report.html", "--baseline", "old.jsonl", cwd=place)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        rows = list(read_report(place / "report.html"))
        assert len(rows) == 4
        assert DISCLAIMER in (place / "report.html").read_text(encoding="utf-8")
    clash = multivon_eval("report", "new.jsonl", "--out", "new.jsonl", cwd=place)
    assert clash.returncode == 2 and "would overwrite" in clash.stderr


def test_a_baseline_is_compared(place):
    """What changed since stands in the report."""
    done = multivon_eval("report", "new.jsonl", "--baseline", "old.jsonl", "--sink", "markdown:-", cwd=place)
    assert "### Since the baseline" in done.stdout
    told = json.loads(multivon_eval("report", "new.jsonl", "--baseline", "old.jsonl", "--json", cwd=place).stdout)
    assert told["comparison"]["metrics"][0]["pairs"] == 2


def test_all_mistakes_are_said_at_once_and_nothing_is_written(place):
    """Files, sinks and what would be overwritten, with exit code 2."""
    before = (place / "new.jsonl").read_bytes()
    sinks = ("--sink", "csv:new.jsonl", "--sink", "csv:no/x", "--sink", "junit:fine.xml")
    done = multivon_eval("report", "new.jsonl", "nope", "--calibration", "nope", *sinks, cwd=place)
    assert done.returncode == 2
    for part in ("nope: cannot be read", "calibrate --out wrote", "would overwrite new.jsonl"):
        assert part in done.stderr
    assert (place / "new.jsonl").read_bytes() == before
    assert not (place / "fine.xml").exists()


def test_a_sink_that_fails_ends_with_3(place):
    """What could not be delivered is said, and the code tells it."""
    (place / "full.py").write_text(
        "import attrs\n@attrs.define\nclass Full:\n    async def open(self, run): pass\n"
        "    async def write(self, result): raise OSError('no space left')\n    async def close(self, report): pass\n",
        encoding="utf-8",
    )
    done = multivon_eval("report", "new.jsonl", "--sink", "full.Full", cwd=place)
    assert done.returncode == 3
    assert "no space left" in done.stderr
