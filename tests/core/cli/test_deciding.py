"""The whole story with real processes: two versions, what changed, whether the judge may be believed, when to stop."""

import json
import os
import re
import subprocess
import sys

import jsonschema
import pytest

from multivon_eval import read_results, summary_schema
from support.command import clean_env, multivon_eval
from support.story import write_story
from support.terminal import Terminal

pytestmark = pytest.mark.process

BASE = ("simulate", "--personas", "personas.jsonl", "--driver", "scripted", "--max-turns", "1")
JUDGE = ("--judge", "judge.Judge")
KIND = ("--judge", "judge.Judge,kind=0.4")


def simulate(path, bot, *more, judge=JUDGE, trials=3):
    """Let all personas talk to a bot."""
    asked = (*BASE, "--model-cmd", f"{bot}.py", *judge, "--trials", str(trials), "--concurrency", "1", *more)
    return multivon_eval(*asked, cwd=path)


def read_json(path, *args):
    """What a command prints as JSON."""
    return json.loads(multivon_eval(*args, "--json", cwd=path).stdout)


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The results of three versions: a good one, one as good, one that is worse."""
    path = tmp_path_factory.mktemp("story")
    write_story(path, 40)
    for bot in ("good", "same", "worse"):
        done = simulate(path, bot, "--out", f"{bot}.jsonl", "--quiet")
        assert done.returncode == 0, done.stderr
    return path


def test_compare_finds_the_planted_regression(story):
    """It says by how much, which conversations, and ends with 1."""
    done = multivon_eval("compare", "good.jsonl", "worse.jsonl", "--fail-on", "regression", cwd=story)
    assert done.returncode == 1
    assert "gate not met: regression: worse than before: goal_rate" in done.stderr
    assert re.search(r"goal_rate: 0\.\d\d -> 0\.\d\d, -0\.\d\d \(-0\.\d\d to -0\.\d\d\), p (< )?0\.00\d", done.stdout)
    assert "simulated personas" in done.stdout
    found = read_json(story, "compare", "good.jsonl", "worse.jsonl")
    goal = found["metrics"][0]
    assert (goal["name"], goal["pairs"], goal["personas"], found["regressions"]) == (
        "goal_rate",
        120,
        40,
        ["goal_rate"],
    )
    assert goal["difference"]["low"] <= -0.3 <= goal["difference"]["high"]
    before = {(one.persona.name, one.trial): one.goal_achieved for one in read_results(story / "good.jsonl")}
    now = {(one.persona.name, one.trial): one.goal_achieved for one in read_results(story / "worse.jsonl")}
    lost = {(one["persona"], one["trial"]) for one in found["lost"]}
    assert lost == {key for key in before if before[key] and not now[key]}


def test_compare_finds_none_where_there_is_none(story):
    """Another version as good, and the same results: it says what it would take to tell."""
    done = multivon_eval("compare", "good.jsonl", "same.jsonl", "--fail-on", "regression", cwd=story)
    assert done.returncode == 0, done.stderr
    assert "no difference found; 40 personas tell one of 0." in done.stdout
    assert "gate met: regression" in done.stderr
    same = read_json(story, "compare", "good.jsonl", "good.jsonl")
    assert {one["change"] for one in same["metrics"]} == {"no difference found"}
    assert (same["lost"], same["gained"], same["metrics"][0]["p"]) == ([], [], 1.0)


def test_a_baseline_says_the_same_in_the_run_itself(story):
    """On the screen, in JSON and by the exit code."""
    again = ("--baseline", "good.jsonl", "--fail-on", "regression")
    shown = simulate(story, "worse", *again)
    assert shown.returncode == 1
    assert "baseline    set-up" in shown.stdout and ": worse" in " ".join(shown.stdout.split())
    told = json.loads(simulate(story, "worse", *again, "--json").stdout)
    assert told["comparison"] == {
        key: value for key, value in read_json(story, "compare", "good.jsonl", "worse.jsonl").items() if key != "gates"
    }
    assert simulate(story, "same", *again, "--quiet").returncode == 0


def test_a_change_of_set_up_is_said_first(story):
    """Another judge, and a persona that changed under its name."""
    done = multivon_eval("score", "good.jsonl", *KIND, "--out", "kinder.jsonl", "--judge-votes", "3", cwd=story)
    assert done.returncode == 0, done.stderr
    lines = (story / "kinder.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    for row in rows:
        if row["persona"]["name"] == "p00":
            row["persona"]["profile"], row["metadata"]["case_uid"] = "Somebody else.", f"other{row['trial']}"
    (story / "kinder.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    shown = multivon_eval("compare", "good.jsonl", "kinder.jsonl", cwd=story).stdout.splitlines()
    assert shown[0] == "set-up: judge's votes: 1 -> 3"
    assert "changed under the same name, not compared: p00" in shown
    markdown = multivon_eval("compare", "good.jsonl", "kinder.jsonl", "--markdown", cwd=story).stdout
    assert "- judge's votes: 1 -\\> 3" in markdown
    assert read_json(story, "compare", "good.jsonl", "kinder.jsonl")["metrics"][0]["pairs"] == 117


def label_all(path, results, number):
    """Label a sample of results in a terminal, truthfully."""
    asked = ("--n", str(number), "--out", "labels.jsonl", "--by", "ann", "--seed", "5")
    with Terminal("label", results, *asked, cwd=path) as terminal:
        for _ in range(number):
            shown = terminal.see("met> ")
            is_met = "30 days" in shown
            terminal.type("y\n" if is_met else "n\n")
            # The turn that decides, and where it is not met in which way; a note.
            for prompt in ("turn> ", *(() if is_met else ("kind> ",)), "note> "):
                terminal.answer(prompt, "")
        assert terminal.end() == 0, terminal.shown


@pytest.fixture(scope="module")
def labelled(story):
    """The results of a judge that is too kind, and what a person says of a sample of them."""
    kind = simulate(story, "worse", "--out", "kind.jsonl", "--quiet", judge=KIND)
    assert kind.returncode == 0, kind.stderr
    label_all(story, "kind.jsonl", 48)
    return story


CALIBRATE = ("calibrate", "kind.jsonl", "--labels", "labels.jsonl", "--out", "calibration.json")


def test_a_kind_judge_is_found_out_and_corrected(labelled):
    """A person labels in a terminal; the corrected rate holds the truth, and a gate on its lower end is held."""
    lowest = ("--fail-under", "corrected_goal_rate.lower=0.3", "--fail-under", "kappa=0.2")
    done = multivon_eval(*CALIBRATE, *lowest, cwd=labelled)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "labels       48 of conversations that the judge decided" in done.stdout
    found = read_json(labelled, *CALIBRATE)
    held = read_results(labelled / "kind.jsonl")
    truth = sum("30 days" in one.transcript[-1].content for one in held) / len(held)
    assert found["goal_rate"]["low"] > truth, "the judge is not kind enough to be found out"
    assert found["corrected_goal_rate"]["low"] <= truth <= found["corrected_goal_rate"]["high"]
    assert found["errors"]["sensitivity"]["value"] == 1.0
    wrong = [one.goal_achieved for one in held if "30 days" not in one.transcript[-1].content]
    assert found["errors"]["specificity"]["low"] <= wrong.count(False) / len(wrong)
    assert wrong.count(False) / len(wrong) <= found["errors"]["specificity"]["high"]
    assert all((one["judge"], one["person"]) == ("yes", "no") for one in found["disagreements"])


def test_a_calibration_corrects_other_runs_and_refuses_other_judges(labelled):
    """The gate is on what people would see; another judge, number of votes or model is refused before it is asked."""
    story = labelled
    assert multivon_eval(*CALIBRATE, cwd=story).returncode == 0
    corrected = ("--calibration", "calibration.json", "--fail-under")
    met = simulate(story, "good", *corrected, "corrected_goal_rate.lower=0.5", judge=KIND)
    assert met.returncode == 0, met.stderr
    assert re.search(r"corrected   goal rate 0\.\d\d \(.*\), by 48 labels of rule-1", met.stdout)
    missed = simulate(story, "worse", *corrected, "corrected_goal_rate.lower=0.5", judge=KIND)
    assert missed.returncode == 1
    assert "gate not met: corrected_goal_rate.lower >= 0.5" in missed.stderr
    assert simulate(story, "worse", "--fail-under", "goal_rate=0.6", judge=KIND).returncode == 0, (
        "uncorrected it passes"
    )
    assert simulate(story, "good", "--out", "kind-good.jsonl", "--quiet", judge=KIND).returncode == 0
    asked = ("--calibration", "calibration.json")
    compared = multivon_eval("compare", "kind-good.jsonl", "kind.jsonl", *asked, cwd=story)
    assert "goal_rate corrected by 48 labels of rule-1: -0." in compared.stdout
    stale = multivon_eval("compare", "good.jsonl", "worse.jsonl", *asked, cwd=story)
    assert "not corrected, the calibration is stale: the judge's SPEC was 'kind=0.4' and is ''" in stale.stdout
    for judge, more, told in (
        (KIND, ("--judge-votes", "3"), "the judge's number of votes was 1 and is 3"),
        (("--judge", "judge.Judge,kind=0.4,model=rule-2"), (), "the judge's model was 'rule-1' and is 'rule-2'"),
        (JUDGE, (), "the judge's SPEC was 'kind=0.4' and is ''"),
    ):
        stale = simulate(story, "good", "--calibration", "calibration.json", *more, judge=judge)
        assert stale.returncode == 2
        assert f"--calibration calibration.json is stale: {told}" in stale.stderr


def test_until_stops_early(story):
    """In either direction, and says what was saved; where the data do not tell it is undecided and no success."""
    met = simulate(story, "good", "--until", "goal_rate>=0.5", "--seed", "1", "--out", "met.jsonl", "--json", trials=2)
    assert met.returncode == 0, met.stderr
    summary = json.loads(met.stdout)
    jsonschema.Draft202012Validator(summary_schema()).validate(summary)
    decision = summary["decision"]
    assert decision["outcome"] == "met" and decision["interval"]["low"] >= 0.5
    held = read_results(story / "met.jsonl")
    assert len(held) == summary["conversations"] < 80
    assert decision["not_run"] == 80 - len(held) > 0
    again = multivon_eval("report", "met.jsonl", cwd=story).stdout
    assert "until goal_rate>=0.5: a run ended when the data told" in again
    # What holds at a number that was fixed beforehand does not hold at one that the data chose.
    assert summary["goal_rate"]["low"] <= decision["interval"]["low"] + 0.05
    missed = simulate(story, "worse", "--until", "goal_rate>=0.9", "--seed", "1", trials=2)
    assert missed.returncode == 1
    assert "goal_rate>=0.9 is not met after" in " ".join(missed.stdout.split())
    open_end = simulate(story, "worse", "--until", "goal_rate>=0.55", "--seed", "1", trials=2)
    assert open_end.returncode == 1
    assert "goal_rate>=0.55 is undecided after 40 personas, 80 conversations" in open_end.stderr


def test_a_run_that_was_killed_comes_to_the_same_decision(story):
    """It goes on where it was; once it has ended, a resume asks nobody and says the same."""
    asked = ("--until", "goal_rate>=0.6", "--seed", "3", "--concurrency", "4", "--json", "--resume", "--out")
    whole = json.loads(simulate(story, "good", *asked, "whole.jsonl", trials=2).stdout)["decision"]
    assert whole["outcome"] == "met"
    (story / "kill-after").write_text(str(whole["conversations"] // 2), encoding="utf-8")
    command = [sys.executable, "-m", "multivon_eval", *BASE, "--model-cmd", "good.py", *JUDGE, "--trials", "2"]
    killed = subprocess.run([*command, *asked, "killed.jsonl"], cwd=story, env=clean_env(), capture_output=True)
    assert killed.returncode == -9
    (story / "kill-after").unlink()
    assert 0 < len((story / "killed.jsonl").read_bytes().splitlines()) < whole["conversations"]
    other = simulate(story, "good", "--until", "goal_rate>=0.7", *asked[2:], "killed.jsonl", trials=2)
    assert other.returncode == 2 and "until was 'goal_rate>=0.6' and is 'goal_rate>=0.7'" in other.stderr
    resumed = simulate(story, "good", *asked, "killed.jsonl", trials=2)
    assert resumed.returncode == 0, resumed.stderr
    size = os.stat(story / "killed.jsonl").st_size
    complete = simulate(story, "good", *asked, "killed.jsonl", trials=2)
    assert complete.returncode == 0 and "already complete" in complete.stderr
    assert os.stat(story / "killed.jsonl").st_size == size
    first, second = json.loads(resumed.stdout)["decision"], json.loads(complete.stdout)["decision"]
    assert first == second
    assert first["outcome"] == "met"


def test_rates_of_a_rule_are_said_to_be_no_measure(story):
    """Where words alone judged, a comparison says so before anything else."""
    asked = (*BASE, "--model-cmd", "good.py", "--judge", "offline", "--out", "rule.jsonl", "--quiet")
    assert multivon_eval(*asked, cwd=story).returncode == 0
    first = multivon_eval("compare", "rule.jsonl", "rule.jsonl", cwd=story).stdout.splitlines()[0]
    assert first == "set-up: judged by words alone: a smoke test, whose rates are no measure"
