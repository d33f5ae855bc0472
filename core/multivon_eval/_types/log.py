"""Our loggers: what they say has no secret in it, whoever listens."""

from __future__ import annotations

import logging

from .hide_secrets import hide_secrets


class _HidesSecrets(logging.Filter):
    """Hides secrets in a record: a host's handler may write message and traceback anywhere."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; every one passes."""
        record.msg, record.args = hide_secrets(record.getMessage()), None
        if record.exc_info:
            record.exc_text = hide_secrets(logging.Formatter().formatException(record.exc_info))
            # A formatter takes the text where there is one; without this a handler would print the error itself.
            record.exc_info = None
        return True


_FILTER = _HidesSecrets()


def get_logger(part: str) -> logging.Logger:
    """Give one of our loggers.

    Args:
        part: What of us says something: ``judge``, ``plugin``.
    """
    logger = logging.getLogger(f"multivon_eval.{part}")
    logger.addFilter(_FILTER)  # the same filter is added once only
    return logger
