"""Which parameter of a request a provider refuses: by what it names, else by phrases that say so, never by an echo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs

from .provider_error import ProviderError, drop_echo

LEFT_OUT = "left out"
IN_FIRST_MESSAGE = "sent in the first message"

# Codes that say that a parameter itself is not taken, whatever its value.
_UNSUPPORTED = {
    "unsupported_parameter",
    "unsupported_value",
    "unknown_parameter",
    "unrecognized_parameter",
    "extra_forbidden",
    "not_supported",
}
# A value is too large or too small: the parameter is known, and to leave it out would not help.
_IS_VALUE = re.compile(
    r"too (?:large|long|small|high|low)|at (?:most|least)|exceeds?\b|greater than|less than|between|above|below"
    r"|maximum|minimum|[<>]\s*=?\s*\d",
    re.IGNORECASE,
)
_REFUSES = (
    r"(?:not|n't|never)\W+(?:be\W+|currently\W+|yet\W+)?"
    r"(?:support(?:ed|s)?|allow(?:ed)?|permit(?:ted)?|enabled|available|recogni[sz]ed|accept(?:ed)?|compatible|known)"
    r"|unsupported|unknown|unrecogni[sz]ed|unexpected|deprecated|incompatible"
    r"|(?:does not )?match(?:es)? any of the expected|invalid value at|extra (?:inputs?|fields?|keys?)|may only be set"
)
# What stands between a name and the refusal of it; a sentence about something else has other words there.
_FILLING = (
    r"(?:the|a|an|of|for|to|with|by|in|at|is|are|was|do|does|be|can|this|that|these|it|request|chat|model|models|name|names|body"
    r"|param|params|parameter|parameters|argument|arguments|field|fields|key|keyword|option|property|input|inputs|value"
    r"|values|type|types|setting|supplied|provided|found|endpoints|support|supports|custom|use|using|on"
    r"|enabled|disabled|adaptive|only|set|and|or|forced|tag|found|effort|any|auto|tool|temperature|tools|thinking|[a-z]+_[a-z_]+|[a-z]+Config|0|1)"
)
_BETWEEN = rf"(?:\W+{_FILLING}){{0,8}}?\W+"
_LONGEST = 4000
# Places that only say that it is somewhere inside.
_CONTAINERS = {"", "generationconfig", "body"}


@attrs.frozen
class Refusable:
    """A parameter that a model may refuse.

    Attributes:
        parameter: What it is called in the notes.
        names: Its names on the wire.
        steps: What is done instead, one after another.
        phrases: Other words by which it is refused, as a pattern.
    """

    parameter: str
    names: tuple[str, ...]
    steps: tuple[str, ...] = (LEFT_OUT,)
    phrases: str = ""

    @cached_property
    def _says(self) -> re.Pattern[str]:
        names = "|".join(map(re.escape, self.names)) or r"(?!)"
        name = rf"(?<![\w-])(?:{names})(?![\w-])"
        patterns = [rf"(?:{_REFUSES}|no endpoints){_BETWEEN}{name}", rf"{name}{_BETWEEN}(?:{_REFUSES})"]
        return re.compile("|".join(patterns), re.IGNORECASE)

    @cached_property
    def _phrased(self) -> re.Pattern[str]:
        return re.compile(self.phrases or r"(?!)", re.IGNORECASE)

    def count_steps(self, left_out: Mapping[str, str]) -> int:
        """How many steps are taken already."""
        return self.steps.index(left_out[self.parameter]) + 1 if self.parameter in left_out else 0

    def is_refused_by(self, error: ProviderError, message: str) -> bool:
        """Whether an error refuses this parameter.

        Args:
            error: What the provider said.
            message: Its sentences, without what they repeat of the request.
        """
        if self._phrased.search(message):
            return True
        places = [place for place in error.places if _simplify(place) not in _CONTAINERS]
        if not any(map(self._is_named, places)):
            # A place that is another parameter's says that it is not this one.
            return not places and self._says.search(message) is not None
        return bool(error.codes & _UNSUPPORTED) or not _IS_VALUE.search(message)

    def _is_named(self, place: str) -> bool:
        known = {_simplify(name) for name in self.names}
        return any(_simplify(part) in known for part in re.split(r"[.\[\]\s]+", place))


def find_refused(error: ProviderError, known: Iterable[Refusable], sent: str) -> list[Refusable]:
    """Find what a provider refuses.

    Args:
        error: What it said.
        known: What it may refuse, in the order in which a refusal is held against them.
        sent: The texts of the request, which an error may repeat.
    """
    message = drop_echo(error.message[:_LONGEST], sent)
    return [item for item in known if item.is_refused_by(error, message)]


def _simplify(name: str) -> str:
    return name.replace("_", "").lower()
