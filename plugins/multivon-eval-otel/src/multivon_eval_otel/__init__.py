"""multivon-eval in OpenTelemetry: one trace per conversation, by the semantic conventions for generative AI.

Installed, it listens to every run, and does nothing where no tracer provider is configured. It sets up no exporter.
"""

from __future__ import annotations

from .tracing import Tracing

TRACING = Tracing()
"""The hook that is installed: it takes the providers that the process has."""

__all__ = ["TRACING", "Tracing"]
