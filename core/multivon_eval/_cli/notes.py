"""What plug-ins and the judge have to tell while a command runs, as lines on standard error."""

from __future__ import annotations

import logging

from .._run.output import tell

_TOLD = ("multivon_eval.judge", "multivon_eval.plugin", "multivon_eval.recorder", "multivon_eval.system")
"""The loggers of which a person is told; what others say stands among the problems of the report."""


class _Notes(logging.Handler):
    """Writes the message of a record, without the traceback that a log file may want."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        from .._types.printable import make_one_line

        tell(make_one_line(record.getMessage()), err=True)


def show_notes() -> None:
    """Tell warnings on standard error from now on."""
    for name in _TOLD:
        logger = logging.getLogger(name)
        if not any(isinstance(handler, _Notes) for handler in logger.handlers):
            logger.addHandler(_Notes(logging.WARNING))


def keep_quiet() -> None:
    """Tell errors only, for ``--quiet``."""
    for name in _TOLD:
        logging.getLogger(name).setLevel(logging.ERROR)
