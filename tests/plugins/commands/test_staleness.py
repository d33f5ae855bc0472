"""``multivon-eval staleness`` as a user has it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from multivon_eval import result_from_json
from multivon_eval_plugins.recorder import store
from multivon_eval_plugins.recorder.call_site import CallSite
from multivon_eval_plugins.recorder.capture import Part
from multivon_eval_plugins.recorder.fingerprint import compute_fingerprints
from multivon_eval_plugins.recorder.tally import Tally
from support.command import multivon_eval, workplace

pytestmark = pytest.mark.process

SITE = CallSite("bot/answers.py", "answer", 3)
OTHER = CallSite("bot/tools.py", "look", 7)
OBSERVED = "Observed: these renderings were seen; others may exist that no recorded conversation brought about."


def record(path, *calls):
    """Write recordings: each call a case, a site, a role and a text."""
    tally = Tally(Path(), False)
    for case, site, role, text in calls:
        tally.case = case
        tally.add("openai", [Part(role, text) if text else Part(role, kind="image")], site)
    store.merge(path, tally.take())


@pytest.fixture
def folder(tmp_path):
    """A folder with recordings of two cases."""
    record(
        tmp_path / "prompt_recordings.jsonl",
        ("uid1", SITE, "system", "Be brief."),
        ("uid1", SITE, "system", "Be brief."),
        ("uid1", OTHER, "user", "Look."),
        ("uid2", SITE, "system", "Be brief."),
        ("", SITE, "user", "Hm."),
        ("uid1", None, "user", "Where?"),
        ("uid1", SITE, "user", None),
    )
    return tmp_path


def run(folder, *args, code=0):
    """Run the command; gives what it printed."""
    done = multivon_eval("staleness", *args, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    assert "fresh" not in (done.stdout + done.stderr).lower()
    return done.stderr if code else done.stdout


def target(site, role, text):
    """What is written for an observed rendering."""
    exact, loose = compute_fingerprints(text)
    return {
        "file": site.file,
        "qualname": site.qualname,
        "sdk": "openai",
        "role": role,
        "fingerprint": exact,
        "loose_fingerprint": loose,
        "source": "runtime",
        "bound": "observed",
    }


def test_the_table(folder):
    """Without --apply the proposals are printed, with what has no place among them, and nothing is written."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    lines = run(folder, "stamp", "--from-recordings").splitlines()
    print_of = {text: compute_fingerprints(text)[0][:12] for text in ("Be brief.", "Look.")}
    assert [line.split() for line in lines[:4]] == [
        ["case", "site", "role", "fingerprint", "observed"],
        ["uid1", "bot/answers.py:answer", "system", print_of["Be brief."], "2", "times"],
        ["uid1", "bot/tools.py:look", "user", print_of["Look."], "1", "time"],
        ["uid2", "bot/answers.py:answer", "system", print_of["Be brief."], "1", "time"],
    ]
    assert lines[4:] == [
        "renderings observed in no case: 1",
        "renderings without a call site: 1",
        "parts counted and not captured, such as images and tool results: 1",
        OBSERVED,
    ]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_roles_and_json(folder):
    """--role keeps some roles; --json says the same to programs."""
    found = json.loads(run(folder, "stamp", "--from-recordings", "prompt_recordings.jsonl", "--role=user", "--json"))
    assert found == {
        "proposals": [{"case_uid": "uid1", "line": 7, "observed": 1, "target": target(OTHER, "user", "Look.")}],
        "unbound": 1,
        "without_site": 1,
        "not_captured": 1,
        "note": OBSERVED,
    }


# Cases as no writer of ours writes them, so that a line that was written anew would show.
CASES = (
    b'\xef\xbb\xbf{"schema_version":1,  "b": 1.50e0, "metadata": {"case_uid": "uid1", "z": [ ]} ,"a":"\\u00fc"}\r\n'
    b"\n"
    b'{ "metadata" : { "case_uid" : "uid3" } , "big": 12345678901234567890.0 }\n'
    b'{"schema_version": 2, "metadata": {"case_uid": "uid2"}}\n'
    b"not a case\n"
    b'{"case_uid": "uid2", "text": "\xc3\xbc"}'
)


