"""A browser for the tests of the report: Debian's Chromium, driven over a pipe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """One browser for all tests of a module. Where there is none a test fails in CI and is skipped elsewhere."""
    if not CHROMIUM.exists():
        why = f"{CHROMIUM} is not there; install it with `apt-get install chromium`, or name another in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()
