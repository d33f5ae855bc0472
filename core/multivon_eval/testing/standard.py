"""What a standard test is: basic or optional, since which version of the kit, and how it is skipped.

Nothing here needs pytest: a test that does not apply raises ``unittest.SkipTest``, which pytest understands.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from unittest import SkipTest

import attrs

from .._plugins.isolation import format_error
from .._set_module import set_module

KIT_VERSION = 2
"""The version of the standard tests. A test class may say with ``kit = 1`` which one it was written for."""
KIT_CHANGES = {
    1: "The first: the contracts of the six kinds, of hooks and of commands, and `problems`.",
    2: "The contract of a seventh kind, executors.",
}
"""What each version of the kit added."""

Test = Callable[[Any], None]


@set_module("multivon_eval.testing")
@attrs.frozen
class StandardTest:
    """One standard test of a contract.

    Attributes:
        name: Its name, ``test_...``.
        sentence: The sentence of the protocol that it holds a plug-in to.
        is_basic: Whether it holds for every plug-in of the kind; an optional one may be skipped.
        needs: For an optional test: what it needs, methods or attributes of the test class mostly.
        since: The version of the kit that added it.
    """

    name: str
    sentence: str
    is_basic: bool
    needs: str = ""
    since: int = 1


def basic(test: Test) -> Test:
    """Mark a test that holds for every plug-in of its kind."""
    return _mark(test, StandardTest(test.__name__, _read_sentence(test), True))


def optional(needs: str, *, since: int = 1) -> Callable[[Test], Test]:
    """Make the mark of a test that is skipped where it has nothing to look at.

    Args:
        needs: What it needs.
        since: The version of the kit that added it.
    """

    def mark(test: Test) -> Test:
        return _mark(test, StandardTest(test.__name__, _read_sentence(test), False, needs, since))

    return mark


def added(version: int) -> Callable[[Test], Test]:
    """Make the mark of a basic test that a later version of the kit added."""

    def mark(test: Test) -> Test:
        return _mark(test, StandardTest(test.__name__, _read_sentence(test), True, since=version))

    return mark


def _mark(test: Test, told: StandardTest) -> Test:
    @functools.wraps(test)
    def run(self: Any) -> None:
        try:
            test(self)
        except SkipTest:
            raise
        except Exception as error:
            if self.kit is None or self.kit >= told.since:
                raise
            # What a newer kit finds must not break the tests of somebody who changed nothing.
            raise SkipTest(
                f"new in kit {told.since}, and these tests say kit = {self.kit}: it would fail with "
                f"{format_error(error)}; mend it and say kit = {told.since}"
            ) from error

    run.standard = told  # type: ignore[attr-defined]
    return run


def _read_sentence(test: Test) -> str:
    return " ".join((inspect.getdoc(test) or "").split())


def skip(reason: str) -> NoReturn:
    """Skip the test that runs."""
    raise SkipTest(reason)


@contextmanager
def expecting(kind: type[BaseException], otherwise: str) -> Iterator[list[BaseException]]:
    """Fail unless the body raises an error of a kind.

    Args:
        kind: The kind.
        otherwise: What to say where nothing is raised; of another error it is said what it was.

    Yields:
        A list that will hold the error.
    """
    caught: list[BaseException] = []
    try:
        yield caught
    except kind as error:
        caught.append(error)
    except Exception as error:
        raise AssertionError(f"raised {format_error(error)}, not {kind.__name__}") from error
    else:
        raise AssertionError(otherwise)


def find_standard_tests(contract: type) -> dict[str, Test]:
    """Return the standard tests of a contract by name, those of its bases first; what overrides them is none."""
    return {
        name: value
        for base in reversed(contract.__mro__)
        for name, value in vars(base).items()
        if isinstance(getattr(value, "standard", None), StandardTest)
    }


def standard_tests(contract: type) -> tuple[StandardTest, ...]:
    """List the standard tests of a contract.

    Args:
        contract: A contract of the kit, or a test class made from one.

    Returns:
        The tests, those that all kinds share first.
    """
    found: list[Any] = list(find_standard_tests(contract).values())
    return tuple(test.standard for test in found)