def test_apply(folder):
    """Targets are added where they belong; what was there stays, to the byte, and twice is the same as once."""
    cases = folder / "cases.jsonl"
    cases.write_bytes(CASES)
    cases.chmod(0o600)
    told = run(folder, "stamp", "--from-recordings", "--apply", "--cases", "cases.jsonl").splitlines()
    assert told == [
        "renderings observed in no case: 1",
        "renderings without a call site: 1",
        "parts counted and not captured, such as images and tool results: 1",
        "observed targets written: 3, into 2 of the cases",
        "cases of a newer version, left alone: 1; upgrade multivon-eval",
        "lines that are no cases, left alone: 1 (line 5)",
        OBSERVED,
    ]
    old, new = CASES.splitlines(keepends=True), cases.read_bytes().splitlines(keepends=True)
    assert [index for index in range(6) if old[index] != new[index]] == [0, 5]
    first = [target(SITE, "system", "Be brief."), target(OTHER, "user", "Look.")]
    added = f', "_provenance": {{"targets": {json.dumps(first)}}}'.encode()
    assert new[0] == old[0].replace(b"[ ]", b"[ ]" + added)
    second = json.dumps([target(SITE, "system", "Be brief.")])
    assert new[5] == old[5][:-1] + f', "metadata": {{"_provenance": {{"targets": {second}}}}}}}'.encode()
    assert cases.stat().st_mode & 0o777 == 0o600
    again = run(folder, "stamp", "--from-recordings", "--apply", "--cases", "cases.jsonl")
    assert "observed targets written: 0, into 0 of the cases" in again and "cases that have theirs already: 2" in again
    assert cases.read_bytes() == b"".join(new)


def test_targets_of_others_stay(folder):
    """Targets that somebody stated otherwise are kept as they are, and an observed one is added beside them."""
    stated = {**target(SITE, "system", "Be brief."), "source": "static", "bound": "declared"}
    row = {"metadata": {"_provenance": {"by": "me", "targets": [stated]}, "case_uid": "uid2"}}
    (folder / "cases.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    run(folder, "stamp", "--from-recordings", "--apply", "--cases", "cases.jsonl")
    (line,) = (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    row["metadata"]["_provenance"]["targets"].append(target(SITE, "system", "Be brief."))
    assert line == json.dumps(row)


@pytest.mark.parametrize(
    "metadata",
    [
        {"_provenance": []},
        {"_provenance": {"targets": {}}},
        {"_provenance": {"schema_version": 2, "targets": {}}},
    ],
)
def test_where_targets_cannot_stand(folder, metadata):
    """A case whose provenance is not ours to write is left alone and counted."""
    text = json.dumps({"metadata": {"case_uid": "uid2", **metadata}}) + "\n"
    (folder / "cases.jsonl").write_text(text, encoding="utf-8")
    told = run(folder, "stamp", "--from-recordings", "--apply", "--cases", "cases.jsonl")
    assert "left alone: 1" in told and "cases with proposals that are not in the file: 1" in told
    assert (folder / "cases.jsonl").read_text(encoding="utf-8") == text


def test_dry_run(folder):
    """--dry-run shows the diff that --apply would make, and makes none; patch can make it."""
    cases = folder / "cases.jsonl"
    cases.write_text('{"metadata": {"case_uid": "uid2"}}\n{"metadata": {"case_uid": "uid9"}}\n', encoding="utf-8")
    before = cases.read_bytes()
    told = run(folder, "stamp", "--from-recordings", "--dry-run", "--cases", "cases.jsonl")
    assert cases.read_bytes() == before
    lines = told.splitlines()
    assert lines[:4] == ["--- cases.jsonl", "+++ cases.jsonl", "@@ -1 +1 @@", '-{"metadata": {"case_uid": "uid2"}}']
    assert "observed targets that would be written: 1, into 1 of the cases" in lines
    run(folder, "stamp", "--from-recordings", "--apply", "--cases", "cases.jsonl")
    assert lines[4] == "+" + cases.read_text(encoding="utf-8").splitlines()[0]


def test_stamped_results_are_results(folder):
    """The results of a simulation can be stamped, read again and scored again, with their targets in the metadata."""
    workplace(folder)
    simulate = "simulate --model-cmd model.py --personas personas.jsonl --judge offline --out results.jsonl --quiet"
    assert multivon_eval(*simulate.split(), cwd=folder).returncode == 0
    uid = json.loads((folder / "results.jsonl").read_text(encoding="utf-8"))["metadata"]["case_uid"]
    record(folder / "other.jsonl", (uid, SITE, "system", "Be brief."))
    run(folder, "stamp", "--from-recordings", "other.jsonl", "--apply", "--cases", "results.jsonl")
    row = json.loads((folder / "results.jsonl").read_text(encoding="utf-8"))
    assert row["metadata"]["_provenance"] == {"targets": [target(SITE, "system", "Be brief.")]}
    assert result_from_json(row).case_uid == uid
    again = multivon_eval("score", "results.jsonl", "--judge", "offline", "--out", "again.jsonl", cwd=folder)
    assert again.returncode == 0, again.stderr
    rescored = json.loads((folder / "again.jsonl").read_text(encoding="utf-8"))
    assert rescored["metadata"]["_provenance"] == row["metadata"]["_provenance"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["stamp"], "say --from-recordings [FILE]"),
        (["stamp", "--from-recordings", "--apply"], "name it with --cases FILE"),
        (["stamp", "--from-recordings", "--cases", "x"], "say --dry-run to see what would be written, or --apply"),
        (["stamp", "--from-recordings", "missing.jsonl"], "missing.jsonl cannot be read (No such file or directory)"),
        (["stamp", "--from-recordings", "--apply", "--cases", "missing.jsonl"], "missing.jsonl cannot be read"),
        (["report", "--recordings", "prompt_recordings.jsonl", "--against", "missing.jsonl"], "cannot be read"),
    ],
)
def test_asked_wrongly(folder, args, message):
    """What is missing is said, with the way out, and nothing is written."""
    assert message in run(folder, *args, code=2)
    assert not (folder / "missing.jsonl").exists()


