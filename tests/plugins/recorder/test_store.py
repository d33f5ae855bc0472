"""The file of recordings: merged, locked, and careful with what it does not know."""

import json
import string
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval.sdk import DeliveryError, UsageError
from multivon_eval_plugins.recorder import store
from multivon_eval_plugins.recorder.call_site import CallSite
from multivon_eval_plugins.recorder.capture import Part
from multivon_eval_plugins.recorder.fingerprint import compute_fingerprints
from multivon_eval_plugins.recorder.tally import Tally

SITE = CallSite("bot.py", "answer", 3)


def recorded(*texts, case="", keep=False, site=SITE, kind=""):
    """What a tally hands over after one call with some texts."""
    tally = Tally(Path(), keep)
    tally.case = case
    tally.add("openai", [Part("system", None if kind else text, kind) for text in texts], site)
    return tally.take()


def rows(path):
    """The lines of a file as objects."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_one_line_a_rendering(tmp_path):
    """A line has all that the reference page says, and no text unless it was asked for."""
    path = tmp_path / "r.jsonl"
    store.merge(path, recorded("Be brief.", case="a"))
    (row,) = rows(path)
    first = row.pop("first_seen")
    assert row.pop("last_seen") == first
    assert row == {
        "schema_version": 1,
        "site": {"file": "bot.py", "qualname": "answer", "line": 3},
        "sdk": "openai",
        "role": "system",
        "fingerprint": compute_fingerprints("Be brief.")[0],
        "loose_fingerprint": compute_fingerprints("Be brief.")[1],
        "count": 1,
        "case_uids": {"a": 1},
    }
    assert "brief" not in path.read_text(encoding="utf-8")


def test_the_same_merges(tmp_path):
    """Counts and cases add up, the times stretch, the text comes to it, the line follows the code."""
    path = tmp_path / "r.jsonl"
    store.merge(path, recorded("Be brief.", case="a"))
    before = rows(path)[0]
    store.merge(path, recorded("Be brief.", case="b", keep=True, site=CallSite("bot.py", "answer", 9)))
    store.merge(path, recorded("Be brief.", case="a"))
    (row,) = rows(path)
    assert (row["count"], row["case_uids"], row["text"]) == (3, {"a": 2, "b": 1}, "Be brief.")
    assert row["first_seen"] == before["first_seen"] <= row["last_seen"]
    assert row["site"]["line"] == 3


@pytest.mark.parametrize(
    "other",
    [
        recorded("Be kind."),
        recorded("Be brief.", site=None),
        recorded("Be brief.", site=CallSite("bot.py", "other", 3)),
        recorded("", kind="image"),
    ],
)
def test_what_differs_stays_apart(tmp_path, other):
    """Another text, another site, none, or another kind of part is another line."""
    path = tmp_path / "r.jsonl"
    store.merge(path, recorded("Be brief."))
    store.merge(path, other)
    assert len(rows(path)) == 2


def test_torn_and_foreign_lines_stay(tmp_path):
    """What is no recording is kept as it is, in its place, and its lines are named."""
    path = tmp_path / "r.jsonl"
    store.merge(path, recorded("Be brief."))
    ours = path.read_bytes()
    newer = json.dumps({**json.loads(ours), "schema_version": 2}).encode() + b"\n"
    torn = ours[:40]
    path.write_bytes(b"\xff\xfe not json\n" + newer + ours + b"[1]\r\n" + torn)
    contents = store.merge(path, recorded("Be brief.", "Be kind."))
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines[0] == b"\xff\xfe not json\n" and lines[1] == newer and lines[3] == b"[1]\r\n"
    assert lines[4] == torn + b"\n"
    assert [row["count"] for row in contents.rows] == [2, 1]
    assert contents.foreign == (1, 2, 4, 5)
    assert store.describe_foreign(path, contents) == "lines of r.jsonl that are no recordings: 4 (line 1, 2, 4, 5)"


def test_files_put_together_merge(tmp_path):
    """The same recording twice in a file, as after ``cat``, counts as one."""
    path = tmp_path / "r.jsonl"
    store.merge(path, recorded("Be brief."))
    path.write_bytes(path.read_bytes() * 2)
    assert [row["count"] for row in store.read(path).rows] == [2]
    store.merge(path, recorded("Be brief."))
    assert [row["count"] for row in rows(path)] == [3]


def test_what_newer_versions_add_stays(tmp_path):
    """A field that this version does not know survives a merge."""
    path = tmp_path / "r.jsonl"
    store.merge(path, recorded("Be brief."))
    path.write_text(json.dumps({**rows(path)[0], "later": [1]}) + "\n", encoding="utf-8")
    store.merge(path, recorded("Be brief."))
    assert rows(path)[0]["later"] == [1] and rows(path)[0]["count"] == 2


PROCESS = """
import sys
from pathlib import Path
from multivon_eval_plugins.recorder import store
from multivon_eval_plugins.recorder.call_site import CallSite
from multivon_eval_plugins.recorder.capture import Part
from multivon_eval_plugins.recorder.tally import Tally
for index in range(25):
    tally = Tally(Path(), False)
    tally.case = sys.argv[2]
    tally.add("openai", [Part("system", "same"), Part("user", f"{sys.argv[2]} {index}")], CallSite("bot.py", "f", 1))
    store.merge(Path(sys.argv[1]), tally.take())
