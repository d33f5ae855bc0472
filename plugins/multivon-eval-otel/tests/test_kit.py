"""The hook is held to the standard tests of hooks, without a provider and with one."""

from __future__ import annotations

from opentelemetry.sdk.trace import TracerProvider

from multivon_eval.testing import HookTests
from multivon_eval_otel import Tracing


class TestUnconfigured(HookTests):
    """Where nobody set up tracing."""

    name = "otel"

    def make(self) -> Tracing:
        """Make a hook that asks for the process's provider."""
        return Tracing()


class TestTraced(HookTests):
    """Where spans are recorded; what exports them has threads of its own."""

    name = "otel"

    def make(self) -> Tracing:
        """Make a hook with a provider of its own."""
        return Tracing(TracerProvider())
