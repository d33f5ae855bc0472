"""Values in the place of what was taken out: such as nobody has, for a user has to say an order number.

They come from ranges that are kept free for examples: ``example.com`` (RFC 2606), 555-01xx (the North American
plan), 192.0.2.0/24
(RFC 5737), 9xx-xx-xxxx (never a number of US social security), and names, streets and numbers that say themselves
what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

PLACEHOLDER = re.compile(r"\[(?P<kind>[a-z]+(?: [a-z]+){0,3}) (?P<number>\d{1,5})\]")
_NAMES = (
    "Alex Sample",
    "Robin Example",
    "Sam Placeholder",
    "Kim Template",
    "Chris Specimen",
    "Jo Mockford",
    "Pat Dummer",
    "Lee Testwell",
)
_PREFIXES: Mapping[str, str] = {
    "order number": "EX-ORD",
    "booking number": "EX-BKG",
    "ticket number": "EX-TKT",
    "invoice number": "EX-INV",
    "tracking number": "EX-TRK",
    "account number": "EX-ACC",
    "customer number": "EX-CUS",
    "contract number": "EX-CON",
    "vehicle number": "EX-VEH",
    "device number": "EX-DEV",
    "reference number": "EX-REF",
}


def invent(placeholder: str) -> str:
    """Invent the value of a placeholder: always the same one.

    Returns:
        The value; the placeholder itself where it is none.
    """
    match = PLACEHOLDER.fullmatch(placeholder)
    if match is None:
        return placeholder
    kind, number = match["kind"], int(match["number"])
    if kind in _PREFIXES:
        return f"{_PREFIXES[kind]}-{1000 + number}"
    place = number - 1
    made = {
        "name": _NAMES[place % len(_NAMES)] + ("" if place < len(_NAMES) else f" {place // len(_NAMES) + 1}"),
        "email": f"user{number}@example.com",
        "phone number": f"+1 202-555-{100 + number % 100:04d}",
        "address": f"{number} Example Street, Sampletown",
        "card number": f"4000 0000 0000 {number:04d}",
        "bank account": f"XX00 EXAMPLE {number:04d}",
        "ip address": f"192.0.2.{number % 255}",
        "device address": f"00:00:5E:00:53:{number % 256:02X}",
        "national id": f"900-00-{number:04d}",
        "date of birth": f"1 January {1980 + number % 20}",
        "username": f"example_user_{number}",
        "link": f"https://example.com/page-{number}",
        "secret": f"example-secret-{number}",
    }
    return made.get(kind, placeholder)


def invent_all(placeholders: Iterable[str]) -> dict[str, str]:
    """The invented value of each placeholder."""
    return {one: invent(one) for one in placeholders}


def fill_in(text: str, invented: Mapping[str, str]) -> str:
    """Put invented values in the place of placeholders."""
    return PLACEHOLDER.sub(lambda match: invented.get(match.group(), match.group()), text)
