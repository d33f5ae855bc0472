"""How a call to a judge may end, by the words that the tables of errors and answers use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from multivon_eval.errors import AnswerWithheld, JudgeError, JudgeUnavailable, JudgeUnusable
from multivon_eval.sdk import Question
from multivon_eval_plugins.judges.openai import OpenAI

from .chat_server import ChatServer
from .openai_judge import PRICES, completed
from .provider_judges import PROVIDERS

STAYS, UNUSABLE, PASSES, WITHHELD = "stays", "unusable", "passes", "withheld"
"""The request cannot be answered; no request can; another try often helps; a filter stood in the way."""
_KINDS: dict[str, type[JudgeError]] = {
    UNUSABLE: JudgeUnusable,
    PASSES: JudgeUnavailable,
    WITHHELD: AnswerWithheld,
}
ENDS = frozenset({STAYS, *_KINDS})


def serve(judge: str, answer: Callable[[dict[str, Any]], Any]) -> ChatServer:
    """A server that speaks a judge's wire."""
    return ChatServer(answer) if judge == "openai" else PROVIDERS[judge].server(answer)


def make_judge(judge: str, server: ChatServer) -> Any:
    """The judge that asks it."""
    if judge == "openai":
        return OpenAI("some-model", server.base_url, reasoning_effort="low", **PRICES)
    return PROVIDERS[judge].judge_for(server)


def assert_ends(judge: Any, question: Question[Any], means: str) -> None:
    """Ask, and see that the call ends with an error of exactly this kind."""
    with pytest.raises(JudgeError) as caught:
        completed(judge, question)
    assert next((word for word, kind in _KINDS.items() if isinstance(caught.value, kind)), STAYS) == means
