"""Nothing that a system or a plug-in gives or raises ends a run: it is one conversation's fault, and named."""

import asyncio
import datetime
import enum
import itertools
import json
import math
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import (
    Message,
    Persona,
    PersonaError,
    Reply,
    Score,
    ToolCall,
    UsageError,
    hookimpl,
    result_to_json,
    simulate,
)
from multivon_eval.sdk import Prices, Usage, UserTurn, ask, user_turn_question
from support.people import FREE, SaysJudge, Talks, answers, persona


class Text(str):
    """A string that is more than a string."""

    def __str__(self):
        return "another"


class Colour(enum.IntEnum):
    """An integer that is more than an integer."""

    RED = 3


class Mute:
    """What cannot be shown."""

    def __str__(self):
        raise SystemExit("no words")

    __repr__ = __str__


class Odd(BaseException):
    """What many libraries raise beside ``Exception``."""


def nest(depth):
    """A list in a list in a list."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


def cycle():
    """A list that holds itself."""
    value = [1]
    value.append(value)
    return value


def share(levels):
    """A small value that is 2 to the power of ``levels`` when it is written out."""
    value = ["x"]
    for _ in range(levels):
        value = [value, value]
    return value


ODD_VALUES = {
    "dates in a set": {datetime.date(2024, 1, 1): 5, "at": {datetime.datetime(2024, 1, 1)}},
    "tuple keys": {(1, 2): "x", 1: "a", "1": "b", None: 0},
    "a cycle": {"a": cycle()},
    "too deep": {"a": nest(10_000)},
    "too much": {"a": share(40)},
    "no text": {"a": Mute()},
    "a huge integer": {"a": 10**100_000, "b": 2**70},
    "no number": {"a": [float("nan"), float("inf")]},
    "a subclass": {Text("k"): Text("v"), "c": Colour.RED, "d": Decimal("1.10"), "e": b"bytes"},
    "surrogates": {"\ud800": "\udfff"},
}


def run(model_fn=answers, people=("ann", "bob"), **options):
    """A simulation with a judge that costs nothing."""
    given = {"judge": SaysJudge(), "driver": Talks(), "hooks": (), "max_turns": 2}
    return simulate(model_fn, [persona(name) for name in people], **{**given, **options})


def is_plain(value):
    """Whether a value holds nothing but what JSON has."""
    if isinstance(value, dict):
        return all(type(key) is str for key in value) and all(map(is_plain, value.values()))
    if isinstance(value, list):
        return all(map(is_plain, value))
    return value is None or type(value) in (bool, int, float, str)


@pytest.mark.parametrize("value", ODD_VALUES.values(), ids=ODD_VALUES)
def test_odd_values_of_a_system_are_made_plain(value):
    """In metadata, arguments and results of tools; the conversation goes on, and its line can be read."""
    reply = Reply("Hello.", [ToolCall(Text("look_up"), value, value)], metadata=value)
    results = run(lambda prompt: reply)
    for result in results:
        assert (result.stop_reason, result.conversation.error) == ("max_turns", None)
        message = result.conversation.messages[1]
        for kept in (message.metadata, message.tool_calls[0].arguments, message.tool_calls[0].result):
            assert is_plain(kept)
        line = json.dumps(result_to_json(result), allow_nan=False).encode()
        assert len(line) < 3_000_000
        assert json.loads(line)["transcript"][1]["metadata"] == message.metadata


HASHABLE = st.none() | st.booleans() | st.integers() | st.text(st.characters()) | st.dates() | st.binary(max_size=3)
VALUES = st.recursive(
    HASHABLE | st.floats() | st.decimals() | st.builds(Mute) | st.builds(Text, st.text()) | st.just(cycle()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.sets(HASHABLE, max_size=3)
        | st.dictionaries(HASHABLE | st.tuples(HASHABLE), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_whatever_a_message_holds_is_json(value):
    """Any value of Python becomes a JSON value that cannot be changed, and making it one again changes nothing."""
    call = ToolCall("look_up", {"value": value}, value)
    assert is_plain(call.result)
    assert json.loads(json.dumps(call.result, allow_nan=False)) == call.result
    assert ToolCall("look_up", call.arguments, call.result) == call
    message = Message("assistant", "Hi.", (call,), metadata={"value": value})
    assert json.loads(message.as_json)["tool_calls"][0]["result"] == call.result


def raise_failed():
    pytest.fail("the bot asserts something")


RAISED = {
    "BaseException": lambda: _raise(Odd("panic")),
    "GeneratorExit": lambda: _raise(GeneratorExit("over")),
    "SystemExit": lambda: _raise(SystemExit(3)),
    "CancelledError": lambda: _raise(asyncio.CancelledError("no")),
    "StopIteration": lambda: _raise(StopIteration("end")),
    "pytest.fail": raise_failed,
    "no words": lambda: _raise(RuntimeError(Mute())),
    "many words": lambda: _raise(RuntimeError("x" * 1_000_000)),
}


def _raise(error):
    raise error


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("what", RAISED.values(), ids=RAISED)
def test_whatever_a_system_raises_ends_its_conversation(what, is_async):
    """And no other: the next persona is served."""

    def model_fn(prompt):
        return what() if "ann" in prompt else answers(prompt)

    async def amodel_fn(prompt):
        return model_fn(prompt)

    ann, bob = run(amodel_fn if is_async else model_fn)
    assert (ann.stop_reason, ann.attribution, ann.conversation.error.source) == ("driver_error", "system", "model_fn")
    assert 5 < len(ann.conversation.error.message) < 3000
    assert bob.goal_achieved


def test_ctrl_c_in_a_system_ends_the_run():
    """It is a person's, wherever it arrives."""
    with pytest.raises(KeyboardInterrupt):
        run(lambda prompt: _raise(KeyboardInterrupt()))


