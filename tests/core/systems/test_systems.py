"""Systems of LangGraph, LangChain and OpenAI's Agents SDK as ``model_fn``, with the real libraries, offline."""

from __future__ import annotations

import operator
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Any, TypedDict

import pytest
from agents import Agent, Model, ModelResponse, RunConfig, SQLiteSession, Usage, function_tool
from anthropic.types import Message as AnthropicMessage
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from openai.types.chat import ChatCompletion
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

from multivon_eval import (
    EvalCase,
    EvalSuite,
    Message,
    Persona,
    Reply,
    SimulationResult,
    ToolCall,
    UsageError,
    from_agent,
    from_function,
    from_runnable,
    simulate,
)

ASKED = ["Where is order 7?", "And when does it arrive?"]
HISTORY = (Message("user", "Hello."), Message("assistant", "Hello, how can I help?"))


def hold(model_fn: Callable[..., Any], *, history: tuple[Message, ...] = (), trials: int = 1) -> list[SimulationResult]:
    """Let one persona ask its two questions."""
    ann = Persona("ann", "A customer.", "Find it.", "It was found.", script=ASKED, history=history)
    return simulate(model_fn, [ann], judge="offline", max_turns=2, trials=trials, hooks=())


def said(result: SimulationResult) -> list[str]:
    """What the system said after the history."""
    assert result.conversation.error is None, result.conversation.error
    past = len(result.persona.history)
    return [message.content for message in result.transcript[past:] if message.role == "assistant"]


@tool
def look_up(order: str) -> str:
    """Look up an order."""
    return f'{{"order": "{order}", "place": "Leeds"}}'


class Bot:
    """A model that calls the tool once in each turn, and keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[list[str]] = []

    def __call__(self, state: MessagesState) -> dict[str, list[AnyMessage]]:
        messages = state["messages"]
        self.shown.append([message.type for message in messages])
        usage: Any = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}
        if messages[-1].type == "tool":
            turn = sum(message.type == "human" for message in messages)
            return {"messages": [AIMessage(f"It is in Leeds ({turn}).", usage_metadata=usage)]}
        call = {"name": "look_up", "args": {"order": "7"}, "id": f"c{len(self.shown)}", "type": "tool_call"}
        return {"messages": [AIMessage("", tool_calls=[call], usage_metadata=usage)]}

    def build(self, checkpointer: Any = None, *, is_async: bool = False) -> Any:
        """Compile the graph around it."""

        async def answer(state: MessagesState) -> dict[str, list[AnyMessage]]:
            return self(state)

        builder = StateGraph(MessagesState)
        builder.add_node("answer", answer if is_async else self.__call__)
        builder.add_node("tools", ToolNode([look_up]))
        builder.add_edge(START, "answer")
        builder.add_conditional_edges("answer", tools_condition)
        builder.add_edge("tools", "answer")
        return builder.compile(checkpointer=checkpointer)


class SyncSaver(InMemorySaver):
    """A checkpointer that is only synchronous, as that for SQLite is."""

    async def aget_tuple(self, config: Any) -> Any:
        raise NotImplementedError("use the asynchronous one")


TURN = ["human", "ai", "tool", "ai"]


@pytest.mark.parametrize(
    ("make_saver", "is_async"),
    [(lambda: None, False), (lambda: None, True), (InMemorySaver, False), (InMemorySaver, True), (SyncSaver, False)],
    ids=["stateless", "stateless, async", "saved", "saved, async", "saved synchronously"],
)
def test_graphs(make_saver: Callable[[], Any], is_async: bool) -> None:
    """With a memory and without one the second turn sees all of the first, the calls of its tools included, once."""
    bot = Bot()
    (result,) = hold(from_runnable(bot.build(make_saver(), is_async=is_async)))
    assert said(result) == ["It is in Leeds (1).", "It is in Leeds (2)."]
    assert bot.shown == [TURN[:1], TURN[:3], [*TURN, "human"], [*TURN, *TURN[:3]]]
    for message in result.transcript[1::2]:
        assert message.tool_calls == (ToolCall("look_up", {"order": "7"}, {"order": "7", "place": "Leeds"}),)
        assert message.metadata == {"usage": {"input_tokens": 200, "output_tokens": 20}}
    assert result.conversation.system_cost_usd is None


@pytest.mark.parametrize("saver", [None, InMemorySaver()], ids=["stateless", "saved"])
def test_what_was_said_before_goes_with_the_first_message(saver: Any) -> None:
    """A persona's history is told once, whether or not the graph remembers; and each conversation has its thread."""
    bot = Bot()
    results = hold(from_runnable(bot.build(saver)), history=HISTORY, trials=2)
    assert [said(result) for result in results] == [["It is in Leeds (2).", "It is in Leeds (3)."]] * 2
    lengths = sorted(len(shown) for shown in bot.shown)
    assert lengths == [3, 3, 5, 5, 7, 7, 9, 9]


