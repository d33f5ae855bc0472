"""The kinds of plug-in that are picked by name."""

from __future__ import annotations

import inspect

import attrs

from ..protocols import Driver, Evaluator, Judge, Observer, PersonaSource, Sink


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
        return ""


PERSONA_SOURCE = Kind("persona source", "multivon_eval.persona_sources", PersonaSource, ("load",))
DRIVER = Kind("driver", "multivon_eval.drivers", Driver, ("next_message",))
JUDGE = Kind("judge", "multivon_eval.judges", Judge, ("complete",), ("worst_cost",))
EVALUATOR = Kind("evaluator", "multivon_eval.evaluators", Evaluator, ("evaluate",))
OBSERVER = Kind("observer", "multivon_eval.observers", Observer, ("observe",))
SINK = Kind("sink", "multivon_eval.sinks", Sink, ("open", "write", "close"))
HOOK = Kind("hook", "multivon_eval.hooks")
COMMAND = Kind("command", "multivon_eval.commands")
JUDGE_KEY = Kind("judge key", "multivon_eval.judge_keys")

PICKED = (PERSONA_SOURCE, DRIVER, JUDGE, EVALUATOR, OBSERVER, SINK)
ALL = (*PICKED, HOOK, COMMAND)
GROUPS = (*ALL, JUDGE_KEY)
"""Every entry-point group; the last is no plug-in but says which judge a key in the environment chooses."""
