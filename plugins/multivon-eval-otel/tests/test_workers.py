"""Conversations in other processes: each is one whole trace, made in the process that held it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ACME = Path(__file__).resolve().parents[3] / "tests" / "third_party" / "acme_eval" / "src"
MODEL = """
import json
import os

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult


class Writes(SpanExporter):
    def export(self, spans):
        for span in spans:
            row = {"name": span.name, "trace": span.context.trace_id, "span": span.context.span_id}
            row |= {"parent": span.parent and span.parent.span_id, "pid": os.getpid()}
            row["status"] = span.status.status_code.name
            with open("spans.jsonl", "a") as file:
                file.write(json.dumps(row) + "\\n")
        return SpanExportResult.SUCCESS


provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(Writes()))
trace.set_tracer_provider(provider)


def model_fn(prompt):
    with trace.get_tracer("bot").start_as_current_span("bot"):
        return "The refund window is 30 days."
"""
PERSON = {"profile": "A customer.", "goal": "Learn the refund window.", "success_criteria": "It was stated."}


def test_conversations_are_traced_in_workers(tmp_path):
    """The system's own spans are below its call, also where workers hold the conversations."""
    people = "".join(json.dumps({"name": name, **PERSON}) + "\n" for name in ("ann", "ben", "cai"))
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "personas.jsonl").write_text(people, encoding="utf-8")
    command = [sys.executable, "-m", "multivon_eval", "simulate", "--model-cmd", "model.py", "--judge", "offline"]
    command += ["--personas", "personas.jsonl", "--max-turns", "1", "--executor", "acme_eval.pool.Pool,workers=2"]
    env = {**os.environ, "PYTHONPATH": str(ACME)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    spans = [json.loads(line) for line in (tmp_path / "spans.jsonl").read_text(encoding="utf-8").splitlines()]
    roots = [span for span in spans if span["name"] == "invoke_workflow conversation"]
    assert len(roots) == 3
    assert {root["status"] for root in roots} == {"UNSET"}
    for root in roots:
        own = [span for span in spans if span["trace"] == root["trace"]]
        assert {span["pid"] for span in own} == {root["pid"]}
        ids = {span["span"] for span in own}
        assert all(span["parent"] in ids for span in own if span is not root)
        (bot,) = [span for span in own if span["name"] == "bot"]
        (asked,) = [span for span in own if span["span"] == bot["parent"]]
        assert asked["name"] == "invoke_agent model_fn"
    assert {span["trace"] for span in spans} == {root["trace"] for root in roots}
