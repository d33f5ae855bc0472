"""What an evaluator makes of a judge's answers, of those that are unknown and of those that never came."""

from __future__ import annotations

import json
from typing import Any

from .._set_module import set_module
from ..sdk import Conversation, CountAsked, Question, RunContext, Score, YesNoAsked
from .asking import AskingTests, budget_for, compare_questions, raises_budget
from .fakes import ScriptedJudge, context
from .plugins import outcome
from .standard import basic


@set_module("multivon_eval.testing")
class AnswerTests(AskingTests):
    """The part of the contract of evaluators on answers."""

    def conversation(self) -> Conversation:
        """Give a conversation that the evaluator can score."""
        raise NotImplementedError

    def score(self, about: Conversation, around: RunContext, evaluator: Any = None) -> Score:
        """Let the evaluator score a conversation."""
        raise NotImplementedError

    def list_promised(self, made: Any, about: Conversation) -> list[Question[Any]] | None:
        """List what it says that it will ask; None where it does not say."""
        raise NotImplementedError

    def _count_calls(self) -> int:
        judge = self.judge("hoped")
        self.score(self.conversation(), context(judge))
        return judge.calls

    @basic
    def test_better_answers_score_higher(self) -> None:
        """The score rises with the answers: all as hoped is more than all against."""
        hoped, against = self.judge("hoped"), self.judge("against")
        high = self.score(self.conversation(), context(hoped)).value
        low = self.score(self.conversation(), context(against)).value
        is_clear = any(isinstance(one.about, YesNoAsked | CountAsked) for one in hoped.asked)
        is_clear = is_clear or type(self).answer is not _find_default_answer(type(self))
        if is_clear and hoped.asked and high is not None and low is not None:
            assert high > low, f"all as hoped scores {high}, all against {low}"

    @basic
    def test_a_judge_that_fails_gives_no_number(self) -> None:
        """Where asking fails, at the first question or a later one, there is no score: it raises, or gives a reason."""
        for place in range(self._count_calls()):
            judge = self.failing_at(place)
            came = outcome(lambda judge=judge: self.score(self.conversation(), context(judge)))  # type: ignore[misc]
            assert isinstance(came, BaseException) or came.value is None, f"call {place + 1} fails and it gives {came}"

    @basic
    def test_an_unreadable_answer_gives_no_number(self) -> None:
        """Where an answer cannot be read there is no score either."""
        for place in range(self._count_calls()):
            judge = self.unreadable_from(place)
            came = outcome(lambda judge=judge: self.score(self.conversation(), context(judge)))  # type: ignore[misc]
            told = f"answer {place + 1} cannot be read and it gives {came}"
            assert isinstance(came, BaseException) or came.value is None, told

    @basic
    def test_budget_exceeded_passes(self) -> None:
        """``BudgetExceeded``, raised where a call does not fit, passes: at the first call and at a later one."""
        for calls in range(self._count_calls()):
            around = context(self.judge("hoped"), budget_usd=budget_for(calls))
            came = raises_budget(lambda around=around: self.score(self.conversation(), around))  # type: ignore[misc]
            assert not came, f"call {calls + 1} does not fit and it {came}"

    @basic
    def test_unknown_is_not_as_hoped(self) -> None:
        """What the judge does not know does not count as hoped for, and stays in what is divided by."""
        judge = self.judge("unknown")
        score = self.score(self.conversation(), context(judge))
        if judge.calls and score.value is not None:
            against = self.score(self.conversation(), context(self.judge("against")))
            assert score.value <= (against.value or 0.0), f"unknown to everything gives {score.value}"

    @basic
    def test_an_unknown_among_answers_counts(self) -> None:
        """One answer that is unknown, the others as hoped, scores no higher than one against: it is not left out."""
        hoped = self.judge("hoped")
        best = self.score(self.conversation(), context(hoped)).value
        for place, question in enumerate(hoped.asked):
            for part in self._list_parts(question):
                unknown, against = (self._score_with(place, part, says) for says in ("unknown", "against"))
                if unknown is None or best is None:
                    continue
                most = best if against is None else against
                assert unknown <= most, f"unknown to {part!r} scores {unknown}, and against it {most}"

    def _list_parts(self, question: Question[Any]) -> list[str]:
        """The parts of an answer that differ between what is hoped for and unknown."""
        if isinstance(question.about, CountAsked):
            return [question.about.key]
        known, unknown = (_read(self.answering(says)(question)) for says in ("hoped", "unknown"))
        return [key for key, value in known.items() if key in unknown and unknown[key] != value]

    def _score_with(self, place: int, part: str, says: Any) -> float | None:
        """Score with one part of one answer to another effect, all else as hoped; None where there is no number."""

        def answer(question: Question[Any]) -> str:
            known = self.answering("hoped")(question)
            if judge.calls != place + 1:
                return known
            if isinstance(question.about, CountAsked):
                return _make_count(question.about, known, self.answering("against")(question), says)
            return json.dumps({**_read(known), part: _read(self.answering(says)(question))[part]})

        judge = ScriptedJudge(answer)
        came = outcome(lambda: self.score(self.conversation(), context(judge)))
        return came.value if isinstance(came, Score) else None

    @basic
    def test_asks_what_it_says(self) -> None:
        """With ``questions`` it says what it will ask, without asking: money is held back for no more than that."""
        about = self.conversation()
        for one in (about, Conversation(persona=about.persona, stop_reason="driver_error")):
            made, judge = self.make(), self.judge("hoped")
            promised = self.list_promised(made, one)
            if promised is None:
                return
            self.score(one, context(judge), made)
            wrong = compare_questions(promised, judge.asked)
            assert not wrong, wrong


def _find_default_answer(cls: type) -> Any:
    """The ``answer`` of the kit, which may not know what is hoped for."""
    return next(
        vars(base)["answer"] for base in cls.__mro__ if base.__name__ == "EvaluatorTests" and "answer" in vars(base)
    )


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _make_count(about: CountAsked, known: str, against: str, says: str) -> str:
    """Answer a question that counts with one thing unknown, or one against."""
    of = 4 if about.of is None else about.of
    row = {**_read(known), "against": [], "unknown": 0}
    if about.of is None:
        row["of"] = of
    if says == "unknown":
        row["unknown"] = 1
    else:
        row["against"] = _read(against).get("against", [])[:1]
    return json.dumps(row)
