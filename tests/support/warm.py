"""A process that has imported everything once, and forks itself for each command: as real as any other, and sooner.

Half of the time of a short command is Python's own start and its imports.
"""

from __future__ import annotations

import atexit
import faulthandler
import gc
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGES = ("multivon_eval", "multivon_eval_plugins")
TIMEOUT = 120
"""Seconds that a command may take. It prints then where it stands, and ends with 1."""
NEVER = ("__main__", "template", "pytest", "testing")
"""What a command does not import by itself; a test may look at that."""


class Warm:
    """The process, from the side of who uses it."""

    def __init__(self) -> None:
        """Start it; it imports while the first command is put together."""
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        atexit.register(self.close)

    def run(self, args: tuple[str, ...], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a command of ``multivon-eval`` to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            files = {name: str(Path(folder, name)) for name in ("stdout", "stderr")}
            order = {"args": args, "cwd": str(cwd), "env": dict(env), **files}
            print(json.dumps(order), file=self._process.stdin, flush=True)
            code = int(self._process.stdout.readline())
            told = {name: Path(path).read_text(encoding="utf-8") for name, path in files.items()}
        return subprocess.CompletedProcess(args, code, **told)

    def close(self) -> None:
        """End it: it does when nothing can come any more."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _import_everything() -> None:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not any(part in module.name for part in NEVER):
                import_module(module.name)


def _become(order: dict[str, Any]) -> None:
    """Be the process of a command, from its folder to its exit code."""
    for number, path in ((0, os.devnull), (1, order["stdout"]), (2, order["stderr"])):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = ["multivon-eval", *order["args"]]
    faulthandler.dump_traceback_later(TIMEOUT, exit=True)
    # As ``python -m`` has it.
    sys.path[0] = order["cwd"]
    import_module("multivon_eval._cli.main").main()


def main() -> None:
    """Fork for each order that comes in, and say how it ended."""
    _import_everything()
    # A collection in a child would copy every page of what is imported.
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        process = os.fork()
        if not process:
            _become(json.loads(line))
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
