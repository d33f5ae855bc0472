"""A real HTTP server on 127.0.0.1 that speaks OpenAI chat completions, or another provider's dialect.

In a test::

    with ChatServer(script=["429:0", "500"]) as server:
        judge = OpenAI("some-model", base_url=server.base_url)

As a process of its own: ``python -m support.chat_server --port 0 --log requests.jsonl`` with ``tests`` on
PYTHONPATH, or :func:`server_process`. The first line it prints is its base URL.

It checks what it is sent and answers 400 where the provider would (:mod:`support.dialects`).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from .chat_answers import default_answer
from .chat_checks import REFUSABLE, Refused
from .chat_faults import Fault, FaultLike, Response, Script, error_body, fault_for, with_fault
from .chat_wire import MAX_HEAD, Request, encoded, head_of, read_request, send, send_half, send_slowly
from .dialects import ChatCompletions, Dialect

__all__ = ["ChatServer", "Fault", "Response", "server_process"]

Answerer = Callable[[dict[str, Any]], "str | Response"]


class ChatServer:
    """The server; enter it to start it, in a thread with an event loop of its own.

    Args:
        answer: From a request's body to the text, or a :class:`Response`; something fitting if not given. The body
            is that of a chat completion, whatever the dialect.
        script: Faults, see :data:`~support.chat_faults.Script`. The index counts POSTs from 0.
        models: The fault that asking for the models shows.
        api_key: The key that is required; none if None.
        refuse: Parameters that are refused, of the dialect's ``refusable``.
        latency: Seconds before every completion.
        goal_after: After how many user turns the simulated user says that the goal is reached.
        log: A file to which one JSON line is appended for each POST.
        port: Where to listen; 0 for any port that is free.
        dialect: What it speaks; OpenAI chat completions if not given.

    Attributes:
        base_url: ``http://127.0.0.1:PORT/v1``, once it runs; in other dialects without ``/v1``.
        requests: The parsed bodies of all POSTs, also of those that were refused.
        headers: The headers of all POSTs, names in lower case.
        paths: The paths of all requests, queries included.
        checks: How often the models were asked for.
        most_at_once: The most completions that were under way together.
    """

    def __init__(
        self,
        answer: Answerer | None = None,
        script: Script = (),
        *,
        models: FaultLike = None,
        api_key: str | None = None,
        refuse: Collection[str] = (),
        latency: float = 0.0,
        goal_after: int = 2,
        log: str | Path | None = None,
        port: int = 0,
        dialect: Dialect | None = None,
    ) -> None:
        self._dialect = dialect or ChatCompletions()
        if unknown := set(refuse) - set(self._dialect.refusable):
            raise ValueError(f"refuse names {sorted(unknown)}; known: {self._dialect.refusable}")
        self._answer = answer or (lambda body: default_answer(body, goal_after))
        self._script, self._models, self._api_key, self._refuse = script, models, api_key, refuse
        self._latency, self._log, self._port = latency, log, port
        self._at_once = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self._thread: threading.Thread | None = None
        self.base_url = ""
        self.requests: list[Any] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.checks = 0
        self.most_at_once = 0

    def __enter__(self) -> Self:
        """Start the server in a thread and wait until it listens."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve(ready.set)), name="chat-server")
        self._thread.start()
        ready.wait()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Stop the server and wait for its end."""
        self.close()

    def close(self) -> None:
        """Stop the server; closes hanging connections too. Doing it twice does no harm."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join()
            self._thread = None

    async def serve(self, on_ready: Callable[[], object]) -> None:
        """Serve until told to close.

        Args:
            on_ready: Called when ``base_url`` is there; also if listening failed, so that nobody waits for ever.
        """
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await asyncio.start_server(self._connected, "127.0.0.1", self._port, limit=MAX_HEAD)
            self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{self._dialect.base_path}"
        finally:
            on_ready()
        await self._closing.wait()
        server.close()
        for writer in self._open:
            writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after another."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        try:
            while not self._closing.is_set() and (request := await read_request(reader)):
                response = self._dialect.told(await self._respond(request))
                await self._sent(writer, response)
                if response.sending == "reset" or not request.keeps_alive:
                    break
        except ConnectionError:
            pass  # the client has gone; that is its right
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            self._open.discard(writer)
            self._tasks.discard(task)

    async def _sent(self, writer: asyncio.StreamWriter, response: Response) -> None:
        """Send a response the way it says."""
        body = encoded(response.body)
        head = head_of(response.status, response.headers, len(body))
        if response.sending == "hang":
            await self._closing.wait()
        elif response.sending == "reset":
            await send_half(writer, head, body)
        elif response.sending == "drip":
            await send_slowly(writer, head, body, response.seconds)
        else:
            await send(writer, head, body)

    async def _respond(self, request: Request) -> Response:
        """Decide what to answer."""
        self.paths.append(request.path)
        # Whoever takes it for its proxy sends the whole address.
        wanted = self._dialect.wanted(request.method, urlsplit(request.path).path)
        if wanted == "models":
            self.checks += 1
            return self._denied(request) or with_fault(self._dialect.models(), self._models, self._key(request))
        if wanted != "answer":
            return Response(status=404, body=error_body(f"Invalid URL ({request.method} {request.path})"))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            response = self._completed(request)
            await self._paused()
            return response
        finally:
            self._at_once -= 1

    async def _paused(self) -> None:
        """Take the time that was asked for, or less if the server closes."""
        if self._latency:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._latency)

    def _completed(self, request: Request) -> Response:
        """Answer one POST, whatever it holds, and remember it."""
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        index = len(self.requests)
        self.requests.append(body)
        self.headers.append(request.headers)
        fault: FaultLike = None
        response = self._denied(request)
        if response is None:
            try:
                checked = self._dialect.checked(body, self._refuse)
                fault = fault_for(self._script, index, checked)
                given = self._answer(checked)
                answered = Response(given) if isinstance(given, str) else given
                response = self._dialect.made(checked, with_fault(answered, fault, self._key(request)), index)
            except Refused as error:
                response = Response(status=400, body=error.body)
            except Exception as error:
                response = Response(status=500, body=error_body(f"the test server failed: {error!r}"))
        self._write_log(index, body, fault, response.status)
        return response

    def _denied(self, request: Request) -> Response | None:
        """Answer 401 where a key is required and another was sent."""
        if self._api_key is None or self._key(request) == self._api_key:
            return None
        return with_fault(Response(), Fault.UNAUTHORIZED, self._key(request))

    def _key(self, request: Request) -> str:
        """Give the key that came with a request."""
        return self._dialect.key(request.headers)

    def _write_log(self, index: int, body: object, fault: FaultLike, status: int) -> None:
        """Append one line about a request."""
        if self._log:
            line = {"index": index, "at": time.time(), "status": status, "fault": fault, "body": body}
            with Path(self._log).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")


@contextlib.contextmanager
def server_process(*options: str) -> Iterator[str]:
    """Run the server in a process of its own.

    Args:
        *options: Of the command line, ``--latency 0.1`` say.

    Yields:
        Its base URL.
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "support.chat_server", *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m support.chat_server")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--log", metavar="FILE")
    parser.add_argument("--api-key", metavar="KEY")
    parser.add_argument("--goal-after", type=int, default=2, metavar="TURNS")
    parser.add_argument("--script", default="", help="faults, separated by commas; 'ok' for none")
    parser.add_argument("--refuse", action="append", default=[], choices=REFUSABLE)
    given = vars(parser.parse_args())
    given["script"] = [fault for fault in given["script"].split(",") if fault]
    server = ChatServer(**given)

    async def serve() -> None:
        """Serve, closing on a signal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: server._closing.set())
        await server.serve(lambda: print(server.base_url, flush=True))

    asyncio.run(serve())


if __name__ == "__main__":
    main()
