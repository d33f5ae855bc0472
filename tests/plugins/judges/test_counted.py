"""What a provider has counted bounds what begins like it: held against real vocabularies that a package ships."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import attrs
import pytest
import tiktoken
import tokenizers
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval.sdk import Conversation, Message, Prompt, PromptMessage, goal_question
from multivon_eval_plugins.evaluators.consistency import TurnConsistency
from multivon_eval_plugins.evaluators.relevance import ConversationRelevance
from multivon_eval_plugins.provider.counted import PER_PART, Counted, count_bytes
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from support.examples import examples
from support.people import persona

VOCABULARIES = Path(str(distribution("litellm").locate_file("litellm/litellm_core_utils/tokenizers")))
Count = Callable[[str], int]


@functools.cache
def counters() -> dict[str, Count]:
    """Ways to count tokens: OpenAI's ``cl100k_base`` and Anthropic's published vocabulary, as litellm ships them."""
    os.environ["TIKTOKEN_CACHE_DIR"] = str(VOCABULARIES)
    encoding = tiktoken.get_encoding("cl100k_base")
    claude = tokenizers.Tokenizer.from_file(str(VOCABULARIES / "anthropic_tokenizer.json"))
    return {
        "cl100k_base": lambda text: len(encoding.encode(text, disallowed_special=())),
        "claude": lambda text: len(claude.encode(text).ids),
    }


NAMES = ("cl100k_base", "claude")
words = st.sampled_from(
    [
        "refund",
        " window",
        "\n",
        "\n\n",
        "  ",
        "退款期限",
        "ответ",
        "🙂",
        '{"turn": 1, ',
        "#1234",
        "'s",
        "...",
        "</transcript",
    ]
)
texts = st.lists(words | st.text(max_size=8), max_size=12).map("".join)


@pytest.mark.parametrize("name", NAMES)
@examples(60)
@given(before=texts, after=texts)
@example("a", "a" * 50)
@example(" ", " " * 60)
@example("é", "\u0301" * 20)
def test_tokens_add_up_over_parts(name: str, before: str, after: str) -> None:
    """A token has a byte at least; a beginning has no more tokens than the whole, and the whole no more than its parts.

    But for a few at a border, which the margin covers.
    """
    count = counters()[name]
    first, second, both = count(before), count(after), count(before + after)
    if name == "cl100k_base":  # Anthropic's vocabulary normalises its text first, which may make it longer
        assert first <= count_bytes(before)
    assert first <= both + PER_PART
    assert both <= first + second + PER_PART


def text_of(prompt: Prompt) -> str:
    """A prompt as a chat format writes it, more or less."""
    marked = (f"<|im_start|>{message.role}\n{message.text}<|im_end|>\n" for message in prompt.messages)
    return f"<|im_start|>system\n{prompt.system}<|im_end|>\n{''.join(marked)}"


REPLIES = (
    "You have 30 days.",
    "退款期限为三十天。" * 30,
    json.dumps({"status": "ok", "items": list(range(60))}),
    "🙂" * 40,
)


@pytest.mark.parametrize("name", NAMES)
def test_our_own_prompts_are_bounded_by_what_was_counted(name: str) -> None:
    """Turn by turn and question by question: never less than the tokens there are, and much less than the bytes."""
    count, counted, talk = counters()[name], Counted(), Conversation(persona=persona())
    bounds, sizes, tokens = 0, 0, 0
    for number in range(8):
        prompt = roleplay_question(talk).prompt
        bound, true = counted.bound(prompt), count(text_of(prompt))
        assert true <= bound + 64  # what the judge adds for each request
        counted.learn(prompt, true)
        bounds, sizes, tokens = bounds + bound, sizes + count_bytes(text_of(prompt)), tokens + true
        said = (Message("user", f"And what about order #{number}?"), Message("assistant", REPLIES[number % 4]))
        talk = attrs.evolve(talk, messages=(*talk.messages, *said))
    for question in (goal_question(talk), *ConversationRelevance().questions(talk), *TurnConsistency().questions(talk)):
        bound, true = counted.bound(question.prompt), count(text_of(question.prompt))
        assert true <= bound + 64
        counted.learn(question.prompt, true)
        bounds, sizes, tokens = bounds + bound, sizes + count_bytes(text_of(question.prompt)), tokens + true
    assert tokens <= bounds < 0.6 * sizes


def test_another_beginning_is_not_known() -> None:
    """Of the rest every byte counts, and what was counted never makes a bound larger."""
    counted = Counted()
    one = Prompt("Be brief.", (PromptMessage("user", ("a" * 100,)),))
    before = counted.bound(one)
    counted.learn(one, 10)
    assert counted.bound(one) == 10
    other = attrs.evolve(one, system="Be long.")
    assert counted.bound(other) >= 100
    counted.learn(other, 10_000)
    assert counted.bound(other) <= before