def test_prices_and_threads() -> None:
    """Tokens become money where prices are given; the id of the conversation is the thread, beside what config says."""
    seen: list[Any] = []

    def answer(messages: list[BaseMessage], config: Any) -> AIMessage:
        seen.append(config["configurable"])
        return AIMessage("Yes.", usage_metadata={"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100})

    model_fn = from_runnable(
        RunnableLambda(answer), config={"configurable": {"shop": "uk"}}, price_in=1, price_out="10.00"
    )
    first, second = hold(model_fn, trials=2)
    assert first.conversation.system_cost_usd == Decimal("0.004")
    assert {one["shop"] for one in seen} == {"uk"}
    assert len({one["thread_id"] for one in seen}) == 2
    assert said(second) == ["Yes.", "Yes."]


def test_what_chains_take_and_give() -> None:
    """Messages by name or as they are; text, a message, or what stands under ``output``."""
    prompt = ChatPromptTemplate.from_messages([("system", "Be brief."), ("placeholder", "{messages}")])
    count = RunnableLambda(lambda value: f"{len(value.to_messages())} messages")
    assert said(hold(from_runnable(prompt | count))[0]) == ["2 messages", "4 messages"]
    as_dict = RunnableLambda(lambda messages: {"input": "...", "output": f"{len(messages)}"})
    assert said(hold(from_runnable(as_dict))[0]) == ["1", "3"]
    asked = ChatPromptTemplate.from_template("{question}") | RunnableLambda(lambda value: value.to_string())
    with pytest.raises(UsageError, match=r"takes 'question' and no 'messages'; say with make_input="):
        from_runnable(asked)
    assert said(hold(from_runnable(asked, make_input=lambda said: {"question": said[-1].content}))[0]) == [
        f"Human: {words}" for words in ASKED
    ]
    read = from_runnable(as_dict, read_output=lambda output: {"role": "assistant", "content": output["input"]})
    assert said(hold(read)[0]) == ["...", "..."]


class Narrow(TypedDict):
    messages: Annotated[list[Any], operator.add]


def test_a_graph_that_gives_nothing_to_say() -> None:
    """An interrupt, a turn without words and an output without messages are errors that name what came."""

    def ask(state: MessagesState) -> dict[str, Any]:
        return {"messages": [AIMessage(interrupt("Really?"))]}

    def call(state: MessagesState) -> dict[str, Any]:
        return {"messages": [AIMessage("", tool_calls=[{"name": "look_up", "args": {}, "id": "1"}])]}

    for node, problem in ((ask, "the graph was interrupted"), (call, "only calls of tools: look_up")):
        graph = StateGraph(MessagesState).add_node("node", node).add_edge(START, "node")
        (result,) = hold(from_runnable(graph.compile(checkpointer=InMemorySaver())))
        assert result.stop_reason == "driver_error" and result.conversation.error is not None
        assert problem in result.conversation.error.message
    silent = StateGraph(Narrow).add_node("node", lambda state: {}).add_edge(START, "node").compile()
    (result,) = hold(from_runnable(silent))
    assert result.conversation.error is not None
    assert "answered with no message" in result.conversation.error.message
    (result,) = hold(from_runnable(RunnableLambda(lambda messages: 7)))
    assert result.conversation.error is not None
    assert "model_fn returned int (7)" in result.conversation.error.message


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: from_runnable(7), "int has neither ainvoke nor invoke, so it is no runnable; hand in a runnable"),
        (lambda: from_runnable(StateGraph(MessagesState)), "so it is no runnable; compile it first: graph.compile()"),
        (lambda: from_runnable(RunnableLambda(len), price_in=1), "one price of two is given"),
        (
            lambda: from_runnable(RunnableLambda(len), price_in=-1, price_out=1),
            "price_in=-1, price_out=1 are no prices",
        ),
        (lambda: from_agent(7), "from_agent got int, which is no agent; hand in an agents.Agent"),
        (lambda: from_agent(Agent(name="a"), session=SQLiteSession("1")), "session is one for all conversations"),
        (lambda: from_function(7), "from_function got int; give a function of a list of messages"),  # type: ignore[arg-type]
        (lambda: from_function(lambda: ""), "the function cannot be called with a list of messages"),
        (lambda: from_function(lambda a, b: ""), "give one that takes them first"),
        (lambda: from_function(len, "openia"), "no form of messages is named 'openia'; did you mean 'openai'"),  # type: ignore[arg-type]
    ],
)
def test_what_is_wrong_is_said_when_it_is_made(make: Callable[[], Any], problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert problem in str(caught.value)


class Lines(Model):
    """A model of the Agents SDK that plays its lines, and keeps what it was shown."""

    def __init__(self, *lines: Any) -> None:
        self._lines: Iterator[Any] = iter(lines)
        self.shown: list[Any] = []

    async def get_response(self, system_instructions: Any, input: Any, *args: Any, **kwargs: Any) -> ModelResponse:
        self.shown.append([input] if isinstance(input, str) else [_name_item(item) for item in input])
        usage = Usage(requests=1, input_tokens=50, output_tokens=5, total_tokens=55)
        return ModelResponse(output=[next(self._lines)], usage=usage, response_id=None)

    def stream_response(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


def _name_item(item: Any) -> str:
    return item.get("role") or item["type"]


def say(text: str) -> ResponseOutputMessage:
    part = ResponseOutputText(type="output_text", text=text, annotations=[])
    return ResponseOutputMessage(id="m", type="message", role="assistant", status="completed", content=[part])


def call(name: str, arguments: str = "{}") -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(type="function_call", call_id=f"c-{name}", name=name, arguments=arguments)


@function_tool
def find(order: str) -> dict[str, str]:
    """Find an order."""
    return {"order": order, "place": "Leeds"}


QUIET = RunConfig(tracing_disabled=True)


def test_an_agent_goes_on_with_all_of_its_items() -> None:
    """Its own calls are shown to it in the next turn, and reach the transcript; tokens are those of the turn."""
    model = Lines(call("find", '{"order": "7"}'), say("It is in Leeds."), say("Tomorrow."))
    agent = Agent(name="orders", model=model, tools=[find])
    (result,) = hold(from_agent(agent, run_config=QUIET, price_in=1, price_out=1), history=HISTORY)
    assert said(result) == ["It is in Leeds.", "Tomorrow."]
    items = ["user", "assistant", "user", "function_call", "function_call_output", "assistant", "user"]
    assert model.shown == [items[:3], items[:5], items]
    first, second = (message for message in result.transcript[2:] if message.role == "assistant")
    assert [one.name for one in first.tool_calls] == ["find"] and not second.tool_calls
    assert first.tool_calls[0].arguments == {"order": "7"}
    assert "Leeds" in str(first.tool_calls[0].result)
    assert first.metadata["usage"] == {"input_tokens": 100, "output_tokens": 10}
    assert result.conversation.system_cost_usd == Decimal("0.000165")


def test_an_agent_that_hands_over_stays_handed_over() -> None:
    """The agent that answered last has the next turn too."""
    second = Agent(name="refunds", model=Lines(say("Refunds here."), say("Still refunds.")))
    first = Agent(name="triage", model=Lines(call("transfer_to_refunds")), handoffs=[second])
    (result,) = hold(from_agent(first, run_config=QUIET))
    assert said(result) == ["Refunds here.", "Still refunds."]
    assert result.transcript[1].tool_calls[0].name == "transfer_to_refunds"


def test_a_session_remembers_in_the_place_of_us() -> None:
    """One for each conversation; the agent gets the new message only."""
    opened: dict[str, SQLiteSession] = {}

    def session(conversation_id: str) -> SQLiteSession:
        return opened.setdefault(conversation_id, SQLiteSession(conversation_id))

    model = Lines(*(say(f"Answer {number}.") for number in range(4)))
    results = hold(from_agent(Agent(name="a", model=model), run_config=QUIET, session=session), trials=2)
    assert [len(said(result)) for result in results] == [2, 2]
    assert len(opened) == 2
    assert sorted(len(shown) for shown in model.shown) == [1, 1, 3, 3]


def test_an_agent_that_fails_is_the_systems_failure() -> None:
    """What the SDK raises is in the result."""
    agent = Agent(name="a", model=Lines(*[call("find", '{"order": "7"}')] * 3), tools=[find])
    (result,) = hold(from_agent(agent, run_config=QUIET, max_turns=2))
    assert result.conversation.error is not None and result.conversation.error.source == "model_fn"
    assert "MaxTurnsExceeded" in result.conversation.error.message


COMPLETION = ChatCompletion.model_validate(
    {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "some",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
    }
)
ANTHROPIC = AnthropicMessage.model_validate(
    {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "some",
        "content": [{"type": "text", "text": "Yes."}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 2},
    }
)
ROWS = [
    {"role": "user", "content": "ignored"},
    {"role": "assistant", "content": "Let me see.", "tool_calls": [{"id": "1", "function": {"name": "go"}}]},
    {"role": "tool", "tool_call_id": "1", "content": "gone"},
    {"role": "assistant", "content": "Yes."},
]


@pytest.mark.parametrize(
    ("output", "metadata", "calls"),
    [
        ("Yes.", {}, ()),
        (Reply("Yes.", metadata={"own": 1}), {"own": 1}, ()),
        (COMPLETION, {"usage": {"input_tokens": 9, "output_tokens": 2}}, ()),
        (COMPLETION.model_dump(), {"usage": {"input_tokens": 9, "output_tokens": 2}}, ()),
        (ANTHROPIC, {"usage": {"input_tokens": 9, "output_tokens": 2}}, ()),
        (ROWS, {}, (ToolCall("go", {}, "gone"),)),
        ({"messages": ROWS}, {}, (ToolCall("go", {}, "gone"),)),
        (AIMessage("Yes."), {}, ()),
    ],
)
def test_what_functions_give(output: Any, metadata: dict[str, Any], calls: tuple[ToolCall, ...]) -> None:
    """Text, a reply, an answer of an SDK, a message, several: tool calls and tokens are read where they stand."""

    async def answer(history: Any) -> Any:
        return output

    for function in (answer, lambda history: output, lambda history: answer(history)):
        (result,) = hold(from_function(function))
        assert said(result) == ["Yes.", "Yes."]
        assert (result.transcript[1].metadata, result.transcript[1].tool_calls) == (metadata, calls)


def test_what_functions_get() -> None:
    """Messages in the form that was asked for, and the id of the conversation by its name."""
    seen: list[Any] = []

    def answer(history: list[HumanMessage], conversation_id: str) -> str:
        seen.append((type(history[0]), conversation_id))
        return "Yes."

    (done,) = EvalSuite([EvalCase("Hello?")], []).run(from_function(answer, "langchain"), judge="offline")
    assert done.conversation.messages[-1].content == "Yes."
    assert seen[0][0] is HumanMessage and seen[0][1]
    (result,) = hold(from_function(lambda history: [{"role": "user", "content": "Hi"}]))
    assert result.conversation.error is not None
    assert "answered with no message; let it end with a message of the assistant" in result.conversation.error.message


@pytest.mark.process
def test_nothing_is_imported_before_it_is_asked_for() -> None:
    """Without the libraries the door opens, and what needs one says what to install."""
    program = (
        "import sys\n"
        "sys.modules['agents'] = None\n"
        "from multivon_eval import from_agent, from_function, from_runnable, UsageError\n"
        "from_function(lambda messages: 'Hi')\n"
        "from_runnable(type('R', (), {'invoke': lambda *_: 'Hi'})())\n"
        "assert not [name for name in sys.modules if name.startswith(('langchain', 'langgraph', 'openai'))]\n"
        "try:\n    from_agent(None)\nexcept UsageError as error:\n    print(error)\n"
        "sys.modules['langchain_core'] = None\n"
        "for make in (from_runnable, lambda bot: from_function(bot.invoke, style='langchain')):\n"
        "    try:\n        make(type('R', (), {'invoke': lambda self, messages: 'Hi'})())\n"
        "    except UsageError as error:\n        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "from_agent needs the Agents SDK of OpenAI" in done.stdout and "pip install openai-agents" in done.stdout
    assert done.stdout.count("need langchain-core, which is not installed; pip install langchain-core") == 2
