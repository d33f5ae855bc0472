"""The options of a run: their defaults, what they may be, where each value came from.

A configuration file overrides defaults, the environment the file, the command line the environment; in Python it is
the call. The table of the options is in ``options.py``.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import attrs

from .._money.amount import read_budget
from .._set_module import set_module
from ..errors import UsageError, did_you_mean
from .defaults import DRIVER, EXECUTOR, OBSERVERS
from .options import find_default
from .shard import Shard
from .shard_reading import read_shard
from .together import SEPARATE, WAYS

if TYPE_CHECKING:
    from .._money.shared_budget import SharedBudget
    from .._types.calibration import Calibration
    from .._types.result import SimulationResult
    from ..protocols import Driver, Evaluator, Executor, Judge, Observer, Sink

_MOST = {
    "max_turns": 1000,
    "max_message": 10_000_000,
    "trials": 1_000_000,
    "first_trial": 1_000_000_000,
    "concurrency": 10_000,
    "judge_votes": 99,
}
"""How large a count may be: more than anybody has use for, and less than a machine chokes on."""


def _read_amount(value: object) -> Any:
    try:
        return read_budget(value)
    except UsageError:
        return value  # ``problems`` says it, together with everything else that is wrong


def _read_whole(value: Any) -> Any:
    return _read(int, value)


def _read_number(value: Any) -> Any:
    return _read(float, value)


def _convert_shard(value: Any) -> Any:
    try:
        return read_shard(value, os.environ) if isinstance(value, str) else value
    except UsageError:
        return value  # as above


def _read(kind: Callable[[str], object], value: Any) -> Any:
    # The command line and the environment give text; what cannot be read stays, for ``problems`` to name.
    try:
        return kind(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _show(value: object) -> str:
    try:
        shown = repr(value)
    except ValueError:  # Python writes out no integer of more than 4,300 digits
        return "a number of thousands of digits"
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _make_tuple(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str | Mapping) or not _is_series(value) else tuple(value)


def _is_series(value: Any) -> bool:
    return isinstance(value, Sequence | set | frozenset)


LEFT_FOR_MERGE = ("until", "calibration", "baseline")
"""What a run is held against as a whole, never a shard of it."""


@set_module("multivon_eval")
class SimulationOptions(TypedDict, total=False):
    """What :func:`multivon_eval.simulate` takes by keyword.

    Judges, drivers, evaluators, sinks are SPEC strings (``NAME[:ARG][,key=value]...``), tables with ``use``,
    or instances.
    """

    max_turns: int
    """The most turns of a conversation (8)."""
    max_message: int
    """The most characters of one message (200000); a longer reply is cut and says so."""
    budget_usd: float | Decimal | str | SharedBudget | None
    """The ceiling for all judge calls together in USD (1.00), or one that several runs share; None for no ceiling."""
    judge: str | Mapping[str, object] | Judge | None
    """Who judges; if not given, chosen by the keys in the environment."""
    judge_votes: int
    """How often the judge is asked for each verdict (1); odd, and each criterion gets what the majority says."""
    judge_calls: str
    """``separate``, or ``together``: verdict and yes/no questions of one conversation in one request."""
    observers: Sequence[str | Mapping[str, object] | Observer]
    """Who watches the conversations; those named take the place of the default ones."""
    driver: str | Mapping[str, object] | Driver
    """Who plays the personas; a model asked through the judge if not given."""
    driver_judge: str | Mapping[str, object] | Judge | None
    """Whom the driver asks, if not the judge."""
    evaluators: Sequence[str | Mapping[str, object] | Evaluator]
    """Who scores; ``simulate`` scores only if some are named."""
    sinks: Sequence[str | Mapping[str, object] | Sink]
    """Where results go beside the return value."""
    trials: int
    """Conversations of each persona (1)."""
    first_trial: int
    """The number of the first of them (1): to have a certain one, or more beside those there are."""
    concurrency: int
    """Conversations side by side (16)."""
    executor: str | Mapping[str, object] | Executor
    """Where conversations are held; in this process if not given."""
    timeout: float
    """Seconds for one call of ``model_fn`` or of the judge (60)."""
    patience: float
    """Seconds for repeating a call of the judge that fails in a way that often passes, its pauses included (300)."""
    seed: int | None
    """For what can be seeded; recorded in every result."""
    until: str | None
    """Stop once the data tell whether it holds: ``goal_rate>=0.8``, ``turn_consistency<=0.5``, ``width<=0.1``."""
    calibration: str | Path | Calibration | None
    """What people say of the judge, or the file of it: the goal rate is corrected by it."""
    baseline: str | Path | Sequence[SimulationResult] | None
    """Results of an earlier run, or the file of them: the report says what changed since."""
    shard: str | None
    """Make one of so many disjoint parts of the run, ``1/3`` say; ``auto`` in a Slurm array or a Kubernetes job."""
    hooks: Sequence[object] | None
    """Ambient plug-ins: None for all that are installed, ``()`` for none, else exactly these objects."""


@attrs.frozen
class Settings:
    """The options of one run; see :class:`SimulationOptions`.

    Attributes:
        without: Names of installed hooks to leave out.
        sources: Where each value came from, by option.
    """

    max_turns: int = attrs.field(default=find_default("max_turns"), converter=_read_whole)
    max_message: int = attrs.field(default=find_default("max_message"), converter=_read_whole)
    budget_usd: Decimal | None = attrs.field(default=find_default("budget_usd"), converter=_read_amount)
    judge: object = None
    judge_votes: int = attrs.field(default=find_default("judge_votes"), converter=_read_whole)
    judge_calls: str = SEPARATE
    observers: tuple[object, ...] = attrs.field(default=OBSERVERS, converter=_make_tuple)
    driver: object = DRIVER
    driver_judge: object = None
    evaluators: tuple[object, ...] = attrs.field(default=(), converter=_make_tuple)
    sinks: tuple[object, ...] = attrs.field(default=(), converter=_make_tuple)
    trials: int = attrs.field(default=find_default("trials"), converter=_read_whole)
    first_trial: int = attrs.field(default=1, converter=_read_whole)
    concurrency: int = attrs.field(default=find_default("concurrency"), converter=_read_whole)
    executor: object = EXECUTOR
    timeout: float = attrs.field(default=find_default("timeout"), converter=_read_number)
    patience: float = attrs.field(default=find_default("patience"), converter=_read_number)
    seed: int | None = attrs.field(default=None, converter=_read_whole)
    until: str | None = None
    calibration: str | Path | Calibration | None = None
    baseline: str | Path | Sequence[SimulationResult] | None = None
    shard: Any = attrs.field(default=None, converter=_convert_shard)
    hooks: Sequence[object] | None = None
    without: tuple[str, ...] = ()
    sources: Mapping[str, str] = attrs.field(factory=dict)

    @classmethod
    def of(cls, options: Mapping[str, Any], source: str = "call") -> Settings:
        """Make settings of keyword options.

        Args:
            options: By name; what is missing has its default.
            source: Where they come from, for all that ``options`` does not bring sources for.

        Raises:
            UsageError: If an option does not exist or has a wrong value; with all problems at once.
        """
        settings, problems = cls.read(options, source)
        if problems:
            raise UsageError(problems)
        return settings

    @classmethod
    def read(cls, options: Mapping[str, Any], source: str = "call") -> tuple[Settings, list[str]]:
        """Make settings of keyword options, for who has more to check before saying what is wrong.

        Args:
            options: By name; what is missing has its default.
            source: Where they come from, for all that ``options`` does not bring sources for.

        Returns:
            The settings of those options that exist, as they were given; and all that is wrong.
        """
        known = [field.name for field in attrs.fields(cls)]
        usual = [name for name in known if name not in ("sources", "without")]
        problems = [
            f"there is no option {name!r}; {did_you_mean(name, usual)}" for name in options if name not in known
        ]
        given = {name: source if name in options else "default" for name in known if name != "sources"}
        there = {name: value for name, value in options.items() if name in known}
        settings = cls(**{**there, "sources": {**given, **options.get("sources", {})}})
        return settings, [*problems, *settings.problems()]

    def problems(self) -> list[str]:
        """Say everything that is wrong with the values."""
        found = []
        for name, most in _MOST.items():
            value = getattr(self, name)
            option = name.replace("_", "-")
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                found.append(f"{option} is {_show(value)}; give a whole number from 1 on")
            elif value > most:
                found.append(f"{option} is {_show(value)}; give {most} at most")
        votes = self.judge_votes
        if isinstance(votes, int) and votes > 0 and votes % 2 == 0:
            found.append(f"judge-votes is {votes}; give an odd number, so that there is a majority")
        if self.judge_calls not in WAYS:
            found.append(f"judge-calls is {_show(self.judge_calls)}; give {' or '.join(WAYS)}")
        for name, least in (("timeout", math.ulp(0.0)), ("patience", 0.0)):
            seconds = getattr(self, name)
            is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
            if not is_number or not math.isfinite(seconds) or seconds < least:
                found.append(f"{name} is {_show(seconds)}; give seconds, " + ("0 or more", "more than 0")[least > 0])
        seed = self.seed
        if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or seed.bit_length() > 63):
            found.append(f"seed is {_show(seed)}; give a whole number of 63 bits at most")
        found += self._list_shard_problems()
        try:
            read_budget(self.budget_usd)
        except UsageError as error:
            found += error.problems
        return found

    def _list_shard_problems(self) -> list[str]:
        """Say what is wrong with the shard, or cannot be told by a part of a run."""
        shard = self.shard
        if shard is None:
            return []
        if isinstance(shard, Shard):
            return [
                f"{name} with shard {shard}: a part of a run cannot tell; give it to multivon-eval merge"
                for name in LEFT_FOR_MERGE
                if getattr(self, name) is not None
            ]
        try:
            if isinstance(shard, str):
                read_shard(shard, os.environ)
        except UsageError as error:
            return list(error.problems)
        return [f"shard is {_show(shard)}; give a string, '1/3' say"]