"""


@pytest.mark.process
def test_processes_at_once_lose_nothing(tmp_path):
    """Four processes that write as fast as they can lose no count, and leave no file half written."""
    path = tmp_path / "r.jsonl"
    processes = [subprocess.Popen([sys.executable, "-c", PROCESS, str(path), name]) for name in "abcd"]
    while any(process.poll() is None for process in processes):
        if path.exists():
            assert path.read_bytes().endswith(b"\n")
    assert [process.returncode for process in processes] == [0] * 4
    found = rows(path)
    assert len(found) == 101
    (same,) = (row for row in found if row["count"] > 1)
    assert (same["count"], same["case_uids"]) == (100, dict.fromkeys("abcd", 25))


def test_the_files_rights_and_links_stay(tmp_path):
    """A link is written through, and the file keeps its mode."""
    real, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    real.touch(mode=0o640)
    real.chmod(0o640)
    link.symlink_to(real)
    store.merge(link, recorded("Be brief."))
    assert link.is_symlink() and len(rows(real)) == 1 and real.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir() if "lock" not in path.name) == ["link.jsonl", "real.jsonl"]


@pytest.mark.parametrize("name", ["folder", "missing/r.jsonl"])
def test_a_file_that_cannot_be_written(tmp_path, name):
    """It is refused before anything is recorded; the message ends with the remedy."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match=r"cannot be written .* name a file in a folder that exists"):
        store.check(tmp_path / name)


def test_a_file_that_cannot_be_written_in_the_end(tmp_path):
    """What cannot be written in the end is an error that names the file."""
    (tmp_path / "file").touch()
    with pytest.raises(DeliveryError, match=r"r\.jsonl cannot be written .* write to another file"):
        store.merge(tmp_path / "file" / "r.jsonl", recorded("Be brief."))


def test_a_file_that_is_not_there(tmp_path):
    """To read what is not there is an error with a way on."""
    with pytest.raises(UsageError, match=r"No such file or directory.*pytest --record-prompts"):
        store.read(tmp_path / "r.jsonl")


@given(st.text())
def test_fingerprints(text):
    """Texts that look alike have one fingerprint; those that differ in whitespace have one loose fingerprint."""
    exact, loose = compute_fingerprints(text)
    assert compute_fingerprints(unicodedata.normalize("NFD", unicodedata.normalize("NFC", text)))[0] == exact
    assert compute_fingerprints(f"  {text}\n")[1] == loose
    assert compute_fingerprints(f"{text}x") != (exact, loose)
    assert compute_fingerprints(" ".join(unicodedata.normalize("NFC", text).split()))[0] == loose


@given(st.text(alphabet=string.printable + "\x1c\x1d\x1e\x1f\x85\xa0\x00"))
def test_what_whitespace_is(text):
    """The loose fingerprint takes for whitespace what Python does, in ASCII and beyond it."""
    assert compute_fingerprints(text)[1] == compute_fingerprints(" ".join(text.split()))[0]


def test_fingerprints_are_those_of_the_contract():
    """SHA-256 of the NFC-normalised text in UTF-8; the loose one of the text with whitespace collapsed."""
    import hashlib

    exact, loose = compute_fingerprints("Cafe\u0301\n\n  au lait ")
    assert exact == hashlib.sha256("Café\n\n  au lait ".encode()).hexdigest()
    assert loose == hashlib.sha256("Café au lait".encode()).hexdigest()