def test_the_report(folder):
    """For each site and role: what is new, what is no longer observed, and k of n that were observed again."""
    record(
        folder / "now.jsonl",
        ("uid1", SITE, "system", "Be brief."),
        ("uid1", SITE, "system", "Be  kind."),
        ("uid1", SITE, "user", "Hello."),
    )
    record(
        folder / "before.jsonl",
        ("uid1", SITE, "system", "Be brief."),
        ("uid1", SITE, "system", "Be kind."),
        ("uid1", OTHER, "user", "Look."),
    )
    told = run(folder, "report", "--recordings", "now.jsonl", "--against", "before.jsonl").splitlines()
    assert [re.split(r"\s{2,}", line) for line in told[:4]] == [
        ["site", "sdk", "role", "renderings"],
        [
            "bot/answers.py:answer",
            "openai",
            "system",
            "1 of 2 previously observed renderings observed again, 1 new (1 in whitespace only), 1 no longer observed",
        ],
        ["bot/answers.py:answer", "openai", "user", "1 new, none observed before"],
        [
            "bot/tools.py:look",
            "openai",
            "user",
            "0 of 1 previously observed renderings observed again, 1 no longer observed",
        ],
    ]
    assert told[5:] == [
        "sites, by role: 2 with something new, 2 with something no longer observed, 0 unchanged",
        OBSERVED,
    ]
    found = json.loads(run(folder, "report", "--recordings", "now.jsonl", "--against", "before.jsonl", "--json"))
    assert found["sites"][0] == {
        "file": "bot/answers.py",
        "qualname": "answer",
        "sdk": "openai",
        "role": "system",
        "previously_observed": 2,
        "unchanged": 1,
        "new": 1,
        "whitespace_only": 1,
        "no_longer_seen": 1,
        "summary": "1 of 2 previously observed renderings observed again, 1 new (1 in whitespace only), "
        "1 no longer observed",
    }


def test_torn_lines_are_noted(folder):
    """Lines that are no recordings are named on stderr and do not stop the work."""
    path = folder / "prompt_recordings.jsonl"
    path.write_bytes(path.read_bytes() + b'{"torn')
    done = multivon_eval("staleness", "stamp", "--from-recordings", cwd=folder)
    assert done.stderr == "note: lines of prompt_recordings.jsonl that are no recordings: 1 (line 6)\n"
    assert done.returncode == 0 and "uid1" in done.stdout


def test_no_sdk_and_no_wrapt_for_reading(folder):
    """Reading and stamping import neither what wraps nor any SDK."""
    program = (
        "import sys; from multivon_eval._cli.main import run; run(['staleness', 'stamp', '--from-recordings']);"
        "print([name for name in ('wrapt', 'openai', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