@pytest.mark.parametrize("text", [Text("hi"), "\ud800hi", "hi"], ids=ascii)
def test_a_reply_is_a_plain_string(text):
    """Whatever class of string the system gives."""
    (result, _) = run(lambda prompt: text)
    content = result.conversation.messages[1].content
    assert type(content) is str
    assert content.endswith("hi")


def test_a_long_reply_is_cut_and_says_so():
    """What is left out is told in the text and in the message's metadata."""
    (result, _) = run(lambda prompt: "word " * 10_000_000, max_turns=1, max_message=1000)
    message = result.conversation.messages[1]
    assert len(message.content) < 1100
    assert message.content.endswith("[cut here: the reply has 49999000 more characters]")
    assert message.metadata["cut_characters"] == 49_999_000


def test_a_reply_with_too_many_tool_calls_is_refused():
    """A conversation's fault, with the limit."""
    (result, _) = run(lambda prompt: Reply("Hi.", [ToolCall("x")] * 1001))
    assert "1001 tool calls; give 1000 at most" in result.conversation.error.message


@attrs.frozen
class Gives:
    """A driver that gives what it holds, or raises it, to one persona."""

    thing: object = attrs.field(repr=False)

    async def next_message(self, conversation, context):
        if conversation.persona.name != "ann":
            return UserTurn("Hello.")
        if isinstance(self.thing, BaseException):
            raise self.thing
        return self.thing


DRIVEN = [
    (UserTurn("Hi.", goal_reached="no"), "goal_reached is str ('no'), not True or False"),
    (UserTurn(3), "message is int (3), not a string"),
    (UserTurn("x" * 300_000), "a message of 300000 characters; give 200000 at most"),
    (None, "gave None, not a UserTurn"),
    (Odd("panic"), "Odd: panic"),
    (GeneratorExit(), "GeneratorExit"),
]


@pytest.mark.parametrize(("thing", "says"), DRIVEN, ids=[says for _, says in DRIVEN])
def test_an_odd_turn_of_a_driver_is_its_conversations_fault(thing, says):
    """Named with what it gave; nobody else's conversation suffers."""
    ann, bob = run(driver=Gives(thing))
    assert (ann.stop_reason, ann.attribution) == ("driver_error", "simulation")
    assert says in ann.conversation.error.message
    assert bob.goal_achieved


def test_a_drivers_message_is_a_plain_string():
    """Also where it is of a class that is more than that."""
    ann, _ = run(driver=Gives(UserTurn(Text("Hello."))))
    assert type(ann.conversation.messages[0].content) is str


