import asyncio
import contextvars
import functools
import subprocess
import sys
import threading
from contextlib import contextmanager
from decimal import Decimal

import attrs
import pytest

from multivon_eval import EvalCase, EvalSuite, Message, Reply, ToolCall, UsageError, hookimpl, simulate
from support.people import SaysJudge, Talks, answers, persona

CASE = contextvars.ContextVar("CASE", default="nobody")


def run(model_fn, *personas, **options):
    """The results of a simulation whose personas talk and whose judge is a fake."""
    given = {"driver": Talks(), "judge": SaysJudge(), "hooks": (), "max_turns": 1, **options}
    return simulate(model_fn, personas or [persona()], **given)


def reply_of(model_fn):
    """What a system says to its first prompt."""
    [result] = run(model_fn)
    assert result.conversation.error is None, result.conversation.error
    return result.transcript[-1].content


def error_of(model_fn, **options):
    """The error in which a conversation with a system ends."""
    [result] = run(model_fn, **options)
    assert (result.stop_reason, result.conversation.error.source) == ("driver_error", "model_fn")
    assert [message.role for message in result.transcript] == ["user"]
    return result.conversation.error


def plain(prompt):
    """A system as simple as can be."""
    return f"got {prompt}"


async def asynchronous(prompt):
    """A system that gives way before it answers."""
    await asyncio.sleep(0)
    return f"got {prompt}"


class Callable:
    def __call__(self, prompt):
        return f"got {prompt}"


class AsyncCallable:
    async def __call__(self, prompt):
        await asyncio.sleep(0)
        return f"got {prompt}"

    async def method(self, text):
        return f"got {text}"


def configured(greeting, prompt, temperature=1.0):
    """A system that wants more than the prompt."""
    return f"{greeting} {prompt}"


async def configured_async(greeting, prompt):
    """The same, asynchronous."""
    return f"{greeting} {prompt}"


@pytest.mark.parametrize(
    "model_fn",
    [
        plain,
        asynchronous,
        Callable(),
        AsyncCallable(),
        AsyncCallable().method,
        functools.partial(configured, "got"),
        functools.partial(configured, "got", temperature=0.0),
        functools.partial(configured_async, "got"),
        lambda prompt: f"got {prompt}",
        lambda *args: f"got {args[0]}",
        lambda *args, **named: f"got {args[0]}",
        lambda anything, /: f"got {anything}",
        lambda messages, /: f"got {messages}",
        lambda prompt, temperature=0.5, *, top_p=1.0: f"got {prompt}",
        "got {}".format,
    ],
)
def test_whatever_can_be_called_with_one_string_is_a_system(model_fn):
    """Functions, coroutine functions, objects, methods, partials, lambdas and builtins get the conversation."""
    assert reply_of(model_fn) == "got USER: ann 1"


def test_a_builtin_without_a_signature_is_called_with_the_prompt():
    """Some callables written in C have no signature to look at and are called all the same."""
    assert reply_of(str) == "USER: ann 1"
    assert reply_of(str.lower) == "user: ann 1"


def test_who_names_messages_gets_them_instead_of_the_string():
    """The whole conversation comes as role and content, and the prompt only where it is asked for too."""
    seen = []

    def only_messages(messages):
        seen.append(messages)
        return "ok"

    def both(prompt, messages):
        seen.append((prompt, messages))
        return "ok"

    def by_keyword(*, messages, conversation_id):
        seen.append((messages, bool(conversation_id)))
        return "ok"

    someone = persona(history=[Message("user", "Hi"), Message("assistant", "Yes?")])
    for model_fn in (only_messages, both, by_keyword):
        assert run(model_fn, someone)[0].conversation.error is None
    rows = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "ann 1"},
    ]
    assert seen == [rows, ("USER: Hi\nASSISTANT: Yes?\nUSER: ann 1", rows), (rows, True)]


def test_the_order_of_the_parameters_does_not_matter():
    """What is asked for by name is given by name, also where the prompt does not come first."""
    assert reply_of(lambda conversation_id, prompt: f"got {prompt}") == "got USER: ann 1"
    assert reply_of(lambda messages, prompt: f"got {prompt} {len(messages)}") == "got USER: ann 1 1"


