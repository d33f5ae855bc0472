"""Models of Inspect's that judge and play."""

from __future__ import annotations

import asyncio
import json
import math
from pathlib import Path
from typing import Any

import pytest
from evals import ANN, answers, only_sample, run, says, usage
from inspect_ai.model import ChatMessageAssistant, Model, ModelOutput, ModelUsage

from multivon_eval import result_from_json, simulate
from multivon_eval.sdk import AnswerWithheld, JudgeError, UsageError, text_question
from multivon_eval.testing import JudgeTests
from multivon_eval_inspect import RESULT, InspectModel, simulated_user


def fits(messages: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:
    """Answer what multivon-eval asks, by the schema that Inspect was given."""
    schema = config.response_schema.json_schema.model_dump(exclude_none=True) if config.response_schema else {}
    output = ModelOutput.from_content("mockllm/model", json.dumps(_fill(schema)))
    output.usage = usage()
    return output


def _fill(schema: dict[str, Any]) -> Any:
    if words := schema.get("enum"):
        return "yes" if "yes" in words else words[0]
    if options := schema.get("anyOf"):
        return _fill(options[0])
    if schema.get("type") == "object":
        return {name: _fill(part) for name, part in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [_fill(schema["items"])]
    return {"integer": 1, "number": 0, "boolean": True, "null": None}.get(schema.get("type"), "So it is.")


class TestInspectModel(JudgeTests):
    """``inspect`` is a judge."""

    name = "inspect"

    def make(self) -> InspectModel:
        return InspectModel("mockllm/model", api=answers(fits))


class TestAsking:
    """What is sent, and what comes back."""

    async def ask(self, model: Model) -> Any:
        return await InspectModel(api=model).complete(text_question("How?", system="Be brief.", temperature=0.5))

    def run(self, model: Model) -> Any:
        return asyncio.run(self.ask(model))

    def test_usage_and_cost_are_inspects(self) -> None:
        """Cached tokens are input tokens too, and the cost is what Inspect says."""
        output = ModelOutput.from_content("mockllm/model", "So.")
        output.usage = ModelUsage(
            input_tokens=5,
            output_tokens=3,
            total_tokens=15,
            input_tokens_cache_read=4,
            input_tokens_cache_write=3,
            total_cost=0.25,
        )
        answer = self.run(answers(lambda *_: output))
        assert (answer.text, answer.model, answer.temperature) == ("So.", "mockllm/model", 0.5)
        assert (answer.usage.input_tokens, answer.usage.cached_tokens, answer.usage.cache_write_tokens) == (12, 4, 3)
        assert str(answer.cost_usd) == "0.25"

    def test_a_failure_is_a_judge_error_without_secrets(self) -> None:
        """Inspect has repeated it already."""

        def fail(*_: Any) -> ModelOutput:
            raise RuntimeError("401 for sk-proj-abcdefghijklmnopqrstuvwxyz0123456789")

        with pytest.raises(JudgeError) as caught:
            self.run(answers(fail))
        assert "RuntimeError: 401" in str(caught.value) and "abcdefgh" not in str(caught.value)

    def test_a_filter_is_told_apart(self) -> None:
        """What a filter kept back is no wrong answer."""
        output = ModelOutput.from_content("mockllm/model", "", stop_reason="content_filter")
        output.usage = usage()
        with pytest.raises(AnswerWithheld):
            self.run(answers(lambda *_: output))

    def test_no_price_so_no_budget(self) -> None:
        """A ceiling is refused, and the message names the way out."""
        with pytest.raises(UsageError, match="budget"):
            simulate(lambda prompt: "Fine.", [ANN], judge=InspectModel(api=says("x")), budget_usd=1, hooks=())

    def test_judges_outside_of_inspect(self) -> None:
        """It is a judge like any other."""
        judge = InspectModel(api=answers(fits))
        (result,) = simulate(lambda prompt: "Fine.", [ANN], judge=judge, budget_usd=None, max_turns=1, hooks=())
        assert result.judge_model == "mockllm/model" and result.usage.input_tokens > 0


class TestRoles:
    """Model roles say who plays and who judges."""

    def test_judge_and_driver(self, tmp_path: Path) -> None:
        """Both are asked through Inspect, and its log counts their tokens by role."""
        roles = {"judge": answers(fits), "driver": answers(fits)}
        log = run(tmp_path, user=simulated_user(max_turns=1, evaluators=()), model_roles=roles)
        sample = only_sample(log)
        assert sample.scores["goal_achieved"].value in ("C", "I") or sample.scores["goal_achieved"].reason
        result = result_from_json(sample.store[RESULT])
        assert result.judge_model == "mockllm/model" and result.conversation.error is None
        assert {"judge", "driver"} <= set(sample.role_usage)

    def test_grader_is_a_judge_too(self, tmp_path: Path) -> None:
        """Inspect's usual name for the role is understood."""
        log = run(tmp_path, user=simulated_user(max_turns=1, evaluators=()), model_roles={"grader": answers(fits)})
        assert "grader" in only_sample(log).role_usage

    def test_mixed_with_a_judge_of_ours(self, tmp_path: Path) -> None:
        """No ceiling can hold for both: it is refused until somebody says that there is none."""
        roles = {"driver": answers(fits)}
        user = simulated_user(judge="openai:gpt-5,base_url=http://127.0.0.1:9/v1", evaluators=())
        sample = only_sample(run(tmp_path, user=user, model_roles=roles, fail_on_error=False))
        assert "budget_usd='none'" in sample.error.message

    def test_offline_judge_with_a_driver_of_inspects(self, tmp_path: Path) -> None:
        """A judge that costs nothing needs no ceiling."""
        user = simulated_user(judge="offline", evaluators=(), max_turns=1)
        log = run(tmp_path, user=user, model_roles={"driver": answers(fits)})
        sample = only_sample(log)
        assert sample.error is None and sample.messages[0].text == "So it is."

    def test_a_limit_reached_in_a_judge_ends_the_sample(self, tmp_path: Path) -> None:
        """Its tokens count towards the sample's limit, which is Inspect's to keep."""

        def costly(*given: Any) -> ModelOutput:
            output = fits(*given)
            output.usage = usage(1000)
            return output

        user = simulated_user(max_turns=1, evaluators=())
        roles = {"judge": answers(costly), "driver": answers(fits)}
        sample = only_sample(run(tmp_path, user=user, model_roles=roles, token_limit=500))
        assert sample.limit.type == "token" and sample.error is None
        assert [one for one in sample.messages if isinstance(one, ChatMessageAssistant)]
        assert math.isnan(sample.scores["goal_achieved"].value)