@attrs.frozen
class Tone:
    """An evaluator that gives what a function gives."""

    gives: object = attrs.field(repr=False)

    async def evaluate(self, conversation, context):
        return self.gives()


SCORED = {
    "no reason": (lambda: Score(0.5, None), "the reason of a score is a string"),
    "not a number": (lambda: Score(float("nan"), ""), "between 0 and 1, not at nan"),
    "text": (lambda: Score("0.5", ""), "is no str"),
    "an odd threshold": (lambda: Score(0.5, "", threshold=object()), "is no object"),
    "a threshold of 80": (lambda: Score(0.5, "", threshold=80), "between 0 and 1, not at 80.0"),
    "a panic": (lambda: _raise(Odd("panic")), "Odd: panic"),
}


@pytest.mark.parametrize(("gives", "says"), SCORED.values(), ids=SCORED)
def test_an_odd_score_is_a_failed_score(gives, says):
    """It is reported once, with the reason of the first time; the verdict stands."""
    results = run(evaluators=[Tone(gives)])
    assert [result.scores["tone"].status for result in results] == ["failed", "failed"]
    assert all(result.goal_achieved for result in results)
    (problem,) = results.report.problems
    assert problem.where == "evaluator tone"
    assert says in problem.message


@attrs.frozen
class OddJudge(SaysJudge):
    """A judge that changes one thing of what it gives, from some call on."""

    changes: dict = attrs.field(factory=dict, repr=False)
    bound: object = attrs.field(default=FREE, repr=False)
    after: int = 0
    _costs: itertools.count = attrs.field(factory=itertools.count, init=False, repr=False)

    def worst_cost(self, question):
        if next(self._costs) < self.after:
            return FREE
        return _raise(self.bound) if isinstance(self.bound, BaseException) else self.bound

    async def complete(self, question):
        answer = await SaysJudge.complete(self, question)
        if "answer" in self.changes:
            return self.changes["answer"]
        return attrs.evolve(answer, **self.changes)


ANSWERED = [
    ({"answer": None}, "gave None, which is no Answer"),
    ({"text": None}, "text is None; give a string"),
    ({"usage": None}, "usage is None; give a Usage"),
    ({"usage": {"input_tokens": 3}}, "usage is dict"),
    ({"usage": Usage(-5, 2.5)}, "usage has input_tokens int (-5)"),
    ({"cost_usd": Decimal("NaN")}, "cost_usd is Decimal"),
    ({"cost_usd": 0.5}, "cost_usd is float (0.5)"),
    ({"model": 4}, "model is int (4)"),
    ({"notes": "note"}, "notes are str ('note')"),
]


@pytest.mark.parametrize(("changes", "says"), ANSWERED, ids=[says for _, says in ANSWERED])
def test_an_odd_answer_of_a_judge_is_the_judges_fault(changes, says):
    """The conversation stands, its verdict is missing for that reason."""
    for result in run(judge=OddJudge(changes=changes)):
        assert (result.stop_reason, result.attribution, result.verdict.failed) == ("max_turns", "judge", True)
        assert says in result.verdict.reason


COSTS = [
    (0.5, "float (0.5)"),
    (Decimal("NaN"), "Decimal"),
    (Decimal(-1), "Decimal (Decimal('-1'))"),
    (Odd("panic"), "Odd: panic"),
    ("1", "str ('1')"),
]


@pytest.mark.parametrize(("cost", "says"), COSTS, ids=[str(type(cost).__name__) for cost, _ in COSTS])
def test_a_judge_without_a_usable_price_is_refused_beforehand(cost, says):
    """The ceiling rests on it."""
    with pytest.raises(UsageError) as caught:
        run(judge=OddJudge(bound=cost))
    assert "OddJudge" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(("cost", "says"), COSTS, ids=[str(type(cost).__name__) for cost, _ in COSTS])
def test_a_price_that_turns_odd_late_makes_no_call(cost, says):
    """What cannot be bounded is not asked; no money goes out, and the results are there."""
    judge = OddJudge(bound=cost, after=60)
    results = run(judge=judge, people=[f"p{number}" for number in range(30)])
    assert len(results) == 30
    assert any(result.verdict.failed and "worst_cost" in result.verdict.reason for result in results) or any(
        result.conversation.error for result in results
    )


