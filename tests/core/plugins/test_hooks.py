"""Ambient plug-ins observe; whatever they do, the run goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest

from multivon_eval import Conversation, Persona, PluginError, Report, UsageError, hookimpl, simulate
from multivon_eval._plugins.hooks import Hooks
from multivon_eval._types.report import Problem
from multivon_eval.testing import persona

PEOPLE = [persona("Ann"), persona("Ben"), persona("Cai")]


def model_fn(prompt: str) -> str:
    """Answer everything at once."""
    return "Order 4711 arrives on Friday, and can be returned within 30 days."


def run(*hooks: object, people: list[Persona] | None = None, **options: Any) -> Report:
    """Simulate with these hooks; every conversation must come to its own good end."""
    results = simulate(
        model_fn, people or PEOPLE, judge="offline", driver="scripted", hooks=hooks, concurrency=1, **options
    )
    assert [result.stop_reason for result in results] == ["goal_reached"] * len(people or PEOPLE)
    return results.report


class Recorder:
    """Writes down the hooks in the order in which they are called."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    @hookimpl
    def run_started(self, run: Any) -> None:
        self.calls.append(f"run started with {run.conversations}")

    @hookimpl
    def conversation_started(self, persona: Persona, trial: int, case_uid: str) -> None:
        assert case_uid
        self.calls.append(f"{persona.name} {trial} started")

    @hookimpl
    @contextmanager
    def conversation_scope(self, persona: Persona, case_uid: str) -> Iterator[None]:
        self.calls.append(f"{persona.name} enters")
        yield
        self.calls.append(f"{persona.name} leaves")

    @hookimpl
    def turn_finished(self, conversation: Conversation) -> None:
        self.calls.append(f"turn {conversation.turns} finished")

    @hookimpl
    def conversation_finished(self, result: Any) -> None:
        self.calls.append(f"{result.persona.name} finished")

    @hookimpl
    def run_finished(self, report: Report) -> None:
        self.calls.append(f"run finished with {report.summary.conversations}")


class Failing:
    """Raises in one of its hooks, and counts how often it is called."""

    def __init__(self, where: str, error: BaseException) -> None:
        self.where, self.error, self.calls = where, error, 0

    def _called(self, hook: str) -> None:
        self.calls += 1
        if hook == self.where:
            raise self.error

    @hookimpl
    def run_started(self) -> None:
        self._called("run_started")

    @hookimpl
    def conversation_started(self) -> None:
        self._called("conversation_started")

    @hookimpl
    @contextmanager
    def conversation_scope(self) -> Iterator[None]:
        self._called("conversation_scope enter")
        try:
            yield
        finally:
            self._called("conversation_scope exit")

    @hookimpl
    def turn_finished(self) -> None:
        self._called("turn_finished")

    @hookimpl
    def conversation_finished(self) -> None:
        self._called("conversation_finished")

    @hookimpl
    def run_finished(self) -> None:
        self._called("run_finished")


PLACES = {
    "run_started": 1,
    "conversation_started": 2,
    "conversation_scope enter": 3,
    "conversation_scope exit": 4,
    "turn_finished": 5,
    "conversation_finished": 6,
    "run_finished": 17,
}


class TestCalling:
    """Each hook is called when its docstring says, with the arguments that are asked for."""

    def test_the_order_of_calls(self) -> None:
        """Started, scope around the reply, turn finished, conversation finished, run finished."""
        recorder = Recorder()
        run(recorder, people=PEOPLE[:1])
        assert recorder.calls == [
            "run started with 1",
            "Ann 1 started",
            "Ann enters",
            "Ann leaves",
            "turn 1 finished",
            "Ann finished",
            "run finished with 1",
        ]

    def test_the_scope_reaches_a_thread(self) -> None:
        """A context variable set in the scope is visible to a synchronous ``model_fn``, and gone after it."""
        whose: ContextVar[str] = ContextVar("whose", default="nobody")
        seen: dict[str, int] = {}

        class Scope:
            @hookimpl
            @contextmanager
            def conversation_scope(self, persona: Persona) -> Iterator[None]:
                token = whose.set(persona.name)
                yield
                whose.reset(token)

        def threaded(prompt: str) -> str:
            seen[whose.get()] = threading.get_ident()
            return model_fn(prompt)

        simulate(threaded, PEOPLE, judge="offline", driver="scripted", hooks=[Scope()])
        assert set(seen) == {"Ann", "Ben", "Cai"}
        assert whose.get() == "nobody" and threading.get_ident() not in seen.values()

    def test_no_hooks_means_none(self) -> None:
        """``hooks=()`` keeps the run free of installed ones."""
        assert not [use for use in run().info.plugins if use.kind == "hook"]


