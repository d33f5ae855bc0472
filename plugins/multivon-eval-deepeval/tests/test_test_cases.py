"""Results as test cases, and back, with nothing lost."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from deepeval.test_case import ConversationalTestCase, ToolCall, Turn
from deepeval.test_case.llm_test_case import RetrievedContextData, ToolCallType
from hypothesis import example, given, settings
from hypothesis import strategies as st

from multivon_eval import (
    Conversation,
    Message,
    Persona,
    Score,
    SimulationResult,
    UsageError,
    Verdict,
    result_to_json,
    score_simulations,
)
from multivon_eval import ToolCall as OurToolCall
from multivon_eval.testing import result
from multivon_eval_deepeval import from_test_case, to_test_case

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(str.strip)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.floats(-9, 9, width=32) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=4,
)
ARGUMENTS = st.dictionaries(WORDS, VALUES, max_size=3)
CONTEXTS = st.lists(WORDS, min_size=1, max_size=2)
MESSAGES = st.lists(
    st.builds(
        lambda said, calls, seconds, metadata, context: (said, calls, seconds, metadata, context),
        WORDS,
        st.lists(st.builds(OurToolCall, WORDS, ARGUMENTS, VALUES), max_size=2),
        st.none() | st.floats(0.001, 9),
        ARGUMENTS,
        st.none() | CONTEXTS,
    ),
    min_size=1,
    max_size=4,
)
PERSONAS = st.builds(
    Persona,
    WORDS,
    WORDS,
    WORDS,
    WORDS | st.lists(WORDS, min_size=1, max_size=3),
    st.lists(WORDS, max_size=2),
    st.lists(WORDS, max_size=2),
    metadata=ARGUMENTS,
)


def make_result(persona: Persona, said: list[Any], scores: dict[str, float], achieved: bool | None) -> SimulationResult:
    """A result of what was drawn; a user and an assistant in turns."""
    messages = []
    for index, (text, calls, seconds, metadata, context) in enumerate(said):
        role = "assistant" if index % 2 else "user"
        kept = {**metadata, **({"retrieval_context": context} if context and index % 2 else {})}
        messages.append(Message(role, text, tuple(calls) if index % 2 else (), seconds, kept))
    conversation = Conversation(tuple(messages), persona, 2, "0123456789abcdef", "max_turns")
    verdict = Verdict(achieved, "Because.")
    return SimulationResult(
        conversation,
        verdict,
        {name: Score(value, "So.") for name, value in scores.items()},
        cost_usd=Decimal("0.25"),
    )


@settings(deadline=None, max_examples=60)
@given(
    PERSONAS,
    MESSAGES,
    st.dictionaries(st.sampled_from(["a", "b"]), st.floats(0, 1)),
    st.none() | st.booleans(),
)
def test_a_result_comes_back_as_it_was(
    persona: Persona, said: list[Any], scores: dict[str, float], achieved: bool | None
) -> None:
    """Whatever it holds, also after the test case was written to JSON and read again."""
    before = make_result(persona, said, scores, achieved)
    case = to_test_case(before)
    assert result_to_json(from_test_case(case)) == result_to_json(before)
    read = ConversationalTestCase(**json.loads(case.model_dump_json()))
    assert result_to_json(from_test_case(read)) == result_to_json(before)


TURNS = st.lists(
    st.builds(
        Turn,
        role=st.sampled_from(["user", "assistant"]),
        content=WORDS,
        user_id=st.none() | WORDS,
        latency_ms=st.none() | st.floats(0, 9),
        interrupted=st.none() | st.booleans(),
        retrieval_context=st.none() | CONTEXTS | st.just([RetrievedContextData(context="c", source="s")]),
        tools_called=st.none()
        | st.lists(
            st.builds(
                ToolCall,
                name=WORDS,
                type=st.sampled_from(ToolCallType),
                description=st.none() | WORDS,
                reasoning=st.none() | WORDS,
                output=VALUES,
                input_parameters=ARGUMENTS,
            ),
            min_size=1,
            max_size=2,
        ),
        metadata=st.none() | st.dictionaries(WORDS, VALUES, min_size=1, max_size=2),
    ),
    max_size=3,
)
CASES = st.builds(
    ConversationalTestCase,
    turns=TURNS.map(lambda turns: [*turns, Turn(role="assistant", content="Yes.")]),
    name=st.none() | WORDS,
    scenario=st.none() | WORDS | st.just("") | st.just(" "),
    user_description=st.none() | WORDS,
    expected_outcome=st.none() | WORDS | st.just("one\ntwo"),
    chatbot_role=st.none() | WORDS,
    context=st.none() | CONTEXTS,
    comments=st.none() | WORDS,
    tags=st.none() | CONTEXTS,
    expected_labels=st.none() | st.dictionaries(WORDS, WORDS, min_size=1, max_size=1),
    metadata=st.none() | st.dictionaries(WORDS, VALUES, min_size=1, max_size=2),
)


@settings(deadline=None, max_examples=60)
@given(CASES)
@example(
    ConversationalTestCase(
        turns=[
            Turn(role="assistant", content="a", metadata={"seconds": 1.5, "retrieval_context": "none", "x": 1}),
        ],
        metadata={"seconds": 2.0},
    )
)
def test_a_test_case_comes_back_as_it_was(case: ConversationalTestCase) -> None:
    """One of another origin too; beside the line of the result that it was meanwhile."""
    before = case.model_dump(mode="json")
    again = to_test_case(from_test_case(case))
    del again.metadata["multivon_eval"]
    after = again.model_dump(mode="json")
    after["metadata"] = after["metadata"] or None
    assert after == before


def test_what_is_changed_in_a_test_case_is_changed_in_the_result() -> None:
    """A scenario that somebody edits is the persona's goal."""
    case = to_test_case(result())
    case.scenario, case.expected_outcome = "Know it all.", "It was told."
    case.turns[1].content = "Never."
    changed = from_test_case(case)
    assert (changed.persona.goal, changed.persona.criteria) == ("Know it all.", ("It was told.",))
    assert changed.transcript[1].content == "Never." and changed.persona.profile == result().persona.profile


def test_a_test_case_of_others_can_be_scored() -> None:
    """It is an imported transcript, not judged yet."""
    turns = [Turn(role="user", content="When?"), Turn(role="assistant", content="On Friday.")]
    found = from_test_case(ConversationalTestCase(turns=turns, scenario="Know the day."))
    assert found.conversation.is_imported and found.verdict.achieved is None
    assert (found.persona.goal, found.persona.criteria) == ("Know the day.", ())
    assert "imported" in found.disclaimer
    results = [found]
    score_simulations(results, judge="offline", evaluators=["turn-consistency"])
    assert "turn_consistency" in results[0].scores


def test_what_cannot_be_is_said() -> None:
    """A conversation without messages, and a test case without an assistant."""
    empty = make_result(Persona("p", "p", "g", "c"), [], {}, None)
    with pytest.raises(UsageError, match="without messages"):
        to_test_case(empty)
    with pytest.raises(UsageError, match="no message of the assistant"):
        from_test_case(ConversationalTestCase(turns=[Turn(role="user", content="Hm?")]))
