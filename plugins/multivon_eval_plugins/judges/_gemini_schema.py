"""A JSON Schema in the words of Gemini's ``responseSchema``, a part of OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What means the same in both.
_KEPT = (
    *("description", "format", "title", "enum", "pattern", "minimum", "maximum", "required"),
    *("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"),
)
# What may go: without it a schema allows more, and the question reads its answer strictly anyway.
_DROPPED = {"additionalProperties", "$schema", "$id", "examples", "default", "uniqueItems"}
_TURNED = {"type", "properties", "items", "anyOf", "oneOf", "const"}


def convert_schema(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Turn a JSON Schema into a ``responseSchema``.

    Types are upper case, the order of properties is stated (what comes first is written first), null is a flag.

    Args:
        schema: The schema of an answer.

    Returns:
        None where it says something that cannot be said, a reference for example.

    Source: https://ai.google.dev/api/caching#Schema.
    """
    if set(schema) - {*_KEPT, *_DROPPED, *_TURNED}:
        return None
    found: dict[str, Any] = {key: schema[key] for key in _KEPT if key in schema}
    if "const" in schema:
        found["enum"] = [schema["const"]]
    if not all(isinstance(value, str) for value in found.get("enum", ())):
        return None
    if not _add_type(found, schema):
        return None
    return found if _add_parts(found, schema) else None


def _add_type(found: dict[str, Any], schema: Mapping[str, Any]) -> bool:
    given = schema.get("type", "string" if "enum" in found else None)
    kinds = [given] if isinstance(given, str) else list(given or ())
    if "null" in kinds and len(kinds) > 1:
        kinds.remove("null")
        found["nullable"] = True
    if len(kinds) > 1:
        return False
    if kinds:
        found["type"] = kinds[0].upper()
    return True


def _add_parts(found: dict[str, Any], schema: Mapping[str, Any]) -> bool:
    """Turn the schemas inside a schema; say whether all could be."""
    properties = {name: convert_schema(part) for name, part in schema.get("properties", {}).items()}
    if properties:
        found["properties"], found["propertyOrdering"] = properties, list(properties)
    if "items" in schema:
        found["items"] = convert_schema(schema["items"])
    choices = [convert_schema(part) for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    if choices:
        found["anyOf"] = choices
    return None not in [*properties.values(), *choices, found.get("items", {})]
