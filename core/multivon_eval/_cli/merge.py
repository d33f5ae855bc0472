"""``multivon-eval merge``: the shards of a run as one run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from .options import ConfiguredCommand, add_options, find_sources, show_config

if TYPE_CHECKING:
    from .._run.aims import Aims
    from .._run.merging import Merge
    from .._run.shard_files import Shards
    from .._run.sink_session import SinkSession
    from .._types.report import Report
    from .._types.run_info import RunInfo
    from .gates import Gate
    from .whole_file import WholeFile


@attrs.frozen
class _Job:
    """All that was asked for, read and checked."""

    merge: Merge
    info: RunInfo
    aims: Aims
    gates: list[Gate]
    session: SinkSession
    file: WholeFile


@click.command("merge", cls=ConfiguredCommand)
@click.argument("shards", metavar="SHARD...", nargs=-1)
@add_options("merge")
@click.pass_context
def merge(ctx: click.Context, /, **given: Any) -> int:
    """Put the shards of a run together as one run, and hold it against its gates.

    \b
    multivon-eval merge shard-*.jsonl --out results.jsonl --fail-under goal_rate=0.8
    """
    if given["show_config"]:
        return show_config(ctx, given)
    from .resuming import STANDARD_OUTPUT
    from .running import conclude, keep_output_if, tell_undelivered

    with keep_output_if(given["json"] or given["out"] == STANDARD_OUTPUT):
        job = _prepare(given, find_sources(ctx))
        report = _deliver(job, given["quiet"])
        tell_undelivered(report)
        return conclude(report, job.gates, given)


def _prepare(given: Mapping[str, Any], where_from: Mapping[str, str]) -> _Job:
    """Read and check all that is asked for, before anything is written.

    Raises:
        UsageError: If something is wrong; with all of it.
    """
    from .._run.problems import Problems
    from .._run.shard_files import read_shards
    from .gates import GATES, check_fail_on, read_gates
    from .resuming import STANDARD_OUTPUT
    from .running import AIMS, check_filled, check_output
    from .whole_file import WholeFile

    problems, paths = Problems(), [Path(path) for path in given["shards"]]
    if not paths:
        problems.add("the files of the shards are missing; name those that simulate --shard wrote")
    if given["out"] is None:
        problems.add("--out is missing; say where the results of the whole run go")
    problems.collect(check_filled, given, "out", *AIMS)
    problems.collect(check_output, given)
    gates = problems.collect(read_gates, *(given[name] for name in GATES))
    problems.collect(check_fail_on, given["fail_on"], given["baseline"])
    file = WholeFile.of(given["out"] or STANDARD_OUTPUT)
    session = problems.collect(_load_sinks, given, paths, file) if given["out"] else None
    shards = problems.collect(read_shards, paths, given["partial"]) if paths else None
    if shards is None or gates is None or session is None:
        problems.stop()
    assert shards and gates is not None and session, "nothing is missing where nothing is wrong"
    job = problems.collect(_hold_against, shards, gates, session, file, given, where_from)
    problems.stop()
    assert job is not None, "nothing is missing where nothing is wrong"
    return job


def _load_sinks(given: Mapping[str, Any], paths: list[Path], file: WholeFile) -> SinkSession:
    """Load the sinks, none of which may write over a shard.

    Raises:
        UsageError: If one cannot be had.
    """
    from .._run.paths import find_clashes
    from .._run.sink_session import SinkSession
    from ..errors import UsageError
    from .running import list_sinks

    shards: dict[str, str | Path] = {f"the shard {path}": path for path in paths}
    named = {"the baseline": given["baseline"], "the calibration": given["calibration"]}
    reads = shards | {what: path for what, path in named.items() if path}
    if problems := find_clashes({what: Path(path) for what, path in reads.items()}, {"--out": Path(file.out)}):
        raise UsageError(problems)
    if file.place != file.out:  # another sink may not write there either
        reads["where --out goes"] = file.out
    return SinkSession(list_sinks({**given, "out": file.place}), reads=reads)


def _hold_against(
    shards: Shards,
    gates: list[Gate],
    session: SinkSession,
    file: WholeFile,
    given: Mapping[str, Any],
    where_from: Mapping[str, str],
) -> _Job:
    """Read what the run is held against, and check that it can be.

    Raises:
        UsageError: If something cannot be read or nothing measures it.
    """
    from .._plugins.kinds import EVALUATOR, JUDGE
    from .._plugins.registry import Registry
    from .._run.aims import read_aims
    from .._run.merging import Merge
    from .._run.problems import Problems
    from .._run.result import find_provider
    from .._run.settings import Settings
    from .gates import check_metrics
    from .running import AIMS, find_sink_source

    problems, scores = Problems(), shards.manifest.scores
    settings = Settings(**{name: given[name] for name in AIMS})
    sources = {name: where_from[name] for name in AIMS} | {"sinks": find_sink_source(given, where_from)}
    merge = Merge(shards, sources, given["until"] or "")
    info = file.rename(session.replace_sinks(merge.describe()))
    aims = problems.collect(read_aims, settings, scores, info, find_provider(info, JUDGE.name))
    is_calibrated = given["calibration"] is not None
    problems.collect(check_metrics, gates, scores, Registry().names(EVALUATOR), info.trials, is_calibrated)
    problems.stop()
    assert aims is not None, "nothing is missing where nothing is wrong"
    return _Job(merge, info, aims, gates, session, file)


def _deliver(job: _Job, is_quiet: bool) -> Report:
    """Say what is missing, and give the results to the sinks.

    Raises:
        Interrupted: If Ctrl-C or SIGTERM ends it.
    """
    import asyncio

    from .._run.merging import deliver_merged
    from .._run.output import tell
    from .._run.signals import stop_on_sigterm
    from .running import Interrupted, spare_the_collector

    for note in () if is_quiet else job.merge.shards.notes:
        tell(note, err=True)

    async def deliver() -> Report:
        stop_on_sigterm()
        await job.session.check()
        report = await deliver_merged(job.merge, job.info, job.aims, job.session)
        return report if report.undelivered else report.with_problems(job.file.put_in_place())

    try:
        with spare_the_collector():
            return asyncio.run(deliver())
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; {job.file.out} is as it was before: merge again") from None
