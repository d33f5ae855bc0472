"""A command whose module imports what takes long."""

import click
import httpx


@click.command()
def count() -> None:
    """Count."""
    click.echo(httpx.__version__)
