"""What Acme promises of its plug-ins, on the kit that multivon-eval ships."""

from __future__ import annotations

from decimal import Decimal

import pytest
from acme_eval import clock
from acme_eval.csv_personas import CsvPersonas
from acme_eval.curious import Curious
from acme_eval.keyword import Keyword
from acme_eval.leak import Leak
from acme_eval.markdown import Markdown
from acme_eval.pool import Pool
from acme_eval.tone import Tone

from multivon_eval.testing import (
    DriverTests,
    EvaluatorTests,
    ExecutorTests,
    HookTests,
    JudgeTests,
    ObserverTests,
    PersonaSourceTests,
    ScriptedJudge,
    SinkTests,
    context,
    conversation,
)


class TestCsvPersonas(PersonaSourceTests):
    """``acme-csv`` is a persona source."""

    name = "acme-csv"

    def make(self) -> CsvPersonas:
        path = self.folder / "people.csv"
        path.write_text(
            'name;profile;goal;success_criteria\nZoë;"A customer; new.";Find out.;Said so.\nAnn;B.;C.;D.\n',
            encoding="utf-8",
        )
        return CsvPersonas(str(path), delimiter=";")

    def make_unusable(self) -> CsvPersonas:
        path = self.folder / "empty.csv"
        path.write_text("name,profile,goal,success_criteria\nAnn,,,\n", encoding="utf-8")
        return CsvPersonas(str(path))


class TestCurious(DriverTests):
    """``acme-curious`` is a driver."""

    name = "acme-curious"

    def make(self) -> Curious:
        return Curious("Why, and how?", patience=5)


class TestKeyword(JudgeTests):
    """``acme-keyword`` is a judge."""

    name = "acme-keyword"

    def make(self) -> Keyword:
        return Keyword("Friday", price=Decimal("0.0001"))


class TestTone(EvaluatorTests):
    """``acme-tone`` is an evaluator."""

    name = "acme-tone"

    def make(self) -> Tone:
        return Tone(threshold=0.8)

    @pytest.mark.parametrize(("says", "value"), [("hoped", 1.0), ("against", 0.0)])
    def test_counts_answers(self, says: str, value: float) -> None:
        """The score is the share of questions answered as hoped."""
        score = self.score(self.conversation(), context(self.judge(says)))
        assert (score.value, score.threshold) == (value, 0.8)

    def test_asks_once(self) -> None:
        """All questions go into one call."""
        judge = ScriptedJudge()
        self.score(self.conversation(), context(judge))
        assert judge.calls == 1


class TestLeak(ObserverTests):
    """``acme-leak`` is an observer."""

    name = "acme-leak"

    def make(self) -> Leak:
        return Leak(("acme.example",))

    @pytest.mark.parametrize(
        ("reply", "stops"),
        [("Write to bob@home.example.", True), ("Write to help@acme.example.", False), ("No.", False)],
    )
    def test_stops_at_a_leak(self, reply: str, stops: bool) -> None:
        """A reply with a foreign address ends the conversation."""
        seen = self.observe(conversation("Who made this?", reply))
        assert [one.stop_reason for one in seen] == ["max_turns"] * stops


class TestMarkdown(SinkTests):
    """``acme-markdown`` is a sink."""

    name = "acme-markdown"

    def make(self) -> Markdown:
        return Markdown(str(self.folder / "report.md"), title='The "weekly", simulated')

    def make_unusable(self) -> Markdown:
        return Markdown(str(self.folder / "missing" / "report.md"))

    def delivered(self) -> str:
        path = self.folder / "report.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""


class TestPool(ExecutorTests):
    """``acme-pool`` is an executor."""

    name = "acme-pool"

    def make(self) -> Pool:
        return Pool(workers=1)


class TestClock(HookTests):
    """``acme-clock`` is a hook."""

    name = "acme-clock"

    def make(self) -> object:
        return clock
