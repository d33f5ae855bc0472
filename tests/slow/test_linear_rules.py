"""Rules on words take time in proportion to the text, whatever an assistant or a user writes.

The event loop waits for them: a reply that takes seconds to look at would hold up every conversation.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

import multivon_eval
import multivon_eval_plugins
from multivon_eval._questions.transcript import check_quote
from multivon_eval._types.markdown import escape_markdown
from multivon_eval._types.printable import make_one_line, make_printable
from multivon_eval._types.rendering import render_transcript
from multivon_eval._types.safe_json import safe_json
from multivon_eval.errors import UnreadableAnswer
from multivon_eval.sdk import CountAsked, read_object
from multivon_eval_plugins.evaluators.consistency import TurnConsistency
from multivon_eval_plugins.evaluators.relevance import ConversationRelevance
from multivon_eval_plugins.evaluators.retention import KnowledgeRetention
from multivon_eval_plugins.judges.offline.counts import answer_count
from multivon_eval_plugins.judges.offline.goal import answer_goal
from multivon_eval_plugins.judges.offline.user import answer_turn
from multivon_eval_plugins.provider.chat import REFUSABLE
from multivon_eval_plugins.provider.provider_error import read_provider_error
from multivon_eval_plugins.provider.refusable import find_refused
from multivon_eval_plugins.refusal.rules import is_refusal
from multivon_eval_plugins.roleplay.faults import find_faults, find_missing_traits
from support.people import persona, talk

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]

ANCHORED = {
    "multivon_eval._plugins.option_problem._LITERAL": "fullmatch on a line of an exception",
    "multivon_eval_plugins.roleplay.repetition._GREETING": "match at the beginning of a message",
    "multivon_eval_plugins.roleplay.faults._STAGE": "fullmatch on a message",
    "multivon_eval_plugins.roleplay.identifiers._AMOUNT": "match behind a number",
}
"""Patterns that are tried at one place only, by their names."""
SIZE = 8000
QUICK = 0.05
"""Seconds below which no text of that size can have taken the square of its length."""
UNITS = [
    *(
        "a",
        "A",
        "1",
        " ",
        "\n",
        "\t",
        "\v",
        "-",
        ".",
        ",",
        "'",
        '"',
        "“",
        "„",
        "«",
        "@",
        "#",
        "/",
        ":",
        "*",
        "_",
        "(",
        "[",
    ),
    *(
        "{",
        "<",
        "`",
        "é",
        "漢",
        "a ",
        " \n",
        "1,",
        "1.",
        "1 ",
        "a.",
        "a-",
        "a@",
        "not ",
        "i can ",
        "and ",
        "1 day ",
        "a'b",
    ),
    *("#a", "[a](", "<!--", "“a", "user ", "order 1 ", "i am ", "\u2028", "\n "),
]
EDGES = [("", ""), ("order number", "x"), ("a\n", "@"), ("# ", "a")]


def _find_patterns() -> dict[str, re.Pattern[str]]:
    """The patterns of both packages by where they stand, each once."""
    found: dict[re.Pattern[str], str] = {}
    for package in (multivon_eval, multivon_eval_plugins):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "template" in info.name or ".testing" in info.name or info.name.endswith("__main__"):
                continue
            for name, value in vars(importlib.import_module(info.name)).items():
                for place, pattern in _walk(f"{info.name}.{name}", value, 3):
                    found.setdefault(pattern, place)
    return {place: pattern for pattern, place in found.items() if isinstance(pattern.pattern, str)}


def _walk(place: str, value: object, depth: int) -> Iterator[tuple[str, re.Pattern[str]]]:
    if isinstance(value, re.Pattern):
        yield place, value
    elif depth and isinstance(value, tuple | list | set | frozenset) and len(value) < 1000:
        for item in value:
            yield from _walk(f"{place}[]", item, depth - 1)
    elif depth and isinstance(value, dict) and len(value) < 1000:
        for key, item in value.items():
            yield from _walk(f"{place}[{key!r}]", item, depth - 1)
    elif depth and type(value).__name__ == "Rule":
        yield from _walk(f"{place}.{value.name}", value.pattern, 0)
    elif depth and type(value).__name__ == "Language":
        for name in ("declines", "aside", "delivers", "fills", "turns", "goes_on", "moralises", "speaks_of_wrong"):
            yield from _walk(f"{place}.{name}", getattr(value, name), 0)


def _measure(look: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    look(text)
    return time.process_time() - started


def assert_linear(look: Callable[[str], object], edges: Sequence[tuple[str, str]] = EDGES) -> None:
    """No text of four times the length takes much more than four times as long; the square of it would be sixteen.

    Most texts are looked at in no time at all. What is left is measured three times, and the quickest counts: a machine
    that is busy with something else makes a measure longer, never shorter.
    """
    for unit in UNITS:
        for before, behind in edges:
            text, long = (before + unit * (size // len(unit)) + behind for size in (SIZE, 4 * SIZE))
            if _measure(look, text) < QUICK:
                continue
            once = min(_measure(look, text) for _ in range(3))
            four_times = min(_measure(look, long) for _ in range(3))
            assert four_times < 8 * once, f"{before!r} {unit!r} {behind!r}: {once:.3f} s, then {four_times:.3f} s"


PATTERNS = _find_patterns()


@pytest.mark.parametrize("place", sorted(set(PATTERNS) - set(ANCHORED)))
def test_pattern_is_linear(place: str) -> None:
    """Wherever in a text it is looked for."""
    assert_linear(lambda text: sum(1 for _ in PATTERNS[place].finditer(text)))


@pytest.mark.parametrize("place", ANCHORED)
def test_anchored_pattern_is_linear(place: str) -> None:
    """At the one place where it is tried."""
    assert_linear(PATTERNS[place].match)
    assert_linear(PATTERNS[place].fullmatch)


def _ask_offline(text: str) -> None:
    conversation = talk(
        "When?", text[: len(text) // 4], "And?", "Soon.", persona=persona(facts=("The order number is 12345.",))
    )
    for evaluator in (ConversationRelevance(), KnowledgeRetention(), TurnConsistency()):
        for question in evaluator.questions(conversation):
            assert isinstance(question.about, CountAsked)
            answer_count(question.about)


def _read(text: str) -> None:
    try:
        read_object(text)
    except UnreadableAnswer:
        return


LOOKS: dict[str, Callable[[str], object]] = {
    "faults of a message": lambda text: find_faults(talk("When?", "Soon.", text)),
    "faults after a reply": lambda text: find_faults(talk("When?", text, "And on 2024-03-04 for order 123456?")),
    "traits": lambda text: find_missing_traits(
        talk("When?", "Soon.", text, persona=persona(traits=("terse", "polite")))
    ),
    "refusal": is_refusal,
    "questions by rule": _ask_offline,
    "verdict by rule": lambda text: answer_goal(talk("When?", text)),
    "user by rule": lambda text: answer_turn(talk("When?", text)),
    "quote": lambda text: check_quote(talk("When?", text), 1, text[: SIZE // 2]),
    "prompt": lambda text: render_transcript(talk("When?", text).messages),
    "answer": _read,
    "screen": lambda text: (make_printable(text), make_one_line(text)),
    "page": escape_markdown,
    "fence": safe_json,
    "error of a provider": lambda text: find_refused(read_provider_error(text), REFUSABLE, text[: SIZE // 2]),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_look_is_linear(look: Callable[[str], object]) -> None:
    """Patterns, comparisons and all."""
    assert_linear(look, EDGES[:2])
