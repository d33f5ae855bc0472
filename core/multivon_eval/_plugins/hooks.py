"""The ambient plug-ins of a run: loaded one by one, called one at a time, left out when they fail."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import pluggy

from .. import hookspecs
from .._types.log import get_logger
from .._types.persona import Persona
from .._types.report import Problem
from .._types.run_info import PluginUse
from ..errors import PluginBroken
from .isolation import format_error
from .kinds import HOOK
from .registry import Registry

_LOG = get_logger("hooks")


class Hooks:
    """The hooks of one run.

    Args:
        report: Called with each problem; a hook that has one is left out from then on.
    """

    def __init__(self, report: Callable[[Problem], None]) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._report = report
        self._added: list[tuple[object, str]] = []
        self._uses: dict[str, PluginUse] = {}

    def install(self, registry: Registry, without: Sequence[str] = ()) -> None:
        """Take in all installed hooks but those named; a broken one is reported and left out.

        Raises:
            PluginNotFound: If a hook that is to be left out is not installed.
        """
        left_out = [registry.find(HOOK, name) for name in without]
        entries = [entry for entry in registry.entries(HOOK) if entry not in left_out]
        for problem in registry.unreadable:
            self._report(Problem("plug-ins", problem))
        for entry in entries:
            try:
                self.add(entry.load(), str(entry))
                self._uses[str(entry)] = PluginUse(HOOK.name, entry.name, entry.name, entry.distribution, entry.version)
            except PluginBroken as error:
                self._report(Problem(str(entry), str(error)))

    def add(self, plugin: object, name: str = "") -> None:
        """Take in one object with ``@hookimpl`` functions.

        Raises:
            PluginBroken: If it implements a hook that does not exist, or none, or asks for an argument a hook has
                not; or it is a class, or takes part already.
        """
        name = name or f"hook {getattr(plugin, '__name__', type(plugin).__qualname__)}"
        if inspect.isclass(plugin):
            raise PluginBroken(f"{name} cannot be used: it is a class; name an instance of it, or a module")
        if any(plugin is other for other, _ in self._added):
            raise PluginBroken(f"{name} cannot be used: it takes part already; name it once")
        try:
            self._manager.register(plugin, name=f"{len(self._added)} {name}")
            self._manager.check_pending()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever a stranger's attributes raise when they are looked at
            self._leave_out(plugin)
            is_pluggy = isinstance(error, pluggy.PluginValidationError)
            cause = " ".join(str(error).split()) if is_pluggy else format_error(error)
            if is_pluggy:
                cause += "; correct its name or its arguments, or upgrade multivon-eval if a later one has it"
            raise PluginBroken(f"{name} cannot be used: {cause}") from error
        if not self._manager.get_hookcallers(plugin):
            self._leave_out(plugin)
            raise PluginBroken(f"{name} cannot be used: it implements no hook; mark its functions with @hookimpl")
        if hook := self._find_asynchronous(plugin):
            self._leave_out(plugin)
            raise PluginBroken(f"{name} cannot be used: its {hook!r} is asynchronous; write 'def {hook}'")
        self._added.append((plugin, name))

    def _find_asynchronous(self, plugin: object) -> str:
        """Name a hook that nobody would wait for; empty if there is none."""
        for caller in self._manager.get_hookcallers(plugin) or ():
            for implementation in caller.get_hookimpls():
                is_theirs = implementation.plugin is plugin
                function = implementation.function
                if is_theirs and (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)):
                    return str(caller.name)
        return ""

    def uses(self) -> list[PluginUse]:
        """The hooks that take part."""
        taking_part = (name for _, name in self._list_members())
        return [self._uses.get(name) or PluginUse(HOOK.name, name.removeprefix("hook "), "") for name in taking_part]

    def is_heard(self, hook: str) -> bool:
        """Tell whether anybody listens to a hook."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        return bool(caller.get_hookimpls())

    def emit(self, hook: str, **arguments: Any) -> None:
        """Call one hook of all plug-ins; whoever raises is left out for the rest of the run."""
        for plugin, name in self._list_members():
            with self._isolate(plugin, name, hook):
                self._call(plugin, hook, arguments)

    def collect(self, hook: str, **arguments: Any) -> dict[str, Any]:
        """Ask all plug-ins by a hook, and give what those say that say something: JSON values, by plug-in."""
        found: dict[str, Any] = {}
        for plugin, name in self._list_members():
            with self._isolate(plugin, name, hook):
                for said in self._call(plugin, hook, arguments):
                    if said is not None:
                        # As it arrives on the other side; what is no JSON is the fault of who says it, and told here.
                        found[name] = json.loads(json.dumps(said))
        return found

    def hand_out(self, hook: str, told: Mapping[str, Any], **arguments: Any) -> None:
        """Call a hook of those plug-ins that something is told, each with its own."""
        for plugin, name in self._list_members():
            if name in told:
                with self._isolate(plugin, name, hook):
                    self._call(plugin, hook, {**arguments, "told": told[name]})

    @contextmanager
    def scope(self, persona: Persona, case_uid: str, run_id: str) -> Iterator[None]:
        """Enter the ``conversation_scope`` of all plug-ins."""
        with ExitStack() as stack:
            for plugin, name in self._list_members():
                with self._isolate(plugin, name, "conversation_scope"):
                    given = {"persona": persona, "case_uid": case_uid, "run_id": run_id}
                    for scope in self._call(plugin, "conversation_scope", given):
                        inner = stack.enter_context(ExitStack())
                        inner.enter_context(scope)
                        # An exit that raises must not reach the conversation either.
                        stack.push(self._make_exit(plugin, name, inner.pop_all()))
            yield

    def _list_members(self) -> list[tuple[object, str]]:
        return [(plugin, name) for plugin, name in self._added if self._manager.is_registered(plugin)]

    def _leave_out(self, plugin: object) -> bool:
        is_in = self._manager.is_registered(plugin)
        if is_in:
            self._manager.unregister(plugin)
        return is_in

    def _call(self, plugin: object, hook: str, arguments: Mapping[str, Any]) -> list[Any]:
        """Call a hook of one plug-in. A caller for a subset of them would hash the others, and not all can be."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        theirs = [one for one in caller.get_hookimpls() if one.plugin is plugin]
        return [one.function(*(arguments[name] for name in one.argnames)) for one in theirs]

    def _make_exit(self, plugin: object, name: str, inner: ExitStack) -> Callable[..., bool]:
        def leave(*_: object) -> bool:
            with self._isolate(plugin, name, "conversation_scope"):
                inner.close()
            return False

        return leave

    @contextmanager
    def _isolate(self, plugin: object, name: str, hook: str) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            _LOG.warning("%s failed in %s and is left out", name, hook, exc_info=error)
            # Conversations run side by side: one that is in it still may fail a second time.
            if self._leave_out(plugin):
                self._report(Problem(name, f"raised {format_error(error)} in {hook}; left out for the rest of the run"))
