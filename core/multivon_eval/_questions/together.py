"""Several questions on one transcript in one request: the transcript is sent once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from .._set_module import set_module
from ..errors import UnreadableAnswer
from .answer_json import read_object
from .count import CountAsked
from .goal import GoalAsked
from .prompt import Prompt, PromptMessage, Question
from .yes_no import YesNoAsked

QUESTION = """\
Several tasks follow. Do each of them by itself, and give its answer in the part of the object that has its name.

{parts}"""


@set_module("multivon_eval.sdk")
@attrs.frozen
class TogetherAsked:
    """Several questions on one conversation that are asked in one request.

    Attributes:
        parts: The questions, by the name of their part of the answer.
    """

    parts: Mapping[str, Question[Any]]

    def read(self, text: str) -> dict[str, str]:
        """Read the answers: of each part that answers its question, its own text.

        Raises:
            UnreadableAnswer: If none does.
        """
        answer = read_object(text, tuple(self.parts))
        found = {}
        for name, question in self.parts.items():
            part = json.dumps(answer.get(name), ensure_ascii=False)
            try:
                question.read(part)
            except UnreadableAnswer:
                continue  # it is asked for by itself
            found[name] = part
        if not found:
            raise UnreadableAnswer("no part of the answer can be read", True)
        return found


def join_questions(questions: Sequence[Question[Any]]) -> tuple[Question[dict[str, str]] | None, list[Question[Any]]]:
    """Put the questions into one request that begin with the same transcript and have answers of a known form.

    Args:
        questions: What is asked about one conversation.

    Returns:
        The joined question, None where there are not two to join; and those that are asked by themselves.
    """
    fitting = [question for question in questions if _can_be_joined(question)]
    first = fitting[0].prompt if fitting else None
    together = [one for one in fitting if first and _begin_alike(one.prompt, first)]
    if first is None or len(together) < 2:
        return None, list(questions)
    parts = {f"part_{number}": question for number, question in enumerate(together, 1)}
    told = "\n\n".join(f"## {name}\n{question.prompt.messages[0].parts[1]}" for name, question in parts.items())
    schema = {
        "type": "object",
        "properties": {name: question.prompt.schema for name, question in parts.items()},
        "required": list(parts),
        "additionalProperties": False,
    }
    limits = [question.prompt.max_tokens for question in together]
    prompt = Prompt(
        system=first.system,
        messages=(PromptMessage("user", (first.messages[0].parts[0], QUESTION.format(parts=told))),),
        schema=schema,
        schema_name="together",
        max_tokens=sum(limit for limit in limits if limit) if all(limits) else None,
    )
    return Question(prompt, TogetherAsked(parts)), [one for one in questions if one not in together]


def _can_be_joined(question: Question[Any]) -> bool:
    prompt = question.prompt
    is_one = len(prompt.messages) == 1 and len(prompt.messages[0].parts) == 2
    return is_one and isinstance(question.about, GoalAsked | YesNoAsked | CountAsked) and not prompt.temperature


def _begin_alike(one: Prompt, other: Prompt) -> bool:
    return one.system == other.system and one.messages[0].parts[0] == other.messages[0].parts[0]
