"""Labelling conversation after conversation, until there is none left or it is enough."""

from __future__ import annotations

import contextlib
import shlex
import signal
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from multivon_eval.sdk import Label, SimulationResult, digest_transcript, format_count

from .dialogue import Move, Said, ask_about
from .label_file import LabelFile
from .sampling import Key
from .screen import Screen

MOST_KINDS = 20
"""Kinds of failure that are listed; those named last."""
WAKING = 0.5
"""Seconds after which a signal is noticed at the latest."""


@attrs.frozen
class Plan:
    """What is to be labelled.

    Attributes:
        results: The conversations of the sample, in the order in which they are shown.
        labels: What is labelled already, of whichever conversations.
        seed: The seed of the sample.
        by: Who labels.
        source: The file of results, as it was named.
        n: How many were asked for.
    """

    results: Mapping[Key, SimulationResult]
    labels: Mapping[Key, Label]
    seed: int
    by: str
    source: str
    n: int


class Session:
    """One person labelling.

    Args:
        plan: What is to be labelled.
        file: Where labels go.
        screen: Where it is asked.
    """

    def __init__(self, plan: Plan, file: LabelFile, screen: Screen) -> None:
        self._plan = plan
        self._file = file
        self._screen = screen
        self._labels = dict(plan.labels)
        self._left = deque(key for key in plan.results if key not in plan.labels)

    def run(self) -> None:
        """Ask about one conversation after the other, and keep each label at once.

        Raises:
            DeliveryError: If a label cannot be written.
            KeyboardInterrupt: If Ctrl-C was pressed, or the process was told to end; after the person was told
                how to go on.
        """
        self._tell_begin()
        try:
            with _stop_on_sigterm():
                while self._left and self._label_next():
                    pass
        finally:
            self._tell_end()

    def _label_next(self) -> bool:
        """Ask about the next conversation; whether to go on."""
        key = self._left[0]
        result, begun = self._plan.results[key], time.monotonic()
        self._screen.show(result, self._describe_place())
        said = ask_about(result, self._screen, list_kinds(list(self._labels.values())))
        if said is Move.SKIP:
            if len(self._left) == 1:
                self._screen.tell("This is the last one; q quits and leaves it.")
            self._left.rotate(-1)
        elif isinstance(said, Said):
            label = self._make_label(result, said, time.monotonic() - begun)
            self._file.add(label)
            self._labels[key] = label
            self._left.popleft()
        return said is not Move.QUIT

    def _make_label(self, result: SimulationResult, said: Said, seconds: float) -> Label:
        return Label(
            case_uid=result.case_uid,
            transcript=digest_transcript(result),
            criteria=said.criteria,
            persona=result.persona.name,
            trial=result.trial,
            turn=said.turn,
            note=said.note,
            kind=said.kind,
            labelled_by=self._plan.by,
            labelled_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            seconds=round(seconds, 1),
            seed=self._plan.seed,
        )

    def _describe_place(self) -> str:
        of = len(self._plan.results)
        keys = "y yes, n no, u unknown, ? help"
        return f"{of - len(self._left) + 1} of {of}, sample seed {self._plan.seed}; {keys}"

    def _tell_begin(self) -> None:
        of = len(self._plan.results)
        if of < self._plan.n:
            self._screen.tell(f"{self._plan.n} were asked for, and there are {of} to label.")
        if done := of - len(self._left):
            self._screen.tell(f"{done} of {format_count(of, 'conversation')} labelled before, {len(self._left)} left.")

    def _tell_end(self) -> None:
        of, left = len(self._plan.results), len(self._left)
        labels = [self._labels[key] for key in self._plan.results if key in self._labels]
        criteria = [criterion.met for label in labels for criterion in label.criteria]
        rows = {"labelled": f"{of - left} of {format_count(of, 'conversation')}, sample seed {self._plan.seed}"}
        if labels:
            rows["criteria"] = _count(criteria)
            rows["as a whole"] = _count([label.goal_achieved for label in labels])
            rows["labels"] = str(self._file.path)
        if left:
            rows["left"] = str(left)
        self._screen.tell()
        for name, text in rows.items():
            self._screen.tell_beside(name, text)
        if left:
            self._screen.tell_command("go on", self._write_command())
        if labels:
            files = shlex.join([self._plan.source, "--labels", str(self._file.path)])
            self._screen.tell_command("next", f"multivon-eval calibrate {files}")

    def _write_command(self) -> str:
        asked = [self._plan.source, "--n", str(self._plan.n), "--out", str(self._file.path)]
        asked += ["--seed", str(self._plan.seed), *(["--by", self._plan.by] if self._plan.by else [])]
        return "multivon-eval label " + shlex.join(asked)


def list_kinds(labels: Sequence[Label]) -> list[str]:
    """List the kinds of failure that were named, those named last if they are many, in the order of their first use."""
    kinds = dict.fromkeys(label.kind for label in labels if label.kind)
    recent = dict.fromkeys(label.kind for label in reversed(labels) if label.kind)
    kept = {*list(recent)[:MOST_KINDS]}
    return [kind for kind in kinds if kind in kept]


def _count(words: Sequence[str]) -> str:
    counts = Counter(words)
    return ", ".join(f"{counts[word]} {word}" for word in ("yes", "no", "unknown"))


@contextlib.contextmanager
def _stop_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the session as Ctrl-C does; where signals cannot be handled it just ends the process."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # another thread than the first
        yield
        return
    try:
        with _wake_often():
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _wake_often() -> Iterator[None]:
    """Interrupt the wait for an answer now and then.

    A signal that comes between a prompt and the wait would otherwise be noticed with the next key.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, WAKING, WAKING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
