"""A file of results that is there whole or not at all: half of a run must not be taken for a run."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import attrs

from .._types.report import Problem
from .._types.run_info import RunInfo
from .resuming import STANDARD_OUTPUT

_SUFFIX = ".merging"


@attrs.frozen
class WholeFile:
    """Where results are written, and where they go once all are there.

    Attributes:
        out: Where they go.
        place: Where they are written.
    """

    out: str
    place: str

    @classmethod
    def of(cls, out: str) -> WholeFile:
        """Choose the place beside ``out``; a pipe, a device and standard output are written themselves."""
        try:
            is_file = out != STANDARD_OUTPUT and (not Path(out).exists() or Path(out).is_file())
        except (OSError, ValueError):  # no file can have this name, as the sink will say
            is_file = False
        return cls(out, f"{os.path.realpath(out)}{_SUFFIX}" if is_file else out)

    def rename(self, info: RunInfo) -> RunInfo:
        """Give what a run is made with as if the file were in its place already."""
        plugins = (attrs.evolve(use, spec=use.spec.replace(self.place, self.out)) for use in info.plugins)
        return attrs.evolve(info, plugins=tuple(plugins))

    def put_in_place(self) -> list[Problem]:
        """Put the file in its place; what goes wrong is given back."""
        if self.place == self.out:
            return []
        target = Path(os.path.realpath(self.out))
        try:
            if target.exists():
                Path(self.place).chmod(stat.S_IMODE(target.stat().st_mode))
            Path(self.place).replace(target)
        except OSError as error:
            told = f"cannot be put in its place ({error.strerror}); the whole run is in {self.place}"
            return [Problem(f"--out {self.out}", told, undelivered=True)]
        return []
