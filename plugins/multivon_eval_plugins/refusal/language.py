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
        common: Its small words, by which a text in it is known.
        marks: Words of which every refusal has one; a reply without any is not looked at further.
        declining: An inability or unwillingness in the first person.
        idle: What follows such words where they are not about the request: idioms, what cannot be found, seen or
            understood, what the user has yet to say.
        delivering: A thing done, a way shown.
        filling: What delivers nothing: an offer of other help, somebody else to ask, regret.
        turning: Words after which the opposite comes.
        moral: Words of right and wrong, harm, law and privacy. Who declines with one of these delivers nothing by
            whatever follows: help lines, other topics, advice on behaviour.
        moralising: Ways to call a request wrong without a first person.
        onward: What goes on with the matter: a person who takes it over, something that the user is asked for.
    """

    code: str
    common: frozenset[str] = attrs.field(converter=_split_words, repr=False)
    marks: frozenset[str] = attrs.field(converter=_split_words)
    declining: str = attrs.field(repr=False)
    idle: str = attrs.field(repr=False)
    delivering: str = attrs.field(repr=False)
    filling: str = attrs.field(repr=False)
    turning: str = attrs.field(repr=False)
    moral: str = attrs.field(repr=False)
    moralising: str = attrs.field(repr=False)
    onward: str = attrs.field(repr=False)

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

    @cached_property
    def speaks_of_wrong(self) -> re.Pattern[str]:
        """The pattern of ``moral``."""
        return _compile(self.moral)

    @cached_property
    def moralises(self) -> re.Pattern[str]:
        """The pattern of ``moralising``."""
        return _compile(self.moralising)

    @cached_property
    def goes_on(self) -> re.Pattern[str]:
        """The pattern of ``onward``."""
        return _compile(self.onward)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern.replace('_', '[ ]')})", re.VERBOSE)
