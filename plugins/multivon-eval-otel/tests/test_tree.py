"""Whole runs: every span ends, each conversation is one trace, parents are who asked."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.trace import StatusCode
from people import Asking, Judges, Rates, Sees, Traced, check_tree, persona

from multivon_eval import asimulate, result_to_json, simulate
from multivon_eval.sdk import UserTurn

PERSONAS = [persona(f"p{number}") for number in range(6)]


def systems(traced: Traced):
    """A synchronous and an asynchronous system that make spans of their own."""
    tracer = traced.provider.get_tracer("bot")

    def threaded(prompt):
        with tracer.start_as_current_span("bot"), tracer.start_as_current_span("database"):
            return "Thirty days."

    async def awaited(prompt):
        with tracer.start_as_current_span("bot"):
            await asyncio.sleep(0)
            await asyncio.gather(inner(), inner())
            return "Thirty days."

    async def inner():
        with tracer.start_as_current_span("database"):
            await asyncio.sleep(0)

    return {"threaded": threaded, "awaited": awaited}


def run(traced: Traced, system, **options):
    given = {"driver": Asking(), "judge": Judges(), "observers": [Sees()], "evaluators": [Rates()], "max_turns": 2}
    return simulate(system, PERSONAS, hooks=[traced.hook], concurrency=8, **{**given, **options})


def parent_of(traced: Traced, span):
    return next((one for one in traced.ended if span.parent and one.context.span_id == span.parent.span_id), None)


@pytest.mark.parametrize("kind", ["threaded", "awaited"])
def test_spans_of_the_system_are_below_its_call(kind):
    traced = Traced()
    results = run(traced, systems(traced)[kind], trials=2)
    assert results.report.problems == ()
    check_tree(traced, 12)
    bots = traced.named("bot")
    assert len(bots) == 24
    assert {parent_of(traced, span).name for span in bots} == {"invoke_agent model_fn"}
    assert {parent_of(traced, span).name for span in traced.named("database")} == {"bot"}


def test_who_asks_whom():
    """The judge stands below driver and evaluator, the verdict below the conversation, and all others too."""
    traced = Traced()
    run(traced, systems(traced)["threaded"])
    found = {(span.name, getattr(parent_of(traced, span), "name", "")) for span in traced.ended}
    root = "invoke_workflow conversation"
    assert found == {
        (root, ""),
        ("driver asking", root),
        ("chat fake-large", "driver asking"),
        ("observer sees", root),
        ("invoke_agent model_fn", root),
        ("bot", "invoke_agent model_fn"),
        ("database", "bot"),
        ("chat fake-large", root),
        ("evaluator rates", root),
        ("chat fake-large", "evaluator rates"),
    }


def test_repetitions_are_spans_of_their_own():
    """A call that failed and was made again is two spans, the first with its error."""
    traced = Traced()
    run(traced, systems(traced)["awaited"], judge=Judges(fails_every=3))
    check_tree(traced, 6)
    failed = [span for span in traced.named("chat") if span.status.status_code is StatusCode.ERROR]
    assert failed and {span.attributes["error.type"] for span in failed} == {"JudgeUnavailable"}
    assert len(failed) < len(traced.named("chat"))


def test_a_system_that_fails():
    """Its call and the conversation are marked, with the class of what it raised."""
    traced = Traced()

    def broken(prompt):
        raise ConnectionError("no database")

    run(traced, broken)
    check_tree(traced, 6)
    for name in ("invoke_agent", "invoke_workflow"):
        for span in traced.named(name):
            assert span.attributes["error.type"] == "ConnectionError"
            assert span.status.status_code is StatusCode.ERROR and "no database" in span.status.description
    assert {span.attributes["multivon_eval.stop_reason"] for span in traced.named("invoke_workflow")} == {
        "driver_error"
    }


def test_a_driver_that_fails():
    traced = Traced()

    class Breaks(Asking):
        async def next_message(self, conversation, context):
            raise KeyError("gone")

    run(traced, systems(traced)["threaded"], driver=Breaks())
    check_tree(traced, 6)
    assert all(span.status.status_code is StatusCode.ERROR for span in traced.named("driver"))


def test_where_the_budget_ends():
    """What the ceiling cuts off ends too, and is no error of the conversation."""
    traced = Traced()
    results = run(traced, systems(traced)["threaded"], judge=Judges(cost=Decimal("0.01")), budget_usd=0.08)
    assert "budget_exceeded" in {result.stop_reason for result in results}
    check_tree(traced, 6)
    cut = [
        span for span in traced.named("invoke_workflow") if span.attributes["multivon_eval.stop_reason"] != "max_turns"
    ]
    assert cut and all(span.status.status_code is StatusCode.UNSET for span in cut)


def test_a_run_that_is_cancelled():
    """What was under way ends with an error, and nothing is remembered."""
    traced = Traced()

    async def cancelled():
        begun = asyncio.Event()

        async def hangs(prompt):
            begun.set()
            await asyncio.Event().wait()

        running = asyncio.create_task(
            asimulate(hangs, PERSONAS, hooks=[traced.hook], driver=Asking(), judge=Judges(), concurrency=4)
        )
        await begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelled())
    roots = traced.named("invoke_workflow")
    check_tree(traced, len(roots))
    assert {span.attributes["error.type"] for span in roots} == {"unfinished"}
    asked = [span for span in traced.named("invoke_agent") if span.attributes["error.type"] == "CancelledError"]
    assert asked


def test_several_runs_at_once():
    """Two runs share the hook and their conversations' names, and stay apart."""
    traced = Traced()

    async def both():
        options = {
            "hooks": [traced.hook],
            "driver": Asking(),
            "judge": Judges(),
            "max_turns": 1,
            "evaluators": [Rates()],
        }
        return await asyncio.gather(*(asimulate(lambda prompt: "Hm.", PERSONAS, **options) for _ in range(3)))

    asyncio.run(both())
    check_tree(traced, 18)
    assert len({span.attributes["multivon_eval.run_id"] for span in traced.ended}) == 3


