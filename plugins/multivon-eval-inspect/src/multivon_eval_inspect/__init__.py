"""multivon-eval inside Inspect AI: personas as a dataset, a simulated user as a solver, verdicts and scores as scorers.

Names are imported when they are first used: Inspect takes a second to import, and a command line that lists what is
installed needs nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .dataset import persona_dataset as persona_dataset
    from .judge import InspectModel as InspectModel
    from .log_rows import read_log as read_log
    from .scorers import conversation_scores as conversation_scores
    from .scorers import goal_achieved as goal_achieved
    from .scorers import goal_rate as goal_rate
    from .solver import RESULT as RESULT
    from .solver import simulated_user as simulated_user
    from .task import simulate as simulate

_HOME = {
    "InspectModel": "judge",
    "RESULT": "solver",
    "conversation_scores": "scorers",
    "goal_achieved": "scorers",
    "goal_rate": "scorers",
    "persona_dataset": "dataset",
    "read_log": "log_rows",
    "simulate": "task",
    "simulated_user": "solver",
}

__all__ = [
    "RESULT",
    "InspectModel",
    "conversation_scores",
    "goal_achieved",
    "goal_rate",
    "persona_dataset",
    "read_log",
    "simulate",
    "simulated_user",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