def test_a_system_that_changes_its_messages_changes_no_transcript():
    """The list that ``model_fn`` gets is its own."""

    def model_fn(messages):
        messages[0]["content"] = "forged"
        messages.clear()
        return "ok"

    [result] = run(model_fn)
    assert [message.content for message in result.transcript] == ["ann 1", "ok"]


def test_a_reply_may_carry_tool_calls_cost_and_metadata():
    """A ``Reply`` is taken whole."""
    call = ToolCall("refund", {"order": 1234}, {"done": True})
    reply = Reply("Issued.", [call], cost_usd=0.25, metadata={"trace": "t1"})
    [result] = run(lambda prompt: reply)
    message = result.transcript[1]
    assert (message.content, message.tool_calls, dict(message.metadata)) == ("Issued.", (call,), {"trace": "t1"})
    assert message.seconds >= 0
    assert result.conversation.system_cost_usd == Decimal("0.25")


def test_without_a_cost_the_cost_of_the_system_is_not_known():
    """Nobody said what the replies cost: that is None and not nothing."""
    results = run(lambda prompt: Reply("ok"))
    assert results[0].conversation.system_cost_usd is None
    assert results.summary.system_cost_usd is None


def nobody_awaits(prompt):
    """A synchronous function around an asynchronous one."""
    return asynchronous(prompt)


@pytest.mark.parametrize(
    ("returned", "named"),
    [
        (None, "None"),
        ("", "empty string"),
        ("  \n", "empty string"),
        (5, "int (5)"),
        (True, "bool (True)"),
        (b"bytes", "bytes (b'bytes')"),
        ({"content": "hello"}, "dict ({'content': 'hello'})"),
        (["x" * 500], "list (['xxx"),
        (Reply(""), "empty string"),
        (Reply(None), "text is None"),
        (Reply(5), "text is int (5)"),
        (Reply("ok", cost_usd=-1.0), "cost_usd is -1.0"),
        (Reply("ok", cost_usd=float("nan")), "cost_usd is nan"),
        (Reply("ok", cost_usd=Decimal("Infinity")), "cost_usd is Infinity"),
        (Reply("ok", metadata=None), "metadata is None"),
    ],
)
def test_what_is_no_reply_is_an_error_that_names_it(returned, named):
    """None, nothing, a number and everything else that is no text is an error and never text in a transcript."""
    error = error_of(lambda prompt: returned)
    assert named in error.message
    assert len(error.message) < 250


@pytest.mark.parametrize(
    "returned",
    [
        Reply("ok", cost_usd="0.10"),
        Reply("ok", cost_usd=Decimal("sNaN")),
        Reply("ok", cost_usd=10**400),
        type("Shy", (), {"__repr__": lambda self: None})(),
    ],
    ids=["text", "sNaN", "huge", "no repr"],
)
def test_what_cannot_even_be_checked_is_an_error_too(returned):
    """A reply on which the checks trip ends its conversation and no other."""
    [ann, bob] = run(lambda prompt: returned if "ann" in prompt else "ok", persona("ann"), persona("bob"))
    assert (ann.stop_reason, bob.stop_reason) == ("driver_error", "max_turns")
    assert ann.conversation.error.source == "model_fn"


@pytest.mark.parametrize("calls", [["refund"], [{"name": "refund"}], [ToolCall("refund", "order 1234")], "refund"])
def test_tool_calls_that_are_none_are_an_error_of_the_system(calls):
    """What stands in a transcript as a tool call is one; anything else is put down to the system, not the judge."""
    assert "tool_calls" in error_of(lambda prompt: Reply("ok", calls)).message


def test_a_coroutine_nobody_awaited_is_an_error_that_says_so():
    """A synchronous function that gives a coroutine is told to be asynchronous, and nothing is left to warn about."""
    assert error_of(nobody_awaits).message == ("model_fn returned a coroutine that nobody awaited; make it 'async def'")


