"""A mock chat-completions server with a fixed latency, light enough not to be what is measured."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

CRITERIA = re.compile(r"^(\d+)\. ", re.MULTILINE)


def answer(body: dict[str, Any]) -> str:
    """An answer that fits what was asked: user turns that go on, verdicts and scores of yes."""
    schema = (body.get("response_format") or {}).get("json_schema", {})
    kind = schema.get("name", "")
    if kind == "user_turn":
        said = len(body["messages"])
        text = f"This is my message number {said}: could you tell me the refund window for order {said * 7}, please?"
        return json.dumps({"message": text, "ends": "no"})
    asked, form = body["messages"][-1]["content"], schema.get("schema", {})
    if kind == "together":
        return json.dumps({name: judge(part, asked) for name, part in form["properties"].items()})
    return json.dumps(judge(form, asked))


def judge(form: dict[str, Any], asked: str) -> dict[str, Any]:
    """Answer one question about a transcript with yes."""
    if "criteria" in form.get("properties", {}):
        quote = [{"turn": 1, "quote": "The refund window is 30 days"}]
        numbers = CRITERIA.findall(asked.rpartition("judged one by one:")[2])
        rows = [
            {"number": int(number), "reason": "said", "evidence": quote, "turns": [], "met": "yes"}
            for number in numbers
        ]
        return {"criteria": rows, "claims": [], "reason": "all said"}
    if "against" in form.get("properties", {}):
        count = {"of": 4} if "of" in form["properties"] else {}
        return {"reason": "seen", **count, "against": [], "unknown": 0}
    return {key: {"reason": "seen", "evidence": [], "answer": "yes"} for key in form.get("required", [])}


def count_tokens(text: str) -> int:
    """Count the tokens of a text as a usual vocabulary has them: four letters, or one character beyond ASCII."""
    ascii_ones = len(text.encode("ascii", "ignore"))
    return ascii_ones // 4 + len(text) - ascii_ones + 1


class Tally:
    """What the server has charged for so far, in tokens; asking for it begins anew."""

    def __init__(self) -> None:
        self.counts = {"calls": 0, "input_tokens": 0, "output_tokens": 0}

    def add(self, asked: int, answered: int) -> None:
        """Charge for a call."""
        for name, more in zip(self.counts, (1, asked, answered), strict=True):
            self.counts[name] += more

    def take(self) -> dict[str, int]:
        """Tell what was charged for since the last time."""
        told, self.counts = self.counts, dict.fromkeys(self.counts, 0)
        return told


class Connection(asyncio.Protocol):
    """One keep-alive connection: requests in, completions out after the latency."""

    def __init__(self, latency: float, log: Any, tally: Tally) -> None:
        self._latency = latency
        self._log = log
        self._tally = tally
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take whole requests off the buffer."""
        self._buffer += data
        while True:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            length = 0
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            loop = asyncio.get_running_loop()
            # The answer is made within the latency, when all requests that are there have been read: the latency is
            # the same for each of them, however many come at once.
            is_tally = head.startswith(b"GET ") and head.split(b" ", 2)[1].endswith(b"/tally")
            loop.call_soon(self._answer, rest[:length], loop.time() + self._latency, is_tally)

    def _answer(self, raw: bytes, due: float, is_tally: bool) -> None:
        data = json.dumps(self._tally.take() if is_tally else self._completion(raw)).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        asyncio.get_running_loop().call_at(due, self._send, head.encode() + data)

    def _completion(self, raw: bytes) -> dict[str, Any]:
        if not raw:
            return {"object": "list", "data": []}
        if self._log:
            self._log.write(raw + b"\n")
            self._log.flush()
        text = answer(json.loads(raw))
        asked, answered = count_tokens(raw.decode()), count_tokens(text)
        self._tally.add(asked, answered)
        usage = {"prompt_tokens": asked, "completion_tokens": answered}
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        return {"id": "x", "object": "chat.completion", "model": "mock", "choices": [choice], "usage": usage}

    def _send(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


async def serve(latency: float, log: Path | None) -> None:
    """Serve until the standard input closes, having printed the address first."""
    file = log.open("ab") if log else None
    loop, tally = asyncio.get_running_loop(), Tally()
    server = await loop.create_server(lambda: Connection(latency, file, tally), "127.0.0.1", 0, backlog=2048)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}/v1", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    """Parse the options and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--cpu", type=int)
    options = parser.parse_args()
    if options.cpu is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.cpu})
    asyncio.run(serve(options.latency, options.log))


if __name__ == "__main__":
    main()
