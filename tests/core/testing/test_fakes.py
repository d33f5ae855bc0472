"""The fakes of the kit are what they pretend to be."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest

import multivon_eval.testing
from multivon_eval import result_from_json, result_schema, simulate
from multivon_eval.sdk import (
    BudgetExceeded,
    JudgeError,
    Question,
    YesNo,
    ask,
    goal_question,
    result_to_json,
    text_question,
    yes_no_question,
)
from multivon_eval.testing import (
    DriverTests,
    EvaluatorTests,
    JudgeTests,
    PersonaSourceTests,
    RecordingSink,
    ScriptedJudge,
    SinkTests,
    context,
    conversation,
    fitting_answer,
    persona,
    report,
    result,
    write_distribution,
)
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from support.command import clean_env

SCHEMA = {
    "type": "object",
    "properties": {
        "tone": {"type": "string", "enum": ["yes", "no", "unknown"]},
        "grade": {"type": "integer"},
        "words": {"type": "array", "items": {"type": "string"}},
        "sure": {"type": "boolean"},
        "note": {"type": "string"},
    },
    "required": ["tone", "grade", "words", "sure", "note"],
    "additionalProperties": False,
}


def test_the_door_is_sorted() -> None:
    """``__all__`` of the kit is sorted and every name is there."""
    names = multivon_eval.testing.__all__
    in_order = sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))
    assert names == in_order and all(hasattr(multivon_eval.testing, name) for name in names)


@pytest.mark.parametrize("contract", [DriverTests, EvaluatorTests, JudgeTests, PersonaSourceTests, SinkTests])
def test_every_standard_test_says_what_it_checks(contract: type) -> None:
    """Each standard test has a docstring: the sentence of the protocol that it checks."""
    tests = {name: getattr(contract, name) for name in dir(contract) if name.startswith("test_")}
    assert len(tests) >= 10
    assert all(test.__doc__ and test.__doc__.strip().endswith(".") for test in tests.values())


@pytest.mark.parametrize("says", ["hoped", "against", "unknown"])
@pytest.mark.parametrize(
    "question",
    [
        roleplay_question(conversation()),
        goal_question(conversation(of=persona(success_criteria=("One thing.", "Another.")))),
        yes_no_question(conversation(), (YesNo("good", "Good?"), YesNo("bad", "Bad?", hoped="no"))),
        text_question("How is it?"),
        text_question("How is it?", schema=SCHEMA),
    ],
    ids=["user turn", "verdict", "yes or no", "text", "own schema"],
)
def test_a_fitting_answer_fits(question: Question[Any], says: Literal["hoped", "against", "unknown"]) -> None:
    """Whatever is asked, the answer fits its schema, and the question can read it."""
    text = fitting_answer(question, says)
    assert question.read(text)
    if question.prompt.schema is not None:
        jsonschema.validate(json.loads(text), question.prompt.schema)


class TestScriptedJudge:
    """A judge that says what it is told to."""

    def asked(self, judge: ScriptedJudge, times: int = 1, **around: Any) -> list[str]:
        async def job() -> list[str]:
            metered = context(judge, **around).judge
            return [await ask(metered, text_question("How is it?")) for _ in range(times)]

        return asyncio.run(job())

    def test_one_text_for_all(self) -> None:
        """One text is said again and again, and the calls are counted."""
        judge = ScriptedJudge("Fine.")
        assert self.asked(judge, 3) == ["Fine."] * 3
        assert judge.calls == len(judge.asked) == 3

    def test_texts_in_their_order(self) -> None:
        """Each text is said once; asking once more than that is a fault of the test, and says so."""
        assert self.asked(ScriptedJudge(["One.", "Two."]), 2) == ["One.", "Two."]
        with pytest.raises(JudgeError, match="2 answers and is asked for answer 3"):
            self.asked(ScriptedJudge(["One.", "Two."]), 3)

    def test_a_function_of_the_question(self) -> None:
        """A function sees the question."""
        assert self.asked(ScriptedJudge(lambda asked: asked.prompt.messages[0].text[::-1])) == ["?ti si woH"]

    def test_an_exception_is_raised(self) -> None:
        """An exception in the place of a text is raised."""
        with pytest.raises(JudgeError, match="closed"):
            self.asked(ScriptedJudge(["Fine.", JudgeError("closed")]), 2)

    def test_the_metered_judge_keeps_the_ceiling(self) -> None:
        """The context's judge is metered: what does not fit under the budget is not asked."""
        judge = ScriptedJudge("Fine.", cost_usd=Decimal("0.001"), worst_usd=Decimal("0.002"))
        with pytest.raises(BudgetExceeded):
            self.asked(judge, 3, budget_usd=Decimal("0.003"))
        assert judge.calls == 2