@pytest.mark.parametrize("error", [ValueError("gone"), KeyError("order"), SystemExit("leave"), StopIteration("end")])
@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_system_raises_ends_its_conversation_only(error, is_async):
    """An exception or SystemExit is an error with its words, and the next persona is not disturbed."""

    def model_fn(prompt):
        if "ann" in prompt:
            raise error
        return "ok"

    async def async_model_fn(prompt):
        return model_fn(prompt)

    ann, bob = run(async_model_fn if is_async else model_fn, persona("ann"), persona("bob"))
    assert (ann.stop_reason, bob.stop_reason) == ("driver_error", "max_turns")
    # Python itself turns a StopIteration of a coroutine into a RuntimeError of its own words.
    words = "StopIteration" if isinstance(error, StopIteration) else str(error)
    assert words in ann.conversation.error.message
    assert ann.attribution == "system"


def test_a_system_that_is_cancelled_from_within_ends_its_conversation_only():
    """A CancelledError that leaks out of ``model_fn`` is its error and does not cancel the run."""

    async def model_fn(prompt):
        if "ann" in prompt:
            raise asyncio.CancelledError
        return "ok"

    ann, bob = run(model_fn, persona("ann"), persona("bob"))
    assert (ann.stop_reason, bob.stop_reason) == ("driver_error", "max_turns")
    assert "CancelledError" in ann.conversation.error.message


@pytest.mark.parametrize("is_async", [False, True])
def test_a_system_that_does_not_answer_in_time_has_crashed(is_async):
    """A timeout names the seconds and the option, and is the system's own: its goal is not achieved."""
    never = threading.Event()

    def model_fn(prompt):
        never.wait()
        return "late"

    async def async_model_fn(prompt):
        await asyncio.Event().wait()

    [result] = run(async_model_fn if is_async else model_fn, timeout=0.05)
    never.set()
    error = result.conversation.error
    assert (error.source, error.type, error.infrastructure) == ("model_fn", "TimeoutError", False)
    assert error.message == "model_fn did not answer within 0.05 seconds; raise --timeout"
    assert (result.attribution, result.goal_achieved) == ("system", False)


@pytest.mark.parametrize("is_async", [False, True])
def test_a_timeout_that_the_system_raises_is_its_own(is_async):
    """A TimeoutError of ``model_fn`` itself is told apart from ours."""

    def model_fn(prompt):
        raise TimeoutError("upstream was slow")

    async def async_model_fn(prompt):
        return model_fn(prompt)

    error = error_of(async_model_fn if is_async else model_fn)
    assert error.message == "model_fn raised TimeoutError: upstream was slow"


def test_the_type_of_an_error_is_the_class_that_was_raised():
    """What stands in ``metadata.error.type`` is what the system raised."""

    def model_fn(prompt):
        raise TimeoutError("upstream was slow")

    assert error_of(model_fn).type == "TimeoutError"


HUNG = """
import threading
from multivon_eval import Persona, simulate

def model_fn(prompt):
    threading.Event().wait()

[result] = simulate(model_fn, [Persona("a", "b", "c", "d")], timeout=0.1, hooks=())
print(result.stop_reason)
"""


@pytest.mark.process
def test_a_hung_system_does_not_keep_the_process_alive():
    """A synchronous ``model_fn`` that never returns is abandoned, and the process ends."""
    done = subprocess.run([sys.executable, "-c", HUNG], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "driver_error"), done.stderr


def test_many_synchronous_systems_run_at_once():
    """Each call has a thread of its own, so all of them can be under way together."""
    together = threading.Barrier(24)

    def model_fn(prompt):
        together.wait(timeout=60)
        return "ok"

    people = [persona(f"p{number}") for number in range(24)]
    results = run(model_fn, *people, concurrency=24)
    assert {result.stop_reason for result in results} == {"max_turns"}


@pytest.mark.parametrize("is_async", [False, True])
def test_context_variables_reach_the_system(is_async):
    """What the caller has set is visible in ``model_fn``, in its task and in its thread."""

    def model_fn(prompt):
        return CASE.get()

    async def async_model_fn(prompt):
        return CASE.get()

    token = CASE.set("the caller's")
    try:
        assert reply_of(async_model_fn if is_async else model_fn) == "the caller's"
    finally:
        CASE.reset(token)


