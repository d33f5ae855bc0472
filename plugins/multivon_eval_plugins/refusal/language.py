"""What ``rules.py`` must know of a language."""

from __future__ import annotations

import re
from functools import cached_property

import attrs


def _split_words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@attrs.frozen
class Language:
    """How one language refuses.

    Attributes:
        code: ISO 639-1.
        marks: Words of which every refusal has one; a reply without any is not looked at further.
        declining: An inability or unwillingness in the first person.
        idle: What follows such words where they are not about the request: idioms, what cannot be found, seen or
            understood, what the user has yet to say.
        delivering: A thing done, a way shown.
        filling: What delivers nothing: an offer of other help, somebody else to ask, regret.
        turning: Words after which the opposite comes.
    """

    code: str
    marks: frozenset[str] = attrs.field(converter=_split_words)
    declining: str = attrs.field(repr=False)
    idle: str = attrs.field(repr=False)
    delivering: str = attrs.field(repr=False)
    filling: str = attrs.field(repr=False)
    turning: str = attrs.field(repr=False)

    # Compiled when a reply first has a word of the language: most runs speak one.

    @cached_property
    def declines(self) -> re.Pattern[str]:
        """The pattern of ``declining``."""
        return _compile(self.declining)

    @cached_property
    def aside(self) -> re.Pattern[str]:
        """The pattern of ``idle``."""
        return _compile(self.idle)

    @cached_property
    def delivers(self) -> re.Pattern[str]:
        """The pattern of ``delivering``."""
        return _compile(self.delivering)

    @cached_property
    def fills(self) -> re.Pattern[str]:
        """The pattern of ``filling``."""
        return _compile(self.filling)

    @cached_property
    def turns(self) -> re.Pattern[str]:
        """The pattern of ``turning``."""
        return _compile(self.turning)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern.replace('_', '[ ]')})", re.VERBOSE)
