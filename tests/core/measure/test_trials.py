"""pass@k and pass^k over the trials of the same personas, and who is flaky."""

import itertools
import json
import statistics
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import Conversation, SimulationResult, Verdict, simulate, summary_to_json
from multivon_eval._cli.gates import Gate
from multivon_eval._cli.main import run
from multivon_eval._measure.tally import Tally
from multivon_eval._measure.trials import summarize_trials
from multivon_eval._types.trials import LARGEST_K
from multivon_eval.sdk import persona_to_json
from support.people import persona


def every_draw(hits, of, k):
    """All draws of K of so many trials: whether each is a hit."""
    return itertools.combinations([place < hits for place in range(of)], k)


@st.composite
def personas(draw):
    """Some personas with up to six trials each."""
    counts = {}
    for number in range(draw(st.integers(1, 5))):
        of = draw(st.integers(0, 6))
        counts[f"p{number}"] = (draw(st.integers(0, of)), of)
    return counts


@given(counts=personas())
def test_the_rates_are_those_of_all_draws(counts):
    """Counted out: of all ways to draw K trials of a persona, those with one hit, and those with hits alone."""
    found = summarize_trials(counts)
    most = max(of for _, of in counts.values())
    if most < 2:
        assert found is None
        return
    assert [rate.k for rate in found.rates] == list(range(1, most + 1))
    for rate in found.rates:
        draws = [list(every_draw(hits, of, rate.k)) for hits, of in counts.values() if of >= rate.k]
        assert rate.personas == len(draws)
        for value, counts_as in ((rate.at, any), (rate.every, all)):
            shares = [Fraction(sum(map(counts_as, drawn)), len(drawn)) for drawn in draws]
            assert value.value == pytest.approx(float(statistics.mean(shares)))
            assert 0 <= value.low <= value.value <= value.high <= 1
    assert set(found.flaky) == {name for name, (hits, of) in counts.items() if 0 < hits < of}


def test_a_gate_on_few_personas_is_not_met():
    """Where most personas have too few trials that measured the system, what the others say is no evidence."""
    tally = Tally()
    for name, trials in (("a", 3), ("b", 1), ("c", 1)):
        for _ in range(trials):
            tally.add(SimulationResult(Conversation((), persona(name=name), "max_turns"), Verdict(True, "")))
    gate = Gate("pass^3", 0.5)
    held = gate.hold(tally.summary(Decimal(0)))
    assert not held.is_met and "it is known of 1 of 3 personas only, less than half" in held.why
    assert Gate("pass^1", 0.5).hold(tally.summary(Decimal(0))).is_met
    assert "it has no value" in Gate("pass^4", 0.5).hold(tally.summary(Decimal(0))).why


def test_many_trials_are_no_burden():
    """Rates are given up to a number that people ask for, whatever the trials."""
    found = summarize_trials({"a": (400_000, 1_000_000)})
    assert len(found.rates) == LARGEST_K
    assert found.rates[1].every.value == pytest.approx(0.16, abs=0.001)


def test_a_run_with_trials_tells_them():
    """In the summary, in Python and as JSON: of four conversations two were achieved, so of the six pairs one."""
    someone = persona(name="ann", success_criteria="The assistant stated that the lamp is green.")
    calls = itertools.count()

    def model_fn(prompt):
        if next(calls) % 2:
            raise RuntimeError("out of order")
        return "The lamp is green."

    results = simulate(model_fn, [someone], trials=4, max_turns=1, judge="offline", concurrency=1)
    summary = results.summary
    assert (summary.goal_rate.hits, summary.goal_rate.of) == (2, 4)
    assert (summary.trials.flaky, summary.trials.repeated) == (("ann",), 1)
    assert summary.trials.find(2).every.value == pytest.approx(1 / 6)
    assert summary.trials.find(2).at.value == pytest.approx(5 / 6)
    assert (summary.trials.agreement, summary.trials.correlation) == (pytest.approx(2 / 6), None)
    told = "pass@4 100% (21% to 100%), pass^4 0% (0% to 79%) of 1 persona; two trials of a persona agree in 33%; "
    assert str(summary.trials) == f"{told}1 of 1 flaky: ann"
    told = json.loads(json.dumps(summary_to_json(summary)))["trials"]
    assert told["flaky"] == ["ann"]
    rate = told["rates"][1]
    assert (rate["k"], rate["at"]["value"], rate["every"]["value"]) == (2, pytest.approx(5 / 6), pytest.approx(1 / 6))
    assert simulate(lambda prompt: "The lamp is green.", [someone], max_turns=1, judge="offline").summary.trials is None


@pytest.mark.parametrize(
    ("metric", "code", "told"),
    [
        ("pass@3=0.9", 0, ""),
        ("pass^3=0.9", 1, "pass^3 >= 0.9: 0.000 is less than 0.9"),
        ("pass^4=0.1", 2, "it takes 4 trials of a persona; say --trials 4 or more"),
        ("pass^33=0.1", 2, "it takes 33 trials of a persona; ask for 32 at most"),
        ("pass^0=0.1", 2, "nothing measures it"),
        ("goal_rate=0.6", 0, ""),
        ("goal_achieved=0.6", 0, ""),
        ("goal_rate.lower=0.2", 0, ""),
        ("goal_rate.lower=0.6", 1, "goal_rate.lower >= 0.6: 0.208 is less than 0.6; goal_rate 0.67 (0.21 to 0.94)"),
    ],
)
def test_a_gate_on_trials(tmp_path, capsys, monkeypatch, metric, code, told):
    """All of K, or one of K; that there are too few trials is said before anything is asked."""
    monkeypatch.chdir(tmp_path)
    Path("model.py").write_text(
        "calls = []\ndef model_fn(prompt):\n    calls.append(1)\n    if len(calls) == 2: raise ValueError('no')\n"
        "    return 'The lamp is green.'\n",
        encoding="utf-8",
    )
    someone = persona(name="ann", success_criteria="The assistant stated that the lamp is green.")
    Path("personas.jsonl").write_text(json.dumps(persona_to_json(someone)) + "\n", encoding="utf-8")
    said = [
        "simulate",
        "--model-cmd",
        "model.py",
        "--personas",
        "personas.jsonl",
        "--out",
        "r.jsonl",
        "--max-turns",
        "1",
    ]
    said += ["--judge", "offline", "--trials", "3", "--concurrency", "1", "--fail-under", metric]
    assert run(said) == code
    printed = capsys.readouterr()
    assert told in printed.err
    if code != 2:
        assert "trials      1 of 1 flaky: ann" in printed.out
