"""A command whose module prints when it is imported."""

import click

print("ready")


@click.command()
def count() -> None:
    """Count."""
