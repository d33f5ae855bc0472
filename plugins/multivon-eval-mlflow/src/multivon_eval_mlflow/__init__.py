"""multivon-eval in MLflow: the sink ``mlflow``."""

from __future__ import annotations

from .sink import MlflowSink

__all__ = ["MlflowSink"]
