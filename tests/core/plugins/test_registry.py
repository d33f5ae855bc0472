"""What is installed is found by name, from metadata, and loaded when it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from multivon_eval import PluginError
from multivon_eval._plugins.kinds import ALL, EVALUATOR, HOOK, JUDGE, SINK
from multivon_eval._plugins.registry import Registry
from multivon_eval.testing import RecordingSink, write_distribution
from multivon_eval_plugins.judges.offline import Offline
from support.command import clean_env

GROUP = EVALUATOR.group


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pretend distributions that counts as installed."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


class TestFinding:
    """One owner of a name is found, none or several are errors."""

    def test_a_bare_name(self, site: Path) -> None:
        """The one owner of a name is found, with who ships it."""
        write_distribution(site, "Acme.Tone", "2.1", {GROUP: {"tone": "acme_tone.tone:Tone [extra]"}})
        entry = Registry().find(EVALUATOR, "tone")
        assert (entry.name, entry.distribution, entry.version) == ("tone", "Acme.Tone", "2.1")
        assert str(entry) == "evaluator 'tone' of Acme.Tone 2.1 (acme_tone.tone:Tone)"

    @pytest.mark.parametrize("asked", ["acme-tone/tone", "Acme.Tone/tone", "ACME_TONE/tone"])
    def test_a_name_of_a_distribution(self, site: Path, asked: str) -> None:
        """``DIST/NAME`` picks one distribution's, however its name is spelt."""
        write_distribution(site, "Acme.Tone", "2.1", {GROUP: {"tone": "acme_tone:Tone"}})
        write_distribution(site, "other", "1", {GROUP: {"tone": "other:Tone"}})
        assert Registry().find(EVALUATOR, asked).target == "acme_tone:Tone"

    def test_an_import_path(self) -> None:
        """A name with a dot is an import path, of nobody's distribution."""
        entry = Registry().find(EVALUATOR, "my_pkg.tone.Tone")
        assert (entry.target, entry.distribution) == ("my_pkg.tone:Tone", "")
        assert str(entry) == "evaluator 'my_pkg.tone.Tone' (my_pkg.tone:Tone)"

    def test_two_owners_are_both_named(self, site: Path) -> None:
        """Conflicts are never settled silently: both owners are named, and how to pick one."""
        write_distribution(site, "one", "1.0", {GROUP: {"tone": "one:Tone"}})
        write_distribution(site, "two", "2.0", {GROUP: {"tone": "two:Tone"}})
        with pytest.raises(PluginError) as caught:
            Registry().find(EVALUATOR, "tone")
        assert str(caught.value) == (
            "evaluator 'tone' is offered by one 1.0 (one:Tone) and two 2.0 (two:Tone); say 'one/tone' or 'two/tone'"
        )

    def test_kinds_do_not_clash(self, site: Path) -> None:
        """The same name for two kinds is no conflict."""
        write_distribution(site, "one", "1.0", {GROUP: {"offline": "one:Offline"}})
        assert Registry().find(EVALUATOR, "offline").distribution == "one"
        assert Registry().find(JUDGE, "offline").distribution == "multivon-eval"

    @pytest.mark.parametrize(
        ("asked", "hint"),
        [
            ("offlin", "no judge is named 'offlin'; did you mean 'offline'?"),
            ("nobody", "no judge is named 'nobody'; known: anthropic, gemini, litellm, offline, openai"),
            ("multivon-eval/offlin", "did you mean 'multivon-eval/offline'"),
            ("acme/offline", "did you mean 'multivon-eval/offline'"),
        ],
    )
    def test_nobody_has_it(self, asked: str, hint: str) -> None:
        """An unknown name is an error that says what was perhaps meant, else what there is."""
        with pytest.raises(PluginError) as caught:
            Registry().find(JUDGE, asked)
        assert hint in str(caught.value)

    def test_the_owner_of_a_class(self) -> None:
        """A class is known as its entry point's, also where the target names a re-export."""
        entry = Registry().owner_of(JUDGE, Offline)
        assert entry is not None and entry.name == "offline"
        assert Registry().owner_of(SINK, RecordingSink) is None


