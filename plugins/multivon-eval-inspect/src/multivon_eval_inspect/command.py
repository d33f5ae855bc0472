"""The command ``inspect-log``: a log of Inspect's as transcripts to judge."""

from __future__ import annotations

import json
from pathlib import Path

import click

from multivon_eval.sdk import UsageError, get_output, keep_output, tell


@click.command(name="inspect-log")
@click.argument("log", metavar="LOG")
@click.option("--out", metavar="FILE", required=True, help="Where the transcripts go; - for standard output.")
@click.option(
    "--label", metavar="SCORE", help="The score whose C and I become labels: SCORER, or SCORER/KEY of one with several."
)
def inspect_log(log: str, out: str, label: str | None) -> None:
    r"""Write the conversations of an Inspect log as transcripts, a line for each sample.

    \b
    multivon-eval inspect-log LOG.eval --out transcripts.jsonl
    multivon-eval score transcripts.jsonl --out judged.jsonl

    The log may be of any task. Samples without a reply are left out.
    """
    from .log_rows import read_log  # Inspect takes a second to import, and --help needs nothing of it

    with keep_output():
        rows = [json.dumps(row, ensure_ascii=False) for row in read_log(log, label=label)]
        if not rows:
            raise UsageError(f"{log} has no sample with a reply; there is nothing to judge")
        text = "\n".join(rows) + "\n"
        if out == "-":
            get_output().write(text)
            return
        try:
            Path(out).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{out} cannot be written ({error.strerror}); name another file") from None
    tell(f"{len(rows)} transcripts written to {out}")
