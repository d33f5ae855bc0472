"""The JSON Schema of an answer with personas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXT: Mapping[str, Any] = {"type": "string"}
TEXTS: Mapping[str, Any] = {"type": "array", "items": TEXT}


def make_schema(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Make the schema of a list of personas.

    Args:
        fields: The schema of each field, in the order in which a model writes them; all are required.
    """
    persona = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
    return {
        "type": "object",
        "properties": {"personas": {"type": "array", "items": persona}},
        "required": ["personas"],
        "additionalProperties": False,
    }
