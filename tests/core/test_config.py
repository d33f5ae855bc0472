"""Which judge is chosen where none is named."""

from __future__ import annotations

import pytest

from multivon_eval._plugins.build import build
from multivon_eval._plugins.kinds import JUDGE
from multivon_eval._plugins.registry import Registry
from multivon_eval._run.settings import KEYS, choose_judge
from multivon_eval.sdk import Judge

VARIABLES = [variable for variable, _, _ in KEYS]


@pytest.mark.parametrize(("variable", "name", "spec"), KEYS)
def test_a_key_in_the_environment_chooses_its_judge(variable, name, spec, monkeypatch):
    """The judge that is chosen is installed, can be built, knows its prices and reads that very variable."""
    for each in VARIABLES:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(variable, "sk-some-key")
    registry = Registry()
    chosen, reason = choose_judge({variable: "sk-some-key"}, lambda each: each in registry.names(JUDGE))
    judge = build(JUDGE, chosen, registry).plugin
    assert reason == f"{variable} is set; name another with --judge"
    assert chosen == f"multivon-eval/{spec}"
    assert isinstance(judge, Judge)
    assert judge.api_key_env == variable
    assert judge.prices().source.endswith(f"/{judge.model}")


def test_the_first_of_several_keys_chooses():
    """The order is fixed, so that the choice does not depend on the environment's."""
    chosen, _ = choose_judge(dict.fromkeys(VARIABLES, "sk-some-key"), lambda name: True)
    assert chosen.startswith("multivon-eval/anthropic:")


@pytest.mark.parametrize(
    ("environ", "why"),
    [({}, "no key in the environment"), ({"GEMINI_API_KEY": "x"}, "GEMINI_API_KEY is set, but no judge for it")],
)
def test_without_a_key_that_serves_the_judge_is_offline(environ, why):
    """The reason says which of the two it was."""
    chosen, reason = choose_judge(environ, lambda name: False)
    assert chosen == "multivon-eval/offline"
    assert reason.startswith(why)
