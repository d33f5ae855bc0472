"""What stands at a sink's destination: when, of which results, and what is left of it."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from .._plugins.abilities import find_ability
from .._set_module import set_module
from ..errors import MultivonEvalError
from ..sdk import DISCLAIMER, Message, Report, Retakes, RunInfo, SimulationResult, Sink, StopReason
from .guards import count_open_files
from .lifecycle import WorkingTests
from .nouns import conversation, persona, result
from .standard import optional, skip

_NEEDS = "`delivered`, or a file in `self.folder`"
_UNSEEN = "what is delivered cannot be looked at; override 'delivered'"
_OUTCOMES: dict[str, tuple[StopReason, bool | None]] = {
    "Quentin": ("goal_reached", True),
    "Roswitha": ("max_turns", False),
    "Sieglinde": ("max_turns", None),
    "Thaddeus": ("driver_error", None),
    "Ursula": ("budget_exceeded", None),
    "Valentin": ("assistant_refused", False),
}
"""Names that stand nowhere else, each with the way in which its conversation ended."""


@set_module("multivon_eval.testing")
class ContentTests(WorkingTests):
    """The part of the contract of sinks on what they deliver."""

    def describe_run(self, *results: SimulationResult, interrupted: bool = False) -> tuple[RunInfo, Report]:
        """Give what a sink is opened and closed with in a run that had these results."""
        raise NotImplementedError

    def write(self, sink: Any, *results: SimulationResult, interrupted: bool = False) -> None:
        """Open a sink, write results and close it."""
        raise NotImplementedError

    def results(self) -> Sequence[SimulationResult]:
        """Give results to deliver."""
        raise NotImplementedError

    def delivered(self) -> str | None:
        """Give all that stands at the destination as text; None where there is nothing, or it cannot be looked at.

        By default the names and contents of all files in ``self.folder``.
        """
        return self.__read_folder() or None

    def __read_folder(self) -> str:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        texts = [f"{path.relative_to(self.folder)}\n{path.read_text('utf-8', 'replace')}" for path in files]
        return "\n".join(texts)

    def __look(self) -> str:
        return self.delivered() or ""

    def block_destination(self) -> bool:
        """Put a folder in the place of each file that the sink writes, a file in that of each folder."""
        self.write(self.make(), self.results()[0])
        first = sorted(path.name for path in self.folder.iterdir())
        self.__clear()
        self.write(self.make(), self.results()[0])
        paths = sorted(self.folder.iterdir())
        if not paths or [path.name for path in paths] != first:
            return False  # it writes elsewhere, or under another name each time
        for path in paths:
            was_folder = path.is_dir()
            shutil.rmtree(path) if was_folder else path.unlink()
            path.write_text("in the way", "utf-8") if was_folder else path.mkdir()
        return True

    def __clear(self) -> None:
        for path in [path for path in self.folder.rglob("*") if path.is_file()]:
            path.unlink()

    @optional(_NEEDS)
    def test_delivered_when_write_returns(self) -> None:
        """When ``write`` returns, the result is delivered: a run that is killed then does not lose it."""
        names, sink = ("Quentin", "Roswitha"), self.make()

        async def job(made: Sink) -> list[str]:
            results = [_make(name) for name in names]
            info, end = self.describe_run(*results)
            await made.open(info)
            looks = [self.__look()]
            for one in results:
                await made.write(one)
                looks.append(self.__look())
            await made.close(end)
            return [*looks, self.__look()]

        before, *looks, final = self.run(job, sink)
        if not final:
            skip(_UNSEEN)
        if find_ability(sink, Retakes) is not None:
            return  # it is given again what it had taken
        seen = [(name, look) for name, look in zip(names, looks, strict=True) if name in final]
        is_there = all(name in look for name, look in seen) if seen else looks[-1] != before
        assert is_there, "when 'write' returns the result is not at the destination; flush it, or have 'retake'"

    @optional(_NEEDS)
    def test_no_outcome_is_left_out(self) -> None:
        """A sink that delivers what was achieved and what was not leaves out neither errors nor what is undecided."""
        self.write(self.make(), *map(_make, _OUTCOMES))
        text = self.__look()
        if not text:
            skip(_UNSEEN)
        there = {name for name in _OUTCOMES if name in text}
        if not {"Quentin", "Roswitha"} <= there:
            return  # no names are delivered, or some outcomes alone on purpose
        gone = [f"{_OUTCOMES[name][0]} with {_OUTCOMES[name][1]}" for name in _OUTCOMES if name not in there]
        assert not gone, f"left out: {', '.join(gone)}"

    @optional(_NEEDS)
    def test_trials_are_kept_apart(self) -> None:
        """Two trials of one persona are two results, and neither takes the place of the other."""
        first, second = (
            _make("Quentin", trial, f"Reply {word}.") for trial, word in ((1, "ninetyone"), (2, "ninetytwo"))
        )
        self.write(self.make(), second)
        alone = self.__look()
        self.__clear()
        self.write(self.make(), first, second)
        both = self.__look()
        if not both:
            skip(_UNSEEN)
        if "ninetytwo" in alone:
            gone = [word for word in ("ninetyone", "ninetytwo") if word not in both]
            assert not gone, "of two trials of one persona one is gone; a name of a file or a row takes 'trial' too"
        elif "Quentin" in alone:
            assert len(both) > len(alone), "two trials of one persona are delivered like one"

    @optional(_NEEDS)
    def test_words_in_any_script_are_delivered(self) -> None:
        """Where replies are delivered, so are those in any script: two that differ are not delivered as the same."""
        looks: list[str] = []
        for reply in ("Reply one.", "Reply two.", "订单已发货。", "包裹已退回。"):
            self.__clear()
            self.write(self.make(), _make("Quentin", 1, reply))
            looks.append(self.__look())
        if not looks[0]:
            skip(_UNSEEN)
        plain, other, *foreign = looks
        told = "replies in another script are delivered as if nothing had been said; write with encoding='utf-8'"
        assert plain == other or foreign[0] != foreign[1], told

    @optional(_NEEDS)
    def test_a_second_run_is_delivered(self) -> None:
        """Nothing of an earlier run is left on the instance, and the next one is delivered as the first was."""
        sink = self.make()
        self.write(sink, _make("Quentin"), _make("Roswitha"))
        first, is_in_folder = self.__look(), bool(self.__read_folder())
        if not first:
            skip(_UNSEEN)
        self.__clear()
        self.write(sink, _make("Valentin"))
        second = self.__look()
        if "Roswitha" in first:
            assert "Valentin" in second, "the second run of an instance is not delivered"
            told = "the second run delivers what the first had, too"
            assert "Roswitha" not in second or not is_in_folder, told
        else:
            assert second, "the second run of an instance is not delivered"

    @optional(_NEEDS)
    def test_building_it_touches_nothing(self) -> None:
        """Until ``open`` nothing is written: a rehearsal builds a sink, and leaves what an earlier run wrote."""
        self.write(self.make(), _make("Quentin"))
        before = self.__read_folder()
        if not before:
            skip("it writes nothing into self.folder")
        self.make()
        assert self.__read_folder() == before, "what an earlier run wrote is changed when the sink is built"

    @optional(_NEEDS)
    def test_a_resumption_keeps_what_was_delivered(self) -> None:
        """Opened by a run that goes on with an earlier one, it goes on with what that one delivered or it retakes."""
        self.__resume(is_killed=False)

    @optional(_NEEDS)
    def test_a_killed_run_is_gone_on_with(self) -> None:
        """A run that was killed never closed its sinks; the one that goes on with it keeps what was delivered."""
        self.__resume(is_killed=True)

    def __resume(self, *, is_killed: bool) -> None:
        first, second = _make("Roswitha"), _make("Valentin")
        kept = Path(tempfile.mkdtemp(prefix="multivon-eval-kit-")) / "kept"

        async def begin(made: Sink) -> str:
            info, end = self.describe_run(first, interrupted=True)
            await made.open(info)
            await made.write(first)
            there = self.__look()
            shutil.copytree(self.folder, kept)
            await made.close(end)
            return there if is_killed else self.__look()

        async def go_on(made: Sink) -> None:
            info, end = self.describe_run(first, second)
            await made.open(attrs.evolve(info, is_resumption=True, resumed=1))
            if (retaking := find_ability(made, Retakes)) is not None:
                await retaking.retake(first)
            await made.write(second)
            await made.close(end)

        before = self.run(begin, self.make())
        if is_killed:  # what a process leaves that ended between the two
            shutil.rmtree(self.folder)
            shutil.copytree(kept, self.folder)
        shutil.rmtree(kept.parent)
        self.run(go_on, self.make())
        after = self.__look()
        if not (before or after):
            skip(_UNSEEN)
        if "Roswitha" in before:
            assert "Roswitha" in after, "what was delivered before the resumption is gone"
            assert "Valentin" in after, "what came after the resumption is gone"
        elif before:
            assert before.strip() in after, "what was delivered before the resumption is gone"

    @optional(_NEEDS)
    def test_the_disclaimer_is_delivered(self) -> None:
        """Every result and every report, in every format, carries the sentence that personas are simulated."""
        self.write(self.make(), _make("Quentin"), _make("Roswitha"))
        text = f"{self.__look()}\n{self.__read_folder()}"
        if not text.strip():
            skip(_UNSEEN)
        if "\ufffd" in text:
            skip("what is delivered is no text, so the sentence cannot be looked for")
        wanted = _keep_letters(DISCLAIMER.partition("—")[2])
        told = f"the sentence {DISCLAIMER!r} stands nowhere; write run.disclaimer or result.disclaimer"
        assert wanted in _keep_letters(text), told

    @optional("a file in `self.folder`")
    def test_what_cannot_be_written_is_told(self) -> None:
        """A result that cannot be delivered is an error of ``write`` or ``close``, never silence."""
        self.write(self.make(), self.results()[0])
        if not self.__read_folder():
            skip("it writes nothing into self.folder")
        self.__clear()

        async def job(made: Sink) -> bool:
            one = _make("Quentin")
            info, end = self.describe_run(one)
            files = count_open_files()
            await made.open(info)
            if count_open_files() > files:
                await made.close(end)
                return True  # it holds its file open, which goes on to exist for it
            shutil.rmtree(self.folder)
            self.folder.write_text("in the way", "utf-8")
            try:
                await made.write(one)
                await made.close(end)
            except (OSError, MultivonEvalError):
                return True
            return False

        try:
            is_told = self.run(job)
        finally:
            if self.folder.is_file():
                self.folder.unlink()
                self.folder.mkdir()
        assert is_told, "its folder was taken away, and neither 'write' nor 'close' says anything"


def _make(name: str, trial: int = 1, reply: str = "It arrives on 3 May.") -> SimulationResult:
    reason, achieved = _OUTCOMES[name]
    said = (Message("user", "Where is my order 4711?"), Message("assistant", reply))
    about = conversation(messages=said, of=persona(name), trial=trial, case_uid=f"{name}{trial}".ljust(16, "0"))
    return result(about, reason, achieved)


def _keep_letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())
