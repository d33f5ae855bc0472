"""The sink ``html``."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import attrs

from multivon_eval.sdk import DeliveryError, Report, RunInfo, SimulationResult, UsageError

from .page import write_page
from .row import make_row
from .rows_file import RowsFile, read_report

BESIDE = ".rows"
"""What is added to the file's name for what stands beside it while a run goes on."""


@attrs.define
class HtmlReport:
    """Writes the run as one HTML file that needs nothing else.

    While the run goes on its rows stand in a file beside it, so that a run that is killed loses none; at the end the
    page takes the place of what was there before, all at once. A run that is resumed goes on with that file, or with
    what the page holds.

    Attributes:
        path: The file.
        sample: How many conversations may be labelled in the page.
        seed: The seed of that sample.
    """

    path: str
    sample: int = 60
    seed: int = 1
    _rows: RowsFile | None = attrs.field(default=None, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that the file can be written; nothing in its folder is changed.

        Raises:
            UsageError: If it cannot be written.
        """
        try:
            path = self._find_path()
            if path.is_dir():
                raise self._make_error("Is a directory")
            if path.exists() and not path.is_file():
                raise self._make_error("Is no file")
            tempfile.TemporaryFile(dir=path.parent).close()
            for there in (path, _find_beside(path)):
                if there.exists() and not os.access(there, os.W_OK):
                    raise self._make_error("Permission denied")
        except (OSError, ValueError) as error:  # no file can have this name
            raise self._make_error(getattr(error, "strerror", None) or str(error)) from None

    async def open(self, run: RunInfo) -> None:
        """Get ready; a run that is resumed goes on with what stands there.

        Raises:
            UsageError: If the file cannot be written, or what a resumed run should go on with is no report.
        """
        await self.check()
        path = self._find_path()
        rows = RowsFile(_find_beside(path))
        try:
            if run.is_resumption and rows.path.exists():
                rows.go_on()
            elif run.is_resumption and path.exists():
                rows.begin(read_report(path))
            else:
                rows.begin()
        except ValueError as error:
            raise UsageError(
                f"{self.path} cannot be gone on with ({error}); move it away, and the report has what is new only"
            ) from None
        except OSError as error:
            raise self._make_error(error.strerror or str(error)) from None
        self._rows = rows

    async def write(self, result: SimulationResult) -> None:
        """Keep a result beside the file."""
        assert self._rows is not None, "a sink is opened before it is written to"
        self._rows.add(make_row(result))

    async def close(self, report: Report) -> None:
        """Write the page in the place of what was there before.

        Raises:
            DeliveryError: If something else lies where the rows were.
        """
        if self._rows is None:
            return
        rows, self._rows = self._rows, None
        if not rows.is_whole():
            raise DeliveryError(
                f"{rows.path} was deleted or changed while the run went on, so results are missing from it; "
                "go on with the same command and --resume, which writes them again"
            )
        with _replace_at_once(self._find_path()) as file:
            write_page(file, report, rows, self.sample, self.seed)
        rows.path.unlink()

    def _find_path(self) -> Path:
        # A link stays one: what it leads to is replaced.
        return Path(os.path.realpath(self.path)) if self.path else Path()

    def _make_error(self, why: str) -> UsageError:
        return UsageError(
            f"{self.path} cannot be written ({why}); name a file in a folder that exists and can be written"
        )


def _find_beside(path: Path) -> Path:
    return path.with_name(path.name + BESIDE)


@contextlib.contextmanager
def _replace_at_once(path: Path) -> Iterator[IO[str]]:
    """Give a new file that takes the place of another when all of it is written; else the other stays."""
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(number, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            yield file
        _adopt_mode(Path(name), path)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _adopt_mode(new: Path, old: Path) -> None:
    """Give a new file the rights of the one it replaces, or those of any new file."""
    if old.exists():
        new.chmod(old.stat().st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o666 & ~mask)
