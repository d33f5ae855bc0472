"""How many examples a property is tried with: few and the same ones in the suite, many and new ones in ``explore``."""

from __future__ import annotations

from hypothesis import settings


def examples(few: int) -> settings:
    """So many in the suite, for a property whose examples take long."""
    usual = settings().max_examples
    return settings(max_examples=few if usual <= SUITE else usual)


SUITE = 100
"""What the suite's profile tries where nobody says a number."""
