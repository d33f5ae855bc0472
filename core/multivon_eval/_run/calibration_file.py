"""The files of labels and of calibrations."""

from __future__ import annotations

import json
from pathlib import Path

from .._types.calibration import Calibration, calibration_from_json
from .._types.label import Label, label_from_json
from ..errors import UsageError
from .jsonl_file import read_jsonl


def read_labels(path: Path | str, *, may_be_torn: bool = False) -> list[Label]:
    """Read a file of labels; blank lines are skipped.

    Args:
        path: The file.
        may_be_torn: Whether a last line without its line feed is none: its writer was killed.

    Returns:
        The labels, in the file's order.

    Raises:
        UsageError: If the file cannot be read or a line is no label; all problems at once, each with ``FILE:LINE``.
    """
    return read_jsonl(
        Path(path), lambda row, _: label_from_json(row), "the command for labels", may_be_torn=may_be_torn
    )


def read_calibration(path: Path | str) -> Calibration:
    """Read the file of a calibration.

    Raises:
        UsageError: If it cannot be read, or holds none.
    """
    try:
        return calibration_from_json(json.loads(Path(path).read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); give a file that multivon-eval calibrate --out wrote"
        ) from None
    except UsageError as error:
        raise UsageError([f"{path}: {problem}" for problem in error.problems]) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON ({error}); give a file that multivon-eval calibrate --out wrote") from None
