"""What the tests of this folder find out is printed at the end, in their order, whichever process ran them."""

import pytest

_TOLD = "told"


@pytest.fixture
def tell(record_property):
    """Say one line at the end."""
    return lambda line: record_property(_TOLD, line)


def pytest_terminal_summary(terminalreporter):
    """Print what was told."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    lines = [
        (one.nodeid.partition("::")[0], line) for one in reports for name, line in one.user_properties if name == _TOLD
    ]
    for file in sorted({file for file, _ in lines}):
        terminalreporter.section(file, "-")
        for line in sorted({line for place, line in lines if place == file}):
            terminalreporter.write_line(line)
