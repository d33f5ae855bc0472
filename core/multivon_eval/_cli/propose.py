"""``multivon-eval propose``: personas from the description of a product, to be reviewed and kept.

A command of the core and not of a plug-in: it needs the ledger, the checks before a run and the choice of the judge,
none of which the SDK hands out. Whom it asks is a plug-in all the same.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._run.settings import Settings
from .._types.disclaimer import DISCLAIMER
from .._types.persona import Persona
from ..errors import DeliveryError, UsageError
from .options import ENVIRONMENT, sources

if TYPE_CHECKING:
    from .._money.meter import Account
    from .._run.plan import Plan


@click.command(context_settings=ENVIRONMENT)
@click.argument("document", metavar="PRODUCT.md")
@click.option("-n", "--n-personas", default="5", show_default=True, metavar="N", help="How many personas, up to 30.")
@click.option("--out", metavar="FILE", help="Where they go, one JSON object a line. [default: standard output]")
@click.option("--judge", metavar="SPEC", help="Who is asked. [default: by the keys set]")
@click.option("--budget", default="1.00", show_default=True, metavar="USD|none", help="The hard ceiling.")
@click.option("--timeout", default="60", show_default=True, metavar="SECONDS", help="For one call of the judge.")
@click.option("--seed", metavar="N", help="Which of the many possible answers; recorded in every persona.")
@click.option("--overwrite", is_flag=True, help="Write over a FILE that is there.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.pass_context
def propose(ctx: click.Context, /, **given: Any) -> None:
    """Ask the judge once for personas that fit the description of a product.

    \b
    multivon-eval propose PRODUCT.md -n 5 --out personas.jsonl

    Read them before you use them, and change what does not fit; --personas takes the file.
    """
    import asyncio

    from .._money.meter import Account
    from .._plugins.registry import Registry
    from .._run.planning import make_plan
    from .._run.problems import Problems
    from .proposal import from_document

    problems = Problems()
    settings = _settings(given, sources(ctx))
    problems.add(*settings.problems())
    if given["out"]:
        problems.collect(_check_out, Path(given["out"]), overwrite=given["overwrite"])
    spec = problems.collect(from_document, given["document"], given["n_personas"])
    plan = problems.collect(make_plan, None, spec, settings, Registry())
    problems.stop()
    assert plan is not None, "nothing is missing where nothing is wrong"
    told = _Told(quiet=given["quiet"], to_stderr=not given["out"])
    told.before(plan)
    with plan.purse() as purse:
        account = Account(purse, plan.journal)
        try:
            personas = asyncio.run(_proposed(plan, account))
        finally:
            told.spent(plan, account)
    _write(personas, given["out"])
    told.after(given["out"])


def _settings(given: dict[str, Any], where_from: dict[str, str]) -> Settings:
    names = ("judge", "timeout", "seed")
    options = {name: given[name] for name in names}
    return Settings(**options, budget_usd=given["budget"], hooks=(), sources=where_from)


def _check_out(path: Path, overwrite: bool) -> None:
    """See that the file can be written, before its content is paid for."""
    if path.is_dir():
        raise UsageError(f"--out {path} is a directory; name a file in it")
    if path.exists() and not overwrite:
        raise UsageError(f"--out {path} is there already; say --overwrite to write over it, or name another file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"--out {path} cannot be written; give a file in a folder that exists and can be written")


async def _proposed(plan: Plan, account: Account) -> tuple[Persona, ...]:
    from .._run.lifecycle import ready
    from .._run.proposal import personas_of
    from .running import stop_on_sigterm

    stop_on_sigterm()
    async with ready((plan.source, plan.judge), seconds=plan.info.timeout):
        return await personas_of(plan, account)


def _write(personas: tuple[Persona, ...], out: str | None) -> None:
    from .._types.result_json import persona_to_json

    rows = [json.dumps(persona_to_json(persona), ensure_ascii=False) for persona in personas]
    text = "\n".join([f"# {DISCLAIMER}", *rows]) + "\n"
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


class _Told:
    """What is told beside the personas.

    Args:
        quiet: Whether nothing is.
        to_stderr: Whether standard output is taken by the personas.
    """

    def __init__(self, *, quiet: bool, to_stderr: bool) -> None:
        self._quiet = quiet
        self._to_stderr = to_stderr

    def before(self, plan: Plan) -> None:
        """Tell whom it will ask and what that costs at most; let the persona source be as quiet."""
        if self._quiet:
            from .proposal import keep_quiet

            keep_quiet()
        info = plan.info
        worst = plan.judge.worst_cost(plan.proposal) if plan.proposal else None
        most = "no prices are known" if worst is None else f"${worst:.4f} at most"
        ceiling = "no ceiling" if info.budget_usd is None else f"of a budget of ${info.budget_usd}"
        self._say(f"judge    {info.judge_model} ({info.judge_reason})")
        self._say(f"estimate 1 judge call, {most}, {ceiling}")

    def spent(self, plan: Plan, account: Account) -> None:
        """Tell what it took, also where nothing came of it; nothing where nobody was asked."""
        if account.calls:
            usage, calls = account.usage, f"{account.calls} judge call{'s' if account.calls > 1 else ''}"
            tokens = f"{usage.input_tokens} tokens in, {usage.output_tokens} out"
            self._say(f"spent    ${plan.ledger.spent:.4f}, {calls}, {tokens}")

    def after(self, out: str | None) -> None:
        """Tell where the personas are, and what they are not."""
        if out:
            self._say(f"personas {out}: read them before you use them")
        self._say(DISCLAIMER)

    def _say(self, text: str) -> None:
        if not self._quiet:
            click.echo(text, err=self._to_stderr)
