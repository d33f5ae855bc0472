"""The page: template, style and script put together, with a policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import IO, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from multivon_eval.sdk import Comparison, Report, list_findings, make_printable

from ..sinks.json_text import write_json
from .numbers import Told, describe_run
from .pile import Pile
from .row import make_row
from .rows_file import RowsFile, pack
from .sample import draw_sample
from .worth import link_worth

SCRIPTS = ("dom", "data", "state", "list", "heat", "text", "chat", "reader", "label", "label_file", "main")
"""The parts of the page's script, in the order in which they are put together."""
MOST_TOGETHER, LARGEST_TOGETHER = 32, 1 << 20
"""Conversations, and characters of JSON, that are compressed together: what opens one reads its neighbours too."""


def write_page(file: IO[str], report: Report, rows: RowsFile, sample: int, seed: int) -> None:
    """Write the page.

    Args:
        file: Where to.
        report: The end of the run.
        rows: Its results, and those of the run it goes on with.
        sample: How many conversations may be labelled.
        seed: The seed of that sample.
    """
    pile, base = Pile(), Pile()
    for row in rows.read():
        pile.add(row)
    for result in report.baseline:
        base.add(make_row(result))
    told = describe_run(report, pile)
    head = {
        "run": report.info.run_id,
        "rule": report.summary.judge_rule,
        "personas": pile.personas,
        "rows": pile.rows,
        "base": {"personas": base.personas, "rows": base.rows},
        "kinds": [kind for kind, _ in told.kinds],
        "sample": draw_sample(pile, sample, seed),
    }
    parts = itertools.chain(
        [("head", pack(write_json(head)))],
        _pack_bodies("rows", (row["body"] for row in rows.read())),
        _pack_bodies("base", (make_row(result)["body"] for result in report.baseline)),
    )
    for text in _stream(report, pile, told, parts):
        file.write(text)


def _stream(report: Report, pile: Pile, told: Told, parts: Iterator[tuple[str, str]]) -> Iterator[str]:
    environment = Environment(
        loader=PackageLoader(__package__, "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _read("report.css"), _join_scripts()
    comparison = report.comparison
    return environment.get_template("report.html.j2").generate(
        policy=_make_policy(style, script),
        style=_Markup(style),
        script=_Markup(script),
        parts=parts,
        report=report,
        summary=report.summary,
        told=told,
        worth=link_worth(pile, report.summary.worth_reading),
        findings=[] if comparison is None else _list_findings(comparison),
        comparison=comparison,
        count=len(pile.rows),
    )


def _list_findings(comparison: Comparison) -> list[str]:
    """What changed, in the words of everywhere; metrics have a table of their own."""
    metrics = tuple(f"{metric.name}: " for metric in comparison.metrics)
    return [line for line in list_findings(comparison) if not line.startswith(metrics)]


class _Markup(str):
    """Text of our own that is markup already."""

    def __html__(self) -> str:
        return self


def _finalize(value: Any) -> Any:
    """Replace in what others wrote the characters that would turn its direction or hide it."""
    return make_printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _pack_bodies(name: str, bodies: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Compress bodies, some at a time; at the end comes at which place each of these begins."""
    starts, texts = [0], list[str]()
    for place, text in enumerate(map(write_json, bodies)):
        if texts and (len(texts) == MOST_TOGETHER or sum(map(len, texts)) + len(text) > LARGEST_TOGETHER):
            yield name, pack(f"[{','.join(texts)}]")
            texts = []
            starts.append(place)
        texts.append(text)
    if texts:
        yield name, pack(f"[{','.join(texts)}]")
        yield f"{name}-starts", pack(write_json(starts))


def _read(name: str) -> str:
    return resources.files(__package__).joinpath("assets", name).read_text(encoding="utf-8")


def _join_scripts() -> str:
    parts = "\n".join(_read(f"{name}.js") for name in SCRIPTS)
    # What the browser hashes ends where the element does.
    assert not re.search("</script|<!--", parts, re.IGNORECASE), "the script would end its own element"
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def _make_policy(style: str, script: str) -> str:
    """Write the policy: this style, this script, and nothing from anywhere."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src 'none'",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
