"""The question for the next user turn: the judge plays the persona."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from .._set_module import set_module
from .._types.conversation import Conversation
from .._types.message import Message
from .._types.persona import Persona, UserTurn
from ..errors import UnreadableAnswer
from .answer_json import read_field, read_object
from .prompt import Prompt, PromptMessage, Question

ENDS = ("no", "goal_reached", "gave_up")
"""How the user ends the conversation, if it does."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "ends": {"type": "string", "enum": [*ENDS]}},
    "required": ["message", "ends"],
    "additionalProperties": False,
}


def user_turn_question(
    conversation: Conversation,
    instructions: str,
    *,
    opening: str = "Begin.",
    silence: str = "Go on.",
    max_tokens: int = 400,
    temperature: float = 1.0,
) -> Question[UserTurn]:
    """Ask for the next user turn of a conversation that has a persona. The words are the driver's.

    The instructions come first and should never change within a conversation. After them comes the conversation with
    the roles turned round and only ever appended to, so that a provider's cache serves all of it but the last turn.

    Args:
        conversation: What was said so far.
        instructions: Who is played and how; the system prompt.
        opening: What the judge gets before the first message.
        silence: What it gets where the assistant has not answered the last user message.
        max_tokens: The most tokens of the answer.
        temperature: The temperature to ask with.

    Returns:
        A question that reads a :class:`UserTurn`.
    """
    prompt = Prompt(
        system=instructions,
        messages=_turn_roles_round(conversation, opening, silence),
        schema=SCHEMA,
        schema_name="user_turn",
        max_tokens=max_tokens,
        temperature=temperature,
    )
    return Question(prompt, UserTurnAsked(conversation))


def _turn_roles_round(conversation: Conversation, opening: str, silence: str) -> tuple[PromptMessage, ...]:
    messages = [PromptMessage("user", (opening,)), *map(_show_to_driver, conversation.messages)]
    if messages[-1].role == "assistant":
        messages.append(PromptMessage("user", (silence,)))
    return _merge(messages)


def _show_to_driver(message: Message) -> PromptMessage:
    if message.role == "assistant":
        return PromptMessage("user", (message.content,))
    return PromptMessage("assistant", (write_user_turn(message.content),))


_encode = json.JSONEncoder(ensure_ascii=False).encode


def write_user_turn(message: str) -> str:
    """Write a user message as the judge that plays the persona would have answered it."""
    return f'{{"message": {_encode(message)}, "ends": "no"}}'


def _merge(messages: list[PromptMessage]) -> tuple[PromptMessage, ...]:
    # Providers want the roles to alternate; a history that opens with the assistant's greeting, or a script
    # with two user messages in a row, would not.
    merged: list[PromptMessage] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = PromptMessage(message.role, merged[-1].parts + message.parts)
        else:
            merged.append(message)
    return tuple(merged)


@set_module("multivon_eval.sdk")
@attrs.frozen
class UserTurnAsked:
    """The user turn that is asked for.

    Attributes:
        conversation: What was said so far.
    """

    conversation: Conversation

    @property
    def persona(self) -> Persona:
        """Who is played."""
        assert self.conversation.persona is not None, "a user turn needs a persona"
        return self.conversation.persona

    def read(self, text: str) -> UserTurn:
        """Read the turn.

        Raises:
            UnreadableAnswer: If the text is no turn, or its message is empty and nothing ends.
        """
        answer = read_object(text, ("message",))
        ends = read_field(answer, "ends", str).strip().lower()
        if ends not in ENDS:
            raise UnreadableAnswer(f"'ends' is {ends[:40]!r}, not {', '.join(ENDS)}", True)
        turn = UserTurn(read_field(answer, "message", str).strip(), ends == "goal_reached", ends == "gave_up")
        if not turn.message and not turn.is_last:
            raise UnreadableAnswer("'message' is empty and 'ends' is 'no'", True)
        return turn
