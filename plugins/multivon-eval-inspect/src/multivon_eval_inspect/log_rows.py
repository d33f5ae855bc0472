"""Logs of Inspect's as transcripts that ``multivon-eval score`` takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from inspect_ai.scorer import CORRECT, INCORRECT, Score

from multivon_eval.sdk import UsageError, did_you_mean

from .dataset import PERSONA
from .messages import messages_to_rows

_LABELS: dict[object, bool] = {CORRECT: True, INCORRECT: False, True: True, False: False}
"""What of a score is a label: what stands between right and wrong is none."""


def read_log(path: str | Path, *, label: str | None = None) -> Iterator[dict[str, Any]]:
    """Read a log as lines for ``multivon-eval score``, one for each sample with a reply in it.

    A persona, a goal and success criteria are those of the sample's metadata; where it has none, the line has none.

    Args:
        path: The log, ``.eval`` or ``.json``.
        label: The score whose ``C`` and ``I``, 1 and 0, true and false become labels: ``SCORER`` or ``SCORER/KEY``.

    Yields:
        A JSON object for each sample.

    Raises:
        UsageError: If the file is no log, or no sample has such a score.
    """
    log = _open_log(Path(path))
    samples = log.samples or []
    if label is not None:
        known = sorted({name for sample in samples for name in _list_scores(sample)})
        if label not in known:
            raise UsageError(f"{path} has no score {label!r}; {did_you_mean(label, known)}")
    for sample in samples:
        if any(message.role == "assistant" for message in sample.messages):
            yield _make_row(log, sample, label)


def _open_log(path: Path) -> EvalLog:
    if not path.is_file():
        raise UsageError(f"{path} is no file; name a log that Inspect wrote")
    try:
        return read_eval_log(str(path), resolve_attachments=True)
    except Exception as error:
        raise UsageError(f"{path} cannot be read as a log of Inspect's: {type(error).__name__}: {error}") from error


def _make_row(log: EvalLog, sample: EvalSample, label: str | None) -> dict[str, Any]:
    epochs = log.eval.config.epochs or 1
    name = str(sample.id) + (f" #{sample.epoch}" if epochs > 1 else "")
    persona = sample.metadata.get(PERSONA)
    # Trials of one persona are told apart by their names: two personas of one name are refused.
    row: dict[str, Any] = {"messages": messages_to_rows(sample.messages)}
    row["persona"] = {**persona, "name": name} if isinstance(persona, dict) else {"name": name}
    # What was said before the simulation is among the messages.
    row["persona"].pop("history", None)
    row |= {key: sample.metadata[key] for key in ("goal", "success_criteria") if sample.metadata.get(key)}
    scores = _list_scores(sample)
    if label is not None and (said := _read_label(scores.get(label))) is not None:
        row["label"] = said
    row["inspect"] = {
        "task": log.eval.task,
        "model": log.eval.model,
        "sample": sample.id,
        "epoch": sample.epoch,
        "run_id": log.eval.run_id,
        "scores": {name: _make_plain(value) for name, value in scores.items()},
        "limit": sample.limit.type if sample.limit else None,
        "error": sample.error.message if sample.error else None,
    }
    return row


def _list_scores(sample: EvalSample) -> dict[str, Any]:
    """The values of a sample's scores: those of one with several, each under ``SCORER/KEY``."""
    found: dict[str, Any] = {}
    for name, score in (sample.scores or {}).items():
        found |= _split(name, score)
    return found


def _split(name: str, score: Score) -> dict[str, Any]:
    if isinstance(score.value, dict):
        return {f"{name}/{key}": value for key, value in score.value.items()}
    return {name: score.value}


def _read_label(value: Any) -> bool | None:
    return _LABELS.get(value) if isinstance(value, str | int | float | bool) else None


def _make_plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