class TestIsolation:
    """A hook that fails is left out and reported, and nobody else notices."""

    @pytest.mark.parametrize("error", [ValueError("fell over"), SystemExit(3)], ids=lambda error: type(error).__name__)
    @pytest.mark.parametrize("where", list(PLACES))
    def test_left_out_for_the_rest_of_the_run(self, where: str, error: BaseException) -> None:
        """Whoever raises is called no more, the report says so once, and other hooks get all their calls."""
        failing, before, after = Failing(where, error), Recorder(), Recorder()
        report = run(before, failing, after)
        (problem,) = report.problems
        hook = where.partition(" ")[0]
        assert problem.where == "hook Failing"
        assert problem.message == f"raised {type(error).__name__}: {error} in {hook}; left out for the rest of the run"
        assert not problem.undelivered
        assert failing.calls == PLACES[where]
        assert before.calls == after.calls and len(after.calls) == 2 + 3 * 5

    def test_a_scope_that_is_none(self) -> None:
        """A scope that is no context manager is a failure of the hook, not of the conversation."""

        class NoScope:
            @hookimpl
            def conversation_scope(self) -> object:
                return 4

        (problem,) = run(NoScope()).problems
        assert "in conversation_scope; left out" in problem.message

    def test_a_scope_does_not_see_the_systems_failure(self) -> None:
        """What ``model_fn`` raises ends the conversation as its own failure, whatever the scope would do with it."""

        class Swallowing:
            left = 0

            @hookimpl
            @contextmanager
            def conversation_scope(self) -> Iterator[None]:
                try:
                    yield
                except BaseException:
                    self.left = -1
                self.left += 1

        def failing(prompt: str) -> str:
            raise KeyError("gone")

        scope = Swallowing()
        results = simulate(failing, PEOPLE[:1], judge="offline", driver="scripted", hooks=[scope])
        error = results[0].conversation.error
        assert error is not None and (error.source, error.type) == ("model_fn", "KeyError")
        assert (scope.left, results.report.problems) == (1, ())

    def test_one_that_fails_twice_at_once_is_reported_once(self) -> None:
        """Conversations run side by side: those that are inside a scope still leave it, and say no more."""
        problems: list[Problem] = []
        hooks = Hooks(problems.append)
        hooks.add(Failing("conversation_scope exit", ValueError("fell over")))
        with hooks.scope(PEOPLE[0], "a", "run"), hooks.scope(PEOPLE[1], "b", "run"):
            pass
        assert len(problems) == 1 and hooks.uses() == []


class Misspelt:
    @hookimpl
    def turn_finnished(self, conversation: Conversation) -> None: ...


class Unknown:
    @hookimpl
    def turn_finished(self, conversation: Conversation, weather: str) -> None: ...


class Unmarked:
    def turn_finished(self, conversation: Conversation) -> None: ...


class Prickly:
    def __dir__(self) -> list[str]:
        raise RuntimeError("do not look at me")


class TestRefusal:
    """A hook that was handed in and cannot work is an error before anything is spent."""

    @pytest.mark.parametrize(
        ("hook", "cause"),
        [
            (Misspelt(), "turn_finnished"),
            (Unknown(), "weather"),
            (Unmarked(), "it implements no hook; mark its functions with @hookimpl"),
            (Recorder, "it is a class; name an instance of it, or a module"),
            (Prickly(), "do not look at me"),
        ],
        ids=["misspelt", "unknown argument", "unmarked", "class", "prickly"],
    )
    def test_named_with_its_cause(self, hook: object, cause: str) -> None:
        """The error names the hook and what is wrong with it."""
        with pytest.raises(UsageError) as caught:
            run(hook)
        name = getattr(hook, "__name__", type(hook).__name__)
        assert f"hook {name} cannot be used" in str(caught.value).replace(f"{__name__}.", "")
        assert cause in str(caught.value)

    @pytest.mark.parametrize("hooks", [Recorder(), 3])
    def test_no_list(self, hooks: Any) -> None:
        """A hook by itself is told to be put into a list."""
        with pytest.raises(UsageError, match=r"hooks is \w+; give the objects in a list, hooks=\[hook\]"):
            simulate(model_fn, PEOPLE, judge="offline", hooks=hooks)

    def test_handed_in_twice(self) -> None:
        """One object takes part once; the second time is an error, and does not throw the first out."""
        hooks, recorder = Hooks(lambda problem: None), Recorder()
        hooks.add(recorder)
        with pytest.raises(PluginError, match="takes part already"):
            hooks.add(recorder)
        assert [use.name for use in hooks.uses()] == ["Recorder"]

    def test_a_refused_one_leaves_no_trace(self) -> None:
        """After a hook was refused, the others are added and called as if it had never been there."""
        hooks, recorder = Hooks(lambda problem: None), Recorder()
        for broken in (Misspelt(), Unknown(), Unmarked()):
            with pytest.raises(PluginError):
                hooks.add(broken)
        hooks.add(recorder)
        hooks.emit("conversation_started", persona=PEOPLE[0], trial=1, case_uid="a", run_id="r")
        assert recorder.calls == ["Ann 1 started"]
