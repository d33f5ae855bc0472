"""What it costs to record one call: the same calls of openai's SDK with and without a recording, in turn."""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import openai

from multivon_eval import record_prompts

PROMPT = 4096
"""Characters of prompt in each call: a system prompt that stays, and a user message that is new each time."""
BOUND = 100
"""Microseconds that recording a call may take."""
ANSWER = {
    "id": "c",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Fine."}, "finish_reason": "stop"}],
}


def tell_recording(calls: int = 300, rounds: int = 30) -> None:
    """Print the CPU time that a recording adds to a call, the median of some rounds."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=ANSWER))
    added, bare = [], []
    with (
        tempfile.TemporaryDirectory() as name,
        openai.OpenAI(
            base_url="http://localhost/v1", api_key="k", http_client=httpx.Client(transport=transport)
        ) as client,
    ):
        ask = _asking(client)
        _microseconds(ask, calls)
        for number in range(rounds):
            bare.append(_microseconds(ask, calls))
            with record_prompts(Path(__file__).parent, Path(name) / f"{number}.jsonl") as recording:
                added.append(_microseconds(ask, calls) - bare[-1])
            assert recording.summary.calls == calls and not recording.summary.without_site
    print(f"\n{calls} calls of openai's SDK with {PROMPT} characters of prompt, {rounds} rounds")
    print(f"one call, nothing recorded    {statistics.median(bare):.0f} µs")
    print(f"recording adds                {statistics.median(added):.0f} µs ({min(added):.0f} to {max(added):.0f})")
    print(f"recording adds less than {BOUND} µs: {'yes' if statistics.median(added) < BOUND else 'no'}")


def _asking(client: openai.OpenAI) -> Callable[[], object]:
    lines = "Say what the shop's policy says, in one or two sentences.\n"
    text = (lines * PROMPT)[:PROMPT]
    system = text[: PROMPT * 3 // 4]
    numbers = itertools.count()

    def ask() -> object:
        asked = f"{next(numbers)}: {text}"[: PROMPT - len(system)]
        return client.chat.completions.create(
            model="m", messages=[{"role": "system", "content": system}, {"role": "user", "content": asked}]
        )

    return ask


def _microseconds(ask: Callable[[], object], calls: int) -> float:
    before = time.process_time()
    for _ in range(calls):
        ask()
    return (time.process_time() - before) * 1e6 / calls
