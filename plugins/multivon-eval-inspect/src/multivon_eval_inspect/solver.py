"""The solver ``simulated_user``: a persona talks to the model or agent under evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import attrs
from inspect_ai.agent import Agent, as_solver, is_agent
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolDef

from multivon_eval import Message, Persona, Reply, asimulate, check_simulation, result_to_json
from multivon_eval.sdk import Driver, Evaluator, SimulationResult

from .casting import UNSAID, Asked, Budget, CommonBudget, choose_cast
from .dataset import read_persona
from .interruption import interrupt, run_interruptible
from .messages import list_tool_calls, make_chat_message

RESULT = "multivon_eval_result"
"""Where a sample's store holds the result of its conversation, as the JSON object of its line."""
EVALUATORS = ("conversation-relevance", "knowledge-retention", "turn-consistency")
"""Who scores if nobody is named, as on the command line."""
_NOBODY = Persona("nobody", "Nobody.", "Nothing.", "Nothing.")


@solver
def simulated_user(
    agent: Solver | Agent | None = None,
    *,
    judge: Asked = None,
    driver: str | Driver | None = None,
    driver_judge: Asked = None,
    evaluators: Sequence[str | Evaluator] = EVALUATORS,
    max_turns: int = 8,
    budget_usd: Budget = UNSAID,
    timeout: float = 600.0,
    seed: int | None = None,
) -> Solver:
    """Let the persona of each sample talk to the model under evaluation, judge and score what came of it.

    Inspect's limits, retries and log stay in charge: what ends a sample ends it here too, with all that was said in its
    messages. The result stands in the sample's store under ``RESULT``, for the scorers.

    Args:
        agent: Who answers the persona; the model under evaluation with the sample's tools if None.
        judge: Who judges: a SPEC or an instance; the model role ``judge`` or ``grader`` if None, else the judge that a
            key in the environment chooses, else ``offline``.
        driver: Who plays the personas; ``persona-llm`` if None.
        driver_judge: Whom the driver asks; the model role ``driver`` if None, else the judge.
        evaluators: Who scores; none for verdicts alone.
        max_turns: The most turns of a conversation.
        budget_usd: The ceiling in USD for judge and driver over all samples; 1.00 if not given, none where models of
            Inspect's are asked. ``"none"`` lifts it.
        timeout: Seconds for one reply, its tools included, and for one call of the judge.
        seed: For what can be seeded.

    Raises:
        UsageError: If something was asked wrongly; nothing was spent.
    """
    given = {"max_turns": max_turns, "timeout": timeout, "seed": seed, "evaluators": tuple(evaluators)}
    options = _check_options(given if driver is None else {**given, "driver": driver}, judge, driver_judge)
    answer = _make_solver(agent)
    common = CommonBudget()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        persona = read_persona(state.metadata, state.sample_id)
        cast = choose_cast(judge, driver_judge, budget_usd)
        asked = {"judge": cast.judge, "driver_judge": cast.driver_judge, "budget_usd": common.get(cast.budget_usd)}
        system = _System(state, generate, answer)
        system.begin(persona)
        (result,) = await run_interruptible(
            asimulate(system.reply, [persona], first_trial=state.epoch, concurrency=1, **{**options, **asked})
        )
        system.end(result)
        return system.state

    return solve


def _check_options(given: Mapping[str, Any], judge: Asked, driver_judge: Asked) -> dict[str, Any]:
    """Check what a simulation is to be made with, before the first sample.

    Raises:
        UsageError: If something was asked wrongly.
    """
    options = {**given, "hooks": ()}
    asked = {"judge": judge or "offline", "driver_judge": driver_judge, "budget_usd": None}
    check_simulation([_NOBODY], **{**options, **asked})
    return options


def _make_solver(agent: Solver | Agent | None) -> Solver | None:
    return as_solver(agent) if agent is not None and is_agent(agent) else cast(Solver | None, agent)


@attrs.define
class _System:
    """The model or agent under evaluation, as ``model_fn``.

    Attributes:
        state: The sample's state; what is said goes into its messages.
        generate: Inspect's own call of the model.
        agent: Who answers in the model's place.
    """

    state: TaskState
    generate: Generate
    agent: Solver | None

    def begin(self, persona: Persona) -> None:
        """Keep instructions that stand there already; the sample's input is the persona's goal and nothing it says."""
        kept = [message for message in self.state.messages if isinstance(message, ChatMessageSystem)]
        self.state.messages = [*kept, *(make_chat_message(message) for message in persona.history)]

    async def reply(self, messages: list[dict[str, str]]) -> Reply:
        """Let the system answer the persona. A failure is Inspect's: it ends the sample, not the conversation."""
        said = Message("user", messages[-1]["content"])
        try:
            return await self._answer(said)
        except Exception as error:
            await interrupt(error)

    async def _answer(self, said: Message) -> Reply:
        # Appending may reach a limit too.
        self.state.messages.append(make_chat_message(said, simulated=True))
        before, output = len(self.state.messages), self.state.output
        # An agent that thinks it is done has answered once.
        self.state.completed = False
        if self.agent is None:
            self.state = await self.generate(self.state)
        else:
            self.state = await self.agent(self.state, self.generate)
        new = self.state.messages[before:]
        texts = [message.text for message in new if isinstance(message, ChatMessageAssistant)]
        text = texts[-1] if texts else ""
        if self.state.output is not output:
            text = self.state.output.completion or text
        tools = [ToolDef(tool).name for tool in self.state.tools]
        return Reply(text, list_tool_calls(new), metadata={"tools": tools} if tools else {})

    def end(self, result: SimulationResult) -> None:
        """Keep the result, and a last word of the persona, which nobody answered."""
        self.state.store.set(RESULT, result_to_json(result))
        if result.transcript and result.transcript[-1].role == "user":
            self.state.messages.append(make_chat_message(result.transcript[-1], simulated=True))
