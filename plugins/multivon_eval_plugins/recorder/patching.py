"""Wrapping what is there, and putting the very same object back.

What is wrapped, and for whom, stands in the wrapper itself, at its place in the SDK: there is no register beside it
that could come to disagree.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import wrapt

from .tally import Tally

Called = Callable[[tuple[Tally, ...], Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]
"""Makes a call for some listeners: gets them, the wrapped function, its arguments."""

_LOCK = threading.RLock()

if TYPE_CHECKING:
    _Wrapper = wrapt.FunctionWrapper[Any, Any]
else:
    _Wrapper = wrapt.FunctionWrapper


class Patch(_Wrapper):
    """A function that is listened to.

    Args:
        wrapped: The function, as it lies in its class or module.
        called: Makes the call.
        own: Whether it lay there itself, and not in a class above.
    """

    def __init__(self, wrapped: Any, called: Called, own: bool = True) -> None:
        def wrapper(inner: Any, instance: Any, args: Any, kwargs: Any) -> Any:
            listeners = self._self_listeners
            return called(listeners, inner, args, kwargs) if listeners else inner(*args, **kwargs)

        super().__init__(wrapped, wrapper)
        self._self_listeners: tuple[Tally, ...] = ()
        self._self_own = own


def patch(parent: Any, name: str, called: Called, listener: Tally) -> Callable[[], None]:
    """Let somebody listen to a function, a method of a class or an attribute of a module.

    A function of a module is wrapped in each module that has imported it by name. Who listens to it already, at
    another of its places, hears it once.

    Returns:
        What ends it. When nobody listens any more the original is back in its place.

    Raises:
        AttributeError: If there is none of that name.
    """
    with _LOCK:
        # Static, or a classmethod would come bound and be put back as something else.
        found = inspect.getattr_static(parent, name)
        if inspect.ismodule(found):
            raise AttributeError(name)
        if isinstance(found, Patch):
            wrapper = found
        else:
            # An inherited method is wrapped in the class that was named, and later deleted there, not put back.
            wrapper = Patch(found, called, name in vars(parent))
            _replace(parent, name, found, wrapper)
        # One function may lie at two of the places that are listened to.
        if listener in wrapper._self_listeners:
            return lambda: None
        wrapper._self_listeners = (*wrapper._self_listeners, listener)

    def end() -> None:
        with _LOCK:
            # A new tuple each time: a call that is under way goes on with the one that it began with.
            left = list(wrapper._self_listeners)
            left.remove(listener)
            wrapper._self_listeners = tuple(left)
            if not left:
                _put_back(parent, name, wrapper)

    return end


def _replace(parent: Any, name: str, old: Any, new: Any) -> None:
    setattr(parent, name, new)
    if inspect.ismodule(parent):
        for module, other in _find_holders(old):
            setattr(module, other, new)


def _put_back(parent: Any, name: str, wrapper: Patch) -> None:
    # Whoever has wrapped it once more keeps what he has; without listeners ours only passes calls on.
    if vars(parent).get(name) is wrapper:
        if wrapper._self_own:
            setattr(parent, name, wrapper.__wrapped__)
        else:
            delattr(parent, name)
    if inspect.ismodule(parent):
        for module, other in _find_holders(wrapper):
            setattr(module, other, wrapper.__wrapped__)


def _find_holders(value: Any) -> Iterator[tuple[Any, str]]:
    """The modules in which a value lies, and under which names."""
    # A copy, because another thread may import something meanwhile.
    for module in list(sys.modules.values()):
        for name, found in list(getattr(module, "__dict__", {}).items()):
            if found is value:
                yield module, name
