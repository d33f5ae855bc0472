"""multivon-eval inside Inspect AI: personas as a dataset, a simulated user as a solver, verdicts and scores as scorers.

Inspect loads this module through its entry point, so that ``multivon_eval_inspect/simulate`` and the other names can be
said on its command line.
"""

from .judge import InspectModel
from .log_rows import read_log
from .persona_dataset import persona_dataset
from .scorers import conversation_scores, goal_achieved, goal_rate
from .simulated_user import RESULT, simulated_user
from .task import simulate

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