def test_the_caller_is_linked():
    """A trace of its own for each conversation, with a link to where the run began, from a thread of the loop too."""
    traced = Traced()
    tracer = traced.provider.get_tracer("pytest")

    async def inside():
        run(traced, lambda prompt: "Hm.", max_turns=1)

    with tracer.start_as_current_span("test") as span:
        run(traced, lambda prompt: "Hm.", max_turns=1)
        asyncio.run(inside())
        assert trace.get_current_span() is span
    around = span.get_span_context()
    roots = traced.named("invoke_workflow")
    assert len(roots) == 12
    assert all([link.context.span_id for link in root.links] == [around.span_id] for root in roots)
    assert around.trace_id not in {root.context.trace_id for root in roots}


SCORES = """
import json, runpy, sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

class Writes(SpanExporter):
    def export(self, spans):
        with open("spans.jsonl", "a") as file:
            for span in spans:
                parent = span.parent and span.parent.span_id
                row = [span.name, span.context.trace_id, span.context.span_id, parent, dict(span.attributes)]
                print(json.dumps([*row, [event.name for event in span.events]]), file=file)
        return SpanExportResult.SUCCESS

trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(Writes()))
sys.argv = ["multivon-eval", "score", "results.jsonl", "--out", "again.jsonl", "--judge", "offline", "--quiet"]
runpy.run_module("multivon_eval", run_name="__main__")
"""


def test_scoring_saved_results_has_a_trace_for_each(tmp_path):
    """Installed, it hears of ``score`` too: a trace per conversation that ends with verdict and scores."""
    results = simulate(lambda prompt: "Hm.", PERSONAS, hooks=(), driver=Asking(), judge=Judges(), max_turns=1)
    lines = [json.dumps(result_to_json(result)) for result in results]
    (tmp_path / "results.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-W", "error", "-c", SCORES]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr
    rows = [json.loads(line) for line in (tmp_path / "spans.jsonl").read_text(encoding="utf-8").splitlines()]
    roots = [row for row in rows if row[3] is None]
    assert {row[0] for row in roots} == {"invoke_workflow conversation"}
    assert sorted(row[4]["multivon_eval.persona.name"] for row in roots) == [one.name for one in PERSONAS]
    assert {row[1] for row in rows} == {row[1] for row in roots}
    assert {row[3] for row in rows} <= {None, *(row[2] for row in rows)}
    assert all(row[5] == ["gen_ai.evaluation.result"] * 4 for row in roots)


def test_what_a_system_does_when_it_is_closed():
    traced = Traced()
    tracer = traced.provider.get_tracer("bot")

    class Bot:
        def open(self, conversation_id):
            return self

        def reply(self, prompt):
            return "Hm."

        def __call__(self, prompt):
            return "Hm."

        def close(self):
            with tracer.start_as_current_span("farewell"):
                return

    run(traced, Bot(), max_turns=1)
    check_tree(traced, 6)
    assert {parent_of(traced, span).name for span in traced.named("farewell")} == {"invoke_workflow conversation"}


FAULTS = st.sampled_from(["fine", "system", "driver", "slow", "empty"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    faults=st.lists(FAULTS, min_size=1, max_size=6),
    is_async=st.booleans(),
    fails_every=st.sampled_from([0, 2, 5]),
    concurrency=st.integers(1, 8),
    budget=st.sampled_from([None, 0.004, 0.02]),
    trials=st.integers(1, 2),
)
def test_no_orphan_whatever_fails(faults, is_async, fails_every, concurrency, budget, trials):
    """Whatever fails in whichever conversation: every span ends, and each conversation is one whole trace."""
    traced = Traced()
    personas = [persona(f"p{number}-{fault}") for number, fault in enumerate(faults)]

    class Plays(Asking):
        async def next_message(self, conversation, context):
            if "driver" in conversation.persona.name:
                raise ValueError("no idea")
            await super().next_message(conversation, context)
            return UserTurn(conversation.persona.name)

    own = systems(traced)["awaited" if is_async else "threaded"]

    def broken(prompt):
        if "system" in prompt:
            raise RuntimeError("crash")
        return ""

    async def system(prompt):
        if "system" in prompt or "empty" in prompt:
            return broken(prompt)
        if "slow" in prompt:
            await asyncio.Event().wait()
        return await own(prompt) if is_async else own(prompt)

    simulate(
        system,
        personas,
        hooks=[traced.hook],
        driver=Plays(),
        judge=Judges(fails_every=fails_every),
        evaluators=[Rates()],
        observers=[Sees()],
        concurrency=concurrency,
        budget_usd=budget,
        trials=trials,
        timeout=0.05,
        max_turns=2,
    )
    check_tree(traced, len(personas) * trials)
