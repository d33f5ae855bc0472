"""``multivon-eval plugins new``: a project of one plug-in."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from multivon_eval.sdk import tell

from .kinds import KINDS
from .name import read_name
from .project import render_project, write_project


@click.command()
@click.argument("kind", metavar="KIND", type=click.Choice(list(KINDS)))
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where to; a folder NAME here if not given.",
)
@click.pass_context
def new(ctx: click.Context, kind: str, name: str, folder: Path | None) -> None:
    """Write the project of a new plug-in: one that works, with its tests.

    \b
    multivon-eval plugins new evaluator acme-tone

    KIND is persona-source, driver, judge, evaluator, observer, sink, executor, hook or command. NAME is what the
    plug-in and its distribution are called.
    """
    root = ctx.find_root()
    commands = root.command.list_commands(root) if isinstance(root.command, click.Group) else []
    chosen = KINDS[kind]
    read = read_name(name, chosen, commands)
    folder = folder or Path(read.name)
    files = render_project(chosen, read)
    write_project(folder, files)
    for path in sorted(files):
        tell(f"wrote {folder / path}")
    tell(f"\nNext:\n  cd {shlex.quote(str(folder))}\n  pip install -e '.[test]'\n  pytest")
