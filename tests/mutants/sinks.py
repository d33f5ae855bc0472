"""Sinks that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import DISCLAIMER, Report, RunInfo, SimulationResult, UsageError, result_to_json
from multivon_eval.testing import SinkTests

from .planted import make_planting, make_right

planted = make_planting(SinkTests, lambda self, cls: cls(str(self.folder / "out.txt")))
right = make_right(SinkTests, lambda self, cls: cls(str(self.folder / "out.txt")))


@right()
@attrs.define(slots=False)
class Sink:
    """A line for each result, written at once."""

    path: str

    def add(self, text: str, mode: Any = "a") -> None:
        with Path(self.path).open(mode, encoding="utf-8") as file:
            file.write(text)

    def tell(self, result: SimulationResult) -> str:
        reply = next((message.content for message in reversed(result.transcript)), "nothing said")
        return f"{result.persona.name} {result.trial} {result.stop_reason}: {reply!r}\n"

    def mode(self, run: RunInfo) -> str:
        return "a" if run.is_resumption else "w"

    async def open(self, run: RunInfo) -> None:
        """Begin the file, or go on with it."""
        try:
            self.add("" if run.is_resumption else f"{run.disclaimer}\n", self.mode(run))
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written ({error.strerror}); give another") from None

    async def write(self, result: SimulationResult) -> None:
        """Add a line."""
        self.add(self.tell(result))

    async def close(self, report: Report) -> None:
        """Add the number of results."""
        self.add(f"{report.summary.conversations} conversations\n")


@planted("test_delivered_when_write_returns")
@attrs.define(slots=False)
class Buffers(Sink):
    """Keeps all results until it is closed."""

    lines: list[str] = attrs.field(factory=list, init=False, eq=False)

    async def write(self, result: SimulationResult) -> None:
        self.lines.append(self.tell(result))

    async def close(self, report: Report) -> None:
        self.add("".join(self.lines))
        self.lines.clear()


@planted("test_trials_are_kept_apart")
class FilePerPersona(Sink):
    """Writes one file for each persona, and so one trial of it."""

    async def write(self, result: SimulationResult) -> None:
        name = "".join(filter(str.isalnum, result.persona.name))
        Path(self.path).with_name(f"{name}.txt").write_text(self.tell(result), "utf-8")


@planted("test_words_in_any_script_are_delivered")
class DropsLetters(Sink):
    """Drops what is not ASCII."""

    def tell(self, result: SimulationResult) -> str:
        return super().tell(result).encode("ascii", "ignore").decode()


@planted("test_no_outcome_is_left_out")
class DropsErrors(Sink):
    """Drops what failed."""

    async def write(self, result: SimulationResult) -> None:
        self.add(f"{result.turns} turns\n" if result.stop_reason == "driver_error" else self.tell(result))


@planted("test_no_outcome_is_left_out")
class DropsUndecided(Sink):
    """Drops what nobody could decide."""

    async def write(self, result: SimulationResult) -> None:
        if result.goal_achieved is not None or result.stop_reason != "max_turns":
            await super().write(result)


@planted("test_the_disclaimer_is_delivered")
class NoDisclaimer(Sink):
    """Leaves out the disclaimer."""

    async def open(self, run: RunInfo) -> None:
        await super().open(attrs.evolve(run, disclaimer="results"))


@planted("test_a_resumption_keeps_what_was_delivered")
class TruncatesClosed(Sink):
    """Begins anew over a file that was closed, when a run goes on."""

    def mode(self, run: RunInfo) -> str:
        with contextlib.suppress(OSError):
            return "w" if "conversations\n" in Path(self.path).read_text("utf-8") else super().mode(run)
        return super().mode(run)


@planted("test_a_killed_run_is_gone_on_with")
class TruncatesTorn(Sink):
    """Begins anew over a file that was not closed, when a run goes on."""

    def mode(self, run: RunInfo) -> str:
        with contextlib.suppress(OSError):
            return super().mode(run) if "conversations\n" in Path(self.path).read_text("utf-8") else "w"
        return super().mode(run)


@planted("test_a_destination_that_cannot_be_used")
class FindsOutLater(Sink):
    """Says nothing when it is opened, of a path that cannot be written."""

    async def open(self, run: RunInfo) -> None:
        with contextlib.suppress(UsageError):
            await super().open(run)


@planted("test_what_cannot_be_written_is_told")
class Swallows(Sink):
    """Swallows what cannot be written."""

    async def write(self, result: SimulationResult) -> None:
        with contextlib.suppress(OSError):
            await super().write(result)

    async def close(self, report: Report) -> None:
        with contextlib.suppress(OSError):
            await super().close(report)


@planted("test_building_it_touches_nothing")
@attrs.define(slots=False)
class BeginsWhenBuilt(Sink):
    """Empties its file when it is built."""

    def __attrs_post_init__(self) -> None:
        path = Path(self.path)
        if path.is_file() and "Quentin" in path.read_text("utf-8"):
            path.write_text("", "utf-8")


@planted("test_a_second_run_is_delivered")
@attrs.define(slots=False)
class DeliversAgain(Sink):
    """Delivers in a second run what the first had, too."""

    lines: list[str] = attrs.field(factory=list, init=False, eq=False)

    async def write(self, result: SimulationResult) -> None:
        self.lines.append(self.tell(result))
        self.add("".join(self.lines[-3:]))


@planted("test_serves_one_run_after_another")
@attrs.define(slots=False)
class StaysClosed(Sink):
    """Cannot be opened a second time after a run with many results."""

    count: int = attrs.field(default=0, init=False, eq=False)

    async def open(self, run: RunInfo) -> None:
        assert self.count < 2
        await super().open(run)

    async def write(self, result: SimulationResult) -> None:
        self.count += 1
        await super().write(result)


@planted("test_open_write_close")
class NeedsReason(Sink):
    """Reads the words of a failed result that has no transcript."""

    def tell(self, result: SimulationResult) -> str:
        assert result.transcript or len(result.persona.criteria) < 2
        return super().tell(result)


@planted("test_takes_what_was_imported")
class NeedsStop(Sink):
    """Needs a stop reason."""

    def tell(self, result: SimulationResult) -> str:
        assert result.stop_reason is not None
        return super().tell(result)


@planted("test_a_run_without_results")
class NeedsResult(Sink):
    """Divides by the number of results."""

    async def close(self, report: Report) -> None:
        assert report.summary.conversations > 0
        await super().close(report)


@planted("test_a_run_that_was_interrupted")
class NeverInterrupted(Sink):
    """Fails on a run that was interrupted."""

    async def close(self, report: Report) -> None:
        assert not report.interrupted or report.info.personas[0].name == "Roswitha"
        await super().close(report)


@planted("test_a_result_that_comes_twice")
@attrs.define(slots=False)
class OnlyOnce(Sink):
    """Refuses a result that it has had."""

    seen: list[Any] = attrs.field(factory=list, init=False, eq=False)

    async def open(self, run: RunInfo) -> None:
        self.seen.clear()
        await super().open(run)

    async def write(self, result: SimulationResult) -> None:
        assert result not in self.seen
        self.seen.append(result)
        await super().write(result)


@planted("test_a_resumption_of_nothing")
class NeedsFile(Sink):
    """Goes on with a file that must be there."""

    def mode(self, run: RunInfo) -> str:
        return "r+" if run.is_resumption and not Path(self.path).exists() else super().mode(run)


@planted("test_the_result_is_not_changed")
class Empties(Sink):
    """Takes the scores out of a result."""

    async def write(self, result: SimulationResult) -> None:
        object.__setattr__(result, "scores", {})
        await super().write(result)


@right()
@attrs.define(slots=False)
class HoldsOpen:
    """Holds its file open and flushes each line of JSON."""

    path: str
    _file: Any = attrs.field(default=None, init=False, repr=False, eq=False)

    async def open(self, run: RunInfo) -> None:
        """Open the file."""
        try:
            mode = "a" if run.is_resumption else "w"
            self._file = Path(self.path).open(mode, encoding="utf-8")  # noqa: ASYNC230, SIM115 - closed in close
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written ({error.strerror}); give another") from None

    async def write(self, result: SimulationResult) -> None:
        """Write a line."""
        self._file.write(json.dumps(result_to_json(result)) + "\n")
        self._file.flush()

    async def close(self, report: Report) -> None:
        """Close the file."""
        self._file.close()


@right()
@attrs.define(slots=False)
class Failures(Sink):
    """Delivers on purpose what was not achieved, and nothing else."""

    async def write(self, result: SimulationResult) -> None:
        if result.goal_achieved is False:
            await super().write(result)


@right()
@attrs.define(slots=False)
class AtTheEnd:
    """Writes a list of JSON when it is closed, and retakes what an earlier run had."""

    path: str
    _rows: list[Any] = attrs.field(factory=list, init=False, repr=False, eq=False)

    async def open(self, run: RunInfo) -> None:
        """See whether the file can be written."""
        self._rows.clear()
        if Path(self.path).is_dir() or not Path(self.path).parent.is_dir():
            raise UsageError(f"{self.path} cannot be written; give another")

    async def retake(self, result: SimulationResult) -> None:
        """Take what an earlier run had."""
        self._rows.append(result_to_json(result))

    async def write(self, result: SimulationResult) -> None:
        """Keep a result."""
        self._rows.append(result_to_json(result))

    async def close(self, report: Report) -> None:
        """Write all."""
        Path(self.path).write_text(json.dumps({"note": DISCLAIMER, "results": self._rows}), "utf-8")


@right()
@attrs.define(slots=False)
class FilePerTrial(Sink):
    """Writes a file for each conversation into a folder of its own, named by its case."""

    async def open(self, run: RunInfo) -> None:
        try:
            Path(self.path).mkdir(exist_ok=True)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be made ({error.strerror}); give another") from None

    async def write(self, result: SimulationResult) -> None:
        row = f"{result.disclaimer}\n{self.tell(result)}"
        name = f"{result.conversation.case_uid}-{result.trial}.txt"
        Path(self.path, name).write_text(row, "utf-8")

    async def close(self, report: Report) -> None:
        """Nothing is open."""


@right()
@attrs.define(slots=False)
class Elsewhere:
    """Counts in memory, where nobody can look."""

    path: str
    _count: int = attrs.field(default=0, init=False, repr=False, eq=False)

    async def open(self, run: RunInfo) -> None:
        """Begin to count."""

    async def write(self, result: SimulationResult) -> None:
        """Count."""
        self._count += 1

    async def close(self, report: Report) -> None:
        """Nothing is open."""