def test_a_price_that_is_not_known_late_makes_no_call():
    """Under a ceiling every call has a bound."""
    results = run(judge=OddJudge(bound=None, after=60), people=[f"p{number}" for number in range(30)])
    said = [result.verdict.reason for result in results if result.verdict.failed]
    said += [result.conversation.error.message for result in results if result.conversation.error]
    assert said
    assert all("does not say what this question may cost" in one for one in said)


@attrs.frozen
class Fussy(SaysJudge):
    """A judge whose extras fail."""

    check_raises: BaseException | None = None
    close_raises: BaseException | None = None
    price_raises: BaseException | None = None

    async def check(self):
        if self.check_raises is not None:
            raise self.check_raises

    async def aclose(self):
        if self.close_raises is not None:
            raise self.close_raises

    def prices(self):
        if self.price_raises is not None:
            raise self.price_raises
        return Prices(Decimal(0), Decimal(0), Decimal(0), "free")


@pytest.mark.parametrize("extra", ["check_raises", "price_raises"])
def test_extras_of_a_judge_that_raise_before_the_run_refuse_it(extra):
    """By name, with what was raised."""
    with pytest.raises(UsageError, match=r"Fussy.*Odd: panic"):
        run(judge=Fussy(**{extra: Odd("panic")}))


def test_a_judge_that_cannot_be_closed_is_reported():
    """The results are there, and the report says it."""
    results = run(judge=Fussy(close_raises=Odd("panic")))
    assert len(results) == 2
    assert [(one.where, one.message) for one in results.report.problems] == [
        ("Fussy", "could not be closed: Odd: panic")
    ]


@attrs.frozen
class Source:
    """A persona source that gives what it holds, or raises it."""

    thing: object = attrs.field(repr=False)

    async def load(self, context):
        if isinstance(self.thing, BaseException):
            raise self.thing
        return self.thing


SOURCES = [
    ((Persona("", "", "", ()),), "'name' is empty"),
    (("ann",), "gave str ('ann'); give Persona objects"),
    (None, "gave None; give a list of Persona"),
    (Odd("panic"), "the persona source failed: Odd: panic"),
]


@pytest.mark.parametrize(("thing", "says"), SOURCES, ids=[says for _, says in SOURCES])
def test_an_odd_source_is_refused_beforehand(thing, says):
    """What a list may not hold a source may not give either."""
    with pytest.raises(PersonaError) as caught:
        simulate(answers, Source(thing), judge=SaysJudge(), driver=Talks(), hooks=())
    assert says in str(caught.value)


@attrs.frozen
class Loops:
    """A driver that asks the judge without end."""

    async def next_message(self, conversation, context):
        while True:
            await ask(context.judge, user_turn_question(conversation, "You are a customer."))


@attrs.frozen
class Hangs:
    """A plug-in of any kind that waits for ever in what it does."""

    where: str = ""

    async def _wait(self, verb):
        if verb == self.where:
            await asyncio.Event().wait()

    async def next_message(self, conversation, context):
        await self._wait("next_message")
        return UserTurn("Hello.")

    async def load(self, context):
        await self._wait("load")
        return [persona()]

    async def open(self, run):
        await self._wait("open")

    async def write(self, result):
        await self._wait("write")

    async def close(self, report):
        await self._wait("close")

    async def evaluate(self, conversation, context):
        await self._wait("evaluate")
        return Score(1.0, "fine")

    async def observe(self, conversation, context):
        await self._wait("observe")
        return []


def test_a_driver_that_asks_in_a_loop_is_stopped():
    """After a number of calls for one message."""
    ann, _ = run(driver=Loops())
    assert "the driver asked the judge more than 100 times in one call" in ann.conversation.error.message


