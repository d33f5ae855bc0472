"""DeepEval without what it does beside measuring.

Loading an evaluator must send nothing anywhere and change nothing for the system under test. DeepEval would report
its use to its makers, and read ``.env`` files into the environment of the whole process; who wants either sets the
variable. This module is imported before DeepEval is, which looks at both only then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

for _name in ("DEEPEVAL_TELEMETRY_OPT_OUT", "DEEPEVAL_DISABLE_DOTENV"):
    os.environ.setdefault(_name, "1")


@contextmanager
def report_nothing() -> Iterator[None]:
    """Let DeepEval count the use of a metric in a run that is thrown away.

    A metric that belongs to no run starts a timer thread that outlives ours, also where nothing may be reported.
    """
    from deepeval.telemetry import Entrypoint
    from deepeval.telemetry.context import pop_run, push_run

    _, token = push_run(Entrypoint.EVALUATE, "")
    try:
        yield
    finally:
        pop_run(token)
