"""Plug-ins that are not ours: found, used by name, left out, and named when they are broken."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import result_schema
from multivon_eval.testing import write_distribution
from support.acme import Installed, install_acme
from support.command import multivon_eval, workplace

pytestmark = pytest.mark.process

ACME = Path(__file__).resolve().parents[1] / "third_party" / "acme_eval"
CLOCKED = """
from acme_eval.clock import persona_name

def model_fn(prompt: str) -> str:
    return f"It arrives on Friday, {persona_name.get() or 'nobody'}. That was question {prompt.count('USER:')}."
"""
LEAKS = """
def model_fn(prompt: str) -> str:
    return "It was made by bob@home.example."
"""
PEOPLE = """name,profile,goal,success_criteria
Ann,"A customer, new.",Find out when it arrives.,The assistant stated the day.
Zoë,An old customer.,Find out who delivers.,The assistant named the carrier.
"""


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install Acme's plug-ins with pip, away from the environment that tests run in."""
    return install_acme(tmp_path_factory.mktemp("acme"))


def _results(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        jsonschema.validate(row, result_schema())
    return rows


class TestAcme:
    """A whole, healthy distribution of somebody else."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
        return workplace(tmp_path, CLOCKED)

    def simulate(self, acme: Installed, place: Path, *more: str) -> list[dict[str, Any]]:
        args = ["simulate", "--model-cmd", "model.py", "--personas", "acme-csv:people.csv", "--out", "results.jsonl"]
        args += ["--driver", "acme-curious,patience=2", "--judge", "acme-keyword:Friday,price=0.000001"]
        args += ["--evaluator", "acme-tone,threshold=0.8", "--sink", 'acme-markdown:page.md,title="Acme, weekly"']
        env = {"PYTHONPATH": str(acme.target), "ACME_CLOCK_OUT": str(place / "clock.json")}
        done = multivon_eval(*args, *more, cwd=place, env=env)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr + done.stdout
        return _results(place / "results.jsonl")

    def test_one_plugin_of_each_kind_is_used_by_name(self, acme: Installed, place: Path) -> None:
        """Persona source, driver, judge, evaluator and sink of Acme make one run together."""
        rows = self.simulate(acme, place)
        assert {row["persona"]["name"] for row in rows} == {"Ann", "Zoë"}
        for row in rows:
            assert [message["content"] for message in row["transcript"] if message["role"] == "user"] == [
                f"Message 1: {row['persona']['goal']} Why is that?",
                f"Message 2: {row['persona']['goal']} Why is that?",
            ]
            assert (row["stop_reason"], row["goal_achieved"], row["turns"]) == ("goal_reached", True, 2)
            assert row["scores"] == {"acme_tone": 0.5}
            assert row["metadata"]["score_status"]["acme_tone"]["threshold"] == 0.8
            assert row["metadata"]["judge_model"] == "keyword-Friday"
            assert row["cost_usd"] > 0
        page = (place / "page.md").read_text(encoding="utf-8")
        assert page.startswith("# Acme, weekly\n") and "## Zoë: goal_reached" in page
        assert page.endswith("goal achieved: 2 of 2\n")

    def test_results_say_who_took_part(self, acme: Installed, place: Path) -> None:
        """Every result names each plug-in with its SPEC, its distribution and its version."""
        uses = self.simulate(acme, place)[0]["metadata"]["plugins"]
        acmes = {(use["kind"], use["name"], use["spec"]) for use in uses if use["distribution"] == "acme-eval"}
        assert acmes >= {
            ("persona source", "acme-csv", "acme-csv:people.csv"),
            ("driver", "acme-curious", "acme-curious,patience=2"),
            ("judge", "acme-keyword", "acme-keyword:Friday,price=0.000001"),
            ("evaluator", "acme-tone", "acme-tone,threshold=0.8"),
            ("sink", "acme-markdown", 'acme-markdown:page.md,title="Acme, weekly"'),
        }
        assert {use["version"] for use in uses if use["distribution"] == "acme-eval"} == {"1.2.0"}
        assert any(use["kind"] == "hook" and "acme-clock" in use["name"] for use in uses)

    def test_the_hook_takes_part(self, acme: Installed, place: Path) -> None:
        """An installed hook sees the run, and its context variable reaches a synchronous ``model_fn``."""
        rows = self.simulate(acme, place)
        seen = json.loads((place / "clock.json").read_text(encoding="utf-8"))
        assert {row["metadata"]["run_id"] for row in rows} == {seen.pop("run_id")}
        assert sorted(seen.pop("finished")) == [["Ann", "goal_reached"], ["Zoë", "goal_reached"]]
        calls = seen.pop("calls")
        assert (calls.pop("driver"), calls.pop("system"), calls.pop("judge verdict")) == (6, 4, 2)
        assert set(calls) == {"judge driver", "observer", "evaluator", "judge scores"}
        assert seen == {"conversations": 2, "turns": 4, "scopes": 4, "left_over": "", "summed_up": 2}
        for row in rows:
            replies = [message["content"] for message in row["transcript"] if message["role"] == "assistant"]
            assert all(f"Friday, {row['persona']['name']}." in reply for reply in replies)

    def test_observer_ends_a_conversation_by_name(self, acme: Installed, place: Path) -> None:
        """The stranger's observer stops where the assistant leaks an address, and the result says who saw what."""
        (place / "model.py").write_text(LEAKS, encoding="utf-8")
        for row in self.simulate(acme, place, "--observer", "acme-leak", "--max-turns", "6"):
            assert (row["turns"], row["stop_reason"]) == (1, "max_turns")
            [seen] = row["metadata"]["observations"]
            assert (seen["observer"], seen["name"], seen["turn"]) == ("acme_leak", "leaks_email", 1)
            assert seen["detail"] == "the assistant gave away bob@home.example"

    def test_executor_holds_conversations_in_processes_by_name(self, acme: Installed, place: Path) -> None:
        """The stranger's pool holds what the run would have held itself, with all of Acme's plug-ins loaded there."""
        rows = self.simulate(acme, place, "--executor", "acme-pool,workers=2,per_worker=1")
        pooled = {row["persona"]["name"]: row for row in rows}
        assert sorted(pooled) == ["Ann", "Zoë"]
        (use,) = (one for one in rows[0]["metadata"]["plugins"] if one["kind"] == "executor")
        assert (use["spec"], use["distribution"]) == ("acme-pool,workers=2,per_worker=1", "acme-eval")
        for row in self.simulate(acme, place):
            for part in ("stop_reason", "verdict", "scores", "cost_usd"):
                assert pooled[row["persona"]["name"]][part] == row[part]
        assert "## Zoë: goal_reached" in (place / "page.md").read_text(encoding="utf-8")

    def test_estimate_equals_the_calls_of_the_run(self, acme: Installed, place: Path) -> None:
        """A driver that says what it will ask, and when it ends, is estimated exactly."""
        args = ["simulate", "--model-cmd", "model.py", "--personas", "acme-csv:people.csv", "--driver"]
        args += ["acme-curious,patience=3", "--judge", "acme-keyword:Nobody-says-this", "--evaluator", "acme-tone"]
        env = {"PYTHONPATH": str(acme.target)}
        rehearsed = multivon_eval(*args, "--dry-run", cwd=place, env=env)
        assert rehearsed.returncode == 0, rehearsed.stderr
        done = multivon_eval(*args, "--out", "results.jsonl", cwd=place, env=env)
        assert done.returncode == 0, done.stderr
        calls = sum(row["metadata"]["judge_calls"] for row in _results(place / "results.jsonl"))
        assert f"calls: {calls}\n" in rehearsed.stdout
        assert f"calls_most: {calls}\n" in rehearsed.stdout

    def test_runs_without_our_plugins_for_driving(self, acme: Installed, place: Path) -> None:
        """A stranger's driver and judge need nothing of roleplay, refusal and proposing; ours name what is missing."""
        home, rest = place / "site", place / "rest"
        for package in ("multivon_eval", "multivon_eval_plugins"):
            source = Path(importlib.util.find_spec(package).origin).parent
            shutil.copytree(source, home / package, ignore=shutil.ignore_patterns("__pycache__"))
        for room in ("roleplay", "refusal", "proposing"):
            shutil.rmtree(home / "multivon_eval_plugins" / room, ignore_errors=True)
        rest.mkdir()
        env = {"PYTHONPATH": os.pathsep.join([str(home), str(acme.target)])}
        args = ["simulate", "--model-cmd", "model.py", "--personas", "acme-csv:people.csv", "--judge"]
        args += ["acme-keyword:Friday", "--evaluator", "acme-tone", "--out", "results.jsonl"]
        done = multivon_eval(*args, "--driver", "acme-curious", cwd=place, env=env)
        assert done.returncode == 0, done.stderr
        assert len(_results(place / "results.jsonl")) == 2
        assert "observer 'driver-faults'" in done.stdout and "left out" in done.stdout
        done = multivon_eval(*args, "--driver", "persona-llm", cwd=place, env=env)
        assert done.returncode == 2
        assert "driver 'persona-llm' of multivon-eval" in done.stderr
        assert "No module named 'multivon_eval_plugins.roleplay'" in done.stderr

    @pytest.mark.parametrize("name", ["acme-clock", "acme-eval/acme-clock"])
    def test_without_leaves_the_hook_out(self, acme: Installed, place: Path, name: str) -> None:
        """``--without NAME`` keeps an installed hook out of the run."""
        rows = self.simulate(acme, place, "--without", name)
        assert not (place / "clock.json").exists()
        hooks = {use["name"] for row in rows for use in row["metadata"]["plugins"] if use["kind"] == "hook"}
        assert "prompt-recorder" in hooks and "acme-clock" not in hooks
        assert "Friday, nobody." in rows[0]["transcript"][1]["content"]

    def test_without_a_name_that_is_not_installed(self, acme: Installed, place: Path) -> None:
        """A hook that was to stay out and is misspelt is an error: it would take part."""
        args = ["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--without", "acme-clok"]
        done = multivon_eval(*args, cwd=place, env={"PYTHONPATH": str(acme.target)})
        assert done.returncode == 2
        assert done.stderr == "error: no hook is named 'acme-clok'; did you mean 'acme-clock'?\n"

    def test_named_by_distribution_and_by_import_path(self, acme: Installed, place: Path) -> None:
        """``DIST/NAME`` and a dotted import path name the same evaluator."""
        args = ["simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "out.jsonl", "--quiet"]
        args += ["--evaluator", "Acme_Eval/acme-tone", "--evaluator", "acme_eval.tone.Tone", "--driver", "scripted"]
        done = multivon_eval(*args, cwd=place, env={"PYTHONPATH": str(acme.target)})
        assert (done.returncode, done.stderr) == (0, "")
        assert set(_results(place / "out.jsonl")[0]["scores"]) == {"acme_tone", "tone"}

    def test_plugins_lists_them(self, acme: Installed, tmp_path: Path) -> None:
        """``plugins --json`` says kind, name, distribution, version and target of each."""
        done = multivon_eval("plugins", "--json", cwd=tmp_path, env={"PYTHONPATH": str(acme.target)})
        rows = [row for row in json.loads(done.stdout) if row["distribution"] == "acme-eval"]
        assert {(row["kind"], row["name"], row["version"], row["target"]) for row in rows} == {
            ("persona source", "acme-csv", "1.2.0", "acme_eval.csv_personas:CsvPersonas"),
            ("driver", "acme-curious", "1.2.0", "acme_eval.curious:Curious"),
            ("judge", "acme-keyword", "1.2.0", "acme_eval.keyword:Keyword"),
            ("evaluator", "acme-tone", "1.2.0", "acme_eval.tone:Tone"),
            ("observer", "acme-leak", "1.2.0", "acme_eval.leak:Leak"),
            ("sink", "acme-markdown", "1.2.0", "acme_eval.markdown:Markdown"),
            ("executor", "acme-pool", "1.2.0", "acme_eval.pool:Pool"),
            ("hook", "acme-clock", "1.2.0", "acme_eval.clock"),
        }

    def test_plugins_checks_them(self, acme: Installed, tmp_path: Path) -> None:
        """``plugins --check`` imports each and finds nothing wrong."""
        done = multivon_eval("plugins", "--check", "--json", cwd=tmp_path, env={"PYTHONPATH": str(acme.target)})
        assert (done.returncode, done.stderr) == (0, "")
        assert {row["error"] for row in json.loads(done.stdout)} == {None}

    def test_plugins_tells_of_one(self, acme: Installed, tmp_path: Path) -> None:
        """``plugins NAME`` shows what it is for, and its options with types and defaults."""
        done = multivon_eval("plugins", "acme-keyword", "--json", cwd=tmp_path, env={"PYTHONPATH": str(acme.target)})
        (row,) = json.loads(done.stdout)
        assert row["about"].startswith("Says yes to everything")
        assert row["options"] == [
            {"name": "word", "type": "str", "default": "required"},
            {"name": "price", "type": "decimal.Decimal", "default": "Decimal('0')"},
        ]


HEAD = "import attrs\nfrom multivon_eval.sdk import PLUGIN_API, Score, hookimpl\n"
EVALUATE = "    async def evaluate(self, conversation, context):\n        return Score(0.5, 'so')\n"
BROKEN = {
    "broken.leaves": "import sys\nsys.exit('this module wants to be a script')\n",
    "broken.raises": "raise RuntimeError('two\\nlines')\n",
    "broken.plain": HEAD + "class Plain:\n" + EVALUATE,
    "broken.function": "def function(): ...\n",
    "broken.synchronous": HEAD
    + "@attrs.frozen\nclass Synchronous:\n    def evaluate(self, conversation, context): ...\n",
    "broken.verbless": HEAD + "@attrs.frozen\nclass Verbless:\n    pass\n",
    "broken.newer": HEAD + "@attrs.frozen\nclass Newer:\n    plugin_api = PLUGIN_API + 1\n" + EVALUATE,
    "broken.untyped": "from __future__ import annotations\n" + HEAD + "@attrs.frozen\nclass Untyped:\n"
    "    clock: Clock | None = None\n" + EVALUATE,
    "broken.costly": HEAD + "@attrs.frozen\nclass Costly:\n    async def complete(self, question): ...\n"
    "    async def worst_cost(self, question): ...\n",
    "broken.sink": HEAD + "@attrs.frozen\nclass NoClose:\n    async def open(self, run): ...\n"
    "    async def write(self, result): ...\n",
    "broken.driver": HEAD + "@attrs.frozen\nclass Silent:\n    def next_message(self, conversation, context): ...\n",
    "broken.source": HEAD + "@attrs.frozen\nclass Sync:\n    path: str\n    def load(self, context): ...\n",
    "broken.good": HEAD + "@attrs.frozen\nclass Good:\n" + EVALUATE,
    "broken.misspelt": HEAD + "@hookimpl\ndef turn_finnished(conversation): ...\n",
    "broken.unknown": HEAD + "@hookimpl\ndef turn_finished(conversation, weather): ...\n",
    "broken.unmarked": "def turn_finished(conversation): ...\n",
    "broken.falls": HEAD + "@hookimpl\ndef turn_finished(conversation):\n    raise ValueError('fell over')\n",
}
EVALUATORS = {
    "gone": "broken.missing:Gone",
    "nameless": "broken.good:Nameless",
    "leaves": "broken.leaves:Leaves",
    "raises": "broken.raises:Raises",
    "plain": "broken.plain:Plain",
    "function": "broken.function:function",
    "module": "broken.good",
    "synchronous": "broken.synchronous:Synchronous",
    "verbless": "broken.verbless:Verbless",
    "newer": "broken.newer:Newer",
    "untyped": "broken.untyped:Untyped",
    "turn-consistency": "broken.good:Good",
    "claimed": "broken.good:Good",
}
HOOKS = {
    "missing-hook": "broken.missing",
    "leaving-hook": "broken.leaves",
    "misspelt-hook": "broken.misspelt",
    "unknown-hook": "broken.unknown",
    "unmarked-hook": "broken.unmarked",
    "falling-hook": "broken.falls",
}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment in which two distributions are installed that have nearly everything wrong."""
    entry_points = {
        "multivon_eval.persona_sources": {"sync-source": "broken.source:Sync"},
        "multivon_eval.drivers": {"silent": "broken.driver:Silent"},
        "multivon_eval.judges": {"costly": "broken.costly:Costly"},
        "multivon_eval.evaluators": EVALUATORS,
        "multivon_eval.sinks": {"no-close": "broken.sink:NoClose"},
        "multivon_eval.hooks": HOOKS,
        "multivon_eval.commands": {"shatter": "broken.missing:shatter"},
    }
    site = write_distribution(tmp_path / "site", "broken-eval", "0.9.1", entry_points, BROKEN)
    second = {"multivon_eval.evaluators": {"claimed": "rival:Good"}}
    write_distribution(site, "rival-eval", "3.0", second, {"rival": BROKEN["broken.good"]})
    return {"PYTHONPATH": str(site)}


# Kind, option, what is asked for, target, what the cause says.
NAMED = [
    ("evaluator", "--evaluator", "gone", "broken.missing:Gone", "ModuleNotFoundError: No module named"),
    ("evaluator", "--evaluator", "nameless", "broken.good:Nameless", "AttributeError"),
    ("evaluator", "--evaluator", "leaves", "broken.leaves:Leaves", "SystemExit: this module wants to be a script"),
    ("evaluator", "--evaluator", "raises", "broken.raises:Raises", "RuntimeError: two lines"),
    ("evaluator", "--evaluator", "plain", "broken.plain:Plain", "a class without attrs"),
    ("evaluator", "--evaluator", "function", "broken.function:function", "it is a function"),
    ("evaluator", "--evaluator", "module", "broken.good", "it is a module"),
    ("evaluator", "--evaluator", "synchronous", "broken.synchronous:Synchronous", "'evaluate' is not asynchronous"),
    ("evaluator", "--evaluator", "verbless", "broken.verbless:Verbless", "no method 'evaluate'"),
    ("evaluator", "--evaluator", "newer", "broken.newer:Newer", "plug-in API 2 and this host has 1.2; upgrade"),
    ("evaluator", "--evaluator", "untyped", "broken.untyped:Untyped", "name 'Clock' is not defined"),
    ("evaluator", "--evaluator", "turn-consistency", "broken.good:Good", "is offered by broken-eval"),
    ("evaluator", "--evaluator", "claimed", "broken.good:Good", "is offered by broken-eval"),
    ("judge", "--judge", "costly", "broken.costly:Costly", "'worst_cost' is asynchronous"),
    ("sink", "--sink", "no-close", "broken.sink:NoClose", "no method 'close'"),
    ("driver", "--driver", "silent", "broken.driver:Silent", "'next_message' is not asynchronous"),
    ("persona source", "--personas", "sync-source:x", "broken.source:Sync", "'load' is not asynchronous"),
]


class TestBroken:
    """Distributions in which nearly everything is wrong."""

    @pytest.mark.parametrize(("kind", "option", "asked", "target", "cause"), NAMED, ids=[row[2] for row in NAMED])
    def test_naming_it_is_one_line_with_six_things(
        self, env: dict[str, str], tmp_path: Path, kind: str, option: str, asked: str, target: str, cause: str
    ) -> None:
        """Asked for and broken: exit code 2, and one line with kind, name, distribution, version, target, cause."""
        options = {"--personas": "personas.jsonl", "--model-cmd": "model.py", "--out": "out.jsonl"}
        options |= {"--evaluator": "conversation-relevance", option: asked}
        args = [text for pair in options.items() for text in pair]
        done = multivon_eval("simulate", *args, cwd=workplace(tmp_path), env=env)
        assert done.returncode == 2, done.stderr
        (line,) = done.stderr.splitlines()
        name = asked.partition(":")[0]
        for thing in (kind, repr(name), "broken-eval", "0.9.1", target, cause):
            assert thing in line, f"{thing} is missing in: {line}"
        assert not (tmp_path / "out.jsonl").exists(), "nothing is opened where something is wrong"

    def test_naming_several_names_each(self, env: dict[str, str], tmp_path: Path) -> None:
        """All that is wrong is said at once, one line for each."""
        args = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--driver", "silent", "--judge", "costly"]
        args += ["--evaluator", "gone", "--evaluator", "plain", "--sink", "no-close"]
        done = multivon_eval("simulate", *args, cwd=workplace(tmp_path), env=env)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 5

    def test_both_sides_of_a_conflict_are_named(self, env: dict[str, str], tmp_path: Path) -> None:
        """Two owners of a name is an error that names both and says how to pick one."""
        args = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--evaluator", "claimed"]
        done = multivon_eval("simulate", *args, cwd=workplace(tmp_path), env=env)
        assert done.stderr == (
            "error: evaluator 'claimed' is offered by broken-eval 0.9.1 (broken.good:Good) and rival-eval 3.0 "
            "(rival:Good); say 'broken-eval/claimed' or 'rival-eval/claimed'\n"
        )

    def test_a_conflict_is_settled_by_naming_the_distribution(self, env: dict[str, str], tmp_path: Path) -> None:
        """``DIST/NAME`` picks one owner, and the results say which."""
        args = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--driver", "scripted", "--quiet"]
        args += ["--evaluator", "rival-eval/claimed", "--evaluator", "multivon-eval/turn-consistency"]
        done = multivon_eval("simulate", *args, "--out", "out.jsonl", cwd=workplace(tmp_path), env=env)
        assert done.returncode == 0, done.stderr
        (row,) = _results(tmp_path / "out.jsonl")
        assert set(row["scores"]) == {"claimed", "turn_consistency"}
        uses = [use for use in row["metadata"]["plugins"] if use["kind"] == "evaluator"]
        assert {(use["distribution"], use["version"]) for use in uses} >= {("rival-eval", "3.0")}

    def test_a_run_that_names_none_is_not_disturbed(self, env: dict[str, str], tmp_path: Path) -> None:
        """Ambient and broken: left out, reported, and the run goes on to a good end."""
        args = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "out.jsonl", "--json"]
        args += ["--evaluator", "conversation-relevance", "--trials", "2"]
        done = multivon_eval("simulate", *args, cwd=workplace(tmp_path), env=env)
        assert done.returncode == 0, done.stderr
        assert len(_results(tmp_path / "out.jsonl")) == 2
        problems = {problem["where"]: problem["message"] for problem in json.loads(done.stdout)["problems"]}
        causes = {
            "missing-hook": "No module named 'broken.missing'",
            "leaving-hook": "SystemExit",
            "misspelt-hook": "turn_finnished",
            "unknown-hook": "weather",
            "unmarked-hook": "implements no hook",
            "falling-hook": "raised ValueError: fell over in turn_finished; left out for the rest of the run",
        }
        assert set(problems) == {f"hook {name!r} of broken-eval 0.9.1 ({HOOKS[name]})" for name in causes}
        for name, cause in causes.items():
            assert cause in problems[f"hook {name!r} of broken-eval 0.9.1 ({HOOKS[name]})"]

    def test_a_taken_name_does_not_disturb_the_defaults(self, env: dict[str, str], tmp_path: Path) -> None:
        """Who names no evaluator gets our own, also where somebody else's has the name of one of them."""
        args = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "out.jsonl", "--quiet"]
        done = multivon_eval("simulate", *args, cwd=workplace(tmp_path), env=env)
        assert done.returncode == 0, done.stderr
        (row,) = _results(tmp_path / "out.jsonl")
        assert set(row["scores"]) == {"conversation_relevance", "knowledge_retention", "turn_consistency"}
        uses = [use for use in row["metadata"]["plugins"] if use["kind"] == "evaluator"]
        assert {use["distribution"] for use in uses} == {"multivon-eval"}

    def test_strict_tells_of_broken_hooks(self, env: dict[str, str], tmp_path: Path) -> None:
        """With ``--strict`` a problem beside the conversations is exit code 3."""
        args = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--quiet", "--strict", "--evaluator"]
        done = multivon_eval("simulate", *args, "conversation-relevance", cwd=workplace(tmp_path), env=env)
        assert done.returncode == 3

    def test_plugins_lists_without_importing(self, env: dict[str, str], tmp_path: Path) -> None:
        """``plugins`` lists broken ones too, for it reads metadata only, and marks the conflicts."""
        done = multivon_eval("plugins", "--json", cwd=tmp_path, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        rows = {(row["name"], row["distribution"]): row for row in json.loads(done.stdout)}
        assert ("gone", "broken-eval") in rows and "error" not in rows["gone", "broken-eval"]
        assert "DIST/NAME" in rows["turn-consistency", "multivon-eval"]["conflict"]
        assert rows["claimed", "rival-eval"]["conflict"].startswith("offered by broken-eval 0.9.1 and rival-eval 3.0")

    def test_plugins_check_names_what_is_broken(self, env: dict[str, str], tmp_path: Path) -> None:
        """``plugins --check`` says of each what is wrong, and its exit code is 3."""
        done = multivon_eval("plugins", "--check", "--json", cwd=tmp_path, env=env)
        assert (done.returncode, done.stderr) == (3, "")
        rows = json.loads(done.stdout)
        bad = {row["name"] for row in rows if row["error"]}
        sound = {"turn-consistency", "claimed", "falling-hook"}
        assert bad == {row["name"] for row in rows if row["distribution"] == "broken-eval"} - sound

    def test_a_command_that_cannot_be_imported(self, env: dict[str, str], tmp_path: Path) -> None:
        """A broken command stands in ``--help`` and is an error when it is called, and for no other command."""
        listed = multivon_eval("--help", cwd=tmp_path, env=env)
        assert listed.returncode == 0 and "shatter" in listed.stdout
        called = multivon_eval("shatter", cwd=tmp_path, env=env)
        assert called.returncode == 2
        (line,) = called.stderr.splitlines()
        for thing in ("command", "'shatter'", "broken-eval", "0.9.1", "broken.missing:shatter", "No module named"):
            assert thing in line


class TestTornMetadata:
    """Distributions whose metadata itself is broken."""

    @pytest.fixture
    def torn(self, tmp_path: Path) -> dict[str, str]:
        """One without METADATA, as an interrupted uninstall leaves it, one with lines that are no entry points."""
        site = tmp_path / "site"
        points = {"multivon_eval.evaluators": {"orphan": "orphan:Orphan"}}
        write_distribution(site, "orphan-eval", "1.0", points)
        (site / "orphan_eval-1.0.dist-info" / "METADATA").unlink()
        write_distribution(site, "torn-eval", "2.0", points)
        (site / "torn_eval-2.0.dist-info" / "entry_points.txt").write_text("[multivon_eval.evaluators]\nno target\n")
        return {"PYTHONPATH": str(site)}

    def test_a_run_is_not_disturbed(self, torn: dict[str, str], tmp_path: Path) -> None:
        """The run has its results, and its report says which distribution cannot be read."""
        args = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "out.jsonl", "--json"]
        done = multivon_eval("simulate", *args, cwd=workplace(tmp_path), env=torn)
        assert done.returncode == 0, done.stderr
        assert len(_results(tmp_path / "out.jsonl")) == 1
        (problem,) = json.loads(done.stdout)["problems"]
        assert "torn-eval 2.0" in problem["message"] and "reinstall or remove torn-eval" in problem["message"]

    def test_plugins_says_so(self, torn: dict[str, str], tmp_path: Path) -> None:
        """``plugins --check`` lists the others, says what cannot be read, and its exit code is 3."""
        done = multivon_eval("plugins", "--check", "--json", cwd=tmp_path, env=torn)
        assert done.returncode == 3
        assert "the entry points of torn-eval 2.0 cannot be read" in done.stderr
        names = {row["name"] for row in json.loads(done.stdout)}
        assert {"orphan", "offline", "turn-consistency"} <= names
