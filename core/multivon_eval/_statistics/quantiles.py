"""Quantiles of the normal distribution and of t."""

from __future__ import annotations

import math

Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""
POWER = 0.8416212335729143
"""The normal quantile of a power of 80 %."""


def find_t(freedom: int) -> float:
    """The t quantile of a two-sided 95 % interval.

    Args:
        freedom: Degrees of freedom, from 1 on.

    Source: exact for 1 and 2, then the expansion 26.7.5 of M. Abramowitz and I. A. Stegun, "Handbook of Mathematical
    Functions" (1964); off by less than 0.004.
    """
    if freedom == 1:
        return math.tan(math.pi * 0.475)
    if freedom == 2:
        return 0.95 * math.sqrt(2 / (1 - 0.95**2))
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return Z + math.fsum(term / freedom**power for power, term in enumerate(terms, 1))
