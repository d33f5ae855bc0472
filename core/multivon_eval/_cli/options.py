"""Options that several commands share, and where their values came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from .._run.defaults import JUDGE_EXAMPLE

F = TypeVar("F", bound=Callable[..., Any])

ENVIRONMENT = {"auto_envvar_prefix": "MULTIVON_EVAL"}
"""Each option may stand in a variable: ``MULTIVON_EVAL_MAX_TURNS`` for ``--max-turns``."""

_FIELDS = {"budget": "budget_usd", "evaluator": "evaluators", "observer": "observers", "sink": "sinks"}

_JUDGING = (
    click.option("--judge", metavar="SPEC", help=f"Who judges: {JUDGE_EXAMPLE}, say. [default: by the keys set]"),
    click.option(
        "--judge-votes",
        metavar="K",
        default="1",
        show_default=True,
        help="How often the judge is asked for each verdict; odd, the majority counts.",
    ),
    click.option("--evaluator", metavar="SPEC", multiple=True, help="Who scores; repeatable."),
    click.option("--sink", metavar="SPEC", multiple=True, help="Where results go too; repeatable."),
    click.option("--budget", default="1.00", show_default=True, metavar="USD|none", help="The hard ceiling."),
    click.option("--concurrency", metavar="N", default="16", show_default=True, help="Conversations side by side."),
    click.option(
        "--timeout",
        default="60",
        show_default=True,
        metavar="SECONDS",
        help="For one call of model_fn or of the judge.",
    ),
    click.option("--fail-under", multiple=True, metavar="METRIC=VALUE", help="A gate; repeatable."),
    click.option("--max-error-rate", metavar="SHARE", help="A gate on conversations that failed."),
    click.option("--strict", is_flag=True, help="Exit 3 if something failed, 4 if the budget cut the run."),
    click.option("--without", multiple=True, metavar="NAME", help="Leave an installed hook out; repeatable."),
    click.option("--overwrite", is_flag=True, help="Begin anew where an unfinished run's journal lies."),
    click.option("--quiet", is_flag=True, help="Print nothing but errors."),
    click.option("--json", is_flag=True, help="Print the summary as JSON instead of text."),
)


def judging_options(command: F) -> F:
    """Add the options of every command that judges."""
    for option in reversed(_JUDGING):
        command = option(command)
    return command


def sources(ctx: click.Context) -> dict[str, str]:
    """Say where each option's value came from: default, environment, command line."""
    found: dict[str, str] = {}
    for name in ctx.params:
        source = ctx.get_parameter_source(name)
        if source is not None:
            found[_FIELDS.get(name, name)] = source.name.lower().replace("commandline", "command line")
    return found
