"""The kinds of plug-in that are picked by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import attrs

from ..protocols import Driver, Evaluator, Executor, Judge, Observer, PersonaSource, Sink


@attrs.frozen
class Kind:
    """A kind of plug-in.

    Attributes:
        name: As messages say it.
        group: Its entry-point group.
        protocol: What it must satisfy; None for kinds that are no attrs classes.
        verbs: Its asynchronous methods.
        plain: Its synchronous methods.
    """

    name: str
    group: str
    protocol: type | None = None
    verbs: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()

    def misfit(self, thing: object) -> str:
        """Say why a class or an instance does not satisfy the protocol; empty if it does."""
        for verb in (*self.verbs, *self.plain):
            method = getattr(thing, verb, None)
            if not callable(method):
                return f"it has no method {verb!r}"
            if verb in self.verbs and not inspect.iscoroutinefunction(method):
                return f"its method {verb!r} is not asynchronous; write 'async def {verb}'"
            if verb in self.plain and inspect.iscoroutinefunction(method):
                return f"its method {verb!r} is asynchronous; write 'def {verb}'"
            if not self._fits(method, verb, is_bound=not inspect.isclass(thing)):
                return f"its method {verb!r} is not as it is called; write '{self._write(verb)}'"
        return ""

    def _fits(self, method: Callable[..., Any], verb: str, is_bound: bool) -> bool:
        """Whether a method can be called as the protocol calls it."""
        arguments = list(inspect.signature(getattr(self.protocol, verb)).parameters)[1 if is_bound else 0 :]
        try:
            inspect.signature(method).bind(*arguments)
        except TypeError:
            return False
        except ValueError:  # some callables written in C have no signature
            return True
        return True

    def _write(self, verb: str) -> str:
        parameters = ", ".join(inspect.signature(getattr(self.protocol, verb)).parameters)
        return f"{'async ' if verb in self.verbs else ''}def {verb}({parameters})"


PERSONA_SOURCE = Kind("persona source", "multivon_eval.persona_sources", PersonaSource, ("load",))
DRIVER = Kind("driver", "multivon_eval.drivers", Driver, ("next_message",))
JUDGE = Kind("judge", "multivon_eval.judges", Judge, ("complete",), ("worst_cost",))
EVALUATOR = Kind("evaluator", "multivon_eval.evaluators", Evaluator, ("evaluate",))
OBSERVER = Kind("observer", "multivon_eval.observers", Observer, ("observe",))
SINK = Kind("sink", "multivon_eval.sinks", Sink, ("open", "write", "close"))
EXECUTOR = Kind("executor", "multivon_eval.executors", Executor, (), ("execute",))
HOOK = Kind("hook", "multivon_eval.hooks")
COMMAND = Kind("command", "multivon_eval.commands")
JUDGE_KEY = Kind("judge key", "multivon_eval.judge_keys")

PICKED = (PERSONA_SOURCE, DRIVER, JUDGE, EVALUATOR, OBSERVER, SINK, EXECUTOR)
ALL = (*PICKED, HOOK, COMMAND)
GROUPS = (*ALL, JUDGE_KEY)
"""Every entry-point group; the last is no plug-in but says which judge a key in the environment chooses."""