def test_a_plugin_that_hangs_is_left():
    """Each in its own place; the results are there."""
    ann, _ = run(driver=Hangs("next_message"), timeout=0.03)
    assert "the driver did not end within 0.3 seconds" in ann.conversation.error.message
    results = run(evaluators=[Hangs("evaluate")], observers=[Hangs("observe")], timeout=0.03)
    assert results[0].scores["hangs"].status == "failed"
    assert {problem.where for problem in results.report.problems} == {"evaluator hangs", "observer hangs"}
    for verb in ("write", "close"):
        results = run(sinks=[Hangs(verb)], timeout=0.03)
        assert len(results) == 2
        assert results.report.problems[0].undelivered
    with pytest.raises(UsageError, match=r"sink .* cannot be opened: it did not end within 0\.3 seconds"):
        run(sinks=[Hangs("open")], timeout=0.03)
    with pytest.raises(PersonaError, match=r"the persona source did not end within 0\.3 seconds"):
        simulate(answers, Hangs("load"), judge=SaysJudge(), driver=Talks(), hooks=(), timeout=0.03)


@attrs.frozen
class Meddles:
    """A sink that changes what it gets, as far as that goes."""

    async def open(self, run):
        pass

    async def write(self, result):
        for change in (
            lambda: result.scores.clear(),
            lambda: result.conversation.messages[1].metadata.update(x=1),
            lambda: result.provenance.options.pop("max_turns"),
            lambda: result.persona.metadata["tags"].append("x"),
        ):
            with pytest.raises(TypeError, match="read-only"):
                change()

    async def close(self, report):
        with pytest.raises(TypeError, match="read-only"):
            report.summary.scores.clear()


def test_a_sink_cannot_change_what_others_get():
    """Nor can a hook: they hold what the caller holds."""
    people = [persona(metadata={"tags": ["a"]})]
    results = simulate(
        lambda prompt: Reply("Hi.", metadata={"a": {"b": 1}}),
        people,
        judge=SaysJudge(),
        driver=Talks(),
        hooks=(),
        max_turns=1,
        evaluators=["turn-consistency"],
        sinks=[Meddles()],
    )
    assert results.report.problems == ()
    assert set(results[0].scores) == set(results.summary.scores) == {"turn_consistency"}


@attrs.frozen
class Short:
    """An evaluator whose method lacks an argument."""

    async def evaluate(self, conversation):
        return Score(1.0, "")


def test_a_method_that_lacks_an_argument_is_found_beforehand():
    """Not after the conversations were paid for."""
    with pytest.raises(UsageError, match=r"'evaluate' is not as it is called; write 'async def evaluate\(self, con"):
        run(evaluators=[Short()])


class Listens:
    """A hook that nobody would wait for."""

    @hookimpl
    async def conversation_finished(self, result):
        pass


def test_an_asynchronous_hook_is_refused():
    """It would never run."""
    with pytest.raises(UsageError, match="its 'conversation_finished' is asynchronous; write 'def conversation_fin"):
        run(hooks=(Listens(),))


SIZES = [
    ({"max_turns": 10**6}, "max-turns is 1000000; give 1000 at most"),
    ({"trials": 10**18}, "trials is 1000000000000000000; give 1000000 at most"),
    ({"concurrency": 10**20}, "concurrency is 100000000000000000000; give 10000 at most"),
    ({"trials": 10**100_000}, "trials is a number of thousands of digits; give"),
    ({"seed": 10**100}, "give a whole number of 63 bits at most"),
    ({"judge_votes": 10**6 + 1}, "judge-votes is 1000001; give 99 at most"),
]


@pytest.mark.parametrize(("options", "says"), SIZES, ids=[str(next(iter(options))) for options, _ in SIZES])
def test_a_size_beyond_all_use_is_refused(options, says):
    """With the limit, instead of a memory that runs full."""
    with pytest.raises(UsageError, match=says):
        run(**options)


def test_a_long_conversation_is_reckoned_from_some_of_its_turns():
    """What grows by the same amount from turn to turn is reckoned exactly from stretches of it."""
    by_turns = {}
    for turns in (40, 400):
        info = run(max_turns=turns, people=["ann"], judge=SaysJudge(goal_after=1), driver="persona-llm").report.info
        by_turns[turns] = info.estimate
    assert by_turns[40].calls_most == 42
    assert by_turns[400].calls_most == 402
    # Between half of the turns and all of them, as far from the one as from the other.
    assert by_turns[400].calls == round(math.sqrt(202 * 402))
