"""What judges check of their options when they are made, and the key that none of them takes as an option."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs
import httpx

from multivon_eval.sdk import UsageError, hide_secrets, is_secret_name

COUNT = attrs.validators.optional(attrs.validators.ge(1))
SECONDS = attrs.validators.optional(attrs.validators.gt(0))
NO_OPTION = {"option": False}
_SECRET_QUERIES = {"key", "sig", "code", "auth", "signature", "apikey", "api-key", "subscription-key"}
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# What is asked, and what bounds its cost.
_OWN = {
    *("model", "messages", "contents", "system", "systemInstruction", "stream", "n", "best_of", "candidateCount"),
    *("max_tokens", "max_completion_tokens", "maxOutputTokens"),
}


def is_url(_: object, __: object, value: str) -> None:
    """Refuse what is no base URL, or carries a secret."""
    parts = urlsplit(value)
    try:
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        has_port = False
    if not has_port:
        raise ValueError(f"base_url is {value!r}; give a port from 1 to 65535")
    if "@" in parts.netloc:
        # It would stand in every message and result.
        raise ValueError("base_url carries a user or a password; put the key into the variable that api_key_env names")
    for name, given in parse_qsl(parts.query, keep_blank_values=True):
        if is_secret_name(name) or name.lower() in _SECRET_QUERIES or hide_secrets(given) != given:
            raise ValueError(
                f"base_url carries a secret in its query ({name}); put it into a variable, and name that with "
                'api_key_env, or with headers_env={NAME-OF-HEADER = "VARIABLE"}'
            )
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"base_url is {value!r}; give it as http://host/v1 or https://host/v1")


def is_extra_body(_: object, __: object, value: Mapping[str, Any]) -> None:
    """Refuse what would change what is asked, how much is answered, or how it is sent."""
    if taken := sorted(_OWN & {*value, *(key for part in value.values() if isinstance(part, Mapping) for key in part)}):
        raise ValueError(
            f"extra_body holds {', '.join(taken)}, which the judge writes itself; leave it out, or use its option"
        )


def is_header_table(_: object, __: object, value: Mapping[str, str]) -> None:
    """Refuse what names no header, or no variable."""
    for name, variable in value.items():
        if not _HEADER.fullmatch(name) or not isinstance(variable, str) or not variable:
            raise ValueError(
                f"headers_env holds {name!r}; give the name of a header and the variable that holds its value: "
                'headers_env={X-Team = "TEAM_TOKEN"}'
            )


def is_client(_: object, __: object, value: httpx.AsyncClient | None) -> None:
    """Refuse what is no asynchronous client of httpx."""
    if value is not None and not isinstance(value, httpx.AsyncClient):
        raise ValueError(f"client is {type(value).__name__}; give an httpx.AsyncClient")


def is_amount(_: object, attribute: Any, value: float | None) -> None:
    """Refuse what is no finite number from 0 on."""
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{attribute.name} is {value}; give a number from 0 on")


@attrs.frozen
class Key:
    """The key in a variable of the environment.

    Attributes:
        variable: The variable's name.
        value: The key; empty where there is none, or none that can be sent.
        is_unfit: Whether it holds what no header can carry. It is not even tried: the error would show it.
    """

    variable: str
    value: str = attrs.field(repr=False)
    is_unfit: bool

    @classmethod
    def of(cls, variable: str) -> Key:
        """Read it."""
        value = os.environ.get(variable, "").strip()
        is_fit = value.isascii() and value.isprintable()
        return cls(variable, value if is_fit else "", not is_fit)

    def check(self, judge: str, is_needed: bool) -> None:
        """Check that the key can be sent, and is there where it is needed.

        Raises:
            UsageError: If the key is missing or refused; the message names the judge and the variable, never the key.
        """
        if self.is_unfit:
            raise UsageError(
                f"judge {judge!r} cannot send its key: the variable {self.variable} holds a line break "
                "or characters beyond ASCII; set it to the key alone"
            )
        if is_needed and not self.value:
            raise UsageError(
                f"judge {judge!r} has no key: the variable {self.variable} is not set; set it, or "
                "name another variable with ',api_key_env=NAME'"
            )


def read_headers(table: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Read the headers whose values stand in variables.

    Args:
        table: The variable of each header.

    Returns:
        The headers, and the variables that are not set, or hold what no header can carry.
    """
    keys = {name: Key.of(variable) for name, variable in table.items()}
    return {name: key.value for name, key in keys.items()}, [key.variable for key in keys.values() if not key.value]
