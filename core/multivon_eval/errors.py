"""The exceptions of multivon-eval and the exit codes of its command line.

::

    MultivonEvalError
    ├── UsageError                 asked wrongly; nothing was spent (exit code 2)
    │   ├── PersonaError           a persona that cannot be used
    │   └── PluginError            a plug-in that was asked for and cannot be used
    │       ├── PluginNotFound
    │       ├── PluginConflict
    │       ├── PluginBroken
    │       └── PluginOptionsError
    ├── JudgeError                 one call to a judge failed
    │   ├── JudgeUnavailable       ... and is worth repeating
    │   ├── JudgeUnusable          ... and so will every other: no key, no money, no such model
    │   ├── AnswerWithheld         ... because the model or a filter would not answer
    │   └── UnreadableAnswer       ... with an answer that does not fit the question
    ├── ModelFnError               the system under test raised, hung or gave no text
    ├── BudgetExceeded             a call did not fit under the ceiling and was not made
    ├── JournalError               the record of the run cannot be written; the run stops
    ├── RunStopped                 with --strict: no call to the judge can succeed; the run stops
    └── DeliveryError              a sink could not deliver

Every message names the thing, the reason and the remedy, the remedy last. Every exception survives pickling.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import IntEnum

from ._set_module import set_module

__all__ = [
    "AnswerWithheld",
    "BudgetExceeded",
    "DeliveryError",
    "ExitCode",
    "JournalError",
    "JudgeError",
    "JudgeUnavailable",
    "JudgeUnusable",
    "ModelFnError",
    "MultivonEvalError",
    "PersonaError",
    "PluginBroken",
    "PluginConflict",
    "PluginError",
    "PluginNotFound",
    "PluginOptionsError",
    "RunStopped",
    "UnreadableAnswer",
    "UsageError",
    "did_you_mean",
]


@set_module("multivon_eval")
class ExitCode(IntEnum):
    """What the command line says to the shell that called it."""

    OK = 0
    """The run finished and was delivered."""
    GATE = 1
    """A gate (``--fail-under``, ``--fail-on``, ``--until``, ``--max-error-rate``) was not met."""
    USAGE = 2
    """Asked wrongly: nothing was spent."""
    FAILED = 3
    """Something failed on the way: with ``--strict``, or when results could not be delivered."""
    BUDGET = 4
    """With ``--strict``: the budget cut the run short."""
    INTERRUPTED = 130
    """Ctrl-C or SIGTERM; everything finished so far was delivered."""


@set_module("multivon_eval")
class MultivonEvalError(Exception):
    """The base of every exception that multivon-eval raises on purpose."""

    exit_code = ExitCode.FAILED


@set_module("multivon_eval")
class UsageError(MultivonEvalError):
    """Something was asked that cannot be done; found before anything was spent.

    Args:
        problems: One message, or several that were found together.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__(problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


@set_module("multivon_eval")
class PersonaError(UsageError):
    """One or more personas cannot be used; each problem names its place and field."""


@set_module("multivon_eval")
class PluginError(UsageError):
    """A plug-in that was asked for by name cannot be used."""


class PluginNotFound(PluginError):
    """No installed distribution offers a plug-in of that name."""


class PluginConflict(PluginError):
    """Two distributions offer the same name, so neither is taken."""


class PluginBroken(PluginError):
    """A plug-in was found, and importing it or holding it against its protocol failed."""


class PluginOptionsError(PluginError):
    """A plug-in was given options that it does not have or cannot read."""


@set_module("multivon_eval")
class JudgeError(MultivonEvalError):
    """A call to a judge failed and repeating it would not help.

    Args:
        message: What happened, without secrets.
        charged: Whether the provider may have charged for the call. Where that is unknown the answer is
            yes: the ledger then books the worst case, so that the ceiling holds.

    Attributes:
        cost_usd: What the provider says that it charged, in USD; None where it does not say. It may be set by whoever
            raises the error.
    """

    cost_usd: Decimal | None = None
    """See above."""

    def __init__(self, message: str, charged: bool = False) -> None:
        self.charged = charged
        super().__init__(message, charged)

    def __str__(self) -> str:
        return str(self.args[0])


@set_module("multivon_eval.sdk")
class JudgeUnavailable(JudgeError):
    """A call to a judge failed in a way that often passes: overload, a dropped connection, a timeout.

    Args:
        message: What happened, without secrets.
        charged: As in :class:`JudgeError`.
        retry_after: Seconds the provider asked to wait, if it said so.
        overloaded: Whether it said that it gets too many calls at once (429, 529); then fewer are made.
    """

    def __init__(
        self, message: str, charged: bool = False, retry_after: float | None = None, overloaded: bool = False
    ) -> None:
        super().__init__(message, charged)
        self.retry_after = retry_after
        self.overloaded = overloaded
        self.args: tuple[object, ...] = (message, charged, retry_after, overloaded)


@set_module("multivon_eval.sdk")
class JudgeUnusable(JudgeError):
    """A call to a judge failed, and so will every other: the key is refused, the money is gone, there is no such model.

    With ``--strict`` the first one ends the run.
    """


@set_module("multivon_eval.sdk")
class AnswerWithheld(JudgeError):
    """The model would not answer, or a filter of its provider kept the answer back.

    Args:
        message: What happened, without secrets.
        charged: As in :class:`JudgeError`.
        said: What the model said instead, if it said something.
    """

    def __init__(self, message: str, charged: bool = True, said: str = "") -> None:
        super().__init__(message, charged)
        self.said = said
        self.args: tuple[object, ...] = (message, charged, said)


@set_module("multivon_eval.sdk")
class UnreadableAnswer(JudgeError):
    """A judge answered, and the answer does not fit the question."""


@set_module("multivon_eval")
class ModelFnError(MultivonEvalError):
    """The system under test raised, did not answer in time, or gave back something that is no text.

    Args:
        message: What happened.
        timed_out: Whether it did not answer in time.
    """

    def __init__(self, message: str, timed_out: bool = False) -> None:
        self.timed_out = timed_out
        super().__init__(message, timed_out)

    def __str__(self) -> str:
        return str(self.args[0])


@set_module("multivon_eval")
class BudgetExceeded(MultivonEvalError):
    """A paid call did not fit under the ceiling and was not made."""


class JournalError(MultivonEvalError):
    """The record from which a run goes on cannot be written, so the run stops before it spends more."""


class RunStopped(MultivonEvalError):
    """A strict run met what every further call would meet too: the key is refused, the money is gone."""


@set_module("multivon_eval.sdk")
class DeliveryError(MultivonEvalError):
    """A sink could not deliver a result."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say what was perhaps meant, or what there is.

    Args:
        word: What was written.
        known: What would have been understood.

    Returns:
        ``did you mean 'x'?`` for close matches, else the list of what is known.
    """
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(name) for name in close) + "?"
    return "known: " + (", ".join(names) if names else "none")
