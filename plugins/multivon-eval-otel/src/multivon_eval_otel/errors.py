"""What failed, on a span."""

from __future__ import annotations

from opentelemetry.trace import Span, Status, StatusCode

from multivon_eval import ModelFnError
from multivon_eval.sdk import hide_secrets

from . import names


def fail(span: Span, kind: str, message: str) -> None:
    """Mark a span as failed.

    Args:
        span: The span.
        kind: The class of the error: few different ones.
        message: What happened; secrets in it are hidden.
    """
    span.set_attribute(names.ERROR, kind)
    span.set_status(Status(StatusCode.ERROR, hide_secrets(message)))


def fail_with(span: Span, error: BaseException) -> None:
    """Mark a span as failed with what was raised."""
    # What model_fn raised is told as ours with that as its cause.
    cause = error.__cause__ if isinstance(error, ModelFnError) and error.__cause__ else error
    kind = type(cause).__qualname__
    fail(span, kind, str(error) or kind)
