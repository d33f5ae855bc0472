"""The contract of hooks."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Any, ClassVar

import attrs

from .._api.simulation import asimulate
from .._plugins.hooks import Hooks
from .._plugins.isolation import format_error
from .._plugins.kinds import HOOK, Kind
from .._plugins.registry import Registry
from .._set_module import set_module
from .._types.report import Problem
from ..errors import PluginBroken
from ..sdk import Conversation, result_to_json, summary_to_json
from .fakes import ScriptedJudge
from .guards import Leftovers, begins_random_anew, catching_blocks, catching_changes, find_tasks
from .hook_events import ASKING, Event, list_odd_events, list_usual_events
from .nouns import persona
from .plugins import KitTests, copied
from .standard import basic, optional, skip

__all__ = ["HookTests"]


@set_module("multivon_eval.testing")
class HookTests(KitTests):
    """Subclass it, give ``make``, and what a hook implements is checked. ``make`` gives the module or the object."""

    kind: ClassVar[Kind] = HOOK

    def _add(self, problems: list[Problem], plugin: object | None = None) -> Hooks:
        hooks = Hooks(problems.append)
        try:
            hooks.add(self.make() if plugin is None else plugin)
        except PluginBroken as error:
            skip(f"it cannot take part, which another test says: {error}")
        return hooks

    def _emit(self, events: list[Event], plugin: object | None = None) -> None:
        """Call hooks one after another on an event loop, as a run does, and fail where one raises."""

        async def job() -> None:
            self._emit_here(events, plugin)

        asyncio.run(job())

    def _emit_here(self, events: list[Event], plugin: object | None = None) -> None:
        problems: list[Problem] = []
        hooks, said = self._add(problems, plugin), dict[str, dict[str, Any]]()
        for name, arguments in events:
            if name == "conversation_scope":
                with hooks.scope(**arguments):
                    pass
            elif name in ASKING:
                said[ASKING[name]] = hooks.collect(name, **arguments)
            elif name in ASKING.values():
                hooks.hand_out(name, said.get(name, {}), **arguments)
            else:
                hooks.emit(name, **arguments)
            assert not problems, problems[0].message

    def events(self) -> list[Event]:
        """Give the calls of a run, in their order, each with its arguments."""
        return list_usual_events()

    def odd_events(self) -> list[Event]:
        """Give calls of runs that went wrong: no verdict, no replies, failed calls, interrupted."""
        return list_odd_events()

    @optional("`name`")
    def test_the_entry_point_finds_it(self) -> None:
        """The entry-point name is the name: what it points to is this module or object."""
        if self.name is None:
            skip("no entry-point name is set; set the class attribute 'name'")
        found = Registry().find(HOOK, self.name).load()
        assert found is self.make() or type(found) is type(self.make()), f"hook {self.name!r} is {found!r}"

    @basic
    def test_implements_known_hooks(self) -> None:
        """It is a module or an object with one hook at least, none that there is not, and none asynchronous."""
        try:
            Hooks(list[Problem]().append).add(self.make())
        except PluginBroken as error:
            raise AssertionError(str(error)) from error

    @basic
    def test_bears_a_run(self) -> None:
        """It raises in none of the calls of a run, nor in those of the run after it."""
        plugin = self.make()
        self._emit(self.events(), plugin)
        self._emit(self.events(), plugin)

    @basic
    def test_bears_any_run(self) -> None:
        """It raises on nothing: no verdict, no reply, no stop reason, a run that was interrupted or had no result."""
        self._emit(self.odd_events())

    @basic
    def test_is_called_in_any_number(self) -> None:
        """A run may be stopped before its first conversation, and a hook may be taken in when one has begun."""
        by_name = dict(self.events())
        for names in (("run_started", "run_finished"), ("turn_finished", "conversation_finished"), ("run_finished",)):
            self._emit([(name, by_name[name]) for name in names])

    @basic
    def test_changes_nothing(self) -> None:
        """A hook observes: persona, conversation, result and report are afterwards what they were."""
        events = self.events()
        before = [_describe(arguments) for _, arguments in events]
        self._emit(events)
        for (name, arguments), was in zip(events, before, strict=True):
            assert _describe(arguments) == was, f"{name} changes what it is given"

    @basic
    def test_is_quick(self) -> None:
        """All hooks are called on the event loop: nothing sleeps, waits or connects blockingly."""
        made = self.make()

        async def job() -> list[str]:
            with catching_blocks() as seen:
                self._emit_here(self.events(), made)
            return seen

        seen = asyncio.run(job())
        assert not seen, f"calls {', '.join(seen)} on the event loop; leave it to a thread"

    @basic
    def test_leaves_the_process_as_it_is(self) -> None:
        """It changes nothing of the process: no logging set-up, no signals, no environment."""
        with catching_changes(prints=True) as found:
            is_anew = begins_random_anew(lambda: self._emit(self.events()))
        assert not is_anew, "it seeds the random numbers of the whole process; make a random.Random of your own"
        assert not found, "; ".join(found)

    @basic
    def test_scope_leaves_context_variables(self) -> None:
        """After ``conversation_scope``, entered for each call of ``model_fn``, context variables are as before."""
        hooks = self._add([])

        def enter() -> None:
            for _ in range(3):
                before = dict(copy_context().items())
                with hooks.scope(persona(), "0123456789abcdef", "run"):
                    pass
                changed = [one.name for one, value in copy_context().items() if before.get(one, _NONE) != value]
                assert not changed, f"after the scope {', '.join(changed)} is not as before; reset it with its token"

        copy_context().run(enter)

    @basic
    def test_scopes_overlap(self) -> None:
        """Conversations run side by side: scopes are entered and left in any order, each its own context manager."""
        problems: list[Problem] = []
        hooks = self._add(problems)

        async def one(case_uid: str, entered: asyncio.Event, may_leave: asyncio.Event) -> dict[Any, Any]:
            with hooks.scope(persona(case_uid), case_uid, "run"):
                inside = dict(copy_context().items())
                entered.set()
                await may_leave.wait()
                return {name: value for name, value in copy_context().items() if inside.get(name, _NONE) != value}

        async def job() -> list[dict[Any, Any]]:
            first_is_in, second_is_in, first_is_out = asyncio.Event(), asyncio.Event(), asyncio.Event()
            first = asyncio.create_task(one("a" * 16, first_is_in, second_is_in))
            first.add_done_callback(lambda _: first_is_out.set())
            await first_is_in.wait()
            second = asyncio.create_task(one("b" * 16, second_is_in, first_is_out))
            return list(await asyncio.gather(first, second))

        changed = asyncio.run(job())
        assert not problems, f"with two conversations at once: {problems[0].message}"
        assert not any(changed), "a conversation sees a context variable of another"

    @basic
    def test_scope_ends_what_raised(self) -> None:
        """A call of ``model_fn`` that raises leaves the scope as one that answers, and its error passes."""
        for scope in self._make_scopes():
            before = dict(copy_context().items())
            try:
                with scope:
                    raise RuntimeError("the system is down")
            except RuntimeError:
                now = copy_context()
                changed = [one.name for one, value in now.items() if before.get(one, _NONE) != value]
                assert not changed, f"after a call that raised {', '.join(changed)} is not as before; use 'finally'"
                continue
            except Exception as error:
                raise AssertionError(f"the scope turns the system's error into {format_error(error)}") from error
            raise AssertionError("the scope swallows the error of the system")

    def _make_scopes(self) -> list[AbstractContextManager[object]]:
        plugin = self.make()
        given = {"persona": persona(), "case_uid": "0123456789abcdef", "run_id": "run"}
        found: list[Any] = self._add([], plugin)._call(plugin, "conversation_scope", given)
        for one in found:
            assert isinstance(one, AbstractContextManager), f"gives {type(one).__name__}, not a context manager"
        return list(found)

    @basic
    def test_a_whole_run_leaves_nothing_behind(self) -> None:
        """In whole runs, whose system answers or raises, no hook is left out, and nothing of it is left afterwards."""
        self._add([])
        for answers in (True, False):
            _simulate(self.make(), answers)
            before = Leftovers()
            told = _simulate(self.make(), answers) + before.find()
            assert not told, "; ".join(told)


_NONE = object()


def _describe(arguments: dict[str, Any]) -> list[object]:
    found: list[object] = []
    for value in arguments.values():
        if hasattr(value, "transcript"):
            found.append(result_to_json(value))
        elif hasattr(value, "summary"):
            found.append(summary_to_json(value.summary))
        elif isinstance(value, Conversation):
            found.append(attrs.asdict(value))
        else:
            found.append(repr(copied(value)))
    return found


def _simulate(plugin: object, answers: bool) -> list[str]:
    async def system(prompt: str) -> str:
        if not answers:
            raise RuntimeError("the system is down")
        return "Order 4711 arrives on Friday, 3 May."

    async def job() -> list[str]:
        one = persona(script=("Where is my order 4711?",))
        options: dict[str, Any] = {"judge": ScriptedJudge(), "observers": [], "max_turns": 1, "hooks": [plugin]}
        results = await asimulate(system, [one], budget_usd=None, **options)
        return [problem.message for problem in results.report.problems] + await find_tasks()

    return asyncio.run(job())
