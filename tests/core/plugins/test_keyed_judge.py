"""Which judge is chosen where none is named."""

import pytest

from multivon_eval import PluginError
from multivon_eval._plugins.build import build
from multivon_eval._plugins.keyed_judge import choose_judge
from multivon_eval._plugins.kinds import JUDGE, JUDGE_KEY
from multivon_eval._plugins.registry import Registry
from multivon_eval.sdk import Judge
from multivon_eval.testing import write_distribution

OURS = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"]
FREE = "multivon-eval/free"
MODULE = """
from multivon_eval.sdk import KeyedJudge

FIRST = KeyedJudge("acme:small", rank=5)
SAME = KeyedJudge("acme:other", rank=10)
BROKEN = "acme:small"
"""


def choose(*variables):
    """The judge that these variables choose, and why."""
    return choose_judge(dict.fromkeys(variables, "sk-some-key"), Registry(), FREE)


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """Install a distribution whose variable is tied to a target."""

    def install(target, variable="ACME_API_KEY"):
        points = {"multivon_eval.judge_keys": {variable: f"acme_keys:{target}"}}
        write_distribution(tmp_path, "acme-judges", "1.0", points, {"acme_keys": MODULE})
        monkeypatch.syspath_prepend(tmp_path)

    return install


@pytest.mark.parametrize("variable", OURS)
def test_key_in_the_environment_chooses_its_judge(variable, monkeypatch):
    """The judge is installed, can be built, knows its prices and reads that very variable."""
    monkeypatch.setenv(variable, "sk-some-key")
    chosen, reason = choose(variable)
    judge = build(JUDGE, chosen, Registry()).plugin
    assert reason == f"{variable} is set; name another with --judge"
    assert chosen.startswith("multivon-eval/")
    assert isinstance(judge, Judge)
    assert judge.api_key_env == variable
    assert judge.prices().source.endswith(f"/{judge.model}")


def test_every_keyed_judge_of_ours_is_tested():
    """No variable was forgotten above."""
    assert {entry.name for entry in Registry().entries(JUDGE_KEY)} == set(OURS)


def test_lowest_rank_wins():
    """The order is fixed, so that the choice does not depend on the environment's."""
    assert choose(*OURS)[0].startswith("multivon-eval/anthropic:")
    assert choose(*OURS[1:])[0].startswith("multivon-eval/openai:")


def test_no_key_chooses_the_judge_without_one():
    """With the reason."""
    chosen, reason = choose()
    assert (chosen, reason.partition(":")[0]) == (FREE, "no key in the environment")


def test_judge_of_a_stranger_can_be_chosen(acme):
    """Its own variable chooses it, and a lower rank takes it before ours."""
    acme("FIRST")
    assert choose(*OURS, "ACME_API_KEY") == (
        "acme-judges/acme:small",
        "ACME_API_KEY is set; name another with --judge",
    )


def test_two_of_the_same_rank_are_a_conflict(acme):
    """Nothing is settled silently: both are named, and the way out."""
    acme("SAME")
    with pytest.raises(PluginError, match=r"ACME_API_KEY chooses acme-judges/acme:other and ANTHROPIC.*--judge"):
        choose("ANTHROPIC_API_KEY", "ACME_API_KEY")


def test_broken_entry_is_left_out_and_named(acme):
    """Nobody asked for it by name, so the run goes on with the next and the reason says why."""
    acme("BROKEN")
    chosen, reason = choose("ACME_API_KEY")
    assert chosen == FREE
    assert "judge key 'ACME_API_KEY' of acme-judges 1.0 (acme_keys:BROKEN) cannot be used: it is str" in reason


def test_nothing_is_imported_for_a_variable_that_is_not_set(acme):
    """Metadata alone is read."""
    acme("missing")
    assert choose()[0] == FREE
