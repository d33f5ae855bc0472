"""Personal data taken out of a conversation: each value becomes a placeholder, the same one wherever it stands."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from multivon_eval.sdk import Message, ToolCall

from .address_rules import ADDRESSES
from .finding import Found, Rule, merge
from .id_rules import BIRTHDAYS, CARDS, NATIONAL_IDS, find_ibans
from .name_rules import find_names
from .number_rules import REFERENCES
from .phone_rules import find_phones
from .secrets_rules import EMAILS, HANDLES, LINKS, MACHINES, SECRETS

_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            "secret",
            r"(?:.*_)?(?:password|passwd|pwd|secret|api_?key|access_?token|auth_?token|token|pin|otp|cvv|cvc)\Z",
        ),
        ("email", r"(?:.*_)?e_?mail(?:_?address)?\Z"),
        ("phone number", r"(?:.*_)?(?:phone|mobile|cell|fax|tel|telephone|msisdn)(?:_?(?:number|no))?\Z"),
        ("date of birth", r"(?:.*_)?(?:dob|birth_?date|date_?of_?birth|birthday)\Z"),
        (
            "national id",
            r"(?:.*_)?(?:ssn|tax_?id|passport(?:_?(?:no|number))?|national_?id|nin|sin|cpf|dni|license_?(?:no|"
            r"number))\Z",
        ),
        ("card number", r"(?:.*_)?(?:card(?:_?(?:no|number))?|pan|cc_?number)\Z"),
        (
            "account number",
            r"(?:.*_)?(?:iban|bic|account(?:_?(?:no|number|id))?|acct|routing(?:_?number)?|sort_?code)\Z",
        ),
        ("ip address", r"(?:.*_)?(?:ip|ip_?addr(?:ess)?|client_?ip|remote_?addr)\Z"),
        (
            "address",
            r"(?:.*_)?(?:address(?:_?(?:line)?_?\d)?|street(?:_?\d)?|zip(?:_?code)?|post(?:al)?_?code|city|town|"
            r"lat|lon|lng|latitude|longitude)\Z",
        ),
        ("username", r"(?:.*_)?(?:user_?name|login|handle|nickname|screen_?name)\Z"),
        ("order number", r"(?:.*_)?order(?:_?(?:no|nr|number|id|ref))?\Z"),
        ("tracking number", r"(?:.*_)?(?:tracking|shipment|parcel)_?(?:no|nr|number|id|code)?\Z"),
        (
            "customer number",
            r"(?:.*_)?(?:customer|client|user|member|patient|employee|guest|subscriber)_?(?:no|nr|number|id)\Z",
        ),
        ("ticket number", r"(?:.*_)?(?:ticket|case|incident|claim)_?(?:no|nr|number|id)\Z"),
        ("booking number", r"(?:.*_)?(?:booking|reservation|confirmation|pnr)(?:_?(?:no|nr|number|id|code|ref))?\Z"),
        (
            "name",
            r"(?:(?:first|last|full|given|family|sur|middle|customer|user|guest|patient|contact|recipient|"
            r"holder|cardholder|passenger|"
            r"sender|owner|client|account|employee|agent|driver|member)_?name|surname|firstname|lastname|fullname)\Z",
        ),
    )
)
"""What a field of a tool's arguments or result holds, by its name."""

_NAME_PART = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-])+")
_KEY_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s-]+")


def find_personal(text: str) -> list[Found]:
    """Find what is personal in one text, whatever stands around it.

    Returns:
        By place, without overlaps.
    """
    found: list[Found] = []
    for rules in (SECRETS, LINKS, EMAILS):
        found += _apply(rules, text)
    found += find_ibans(text)
    for rules in (CARDS, NATIONAL_IDS, BIRTHDAYS, MACHINES):
        found += _apply(rules, text)
    found += find_phones(text)
    for rules in (ADDRESSES, REFERENCES, HANDLES):
        found += _apply(rules, text)
    found += find_names(text)
    return merge(found)


def _apply(rules: Sequence[Rule], text: str) -> list[Found]:
    return [one for rule in rules for one in rule.find(text)]


