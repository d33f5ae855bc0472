"""The metrics that people use most, under names of their own: several of them can score one run."""

from __future__ import annotations

import attrs

from .evaluator import DeepEvalMetric


@attrs.frozen
class TurnRelevancy(DeepEvalMetric):
    """Is each reply relevant to what was said? See DeepEval's ``TurnRelevancyMetric``."""

    metric: str = attrs.field(default="TurnRelevancyMetric", init=False)


@attrs.frozen
class KnowledgeRetention(DeepEvalMetric):
    """Does the assistant keep what it was told? See DeepEval's ``KnowledgeRetentionMetric``."""

    metric: str = attrs.field(default="KnowledgeRetentionMetric", init=False)


@attrs.frozen
class ConversationCompleteness(DeepEvalMetric):
    """Does the user get what it wants? See DeepEval's ``ConversationCompletenessMetric``."""

    metric: str = attrs.field(default="ConversationCompletenessMetric", init=False)


@attrs.frozen
class RoleAdherence(DeepEvalMetric):
    """Does the assistant keep to its part? It takes ``chatbot_role``. See DeepEval's ``RoleAdherenceMetric``."""

    metric: str = attrs.field(default="RoleAdherenceMetric", init=False)


@attrs.frozen
class GoalAccuracy(DeepEvalMetric):
    """Does the assistant plan and reach the goal? See DeepEval's ``GoalAccuracyMetric``."""

    metric: str = attrs.field(default="GoalAccuracyMetric", init=False)
