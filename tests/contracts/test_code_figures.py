"""The sizes, names and comments that the code keeps to."""

import pytest

from contracts.code_figures import COMMENTED, PACKAGES, ROOT, comments, figures


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_rooms_and_functions_are_small(folder):
    """Modules of at most 300 lines, functions of at most 50; half of them at most 7, nineteen of twenty at most 30."""
    found = figures(folder)
    assert found["lines per module, most"] <= 300
    assert found["lines per function, median"] <= 7
    assert found["lines per function, p95"] <= 30
    assert found["lines per function, most"] <= 50


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_functions_are_named_as_verbs(folder):
    """Seven of ten at least; the rest are what a protocol or a library names."""
    assert figures(folder)["functions named as verbs, %"] >= 70


@pytest.mark.parametrize("room", COMMENTED)
def test_what_is_hard_is_commented(room):
    """Four lines of a hundred at least say why."""
    assert comments(ROOT / room) >= 4
