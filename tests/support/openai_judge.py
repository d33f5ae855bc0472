"""What the tests of the judge ``openai`` share: conversations to ask about, and asking once."""

from __future__ import annotations

import asyncio
from typing import Any

from multivon_eval.sdk import (
    Answer,
    Conversation,
    Message,
    Persona,
    Question,
    YesNo,
    goal_question,
    text_question,
    yes_no_question,
)
from multivon_eval_plugins.judges.openai import OpenAI
from multivon_eval_plugins.roleplay.prompt import roleplay_question

from .chat_server import ChatServer

PRICES: dict[str, Any] = {"price_in": 3, "price_out": 15, "price_cached": 0.3}
KEY = "sk-test-0123456789abcdefABCDEF"
PERSONA = Persona(
    "ann",
    "A customer.",
    "Find out the refund window.",
    ("The refund window was stated.", "The assistant was polite."),
    facts=("The order number is 77.",),
)
CONVERSATION = Conversation(
    (
        Message("user", "How long can I send it back?"),
        Message("assistant", "You can send it back within 30 days — gladly. 🙂"),
    ),
    PERSONA,
)


def questions() -> dict[str, Question[Any]]:
    """One question of each kind there is, by the kind."""
    return {
        "user_turn": roleplay_question(CONVERSATION),
        "verdict": goal_question(CONVERSATION),
        "answers": yes_no_question(CONVERSATION, [YesNo("is_clear", "Is it clear?"), YesNo("is_rude", "Is it rude?")]),
        "text": text_question("How are you?", system="You are brief."),
    }


def judge_for(server: ChatServer, **options: Any) -> OpenAI:
    """A judge with prices that asks this server."""
    return OpenAI(**{"model": "some-model", "base_url": server.base_url, **PRICES, **options})


def completed(judge: OpenAI, question: Question[Any]) -> Answer:
    """Ask once, on an event loop of its own, and close the connections."""

    async def work() -> Answer:
        """Ask, then close."""
        try:
            return await judge.complete(question)
        finally:
            await judge.aclose()

    return asyncio.run(work())


def written(judge: Any, question: Question[Any]) -> dict[str, Any]:
    """The body of the request that a provider's judge sends for a question."""
    body: dict[str, Any] = judge.write_body(judge._asking.fix_prompt(question.prompt), {})
    return body


def checked(judge: OpenAI) -> None:
    """Let the judge check its endpoint, on an event loop of its own."""

    async def work() -> None:
        """Check, then close."""
        try:
            await judge.check()
        finally:
            await judge.aclose()

    asyncio.run(work())


def model_fn(prompt: str) -> str:
    """The system under test: never the same reply twice, nothing that reads like a refusal."""
    return f"The refund window is 30 days. This is reply {prompt.count('USER:')}."
