"""Everything a run needs, loaded and built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import attrs

from .._journal.journal import Journal
from .._money.account import Account
from .._money.bounds import Bounds
from .._money.forecast import Forecast
from .._money.learned import Learned
from .._money.ledger import Ledger
from .._money.limit import Limit
from .._money.meter import MeteredJudge
from .._money.purse import Purse
from .._plugins.calls import Calls
from .._plugins.hooks import Hooks
from .._plugins.kinds import DRIVER
from .._questions import Question
from .._types.conversation import Conversation
from .._types.log import get_logger
from .._types.report import Problem
from .._types.run_info import RunInfo
from ..protocols import Driver, Evaluator, Executor, Judge, PersonaSource, RunContext, Sink
from .aims import Aims
from .observing import Observers
from .problem_log import ProblemLog
from .shard import Shard
from .system import SystemUnderTest
from .together import TOGETHER
from .travelling import Travelling

_LOG = get_logger("plugin")


@attrs.frozen(eq=False)
class Plan:
    """Everything a run needs, loaded and built.

    Attributes:
        info: What the run is made with; its personas are filled in when they are loaded.
        source: Where the personas come from.
        system: The system under test; None where saved transcripts are judged.
        driver: Who plays the personas; None where saved transcripts are judged.
        judge: Who judges and scores.
        driver_judge: Who is asked by the driver; often the judge.
        evaluators: By the name their score has in results.
        observers: Who watches the conversations.
        sinks: By name.
        hooks: Who listens.
        ledger: The run's money.
        journal: What survives a kill.
        problems: What goes wrong beside the conversations is appended here.
        force: Whether a resume goes on although something has changed.
        is_strict: Whether the run ends where no call to a judge can succeed.
        proposal: What the source will ask the judge for its personas; empty where it asks nothing.
        aims: What the run is held against.
        executor: Decides where conversations are held; None where none are.
        travelling: What the run is made with in words, for workers; None where there are none.
        share_overload: Called in a worker with ``judge`` or ``driver judge`` that had too many calls, and with the
            seconds that its provider asks to wait, if it does.
        shard: Which shard of the run is made; None for all of it.
    """

    info: RunInfo
    source: PersonaSource
    system: SystemUnderTest | None
    driver: Driver | None
    judge: Judge
    driver_judge: Judge
    evaluators: Mapping[str, Evaluator]
    observers: Observers
    sinks: Mapping[str, Sink]
    hooks: Hooks
    ledger: Ledger
    journal: Journal
    problems: ProblemLog
    force: bool = False
    is_strict: bool = False
    proposal: tuple[Question[Any], ...] = ()
    aims: Aims = attrs.field(factory=Aims)
    executor: Executor | None = None
    travelling: Travelling | None = None
    share_overload: Callable[[str, float | None], None] = lambda judge, asked: None
    shard: Shard | None = None
    _limits: dict[int, Limit] = attrs.field(factory=dict, init=False)
    _bounds: dict[int, Bounds] = attrs.field(factory=dict, init=False)
    forecast: Forecast = attrs.field(init=False)

    @forecast.default
    def _make_forecast(self) -> Forecast:
        has_ceiling, info = self.ledger.budget is not None, self.info
        return Forecast(
            self.judge,
            self.evaluators,
            has_ceiling,
            info.max_turns,
            info.judge_votes,
            info.judge_calls == TOGETHER,
            self.observers.questions,
            Learned.from_json(self.journal.past.learned or self.ledger.recall()),
        )

    def note_problem(self, problem: Problem) -> None:
        """Report a problem, once where many conversations have it."""
        self.problems.note(problem)

    @property
    def calls(self) -> Calls:
        """Tells the hooks of the run's calls."""
        return Calls(self.hooks, self.info.run_id)

    @property
    def driver_name(self) -> str:
        """The driver's name in the run; empty where there is none."""
        return next((use.name for use in self.info.plugins if use.kind == DRIVER.name), "")

    @property
    def asked(self) -> tuple[object, ...]:
        """The plug-ins that are asked something in a run; they are checked before it and closed after it."""
        drivers: tuple[object, ...] = () if self.driver is None else (self.driver,)
        watching = self.observers.plugins
        if self.system is not None and self.system.endpoint is not None:
            drivers = (*drivers, self.system.endpoint.judge)
        executors: tuple[object, ...] = () if self.executor is None else (self.executor,)
        asked = (self.source, self.judge, self.driver_judge, *drivers, *self.evaluators.values(), *watching)
        return (*asked, *executors)

    @property
    def free_source(self) -> PersonaSource | None:
        """Where the personas come from, if there are to be some and they can be had for nothing."""
        return None if self.proposal or self.driver is None else self.source

    def context(self, task: str, account: Account) -> RunContext:
        """What a plug-in gets: the metered judge for one task, on one conversation's account.

        Args:
            task: ``driver``, ``judge``, ``vote``, ``score`` or ``observer``; all but the first ask the judge.
            account: The conversation's.
        """
        role = "driver" if task == "driver" else "judge"
        judge = self.driver_judge if role == "driver" else self.judge
        # A conversation asks its driver one thing at a time, but votes on its verdict and scores side by side.
        most = self.info.concurrency * (len(self.evaluators) + self.info.judge_votes)
        limit = self._find_limit(judge, most)
        metered = MeteredJudge(
            judge,
            account,
            limit,
            role,
            self.info.timeout,
            patience=self.info.patience,
            task=task,
            is_strict=self.is_strict,
            bounds=self._bounds.setdefault(id(judge), Bounds()),
            learn=self.forecast.learned.learn_call,
            shorten=self.forecast.learned.shorten,
            calls=self.calls,
            model=self.info.driver_model if role == "driver" else self.info.judge_model,
        )
        return RunContext(metered, self.info.seed, _LOG)

    def _find_limit(self, judge: Judge, most: int) -> Limit:
        if id(judge) not in self._limits:
            name = "judge" if judge is self.judge else "driver judge"
            self._limits[id(judge)] = Limit(most, partial(self.share_overload, name))
        return self._limits[id(judge)]

    def heed_overload(self, name: str, asked: float | None) -> None:
        """Another process was refused by a judge, or told to wait so many seconds."""
        if limit := self._limits.get(id(self.judge if name == "judge" else self.driver_judge)):
            limit.heed_overload(asked)

    def count_calls(self) -> int:
        """How many calls to judges have ended."""
        return sum(limit.ended for limit in list(self._limits.values()))

    def find_pause(self) -> float:
        """Seconds until calls go out again to a judge that asked to wait; 0 if none did."""
        return max((limit.pause for limit in list(self._limits.values())), default=0.0)

    @contextmanager
    def purse(self) -> Iterator[Purse]:
        """The account of one conversation in the ledger, closed when it has ended."""
        purse = Purse(self.ledger)
        try:
            yield purse
        finally:
            self.forecast.done(purse)
            purse.close()

    def judging(self, conversation: Conversation) -> Iterable[Question[Any]]:
        """All that will be asked about a conversation for its verdict and scores."""
        return self.forecast.questions(conversation)
