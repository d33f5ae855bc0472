"""How long a provider asks to wait, wherever it says so."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


def find_hint(headers: Mapping[str, str], body: str = "") -> float | None:
    """Find how long a provider asks to wait, wherever it says so.

    That is ``retry-after-ms`` (OpenAI, Azure), ``Retry-After`` in seconds or as a date, or Google's
    ``google.rpc.RetryInfo`` in the body.

    Returns:
        Seconds from now; None where it does not say, or says that the time has passed.
    """
    milliseconds = headers.get("retry-after-ms", "")
    if milliseconds.strip().isdigit():
        return int(milliseconds) / 1000 or None
    if found := _DELAY.search(body[:20_000]):
        return float(found[1]) or None
    return retry_after(headers.get("retry-after")) or None


def retry_after(header: str | None) -> float | None:
    """Read a Retry-After header: seconds, or a date.

    Returns:
        Seconds from now, 0 or more; None where it says neither.
    """
    if not header:
        return None
    try:
        seconds = float(header)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
