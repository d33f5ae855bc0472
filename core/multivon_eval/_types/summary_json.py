"""A summary as JSON, checked against a schema that ships with the package."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from .converter import make_plain
from .summary import Summary

SUMMARY_VERSION = 1
"""The version of a summary; only additions within one version."""


def summary_to_json(summary: Summary) -> dict[str, Any]:
    """Give a summary as a JSON object.

    Returns:
        What :func:`summary_schema` describes.
    """
    row: dict[str, Any] = {"schema_version": SUMMARY_VERSION, **make_plain(summary)}
    row["goal_rate"]["value"] = summary.goal_rate.value
    for name, rate in summary.personas.items():
        row["personas"][name]["value"] = rate.value
    for name, found in summary.agreement.items():
        row["agreement"][name] |= {"of": found.of, "same": found.same, "kappa": found.kappa}
    return row


def summary_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a summary."""
    text = resources.files("multivon_eval").joinpath("summary.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
