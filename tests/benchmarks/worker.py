"""One measured process: a run of multivon-eval, or a bare loop that makes the same calls."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import resource
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

Post = Callable[[bytes], Awaitable[bytes]]
EVALUATORS = ("conversation-relevance", "knowledge-retention", "turn-consistency")


def personas(count: int) -> Iterator[dict[str, Any]]:
    """Personas of the usual size, made as they are taken."""
    for index in range(count):
        yield {
            "name": f"customer_{index}",
            "profile": f"Customer {index} in a hurry who wants a refund for order #{1000 + index}.",
            "goal": "Find out how to get a refund and confirm the refund window.",
            "success_criteria": ["The assistant stated the refund window.", "The assistant stated the process."],
            "traits": ["terse", "impatient"],
        }


def model_fn(latency: float) -> Callable[[list[dict[str, str]]], Awaitable[str]]:
    """A system under test that takes its time and says something of the usual length."""

    async def reply(messages: list[dict[str, str]]) -> str:
        await asyncio.sleep(latency)
        return f"The refund window is 30 days. You asked {len(messages)} things. Open your orders and press refund."

    return reply


async def run_simulation(options: argparse.Namespace) -> int:
    """A run through ``stream_simulations``, journal and jsonl sink on."""
    journal, run, system, registry, config, planning = (
        importlib.import_module(name) for name in NEEDED["simulation"][:6]
    )
    spec = f"openai:mock,base_url={options.url},price_in=0.1,price_out=0.4"
    out = Path(options.out)
    settings = config.Settings(
        max_turns=options.turns,
        judge=spec,
        evaluators=EVALUATORS if options.scores else (),
        judge_calls=options.judge_calls,
        sinks=({"use": "jsonl", "path": str(out)},),
        concurrency=options.concurrency,
        budget_usd="100000",
        hooks=(),
    )
    under_test = system.SystemUnderTest.of(model_fn(options.model_latency))
    people = personas(options.conversations)
    plan = planning.make_plan(
        under_test, people, settings, registry.Registry(), journal=journal.Journal(Path(f"{out}.journal"))
    )
    done = 0
    async for result in run.Run(plan).simulate():
        assert result.stop_reason == "max_turns", result.conversation.error
        assert result.goal_achieved, result.verdict
        done += 1
    return done


async def run_bare(options: argparse.Namespace, post: Post) -> int:
    """The same calls with the same dependencies, and nothing else."""
    bodies = [line.encode() for line in Path(options.bodies).read_text(encoding="utf-8").splitlines()]
    talk, judging = bodies[: options.turns + 1], bodies[options.turns + 1 :]
    left = iter(range(options.conversations))

    async def conversations() -> None:
        for _ in left:
            for index, body in enumerate(talk):
                json.loads(await post(body))
                if index < options.turns:
                    await asyncio.sleep(options.model_latency)
            for raw in await asyncio.gather(*(post(body) for body in judging)):
                json.loads(raw)

    await asyncio.gather(*(conversations() for _ in range(options.concurrency)))
    return options.conversations


async def run_aiohttp(options: argparse.Namespace) -> int:
    """The bare loop over aiohttp."""
    import aiohttp

    url, headers = f"{options.url}/chat/completions", {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post(body: bytes) -> bytes:
            async with session.post(url, data=body, headers=headers) as response:
                return await response.read()

        return await run_bare(options, post)


async def run_httpx(options: argparse.Namespace) -> int:
    """The bare loop over httpx and its own pool."""
    import httpx

    url, headers = f"{options.url}/chat/completions", {"Content-Type": "application/json"}
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=120) as client:

        async def post(body: bytes) -> bytes:
            return (await client.post(url, content=body, headers=headers)).content

        return await run_bare(options, post)


# Imported before the clock starts: what a run takes is measured, not what a start takes.
NEEDED = {
    "simulation": (
        "multivon_eval._journal.journal",
        "multivon_eval._run.run",
        "multivon_eval._run.system",
        "multivon_eval._plugins.registry",
        "multivon_eval._run.settings",
        "multivon_eval._run.planning",
        "multivon_eval_plugins.judges.openai",
        "multivon_eval_plugins.roleplay.driver",
        "multivon_eval_plugins.evaluators.relevance",
        "multivon_eval_plugins.evaluators.retention",
        "multivon_eval_plugins.evaluators.consistency",
        "multivon_eval_plugins.sinks.jsonl",
    ),
    "aiohttp": ("aiohttp",),
    "httpx": ("httpx",),
}
KINDS = {"simulation": run_simulation, "aiohttp": run_aiohttp, "httpx": run_httpx}


def main() -> None:
    """Do one piece of work and print what it took as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--url", required=True)
    parser.add_argument("--conversations", type=int, required=True)
    parser.add_argument("--turns", type=int, required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--model-latency", type=float, default=0.05)
    parser.add_argument("--scores", type=int, default=1)
    parser.add_argument("--judge-calls", default="separate")
    parser.add_argument("--out", default="results.jsonl")
    parser.add_argument("--bodies", default="")
    parser.add_argument("--cpu", type=int)
    options = parser.parse_args()
    if options.cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.cpu})
    for name in NEEDED[options.kind]:
        importlib.import_module(name)
    spare_the_collector = importlib.import_module("multivon_eval._cli.running").spare_the_collector
    started, before = time.perf_counter(), time.process_time()
    with spare_the_collector():
        done = asyncio.run(KINDS[options.kind](options))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = {"wall": time.perf_counter() - started, "cpu": time.process_time() - before, "peak_mib": peak}
    print(json.dumps({"kind": options.kind, "done": done, **took}))


if __name__ == "__main__":
    main()
