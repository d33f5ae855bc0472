"""A result's JSON as text, whatever stands in it."""

from __future__ import annotations

import json

_as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str).encode


def write_json(value: object) -> str:
    """Give a value as one line of JSON; what JSON has no word for is written as text, never as NaN."""
    try:
        return _as_json(value)
    except (TypeError, ValueError):
        return _as_json(_make_finite(value))


def _make_finite(value: object) -> object:
    # A tool's result may hold a float that JSON has no word for.
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if isinstance(value, dict):
        return {str(key): _make_finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_make_finite(item) for item in value]
    return value
