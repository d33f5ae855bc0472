"""``multivon-eval init``: files to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from multivon_eval.sdk import tell

FILES = ("model.py", "personas.jsonl", "ci.yml")


@click.command()
@click.argument("directory", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def init(directory: Path, force: bool) -> None:
    """Write a model file, personas and a CI snippet to start from.

    DIRECTORY is made if it is not there; files in it are kept unless --force is given.
    """
    there = [name for name in FILES if (directory / name).exists()]
    if there and not force:
        names = ", ".join(str(directory / name) for name in there)
        raise click.UsageError(f"{names} exists; say --force to overwrite, or name another directory")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            text = resources.files(__package__).joinpath("template", name).read_text(encoding="utf-8")
            (directory / name).write_text(text, encoding="utf-8")
            tell(f"wrote {directory / name}")
    except OSError as error:
        raise click.UsageError(f"{directory} cannot be written ({error.strerror}); name another") from None
    tell(
        "\nTry it, offline and free:\n"
        f"  cd {directory} && multivon-eval simulate --model-cmd model.py --personas personas.jsonl "
        "--out results.jsonl"
    )
