"""Secrets kept out of what is stored and shown."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = "***"
_NAMES = re.compile(r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS)S?$", re.IGNORECASE)
_FEWEST = 8
"""Characters from which on a value is looked for: a placeholder like "test" stands in any text."""
_LONG = 16
"""Characters from which on a value is no word that somebody says: "production" is somebody's PUBLIC_KEY."""
# What the keys of known providers begin with, and how a key is passed in a URL or a header.
_PATTERNS = re.compile(
    r"""
    \b(?:sk|pk|rk|key|xai|gsk|hf|ghp|gho|glpat|xoxb|xoxp)[-_][A-Za-z0-9_\-]{12,}
  | \bAIza[A-Za-z0-9_\-]{12,} | \bAQ\.[A-Za-z0-9_\-]{12,} | \bAKIA[A-Z0-9]{12,}
  | \beyJ[A-Za-z0-9_\-]{12,}\.[A-Za-z0-9_\-.]+
  | (?<=[?&]key=)[^&\s'"]+ | (?<=[?&]api_key=)[^&\s'"]+ | (?<=[?&]token=)[^&\s'"]+ | (?<=[?&]access_token=)[^&\s'"]+
  | (?<=[Bb]earer\ )[A-Za-z0-9_\-.=+/]{8,}
    """,
    re.VERBOSE,
)


def hide_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace secrets in a text by ``***``.

    These are the values of environment variables whose names end in KEY, TOKEN, SECRET, PASSWORD or CREDENTIALS, as
    they are, URL-encoded and in base64; what looks like a key of a known provider; and what is given.

    Args:
        text: What is to be stored or shown.
        secrets: More of them, the key that a plug-in was given say.
    """
    for secret in sorted({*_list_from_environment(), *secrets}, key=len, reverse=True):
        if len(secret) >= _FEWEST:
            for form in _list_forms(secret):
                text = text.replace(form, HIDDEN)
    return _PATTERNS.sub(HIDDEN, text)


def find_known_secrets() -> tuple[str, ...]:
    """Give the environment's secrets that are too long to be a word, in all their forms, the longest first.

    They are looked for in what a system says too, where a pattern would hide words that only look like a key.
    """
    secrets = {secret for secret in _list_from_environment() if len(secret) >= _LONG}
    return tuple(sorted({form for secret in secrets for form in _list_forms(secret)}, key=len, reverse=True))


def hide_known_secrets(value: Any, known: Iterable[str]) -> Any:
    """Replace secrets in every string of a JSON value by ``***``, those that are names in it included."""
    if isinstance(value, str):
        for secret in known:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, Mapping):
        return {hide_known_secrets(name, known): hide_known_secrets(item, known) for name, item in value.items()}
    return [hide_known_secrets(item, known) for item in value] if isinstance(value, list) else value


def is_secret_name(name: str) -> bool:
    """Whether a field or a variable of this name holds a secret."""
    return _NAMES.search(name) is not None


def _list_from_environment() -> Iterator[str]:
    return (value for name, value in os.environ.items() if is_secret_name(name))


def _list_forms(secret: str) -> set[str]:
    encoded = secret.encode("utf-8", "surrogateescape")
    # Without the last characters, which depend on what follows the secret in the same piece of base64.
    whole = base64.b64encode(encoded).decode().rstrip("=")
    return {secret, quote(secret, safe=""), quote_plus(secret), whole, whole[: len(encoded) // 3 * 4]}
