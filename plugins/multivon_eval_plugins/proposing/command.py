"""``multivon-eval propose``: personas from the description of a product, to be reviewed and kept."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from multivon_eval.sdk import (
    DISCLAIMER,
    DeliveryError,
    JudgeSession,
    Persona,
    PersonaSource,
    Question,
    UsageError,
    find_preview,
    find_proposal,
    format_count,
    make_persona_source,
    make_printable,
    persona_to_json,
    stop_on_sigterm,
    tell,
)

from .cut import ProposalCut
from .product_md import ProductMd
from .references import list_replacements

F = TypeVar("F", bound=Callable[..., Any])
ENVIRONMENT = {"auto_envvar_prefix": "MULTIVON_EVAL_PROPOSE"}
"""Each option may stand in a variable: ``MULTIVON_EVAL_PROPOSE_OUT`` for ``--out``."""


def _shared_option(name: str, **settings: Any) -> Callable[[F], F]:
    """An option that means the same in every command: one variable may serve all, that of this command beats it."""
    variables = [f"MULTIVON_EVAL_PROPOSE_{name.upper()}", f"MULTIVON_EVAL_{name.upper()}"]
    return click.option(f"--{name}", envvar=variables, **settings)


@click.command(context_settings=ENVIRONMENT)
@click.argument("origin", metavar="PRODUCT.md|SPEC")
@click.option("-n", "--n-personas", metavar="N", help="How many personas of a description, up to 30.  [default: 5]")
@click.option("--out", metavar="FILE", help="Where they go, one JSON object a line. [default: standard output]")
@_shared_option("judge", metavar="SPEC", help="Who is asked. [default: by the keys set]")
@_shared_option("budget", default="1.00", show_default=True, metavar="USD|none", help="The hard ceiling.")
@_shared_option(
    "timeout",
    default="60",
    show_default=True,
    metavar="SECONDS",
    help="For one call of the judge.",
)
@_shared_option("seed", metavar="N", help="Which of the many possible answers; recorded in every persona.")
@click.option("--overwrite", is_flag=True, help="Write over a FILE that is there.")
@click.option("--dry-run", is_flag=True, help="Show what would be asked, and ask nobody.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def propose(**given: Any) -> None:
    """Ask the judge for personas: of the description of a product, or of what another persona source reads.

    \b
    multivon-eval propose PRODUCT.md -n 5 --out personas.jsonl
    multivon-eval propose personas-from-logs:chats.jsonl --out personas.jsonl

    Read them before you use them, and change what does not fit; --personas takes the file.
    """
    screen = _Screen(is_quiet=given["quiet"], to_stderr=not given["out"] and not given["dry_run"])
    if given["dry_run"]:
        source, session, questions = _prepare(given)
        for line in find_preview(source, session.context.seed):
            click.echo(make_printable(line))
        screen.tell_plan(session, questions)
        return
    try:
        personas = asyncio.run(_propose(given, screen))
    except ProposalCut as error:
        # They are paid for: whoever raises the budget need not lose them.
        _write(error.personas, given["out"])
        screen.tell_where(given["out"], error.personas)
        raise
    _write(personas, given["out"])
    screen.tell_where(given["out"], personas)


async def _propose(given: Mapping[str, Any], screen: _Screen) -> Sequence[Persona]:
    stop_on_sigterm()
    source, session, questions = _prepare(given)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(session)
        screen.tell_plan(session, questions)
        worst = _sum_worst(session, questions)
        if worst is not None and session.budget_usd is not None and worst > session.budget_usd:
            raise UsageError(
                f"the proposal of personas may cost up to ${worst:.6f}, and the budget is ${session.budget_usd}; raise "
                "--budget, ask for fewer personas, or shorten the document"
            )
        stack.callback(screen.tell_cost, session)
        return await source.load(session.context)


def _prepare(given: Mapping[str, Any]) -> tuple[PersonaSource, JudgeSession, Sequence[Question[Any]]]:
    """Check all that was asked, before anything is spent.

    Raises:
        UsageError: If something is wrong; with all of it at once.
    """
    problems: list[str] = []
    session, source, questions = None, None, tuple[Question[Any], ...]()
    try:
        session = JudgeSession(
            given["judge"], budget_usd=given["budget"], timeout=given["timeout"], seed=given["seed"] or None
        )
    except UsageError as error:
        problems += error.problems
    try:
        _check_out(given["out"], given["overwrite"])
    except UsageError as error:
        problems += error.problems
    try:
        source = _make_source(given["origin"], given["n_personas"])
        questions = find_proposal(source, given["origin"], session.context.seed if session else None)
        if not questions:
            problems.append(f"{given['origin']} asks no judge; --personas takes it as it is")
    except UsageError as error:
        problems += error.problems
    if problems:
        raise UsageError(problems)
    assert source and session and questions  # a missing one is a problem
    return source, session, questions


def _make_source(origin: str, number: str | None) -> PersonaSource:
    """The source that a SPEC names, or the one for the description in a file."""
    named = None if os.path.exists(origin) else make_persona_source(origin)
    if named is None:
        return ProductMd(origin, _read_number(number or "5"))
    if number is not None:
        raise UsageError("--n-personas is for the description of a product; say n= in the SPEC of a persona source")
    return named


def _sum_worst(session: JudgeSession, questions: Sequence[Question[Any]]) -> Decimal | None:
    """The most that all calls together can cost, in USD; None where prices are not known."""
    costs = [session.worst_cost(question) for question in questions]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _read_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"n-personas is {text!r}; give a whole number from 1 on") from None


def _check_out(out: str | None, is_overwriting: bool) -> None:
    """Check that the file can be written, before its content is paid for."""
    if not out:
        return
    path = Path(out)
    if path.is_dir():
        raise UsageError(f"--out {path} is a directory; name a file in it")
    if path.exists() and not is_overwriting:
        raise UsageError(f"--out {path} is there already; say --overwrite to write over it, or name another file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"--out {path} cannot be written; give a file in a folder that exists and can be written")


def _write(personas: Sequence[Persona], out: str | None) -> None:
    rows = [json.dumps(persona_to_json(persona), ensure_ascii=False) for persona in personas]
    # A name is a model's: a line end in it would end the comment.
    reviews = [f"# {make_printable(line)}".replace("\n", " ") for line in list_replacements(personas)]
    text = "\n".join([f"# {DISCLAIMER}", *reviews, *rows]) + "\n"
    if not out:
        click.echo(text, nl=False)
        return
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        # They are paid for: better here than lost.
        click.echo(text, nl=False)
        raise DeliveryError(
            f"{out} cannot be written ({error.strerror}); the personas were printed instead, copy them from there"
        ) from error


class _Screen:
    """What is told beside the personas.

    Args:
        is_quiet: Whether nothing is.
        to_stderr: Whether standard output is taken by the personas.
    """

    def __init__(self, *, is_quiet: bool, to_stderr: bool) -> None:
        self._is_quiet = is_quiet
        self._to_stderr = to_stderr

    def tell_plan(self, session: JudgeSession, questions: Sequence[Question[Any]]) -> None:
        """Tell whom it will ask and what that costs at most; let the persona source be as quiet."""
        if self._is_quiet:
            session.context.log.setLevel("ERROR")
        worst = _sum_worst(session, questions)
        most = "no prices are known" if worst is None else f"${worst:.4f} at most"
        ceiling = "no ceiling" if session.budget_usd is None else f"of a budget of ${session.budget_usd}"
        self._tell(f"judge    {session.model} ({session.reason})")
        self._tell(f"estimate {format_count(len(questions), 'judge call')}, {most}, {ceiling}")

    def tell_cost(self, session: JudgeSession) -> None:
        """Tell what it took, also where nothing came of it; nothing where nobody was asked."""
        if session.calls:
            calls = f"{session.calls} judge call{'s' if session.calls > 1 else ''}"
            tokens = f"{session.usage.input_tokens} tokens in, {session.usage.output_tokens} out"
            self._tell(f"spent    ${session.spent_usd:.4f}, {calls}, {tokens}")

    def tell_where(self, out: str | None, personas: Sequence[Persona]) -> None:
        """Tell where the personas are, and what they are not."""
        if out:
            self._tell(f"personas {out}: read them before you use them")
        for line in list_replacements(personas):
            self._tell(f"review   {line}")
        self._tell(DISCLAIMER)

    def _tell(self, text: str) -> None:
        if not self._is_quiet:
            tell(text, err=self._to_stderr)
