"""Run ``multivon-eval`` as its console script does, and write at its end what memory this process alone took."""

from __future__ import annotations

import atexit
import json
import os
import resource
import sys
from pathlib import Path


def find_peak() -> float:
    """The most memory that this process has held, in MiB; what it started or was started by does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        # The kernel's other number, ru_maxrss, begins with what the parent had when it started this process.
        found = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(found.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def write_peak(path: str) -> None:
    """Write the peak where the parent reads it."""
    Path(path).write_text(json.dumps({"peak_mib": find_peak(), "pid": os.getpid()}))


if __name__ == "__main__":
    from multivon_eval._cli.main import main

    atexit.register(write_peak, sys.argv.pop(1))
    sys.argv[0] = "multivon-eval"
    sys.exit(main())
