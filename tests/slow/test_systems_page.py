"""The page on connecting a system runs from top to bottom, against the real libraries, offline."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.test_docs import DOCS, blocks, run

PAGE = DOCS / "how_to" / "connect_your_system.md"


@pytest.mark.process
@pytest.mark.slow
def test_the_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """Its blocks hold their own assertions."""
    program = tmp_path / "connecting.py"
    program.write_text("\n".join(blocks(PAGE, "python")), encoding="utf-8")
    done = run(str(program), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")