@pytest.mark.parametrize("is_async", [False, True])
def test_the_scope_of_a_conversation_is_bound_around_the_system_only(is_async):
    """A context variable that a hook sets is seen by ``model_fn`` and by neither driver nor judge."""
    elsewhere = []

    class Binds:
        @hookimpl
        def conversation_scope(self, persona, case_uid):
            @contextmanager
            def bound():
                token = CASE.set(case_uid)
                yield
                CASE.reset(token)

            return bound()

    @attrs.frozen
    class Looks(Talks):
        async def next_message(self, conversation, context):
            elsewhere.append(CASE.get())
            return await Talks().next_message(conversation, context)

    @attrs.frozen
    class LooksToo(SaysJudge):
        async def complete(self, question):
            elsewhere.append(CASE.get())
            return await SaysJudge().complete(question)

    def model_fn(prompt):
        return f"in {CASE.get()}"

    async def async_model_fn(prompt):
        return model_fn(prompt)

    chosen = async_model_fn if is_async else model_fn
    results = run(chosen, persona("ann"), persona("bob"), hooks=[Binds()], driver=Looks(), judge=LooksToo())
    for result in results:
        assert result.transcript[1].content == f"in {result.case_uid}"
    assert set(elsewhere) == {"nobody"}


def test_lone_surrogates_never_reach_a_transcript():
    """What no UTF-8 file can hold is replaced, and pairs are put together."""
    assert reply_of(lambda prompt: "a\ud800b") == "a\ufffdb"
    assert reply_of(lambda prompt: "\ud83d\ude00") == "\U0001f600"


def test_a_message_is_no_reply_and_says_the_way():
    """Who returns what an SDK answered is told what reads it; who returns another thing is not led astray."""
    way = "return the reply as a string or a Reply, or hand in from_function(model_fn)"
    assert way in error_of(lambda prompt: {"role": "assistant", "content": "x"}).message
    assert error_of(lambda prompt: 7).message == "model_fn returned int (7); return the reply as a string or a Reply"


class Invoked:
    def invoke(self, messages):
        return "x"


@attrs.frozen
class NoFunction:
    name: str = "x"


@pytest.mark.parametrize(
    ("model_fn", "reason"),
    [
        (lambda: "x", "takes neither the prompt nor 'messages'"),
        (lambda a, b: "x", "wants 2 arguments (a, b)"),
        (lambda prompt, *, key: "x", "wants the keyword 'key'"),
        (lambda conversation_id: "x", "takes neither the prompt nor 'messages'"),
        (lambda **named: "x", "takes neither the prompt nor 'messages'"),
        (lambda messages, history, user: "x", "wants 2 arguments (history, user)"),
        ("model.py", "no such file"),
        (None, "is NoneType, not a function"),
        (NoFunction(), "is NoFunction, not a function; give a function of one string"),
        (Invoked(), "is Invoked, not a function; hand in from_runnable(...) of it"),
    ],
)
def test_a_wrong_signature_is_refused_with_the_reason(model_fn, reason):
    """What cannot be called with one string is refused before anything is spent."""
    judge = SaysJudge()
    with pytest.raises(UsageError) as caught:
        run(model_fn, judge=judge)
    assert reason in str(caught.value)
    assert "model_fn" in str(caught.value)
    assert judge.asked == []


def test_the_prompt_is_what_a_fixed_case_renders():
    """A simulation and an ``EvalSuite`` call ``model_fn`` with the same text for the same conversation."""
    seen = []

    def model_fn(prompt):
        seen.append(prompt)
        return answers(prompt)

    [result] = run(model_fn, max_turns=2)
    case = EvalCase(result.transcript[:-1])
    EvalSuite([case], []).run(model_fn)
    assert seen[1] == seen[2] == case.conversation_str() == "USER: ann 1\nASSISTANT: reply 1\nUSER: ann 2"
