"""How a wrong plug-in is planted: with the contract it is held against and the test that is there for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from multivon_eval.testing import PluginProblem, problems, standard_tests


@attrs.frozen
class Mutant:
    """A plug-in that is wrong on purpose.

    Attributes:
        wrong: What is wrong with it.
        test: The standard test that is there to catch it.
        tests: The test class, made from a contract.
    """

    wrong: str
    test: str
    tests: type

    @property
    def key(self) -> str:
        """The test with the class that has it."""
        return key_of(self.tests, self.test)

    def find_problems(self) -> tuple[PluginProblem, ...]:
        """Hold it against the whole contract."""
        return problems(self.tests)


PLANTED: list[Mutant] = []
RIGHT: list[tuple[str, type]] = []


def key_of(tests: type, test: str) -> str:
    """Name a standard test with the class of the kit that has it: those that kinds share are one."""
    owner = next(base for base in tests.__mro__ if getattr(vars(base).get(test), "standard", None) is not None)
    return f"{owner.__name__}.{test}"


def make_planting(contract: type, build: Callable[[Any, Any], object], **defaults: Any) -> Callable[..., Any]:
    """Make the decorator of the wrong plug-ins of one kind.

    Args:
        contract: The contract.
        build: From the test instance and the class to a plug-in.
        **defaults: What else stands on the test class.
    """

    def planted(test: str, wrong: str = "", **overrides: Any) -> Callable[[type], type]:
        def plant(cls: type) -> type:
            known = {one.name for one in standard_tests(contract)}
            assert test in known, f"{contract.__name__} has no test {test!r}"
            body = {"make": lambda self: build(self, cls), "__module__": cls.__module__, **defaults, **overrides}
            told = wrong or " ".join((cls.__doc__ or cls.__name__).split()).rstrip(".")
            PLANTED.append(Mutant(told, test, type(f"Test{cls.__name__}", (contract,), body)))
            return cls

        return plant

    return planted


def make_right(contract: type, build: Callable[[Any, Any], object], **defaults: Any) -> Callable[..., Any]:
    """Make the decorator of plug-ins of one kind that are right in an unusual way, and must not be failed."""

    def right(**overrides: Any) -> Callable[[type], type]:
        def keep(cls: type) -> type:
            body = {"make": lambda self: build(self, cls), "__module__": cls.__module__, **defaults, **overrides}
            told = " ".join((cls.__doc__ or cls.__name__).split()).rstrip(".")
            RIGHT.append((told, type(f"Test{cls.__name__}", (contract,), body)))
            return cls

        return keep

    return right