def test_a_result_is_a_valid_line() -> None:
    """A made-up result is one that a run could have delivered: it fits the schema and can be read back."""
    row = result_to_json(result())
    jsonschema.validate(row, result_schema())
    assert result_to_json(result_from_json(row)) == row


def test_a_report_counts_its_results() -> None:
    """A made-up report sums up the results it is given."""
    made = report(result(), result(achieved=False), result(stop_reason="driver_error", achieved=None))
    summary = made.summary
    assert (summary.conversations, summary.judged, summary.errors) == (3, 2, 1)
    assert (summary.goal_rate.hits, summary.goal_rate.of) == (1, 2)


def test_the_fakes_make_a_run() -> None:
    """Judge and sink work in a real run: opened, written to once for each result, closed with the report."""
    sink = RecordingSink()
    people = [persona("Ann"), persona("Ben")]
    results = simulate(
        lambda prompt: "It arrives on Friday.", people, judge=ScriptedJudge(), sinks=[sink], max_turns=2, hooks=()
    )
    assert sink.calls == ["open", "write", "write", "close"]
    assert {one.persona.name for one in sink.results} == {one.persona.name for one in results} == {"Ann", "Ben"}
    assert sink.run is not None and sink.report is not None
    assert sink.run.run_id == sink.report.info.run_id


class TestDistributions:
    """A pretend distribution counts as installed."""

    PROGRAM = (
        "from importlib.metadata import distribution\n"
        "dist = distribution('{name}')\n"
        "print(dist.name, dist.version, [(p.group, p.name, p.load()) for p in dist.entry_points])\n"
    )

    def told(self, folder: Path, name: str) -> str:
        program = self.PROGRAM.format(name=name)
        env = clean_env({"PYTHONPATH": str(folder)})
        done = subprocess.run(
            [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout.strip()

    @pytest.mark.process
    def test_it_is_found_and_imported(self, tmp_path: Path) -> None:
        """Name, version and entry points are found by any reader of metadata, and its modules are imported."""
        points = {"some.group": {"four": "acme.sub.deep:FOUR", "five": "acme.sub:FIVE"}}
        modules = {"acme.sub.deep": "FOUR = 4\n", "acme.sub": "FIVE = 5\n"}
        assert write_distribution(tmp_path, "Acme.Some-Thing", "1.2.0", points, modules) == tmp_path
        assert self.told(tmp_path, "acme-some-thing") == (
            "Acme.Some-Thing 1.2.0 [('some.group', 'four', 4), ('some.group', 'five', 5)]"
        )

    @pytest.mark.process
    def test_several_share_a_folder(self, tmp_path: Path) -> None:
        """A second one in the same folder leaves the first as it is, also in a package of both."""
        write_distribution(tmp_path / "new", "one", "1", {"g": {"a": "both.one:A"}}, {"both.one": "A = 1\n"})
        write_distribution(tmp_path / "new", "two", "2", {"g": {"b": "both.two:B"}}, {"both.two": "B = 2\n"})
        assert self.told(tmp_path / "new", "one") == "one 1 [('g', 'a', 1)]"
        assert self.told(tmp_path / "new", "two") == "two 2 [('g', 'b', 2)]"
