"""Results as JUnit XML, which CI servers show as tests."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from xml.sax.saxutils import quoteattr

import attrs

from multivon_eval.sdk import Report, RunInfo, SimulationResult, make_one_line, render_transcript

from ._files import Kept, check_file, write_text
from ._outcome import tell_outcome

# What XML 1.0 has no word for.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST = 100_000
"""Characters of a transcript that are shown: servers refuse files that are too large."""


@attrs.define
class JunitSink:
    """Writes JUnit XML, one test case a conversation, when the run ends.

    A conversation that achieved the goal passed. One in which the system failed is a failure: it did not achieve the
    goal, refused, or crashed. Where infrastructure or the judge failed it is an error. Skipped are those that measured
    nothing of the system: a fault of the simulation, a verdict of unknown, one that the budget cut.

    Attributes:
        path: The file, which is replaced all at once; ``-`` for standard output.
        transcripts: Whether each test case has its transcript, under ``system-out``.
    """

    path: str
    transcripts: bool = True
    _cases: Kept | None = attrs.field(default=None, init=False, eq=False, repr=False)
    _counts: Counter[str] = attrs.field(factory=Counter, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that the file can be written.

        Raises:
            UsageError: If it cannot.
        """
        check_file(self.path, "junit")

    async def open(self, run: RunInfo) -> None:
        """Begin to keep test cases.

        Raises:
            UsageError: If the file cannot be written.
        """
        check_file(self.path, "junit")
        self._cases, self._counts = Kept(), Counter()

    async def write(self, result: SimulationResult) -> None:
        """Keep one test case."""
        assert self._cases is not None, "a sink is opened before it is written to"
        outcome, _, _ = tell_outcome(result)
        self._counts[outcome] += 1
        self._cases.add(ET.tostring(_make_case(result, self.transcripts), encoding="unicode"))

    async def retake(self, result: SimulationResult) -> None:
        """Keep one of the run that is gone on with."""
        await self.write(result)

    async def close(self, report: Report) -> None:
        """Write the file.

        Raises:
            DeliveryError: If it cannot be written.
        """
        if self._cases is None:
            return
        cases, self._cases = self._cases, None
        try:
            write_text(self.path, _write_suite(cases, self._counts, report))
        finally:
            cases.close()


def _make_case(result: SimulationResult, has_transcript: bool) -> ET.Element:
    name = f"{make_one_line(result.persona.name)} #{result.trial}"
    case = ET.Element(
        "testcase", classname=_name_class(result), name=_make_safe(name), time=f"{result.provenance.seconds:.3f}"
    )
    outcome, kind, reason = tell_outcome(result)
    if outcome != "passed":
        ET.SubElement(case, outcome, type=kind, message=_make_safe(reason[:1000])).text = _make_safe(_explain(result))
    if has_transcript:
        ET.SubElement(case, "system-out").text = _make_safe(_cut(render_transcript(result.transcript)))
    return case


def _name_class(result: SimulationResult) -> str:
    """Where the persona comes from, as the class of a test: servers take dots for folders."""
    purpose = "score" if result.provenance.rescored_from else "simulate"
    sources = (use.spec for use in result.provenance.plugins if use.kind == "persona source")
    path = PurePath(next(sources, "").rpartition(":")[2].partition(",")[0])
    return f"{purpose}.{_make_safe(path.stem).replace('.', '_') or 'personas'}"


def _explain(result: SimulationResult) -> str:
    """All that speaks for the outcome, a line each."""
    lines = [make_one_line(result.verdict.reason)]
    for one in result.verdict.criteria:
        lines.append(f"{one.met}: {make_one_line(one.criterion)} ({make_one_line(one.reason)})")
        lines += [f"  turn {quote.turn}: {make_one_line(quote.quote)}" for quote in one.evidence]
    lines += [
        f"fault in turn {fault.turn}: {fault.fault}, {make_one_line(fault.detail)}" for fault in result.driver_faults
    ]
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]}\n[{len(text) - MOST} more characters are in the results]"


def _write_suite(cases: Kept, counts: Counter[str], report: Report) -> Iterator[str]:
    """The file in parts: the counts stand before the test cases."""
    info, summary = report.info, report.summary
    failed = {"tests": counts.total(), "failures": counts["failure"], "errors": counts["error"]}
    took = {"time": f"{report.seconds:.3f}"}
    suite = {"name": "multivon-eval", **failed, "skipped": counts["skipped"], **took, "timestamp": info.started_at[:19]}
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites{_write_attributes({**failed, **took})}>\n'
    yield f"<testsuite{_write_attributes(suite)}>\n<properties>\n"
    told = {
        "disclaimer": summary.disclaimer,
        "part": "" if summary.part is None else str(summary.part),
        "run_id": info.run_id,
        "judge_model": summary.judge_model or info.judge_model,
        "judge_rule": summary.judge_rule,
        "goal_rate": summary.headline,
        "cost_usd": f"{summary.spent_usd}",
        "interrupted": "true" if report.interrupted else "",
    }
    for name, value in told.items():
        if value:
            yield f"<property{_write_attributes({'name': name, 'value': value})}/>\n"
    yield "</properties>\n"
    for case in cases:
        yield f"{case}\n"
    yield "</testsuite>\n</testsuites>\n"


def _write_attributes(values: dict[str, object] | dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(_make_safe(str(value)))}" for name, value in values.items())


def _make_safe(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
