"""What would be sent, as lines of text for people to look at before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from multivon_eval.sdk import format_count

from .prepared import Inquiry, Prepared, sum_rules


def write_summary(prepared: Prepared, path: str) -> Iterator[str]:
    """How much was read, how it was put together, what was taken out, and how many calls that makes."""
    forms = sorted({call.format for call in prepared.log.calls})
    count = format_count(prepared.conversations, "conversation")
    yield f"log {path}: {count} ({', '.join(forms)}), {prepared.clusters} without near copies"
    for reason, times in prepared.log.left_out.items():
        yield f"left out: {times} {reason}"
    yield f"taken out: {_format_counts(sum_rules(prepared.asked)) or 'nothing'}"
    yield f"judge calls: {len(prepared.asked)}, one a persona; nothing was asked yet"


def write_preview(prepared: Prepared, path: str) -> Iterator[str]:
    """The summary, the instructions that go with every call, and each conversation letter for letter as it is sent."""
    yield from write_summary(prepared, path)
    prompt = prepared.asked[0].question.prompt
    yield ""
    yield "with every call:"
    yield from f"{prompt.system}\n\n{prompt.messages[0].parts[-1]}".splitlines()
    for number, one in enumerate(prepared.asked, 1):
        yield ""
        yield from _write_call(one, number, len(prepared.asked))


def _write_call(one: Inquiry, number: int, of: int) -> Iterator[str]:
    source = one.source
    size = f", stands for {source['cluster_size']} near copies" if source["cluster_size"] > 1 else ""
    yield f"call {number} of {of}: {source['file']}:{source['line']} ({source['format']}){size}"
    yield f"taken out: {_format_counts(one.redacted) or 'nothing'}"
    if one.placeholders:
        yield f"placeholders: {', '.join(one.placeholders)}"
    if one.left_out:
        yield f"left out: {format_count(one.left_out, 'message')} in the middle; raise max_characters= to send more"
    yield from one.question.prompt.messages[0].parts[0].splitlines()


def _format_counts(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{times} {rule}" for rule, times in counts.items())