class TestReading:
    """Metadata is read once for each kind, and torn metadata takes nobody with it."""

    def test_sorted_by_name_and_distribution(self, site: Path) -> None:
        """The order of entries is that of names, not of folders."""
        write_distribution(site, "b", "1", {GROUP: {"zz": "b:Z", "aa": "b:A"}})
        write_distribution(site, "a", "1", {GROUP: {"zz": "a:Z"}})
        entries = [(entry.name, entry.distribution) for entry in Registry().entries(EVALUATOR)]
        assert entries == sorted(entries) and {("aa", "b"), ("zz", "a"), ("zz", "b")} <= set(entries)

    def test_the_first_of_two_installations_counts(self, site: Path, tmp_path: Path) -> None:
        """A distribution that is found twice on the path is one distribution, as for the import system."""
        write_distribution(tmp_path, "acme", "2", {GROUP: {"tone": "acme:Tone"}})
        behind = write_distribution(tmp_path / "behind", "acme", "1", {GROUP: {"tone": "acme:Old"}})
        sys.path.append(str(behind))
        try:
            assert Registry().find(EVALUATOR, "tone").version == "2"
        finally:
            sys.path.remove(str(behind))

    def test_torn_entry_points(self, site: Path) -> None:
        """A distribution whose entry points cannot be read is named, and the others are found."""
        write_distribution(site, "torn", "1.5")
        (site / "torn-1.5.dist-info" / "entry_points.txt").write_text(f"[{GROUP}]\nno target\n")
        write_distribution(site, "whole", "1", {GROUP: {"tone": "whole:Tone"}})
        registry = Registry()
        assert registry.find(EVALUATOR, "tone").distribution == "whole"
        (unreadable,) = registry.unreadable
        assert unreadable.startswith("the entry points of torn 1.5 cannot be read (")
        with pytest.raises(PluginError, match=r"the entry points of torn 1\.5 cannot be read"):
            registry.find(EVALUATOR, "of-torn")

    def test_without_metadata(self, site: Path) -> None:
        """What an interrupted uninstall leaves behind is listed, as nobody's."""
        write_distribution(site, "left", "1", {GROUP: {"tone": "left:Tone"}})
        (site / "left-1.dist-info" / "METADATA").unlink()
        assert Registry().find(EVALUATOR, "tone").distribution == "an unnamed distribution"

    def test_our_own_are_all_there(self) -> None:
        """The built-ins are found the way anybody's plug-ins are."""
        found = {
            (kind.name, entry.name)
            for kind in ALL
            for entry in Registry().entries(kind)
            if entry.distribution == "multivon-eval"
        }
        assert {("persona source", "jsonl"), ("driver", "scripted"), ("sink", "terminal"), ("command", "init")} <= found


@pytest.mark.process
def test_finding_and_listing_imports_nothing(tmp_path: Path) -> None:
    """Nothing of a plug-in is imported until it is loaded, and then nothing of its neighbours."""
    points = {GROUP: {"tone": "lazily.tone:Tone", "other": "lazily.other:Other"}, HOOK.group: {"clock": "lazily.clock"}}
    modules = {"lazily.tone": "Tone = 4\n", "lazily.other": "raise SystemExit\n", "lazily.clock": "raise SystemExit\n"}
    write_distribution(tmp_path, "lazily", "1", points, modules)
    program = """
import json, sys
from multivon_eval._plugins.kinds import ALL, EVALUATOR
from multivon_eval._plugins.registry import Registry

def ours():
    return sorted(name for name in sys.modules if name.startswith(("lazily", "multivon_eval_plugins")))

registry = Registry()
for kind in ALL:
    registry.entries(kind), registry.names(kind)
steps = [ours()]
entry = registry.find(EVALUATOR, "tone")
steps.append(ours())
assert entry.load() == 4
steps.append(ours())
print(json.dumps(steps))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean_env({"PYTHONPATH": str(tmp_path)}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == [[], [], ["lazily", "lazily.tone"]]
