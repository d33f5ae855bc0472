"""What Inspect loads through its entry point, so that our names can be said on its command line."""

from .judge import InspectModel
from .scorers import conversation_scores, goal_achieved, goal_rate
from .solver import simulated_user
from .task import simulate

__all__ = ["InspectModel", "conversation_scores", "goal_achieved", "goal_rate", "simulate", "simulated_user"]
