"""A pydantic model as the JSON Schema that judges are asked for, and as what reads their answers."""

from __future__ import annotations

from typing import Any

import attrs
from pydantic import BaseModel, ValidationError

from multivon_eval.sdk import UnreadableAnswer, read_object

_KEPT = ("type", "enum", "const", "description")
_MOST = 300
"""How many characters of what is wrong are told to the judge."""


class NotStrictError(ValueError):
    """A model that no schema of the strict kind describes: an object with any keys, say."""


def make_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a model as providers' strict modes ask for: every property required, no others, no references.

    Raises:
        NotStrictError: If that cannot be.
    """
    whole = model.model_json_schema()
    return _make_strict(whole, whole.get("$defs", {}), ())


def _make_strict(node: dict[str, Any], known: dict[str, Any], within: tuple[str, ...]) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name in within:
            raise NotStrictError(f"{name} contains itself")
        return _make_strict(known[name], known, (*within, name))
    made = {key: node[key] for key in _KEPT if key in node}
    if options := node.get("anyOf"):
        return {**made, "anyOf": [_make_strict(option, known, within) for option in options]}
    if node.get("type") == "array":
        if "items" not in node:
            raise NotStrictError("a list of anything")
        made["items"] = _make_strict(node["items"], known, within)
    elif node.get("type") == "object":
        if "properties" not in node:
            raise NotStrictError("an object with any keys")
        made["properties"] = {name: _make_strict(part, known, within) for name, part in node["properties"].items()}
        made |= {"required": list(made["properties"]), "additionalProperties": False}
    elif not made.keys() & {"type", "enum", "const"}:
        raise NotStrictError("any value")
    return made


@attrs.frozen
class ModelAsked:
    """The pydantic model that is asked for."""

    model: type[BaseModel]

    def read(self, text: str) -> BaseModel:
        """Read an answer.

        Raises:
            UnreadableAnswer: If it is no JSON object that fits the model.
        """
        try:
            return self.model.model_validate(read_object(text))
        except ValidationError as error:
            raise UnreadableAnswer(" ".join(str(error).split())[:_MOST], True) from error
