"""A whole simulation inside Inspect, as its log tells it."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest
from evals import ANN, BOB, answers, list_roles, only_sample, run, says, usage
from inspect_ai import Task
from inspect_ai import eval as run_eval
from inspect_ai.agent import Agent, AgentState, agent
from inspect_ai.dataset import Sample
from inspect_ai.log import read_eval_log
from inspect_ai.model import ChatMessageAssistant, ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver, system_message, use_tools
from inspect_ai.tool import Tool, ToolError, tool

from multivon_eval import Persona, PluginError, result_from_json
from multivon_eval.sdk import DISCLAIMER, GoalAsked, JudgeError, Question
from multivon_eval.testing import ScriptedJudge, fitting_answer
from multivon_eval_inspect import RESULT, simulated_user


def judge(**fields: Any) -> ScriptedJudge:
    """A judge that says of every conversation what is hoped of it."""
    return ScriptedJudge(**fields)


@tool
def track() -> Tool:
    async def execute(order: str) -> str:
        """Look up when an order arrives.

        Args:
            order: The order number.
        """
        if order == "0":
            raise ToolError("no such order")
        return "Friday"

    return execute


class TestConversation:
    """What was said stands in the log."""

    def test_log_tells_conversation_scores_and_reasons(self, tmp_path: Path) -> None:
        """Messages, verdict with its quotes, scores, result and disclaimer are in the file."""
        user = simulated_user(judge=judge(), max_turns=2)
        log = run(tmp_path, user=user, setup=[system_message("You help.")])
        sample = only_sample(log)
        assert (log.status, sample.id, sample.input) == ("success", "Ann", ANN.goal)
        assert sample.target == ["The assistant stated the day."]
        assert list_roles(sample) == ["system", "user", "assistant", "user", "assistant"]
        assert sample.messages[1].text == "This is message 1 of the user."
        goal = sample.scores["goal_achieved"]
        assert (goal.value, goal.answer) == ("C", "achieved: max_turns after 2 turns")
        assert "**yes**: The assistant stated the day" in goal.explanation
        (criterion,) = goal.metadata["criteria"]
        assert criterion["met"] == "yes" and criterion["quotes"][0]["found"] is True
        assert goal.metadata["disclaimer"] == DISCLAIMER
        scores = sample.scores["conversation_scores"]
        assert scores.value == {"conversation_relevance": 1.0, "knowledge_retention": 1.0, "turn_consistency": 1.0}
        assert scores.metadata["disclaimer"] == DISCLAIMER
        result = result_from_json(sample.store[RESULT])
        assert [message.content for message in result.transcript] == [one.text for one in sample.messages[1:]]
        assert result.goal_achieved is True and result.cost_usd > 0
        metrics = {score.name: score.metrics for score in log.results.scores}
        assert metrics["goal_achieved"]["goal_rate"].value == 1.0
        assert [one.value for one in metrics["turn_consistency"].values()] == [1.0]

    def test_tool_calls_reach_the_judge(self, tmp_path: Path) -> None:
        """Inspect runs the tools; the transcript has each call with what came back, an error too."""

        def answer(messages: Any, *_: Any) -> ModelOutput:
            if messages[-1].role == "user":
                number = "0" if "message 2" in messages[-1].text else "1234"
                output = ModelOutput.for_tool_call("mockllm/model", "track", {"order": number}, content="")
            else:
                output = ModelOutput.from_content("mockllm/model", f"Looked up: {messages[-1].text or 'nothing'}.")
            output.usage = usage()
            return output

        asked = judge()
        user = simulated_user(judge=asked, max_turns=2, evaluators=())
        sample = only_sample(run(tmp_path, user=user, model=answers(answer), setup=[use_tools(track())]))
        assert list_roles(sample) == ["user", "assistant", "tool", "assistant"] * 2
        result = result_from_json(sample.store[RESULT])
        (first,), (second,) = (message.tool_calls for message in result.conversation.said_by("assistant"))
        assert (first.name, dict(first.arguments), first.result) == ("track", {"order": "1234"}, "Friday")
        assert second.result["error"] == "no such order" and second.result["type"]
        assert result.conversation.has_tools
        (goal,) = (question for question in asked.asked if isinstance(question.about, GoalAsked))
        assert "Friday" in "".join(message.text for message in goal.prompt.messages)

    def test_an_agent_answers(self, tmp_path: Path) -> None:
        """An agent gets all that was said, and each of its answers is a reply."""

        @agent
        def echo() -> Agent:
            async def execute(state: AgentState) -> AgentState:
                text = f"{len(state.messages)} messages so far"
                state.messages.append(ChatMessageAssistant(content=text))
                return state

            return execute

        user = simulated_user(echo(), judge=judge(), max_turns=2, evaluators=())
        sample = only_sample(run(tmp_path, user=user))
        assert [one.text for one in sample.messages if one.role == "assistant"] == [
            "1 messages so far",
            "3 messages so far",
        ]

    def test_a_solver_answers_again_after_it_is_done(self, tmp_path: Path) -> None:
        """A solver that says the sample is completed has answered once; the conversation goes on."""

        @solver
        def done() -> Solver:
            async def solve(state: TaskState, generate: Generate) -> TaskState:
                state.output = ModelOutput.from_content("mockllm/model", f"completed: {state.completed}")
                state.messages.append(state.output.message)
                state.completed = True
                return state

            return solve

        sample = only_sample(run(tmp_path, user=simulated_user(done(), judge=judge(), max_turns=2, evaluators=())))
        assert [one.text for one in sample.messages if one.role == "assistant"] == ["completed: False"] * 2

    def test_history_and_last_word_are_among_the_messages(self, tmp_path: Path) -> None:
        """What was said before, and what nobody answered, stand in the log too."""
        history = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Hello."}]
        ann = Persona("Ann", "A customer.", "Know.", "It was told.", history=history)

        def driven(question: Question[Any]) -> str:
            if "ends" in str(question.prompt.schema) and len(question.prompt.messages) > 2:
                return '{"message": "Thank you.", "ends": "goal_reached"}'
            return fitting_answer(question)

        user = simulated_user(judge=judge(script=driven), evaluators=())
        sample = only_sample(run(tmp_path, user=user, personas=[ann]))
        result = result_from_json(sample.store[RESULT])
        assert [one.text for one in sample.messages] == [one.content for one in result.transcript]
        assert sample.messages[0].text == "Hello?" and sample.messages[-1].role == "user"

    def test_trials_are_epochs(self, tmp_path: Path) -> None:
        """Each epoch is a trial, and the rate is over personas."""
        log = run(
            tmp_path,
            user=simulated_user(judge=judge(), max_turns=1, evaluators=()),
            personas=(ANN, BOB),
            epochs=3,
        )
        found = [result_from_json(sample.store[RESULT]) for sample in log.samples]
        assert sorted((one.persona.name, one.trial) for one in found) == [
            (name, trial) for name in ("Ann", "Bob") for trial in (1, 2, 3)
        ]
        assert len({one.case_uid for one in found}) == 6


class TestCounting:
    """What measured nothing of the model counts for nothing."""

    def test_rate_is_over_what_was_measured(self, tmp_path: Path) -> None:
        """A judge that fails on one persona leaves it without a score, not with 0."""

        def verdict(question: Question[Any]) -> str | BaseException:
            is_bob = isinstance(question.about, GoalAsked) and "carrier" in str(question.about)
            return JudgeError("out of order") if is_bob else fitting_answer(question)

        user = simulated_user(judge=judge(script=lambda question: _said(verdict(question))), max_turns=1, evaluators=())
        log = run(tmp_path, user=user, personas=(ANN, BOB))
        goal = {sample.id: sample.scores["goal_achieved"] for sample in log.samples}
        assert goal["Ann"].value == "C"
        assert math.isnan(goal["Bob"].value) and goal["Bob"].reason == "grader_failed"
        (score,) = (one for one in log.results.scores if one.name == "goal_achieved")
        assert (score.scored_samples, score.unscored_samples) == (1, 1)
        assert score.metrics["goal_rate"].value == 1.0
        assert math.isnan(score.metrics["goal_stderr"].value)

    def test_a_goal_not_achieved_counts(self, tmp_path: Path) -> None:
        """No is 0, and the standard error is over personas."""

        def verdict(question: Question[Any]) -> str:
            is_bob = isinstance(question.about, GoalAsked) and "carrier" in str(question.about)
            return fitting_answer(question, "against" if is_bob else "hoped")

        log = run(
            tmp_path,
            user=simulated_user(judge=judge(script=verdict), max_turns=1, evaluators=()),
            personas=(ANN, BOB),
        )
        (score,) = (one for one in log.results.scores if one.name == "goal_achieved")
        assert {sample.id: sample.scores["goal_achieved"].value for sample in log.samples} == {"Ann": "C", "Bob": "I"}
        assert score.metrics["goal_rate"].value == 0.5
        assert score.metrics["goal_stderr"].value == pytest.approx(0.5)

    def test_undecided_is_no_score(self, tmp_path: Path) -> None:
        """Where the judge cannot tell there is no score, and it says so."""
        user = simulated_user(judge=judge(script=lambda one: fitting_answer(one, "unknown")), max_turns=1)
        sample = only_sample(run(tmp_path, user=user))
        assert sample.scores["goal_achieved"].reason == "undecided"
        assert all(math.isnan(value) for value in sample.scores["conversation_scores"].value.values())

    @pytest.mark.parametrize("epochs", [1, 2])
    def test_a_judge_that_is_no_model_gives_no_rate(self, tmp_path: Path, epochs: int) -> None:
        """The offline judge decides, and no rate is made of it."""
        user = simulated_user(judge="offline", max_turns=2, evaluators=())
        model = says("The day is Friday: I stated the day.")
        log = run(tmp_path, user=user, model=model, personas=(ANN, BOB), epochs=epochs)
        assert {sample.scores["goal_achieved"].value for sample in log.samples if sample.id == "Ann"} == {"C"}
        (score,) = (one for one in log.results.scores if one.name == "goal_achieved")
        assert score.scored_samples and math.isnan(score.metrics["goal_rate"].value)


def _said(said: str | BaseException) -> str:
    if isinstance(said, BaseException):
        raise said
    return said


class TestInspectStaysInCharge:
    """Limits and failures end a sample as they do without us."""

    def test_message_limit(self, tmp_path: Path) -> None:
        """It ends the sample, keeps what was said, and nothing is judged."""
        asked = judge()
        sample = only_sample(run(tmp_path, user=simulated_user(judge=asked), message_limit=3))
        assert sample.limit.type == "message" and sample.error is None
        assert list_roles(sample)[:2] == ["user", "assistant"] and len(sample.messages) <= 3
        assert sample.scores["goal_achieved"].reason == "no_result"
        assert not [one for one in asked.asked if isinstance(one.about, GoalAsked)]

    def test_token_limit(self, tmp_path: Path) -> None:
        """Likewise."""
        sample = only_sample(run(tmp_path, user=simulated_user(judge=judge()), token_limit=30))
        assert sample.limit.type == "token" and "assistant" in list_roles(sample)

    def test_time_limit(self, tmp_path: Path) -> None:
        """A model that does not answer in time ends the sample with what was said until then."""
        calls = []

        async def answer(*_: Any) -> ModelOutput:
            calls.append(1)
            if len(calls) > 1:
                await anyio.sleep_forever()
            output = ModelOutput.from_content("mockllm/model", "On Friday.")
            output.usage = usage()
            return output

        log = run(tmp_path, user=simulated_user(judge=judge()), model=answers(answer), time_limit=1)
        sample = only_sample(log)
        assert sample.limit.type == "time"
        assert list_roles(sample) == ["user", "assistant", "user"]
        assert sample.scores["goal_achieved"].reason == "no_result"

    def test_a_model_that_fails_is_inspects_error(self, tmp_path: Path) -> None:
        """It is the sample's error, not a conversation that the model lost."""

        def answer(*_: Any) -> ModelOutput:
            raise RuntimeError("no such deployment")

        log = run(tmp_path, user=simulated_user(judge=judge()), model=answers(answer), fail_on_error=False)
        sample = only_sample(log)
        assert "no such deployment" in sample.error.message
        assert not sample.scores

    def test_one_budget_for_all_samples(self, tmp_path: Path) -> None:
        """The ceiling holds over the samples, and those that it cut have no score."""
        many = [Persona(f"p{index}", "A customer.", "Know.", "It was told.") for index in range(6)]
        asked = judge(cost_usd=Decimal("0.001"), worst_usd=Decimal("0.001"))
        user = simulated_user(judge=asked, max_turns=1, evaluators=(), budget_usd=0.006)
        log = run(tmp_path, user=user, personas=many)
        found = [result_from_json(sample.store[RESULT]) for sample in log.samples]
        assert 0 < asked.calls <= 6
        assert sum(one.cost_usd for one in found) == asked.calls * Decimal("0.001")
        reasons = {sample.scores["goal_achieved"].reason for sample in log.samples}
        assert reasons == {None, "infrastructure"}


class TestAskedWrongly:
    """It is said before anything is spent."""

    def test_unknown_evaluator(self) -> None:
        """When the solver is made."""
        with pytest.raises(PluginError, match="turn-consistncy"):
            simulated_user(evaluators=["turn-consistncy"])

    def test_sample_without_persona(self, tmp_path: Path) -> None:
        """The message says what to do."""
        task = Task(dataset=[Sample("Hello", id=7)], solver=simulated_user(judge="offline"))
        (log,) = run_eval(task, model=says("Hi."), log_dir=str(tmp_path), display="none", fail_on_error=False)
        sample = only_sample(read_eval_log(log.location))
        assert (
            "sample 7 has no persona in its metadata; make the dataset with persona_dataset()" in sample.error.message
        )
