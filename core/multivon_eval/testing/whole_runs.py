"""A small run with one plug-in in it, and what it leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol

import attrs

from .._api.simulation import asimulate
from .._plugins.kinds import DRIVER, EVALUATOR, JUDGE, OBSERVER, PERSONA_SOURCE, SINK, Kind
from ..errors import MultivonEvalError, PersonaError, PluginError
from ..sdk import Conversation, Judge, Persona, RunContext, UserTurn
from .guards import Leftovers, find_tasks
from .nouns import persona


class Tests(Protocol):
    """What of a contract is needed here."""

    kind: ClassVar[Kind]

    def make(self) -> Any:
        """Make an instance."""
        ...

    def judge_of_a_run(self) -> Judge:
        """Give the judge of a whole run."""
        ...


@attrs.frozen
class _Talker:
    """Speaks without asking anybody."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next message."""
        return UserTurn(f"Where is my order 4711? I ask for time {len(conversation.said_by('user')) + 1}.")


_MOST_RUNS = 5
_OPTION = {DRIVER: "driver", JUDGE: "judge", EVALUATOR: "evaluators", OBSERVER: "observers", SINK: "sinks"}


def simulate_with(tests: Tests, ending: str) -> list[str]:
    """Run a small simulation with the plug-in of a test class, and say what is wrong with it.

    Args:
        tests: The contract.
        ending: ``well``, ``with an error`` (the system under test raises), or ``by cancellation``.
    """
    left: list[str] = []
    for _ in range(_MOST_RUNS):
        plugin = tests.make()
        before = Leftovers()
        with _counting_closes(plugin) as closes:
            told = asyncio.run(_simulate(tests, plugin, ending))
        left = before.find()
        if closes is not None and closes != ["closed"]:
            told.append(f"'aclose' was called {len(closes)} times")
        if told or not left:
            return told
        # A library's pool for the whole process grows for some runs; what a plug-in forgets is left by each.
    return left


async def _simulate(tests: Tests, plugin: Any, ending: str) -> list[str]:
    reached = asyncio.Event()

    async def system(prompt: str) -> str:
        reached.set()
        if ending == "with an error":
            raise RuntimeError("the system is down")
        if ending == "by cancellation":
            await asyncio.Event().wait()
        return "Order 4711 arrives on Friday, 3 May."

    options = _make_options(tests, plugin)
    personas = options.pop("personas")
    task = asyncio.ensure_future(asimulate(system, personas, **options))
    if ending == "by cancellation":
        waiting = asyncio.ensure_future(reached.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        task.cancel()
    told: list[str] = []
    try:
        results = await task
    except asyncio.CancelledError:
        pass
    except (PluginError, PersonaError):
        pass  # it cannot take part, which another test says
    except MultivonEvalError as error:
        told.append(str(error))
    else:
        told += [f"{one.where}: {one.message}" for one in results.report.problems if _is_about(tests.kind, one.where)]
        for one in results:
            failed = one.conversation.error
            if failed is not None and failed.source == "driver":
                told.append(f"the driver failed: {failed.message}")
            if tests.kind is EVALUATOR and ending == "well":
                told += [f"gave no score: {score.reason}" for score in one.scores.values() if score.status == "failed"]
    return told + await find_tasks()


def _is_about(kind: Kind, where: str) -> bool:
    return where.startswith(kind.name)


def _make_options(tests: Tests, plugin: Any) -> dict[str, Any]:
    one: Persona = persona("Ann")
    options: dict[str, Any] = {
        "personas": [one],
        "judge": tests.judge_of_a_run(),
        "driver": _Talker(),
        "observers": [],
        "max_turns": 2,
        "budget_usd": None,
        "hooks": (),
    }
    if tests.kind is PERSONA_SOURCE:
        options["personas"] = plugin
    else:
        name = _OPTION[tests.kind]
        options[name] = plugin if name in ("driver", "judge") else [plugin]
    return options


@contextmanager
def _counting_closes(plugin: Any) -> Iterator[list[str] | None]:
    """Count the calls of ``aclose``; give None where the class has none."""
    cls = type(plugin)
    original = vars(cls).get("aclose")
    if original is None:
        yield None
        return
    closes: list[str] = []

    async def aclose(self: Any) -> None:
        if self is plugin:
            closes.append("closed")
        await original(self)

    cls.aclose = aclose
    try:
        yield closes
    finally:
        cls.aclose = original
