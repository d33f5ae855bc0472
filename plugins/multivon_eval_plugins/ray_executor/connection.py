"""The connection to Ray, in a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from multivon_eval.sdk import UsageError, format_install_command, make_one_line

_ANSWER = 10.0
"""Seconds within which an address takes a connection."""
_JOIN = 30.0
"""Seconds within which Ray has started, or has joined its cluster; both take less than ten."""
_LEAVE = 30.0
_SETTINGS = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "error"}
"""It tells nobody that it is used, and this process's screen only what went wrong."""
_SHORT = "/tmp" if os.path.isdir("/tmp") else None


def import_ray() -> Any:
    """Import Ray.

    Raises:
        UsageError: If it is not there.
    """
    # Before the import, because Ray reads them then.
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise UsageError(
            f"executor 'ray' needs ray, which cannot be imported ({error}); run: {format_install_command('ray')}"
        ) from None


async def connect(address: str, environment: dict[str, Any]) -> Connection:
    """Join the cluster of an address, or the one that this process has joined already, or start one on this machine.

    Args:
        address: Where the cluster's head listens, as ``host:port``; empty for the variable ``RAY_ADDRESS``, or,
            without it, a Ray of this run's own.
        environment: What Ray is to prepare for the workers.

    Raises:
        UsageError: If there is no Ray, or nobody answers.
    """
    ray = import_ray()
    if ray.is_initialized():
        _refuse_second(address, environment)
        return Connection(ray)
    address = address or os.environ.get("RAY_ADDRESS", "") or "local"
    if address not in ("local", "auto"):
        await _knock(address)
    connection = Connection(ray, address, environment)
    await connection.open()
    return connection


class Connection:
    """A process that has joined Ray.

    Ray is started and left in a thread that lives as long: Ray's processes end with the thread that started them, Ray
    takes signals over in the main thread only, and nobody waits for a Ray that does not answer.

    Args:
        ray: The module.
        address: Where the cluster is; empty where somebody else has joined it, who also leaves it.
        environment: What Ray is to prepare for the workers.
    """

    def __init__(self, ray: Any, address: str = "", environment: dict[str, Any] | None = None) -> None:
        self.ray = ray
        self._address, self._environment = address, environment
        self._joined: Future[None] = Future()
        self._leave = threading.Event()
        self._left: Future[None] = Future()
        self._place: tempfile.TemporaryDirectory[str] | None = None

    async def open(self) -> None:
        """Join.

        Raises:
            UsageError: If it cannot, or not in time.
        """
        threading.Thread(target=self._stay, name="multivon-eval-ray", daemon=True).start()
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._joined)), _JOIN)
        except TimeoutError:
            self._abandon()
            raise UsageError(
                f"executor 'ray' had no answer from Ray at {self._address} for {_JOIN:g} seconds; see whether "
                f"'ray status --address {self._address}' answers on this machine, which must be a node of the cluster"
            ) from None
        except asyncio.CancelledError:
            self._abandon()
            raise
        except Exception as error:
            what = "start" if self._address == "local" else f"join the cluster at {self._address}"
            raise UsageError(
                f"executor 'ray' cannot {what}: {make_one_line(str(error))}; correct it, or try 'ray status'"
            ) from None

    async def close(self) -> None:
        """Leave, and end a Ray that was started for this run."""
        if self._address:
            self._leave.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._left)), _LEAVE)

    async def count(self) -> dict[str, float]:
        """Count what the cluster has in all: ``CPU``, ``GPU`` and more."""
        found: dict[str, float] = await asyncio.to_thread(self.ray.cluster_resources)
        return found

    def _stay(self) -> None:
        _settle(self._joined, self._join)
        if self._joined.exception() is None:
            self._leave.wait()
            _settle(self._left, self._part)

    def _part(self) -> None:
        self.ray.shutdown()
        if self._place:
            self._place.cleanup()

    def _join(self) -> None:
        own: dict[str, Any] = {}
        if self._address == "local":
            # Ray's own folder keeps the files of each run for ever. Names of sockets are short, and this folder's is.
            self._place = tempfile.TemporaryDirectory(prefix="mv-ray-", dir=_SHORT, ignore_cleanup_errors=True)
            own = {"include_dashboard": False, "_temp_dir": self._place.name}
        environment = self._environment or None
        self.ray.init(
            address=self._address,
            runtime_env=environment,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **own,
        )
        # What happens to workers is in the report; Ray would print pages of it, on standard output.
        prints: Any = importlib.import_module("ray._private.worker")
        prints._worker_logs_enabled = False

    def _abandon(self) -> None:
        self._leave.set()
        # It would wait for the thread that waits for an answer.
        atexit.unregister(self.ray.shutdown)


def _settle(future: Future[None], act: Callable[[], object]) -> None:
    try:
        act()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(None)


def _refuse_second(address: str, environment: dict[str, Any]) -> None:
    given = [name for name, value in (("address", address), ("runtime_env or working_dir", environment)) if value]
    if given:
        raise UsageError(
            f"executor 'ray' is given {' and '.join(given)}, and this process has joined Ray already; "
            "leave it out, or give it to your ray.init"
        )


async def _knock(address: str) -> None:
    """See that somebody listens; Ray itself would try for minutes."""
    scheme, _, rest = address.rpartition("://")
    host, colon, port = rest.rpartition(":")
    if scheme or not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(
            f"executor 'ray': the address is {address!r}; give that of the cluster's head, as 10.0.0.1:6379, and "
            "run on a machine of the cluster ('ray job submit' does)"
        )
    try:
        async with asyncio.timeout(_ANSWER):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, TimeoutError) as error:
        raise UsageError(
            f"executor 'ray' cannot reach {address}: {make_one_line(str(error)) or 'no answer'}; start Ray there with "
            "'ray start --head', or leave the address out for a Ray of this run's own"
        ) from None
    writer.close()
