"""``multivon-eval calibrate``: may the judge be believed?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .._types.printable import format_count, make_label
from ..errors import DeliveryError, ExitCode, UsageError

if TYPE_CHECKING:
    from .._types.calibration import Calibration
    from .gates import Held

SHOWN = 10
"""How many conversations on which judge and people disagree are listed."""


@click.command("calibrate")
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--labels", required=True, type=click.Path(path_type=Path), metavar="FILE", help="What people say of them."
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Where the calibration goes, for --calibration."
)
@click.option("--fail-under", multiple=True, metavar="METRIC=VALUE", help="A gate; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def calibrate(results: Path, labels: Path, out: Path | None, fail_under: tuple[str, ...], as_json: bool) -> int:
    """Say how a judge's verdicts agree with the labels of people, and correct its goal rate by them.

    \b
    multivon-eval calibrate results.jsonl --labels labels.jsonl --out calibration.json
    """
    from .._measure.calibrating import calibrate as make_calibration
    from .._run.calibration_file import read_labels
    from .._run.output import tell, tell_json
    from .._run.problems import Problems
    from .._run.result_file import read_results
    from .._types.calibration import calibration_to_json
    from .._types.run_part import unite_parts
    from .gates import doubt_part, read_gates, tell_gates
    from .metrics import CALIBRATED, CORRECTED, GOAL, LOWER, find_calibrated

    problems = Problems()
    gates = problems.collect(read_gates, fail_under, None, "1") or []
    gates = [gate for gate in gates if gate.metric != "unmeasured"]
    for gate in gates:
        problems.collect(_check_gate, gate.metric)
    problems.collect(_check_out, out, (results, labels))
    saved = problems.collect(read_results, results)
    said = problems.collect(read_labels, labels)
    for path, found in ((results, saved), (labels, said)):
        if found == []:
            problems.add(f"{path}: nothing in it; give a file that was written to its end")
    calibration = problems.collect(make_calibration, saved, said) if saved and said else None
    problems.stop()
    assert calibration is not None, "nothing is missing where nothing is wrong"
    if out is not None:
        _write(calibration, out)
    held = [gate.hold_metric(lambda name: find_calibrated(calibration, name), CALIBRATED) for gate in gates]
    part = unite_parts(one.provenance.part for one in saved or ())
    if part is not None:
        tell(f"{results}: {part}", err=True)
    # A judge may be known by its verdicts on a part; what the whole achieved may not.
    for place, gate in enumerate(gates):
        if gate.metric.removesuffix(LOWER) in (GOAL, CORRECTED):
            held[place : place + 1] = doubt_part(held[place : place + 1], part)
    if as_json:
        tell_json({**calibration_to_json(calibration), "gates": [_convert(one) for one in held]})
    else:
        _tell(calibration, out)
    tell_gates(held, is_quiet=as_json)
    return ExitCode.OK if all(one.is_met for one in held) else ExitCode.GATE


def _check_gate(metric: str) -> None:
    from ..errors import did_you_mean
    from .metrics import CALIBRATED, LOWER

    if metric.removesuffix(LOWER) not in CALIBRATED:
        raise UsageError(f"--fail-under {metric}: a calibration does not say it; {did_you_mean(metric, CALIBRATED)}")


def _check_out(out: Path | None, read: Sequence[Path]) -> None:
    """Check that the file can be written and is none of those that are read."""
    if out is None:
        return
    if out.is_dir():
        raise UsageError(f"--out {out} is a directory; name a file in it")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out} cannot be written; give a file in a folder that exists")
    if any(out.exists() and path.exists() and out.samefile(path) for path in read):
        raise UsageError(f"--out {out} is a file that is read; name another one")


def _write(calibration: Calibration, out: Path) -> None:
    from .._types.calibration import calibration_to_json

    text = json.dumps(calibration_to_json(calibration), ensure_ascii=False, indent=1)
    new = out.with_name(f"{out.name}.new")
    try:
        new.write_text(f"{text}\n", encoding="utf-8")
        new.replace(out)
    except OSError as error:
        raise DeliveryError(f"{out} cannot be written ({error.strerror}); give --out another file") from error


def _convert(held: Held) -> dict[str, object]:
    return {"gate": held.gate, "is_met": held.is_met, "why": held.why}


def _tell(calibration: Calibration, out: Path | None) -> None:
    from .._run.output import tell

    judge, errors = calibration.judge, calibration.errors
    heat = "not sent" if judge.temperature is None else judge.temperature
    tell(f"judge        {make_label(judge.model)}, temperature {heat}, prompt {judge.prompt}")

    unsure = f", {calibration.unsure} more say unknown" if calibration.unsure else ""
    tell(f"labels       {calibration.labels} of conversations that the judge decided{unsure}")
    if errors is not None:
        tell(f"sensitivity  {errors.sensitivity} of those that achieved the goal are called so")
        tell(f"specificity  {errors.specificity} of those that did not are called so")
    for name, found in calibration.agreement.items():
        tell(f"agreement    on {make_label(name)}: {found}")
    kappa = "not defined, both say one word" if calibration.kappa is None else str(calibration.kappa)
    tell(f"kappa        {kappa}, for the run as a whole")
    tell(f"goal rate    {calibration.goal_rate or 'none'} as the judge sees it")
    tell(f"corrected    {calibration.corrected_goal_rate or 'none'} as people would see it")
    if calibration.reason:
        tell(f"missing      {calibration.reason}")
    if calibration.kinds is not None and calibration.kinds.counts:
        tell(f"failures     {calibration.kinds}")
        for kind, count in list(calibration.kinds.counts.items())[:SHOWN]:
            tell(f"   {count:>4} {make_label(kind)}")
    _tell_disagreements(calibration)
    if out is not None:
        tell(f"calibration  {out}: use it with --calibration {out} as long as judge, prompt and temperature stay")


def _tell_disagreements(calibration: Calibration) -> None:
    from .._run.output import tell

    found = calibration.disagreements
    if found:
        tell(f"they differ on {format_count(len(found), 'conversation')}:")
    for one in found[:SHOWN]:
        name = make_label(one.persona) + (f" #{one.trial}" if one.trial > 1 else "")
        on = "; ".join(make_label(text) for text in one.criteria)
        note = f" ({make_label(one.note)})" if one.note else ""
        tell(f"   {name}: judge {one.judge}, person {one.person}{f', on {on}' if on else ''}{note}")
    if len(found) > SHOWN:
        tell(f"   and {len(found) - SHOWN} more; --json lists all")
