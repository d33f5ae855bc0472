"""Any conversational metric of DeepEval's as an evaluator."""

from __future__ import annotations

import copy
import importlib
import inspect
from collections.abc import Mapping
from typing import Any

import attrs
import deepeval.metrics
from deepeval.errors import MissingTestCaseParamsError
from deepeval.metrics import BaseConversationalMetric
from deepeval.metrics.utils import copy_metrics

from multivon_eval.sdk import (
    BudgetExceeded,
    Conversation,
    RunContext,
    Score,
    UsageError,
    did_you_mean,
    hide_secrets,
)

from .cases import conversation_to_test_case
from .judge_model import Asking, JudgeModel, asking_judge
from .quiet import report_nothing


def _take(value: Any) -> Any:
    return value


@attrs.frozen
class DeepEvalMetric:
    """Score a conversation with a metric of DeepEval's.

    The metric asks the run's judge, metered and within its budget, unless it has a model of its own. What that costs is
    beside the budget: the score's reason says how much, where DeepEval knows it, and that it is not known where not.

    Attributes:
        metric: The name of a class in ``deepeval.metrics``, ``TurnRelevancyMetric`` say, or the import path of another;
            in Python also a metric, whose ``model`` may be a :class:`JudgeModel`. Each conversation gets its own copy.
        threshold: From which value on a conversation is good; the metric's usual one if None.
        model: A model of DeepEval's by its name, in the place of the run's judge.
        chatbot_role: The part that the assistant is to keep to, for metrics that look at it.
        options: Further arguments of the metric's class.

    Raises:
        UsageError: If there is no such metric, or it cannot be made of these options.
    """

    metric: str | BaseConversationalMetric = attrs.field(converter=_take)
    threshold: float | None = None
    model: str = ""
    chatbot_role: str = ""
    options: Mapping[str, Any] = attrs.field(factory=dict, converter=_take)

    def __attrs_post_init__(self) -> None:
        given = [name for name in ("threshold", "model", "options") if getattr(self, name)]
        if not isinstance(self.metric, str) and given:
            raise UsageError(f"a metric that is made already takes no {', '.join(given)}; give them to its class")
        if not isinstance(self.metric, str | BaseConversationalMetric):
            raise UsageError(
                f"metric is {type(self.metric).__name__}; give the name of a conversational metric of DeepEval's"
            )
        self._make()

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score one conversation.

        Raises:
            BudgetExceeded: If a question to the run's judge does not fit under the ceiling.
            JudgeError: If one failed.
        """
        if not conversation.said_by("assistant"):
            return Score.skipped("the assistant said nothing")
        metric = self._make()
        metric.verbose_mode = False  # it would print
        case = conversation_to_test_case(conversation, self.chatbot_role)
        async with asking_judge(context.judge) as asking:
            try:
                with report_nothing():
                    await metric.a_measure(case, **_be_quiet(metric))
            except MissingTestCaseParamsError as error:
                return Score.skipped(_say(error))
            except Exception as error:
                _raise_first(asking)
                return Score.failed(f"{type(metric).__name__} raised {type(error).__name__}: {_say(error)}")
        _raise_first(asking)
        return _read_score(metric)

    def _make(self) -> BaseConversationalMetric:
        """A metric for one conversation; its state is kept on it."""
        if not isinstance(self.metric, str):
            return _copy_metric(self.metric)
        given = {**self.options, "model": self.model or JudgeModel()}
        if self.threshold is not None:
            given["threshold"] = self.threshold
        cls = _find_class(self.metric)
        try:
            return cls(**given)
        except Exception as error:
            raise UsageError(f"{cls.__name__} cannot be made: {_say(error)}") from error


def _copy_metric(metric: BaseConversationalMetric) -> BaseConversationalMetric:
    """Copy a metric as DeepEval does; one whose class takes other arguments than it keeps, attribute by attribute."""
    try:
        (copied,) = copy_metrics([metric])
    except TypeError:
        return copy.copy(metric)
    assert isinstance(copied, BaseConversationalMetric), "a copy is of the same class"
    return copied


def _find_class(name: str) -> type[BaseConversationalMetric]:
    """Find a metric by its name or import path.

    Raises:
        UsageError: If there is none of that name, or it scores no conversations.
    """
    module, _, attribute = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module) if module else deepeval.metrics, attribute, None)
    except ImportError as error:
        raise UsageError(f"metric {name!r} cannot be imported: {error}") from error
    if not inspect.isclass(found) or not issubclass(found, BaseConversationalMetric):
        known = [key for key, value in vars(deepeval.metrics).items() if _is_conversational(value)]
        raise UsageError(f"{name!r} is no conversational metric of DeepEval's; {did_you_mean(attribute, known)}")
    return found


def _is_conversational(value: object) -> bool:
    base = BaseConversationalMetric
    return inspect.isclass(value) and issubclass(value, base) and value is not base


def _be_quiet(metric: BaseConversationalMetric) -> dict[str, bool]:
    """What keeps a metric from drawing on the screen; one that is written by others may not know it."""
    known = inspect.signature(metric.a_measure).parameters
    takes_any = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in known.values())
    return {"_show_indicator": False} if takes_any or "_show_indicator" in known else {}


def _raise_first(asking: Asking) -> None:
    """Raise what a call failed with: a metric may go on without an answer, and would count it as it likes."""
    for kind in (BudgetExceeded, BaseException):
        for error in asking.errors:
            if isinstance(error, kind):
                raise error


def _read_score(metric: BaseConversationalMetric) -> Score:
    name = type(metric).__name__
    if metric.error or metric.score is None:
        return Score.failed(f"{name} gave no score: {metric.error or 'it says no reason'}")
    value, threshold = float(metric.score), metric.threshold
    if not 0.0 <= value <= 1.0:
        return Score.failed(f"{name} gave {value:g}, and a score stands between 0 and 1")
    reason = str(metric.reason or f"{name} gives no reason")
    if not isinstance(metric.model, JudgeModel):
        reason = f"{reason} ({_tell_cost(metric)})"
    return Score(value, reason, threshold=threshold if threshold is not None and 0 <= threshold <= 1 else None)


def _tell_cost(metric: BaseConversationalMetric) -> str:
    cost = metric.evaluation_cost
    told = "not known" if cost is None else f"${cost:.6f}"
    return f"asked {metric.evaluation_model or 'a model of its own'} beside the budget; cost {told}"


def _say(error: Exception) -> str:
    return hide_secrets(" ".join(str(error).split()))