@attrs.define
class Redaction:
    """One conversation without what is personal in it.

    Attributes:
        counts: How often each rule replaced something.
        placeholders: Each placeholder, in the order in which it came.
    """

    counts: Counter[str] = attrs.field(factory=Counter)
    placeholders: list[str] = attrs.field(factory=list)
    _by_value: dict[tuple[str, str], str] = attrs.field(factory=dict)
    _numbers: Counter[str] = attrs.field(factory=Counter)
    _known: dict[str, tuple[str, str]] = attrs.field(factory=dict)
    _again: re.Pattern[str] | None = None
    _seen: dict[str, list[Found]] = attrs.field(factory=dict)

    def redact(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Give the messages with placeholders, in texts and in what tools were called with and gave back."""
        values: dict[tuple[str, str], None] = {}
        for message in messages:
            for one in self._list_personal(message):
                values.setdefault(one)
        self._learn(list(values))
        self._again = _compile_known(self._known)
        return tuple(
            attrs.evolve(
                message,
                content=self._replace(message.content),
                tool_calls=tuple(self._redact_call(call) for call in message.tool_calls),
                metadata={},
            )
            for message in messages
        )

    def _list_personal(self, message: Message) -> Iterator[tuple[str, str]]:
        """All that is personal in a message, each with its kind, so that it is known wherever it is said again."""
        yield from ((message.content[one.start : one.end], one.kind) for one in self._find(message.content))
        for call in message.tool_calls:
            for value in (call.arguments, call.result):
                yield from self._list_in_value(value)

    def _find(self, text: str) -> list[Found]:
        # Each text is looked at twice: to learn what is personal, and to replace it.
        if text not in self._seen:
            self._seen[text] = find_personal(text)
        return self._seen[text]

    def _list_in_value(self, value: Any, key: str = "") -> Iterator[tuple[str, str]]:
        """All that is personal in a value, the name of its field considered."""
        value = _parse(value)
        if isinstance(value, Mapping):
            for name, item in value.items():
                yield from self._list_in_value(item, str(name))
        elif isinstance(value, list | tuple):
            for item in value:
                yield from self._list_in_value(item, key)
        elif value is not None and not isinstance(value, bool):
            if kind := find_field_kind(key):
                yield str(value), kind
            yield from ((str(value)[one.start : one.end], one.kind) for one in self._find(str(value)))

    def _learn(self, values: Sequence[tuple[str, str]]) -> None:
        """Give each value its placeholder; a first name is the person whose whole name stands elsewhere."""
        names = [value for value, kind in values if kind == "name"]
        for value, kind in values:
            whole = _find_whole_name(value, names) if kind == "name" else value
            self._name(whole, kind)
            if kind == "name":
                for part in _NAME_PART.findall(value):
                    if len(part) > 2 and part[0].isupper():
                        self._known.setdefault(part, (whole, kind))
            if len(value.strip()) > 2:
                self._known[value.strip()] = (whole, kind)

    def _redact_call(self, call: ToolCall) -> ToolCall:
        arguments = self._redact_value(dict(call.arguments))
        return ToolCall(call.name, arguments, self._redact_value(call.result))

    def _redact_value(self, value: Any, key: str = "") -> Any:
        value = _parse(value)
        if isinstance(value, Mapping):
            return {self._replace(str(name)): self._redact_value(item, str(name)) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._redact_value(item, key) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        kind = find_field_kind(key)
        if kind and str(value).strip():
            self.counts[f"field-{kind.replace(' ', '-')}"] += 1
            return self._name(str(value), kind)
        replaced = self._replace(str(value))
        return value if replaced == str(value) else replaced

    def _replace(self, text: str) -> str:
        found = [*self._find(text)]
        if self._again is not None:
            found += [
                Found(*match.span(), self._known[match.group()][1], "said-again")
                for match in self._again.finditer(text)
                if match.group() in self._known
            ]
        parts, last = [], 0
        for one in merge(found):
            value = text[one.start : one.end]
            self.counts[one.rule] += 1
            whole, kind = self._known.get(value.strip(), (value, one.kind))
            parts += [text[last : one.start], self._name(whole, kind)]
            last = one.end
        return "".join(parts) + text[last:]

    def _name(self, value: str, kind: str) -> str:
        """The placeholder of a value: the same one for the same value, however it is written."""
        plain = re.sub(r"[\W_]+", "", value).casefold() or value
        key = (kind, plain)
        if key not in self._by_value:
            known = next((name for (_, one), name in self._by_value.items() if one == plain), None)
            if known is None:
                self._numbers[kind] += 1
                known = f"[{kind} {self._numbers[kind]}]"
                self.placeholders.append(known)
            self._by_value[key] = known
        return self._by_value[key]


def _find_whole_name(value: str, names: Sequence[str]) -> str:
    """The longest of the names that have all parts of one."""
    parts = {part.casefold() for part in _NAME_PART.findall(value)}
    fitting = [name for name in names if parts and parts <= {part.casefold() for part in _NAME_PART.findall(name)}]
    return max(fitting, key=lambda name: (len(_NAME_PART.findall(name)), len(name)), default=value)


def _compile_known(known: Mapping[str, object]) -> re.Pattern[str] | None:
    """A pattern for all known values, the longest first; values without a letter or digit are no values."""
    values = sorted((value for value in known if any(map(str.isalnum, value))), key=len, reverse=True)
    if not values:
        return None
    return re.compile(r"(?<![^\W_])(?:" + "|".join(map(re.escape, values)) + r")(?![^\W_])")


def find_field_kind(key: str) -> str:
    """What a field holds, by its name; empty if nothing personal."""
    plain = _KEY_BREAK.sub("_", key)
    return next((kind for kind, pattern in _FIELDS if pattern.match(plain)), "") if len(plain) < 80 else ""


def _parse(value: Any) -> Any:
    """JSON in a string as what it says: tools answer so."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return parsed if isinstance(parsed, dict | list) else value
    return value
