"""What plug-ins and the judge have to tell while a command runs, as lines on standard error."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from .._run.output import tell

_TOLD = ("multivon_eval.judge", "multivon_eval.plugin", "multivon_eval.recorder", "multivon_eval.system")
"""The loggers of which a person is told; what others say stands among the problems of the report."""


class _Notes(logging.Handler):
    """Writes the message of a record, without the traceback that a log file may want."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        from .._types.printable import make_one_line

        tell(make_one_line(record.getMessage()), err=True)


@contextmanager
def show_notes() -> Iterator[None]:
    """Tell warnings on standard error as long as a command runs; a host's own handlers are left alone."""
    notes = _Notes(logging.WARNING)
    for name in _TOLD:
        logging.getLogger(name).addHandler(notes)
    try:
        yield
    finally:
        for name in _TOLD:
            logging.getLogger(name).removeHandler(notes)


def keep_quiet() -> None:
    """Tell errors only, for ``--quiet``."""
    for name in _TOLD:
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, _Notes):
                handler.setLevel(logging.ERROR)
