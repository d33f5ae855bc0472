"""Whether a user message recites what was meant for the driver alone."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from .likeness import list_words, runs
from .prompt import DONE, OPENING, PERSONA, RESUMED, RULES, SILENT

RUN = 3
"""Words in a row that are looked for of a criterion."""

SHARE = 0.8
"""The share of a criterion's runs in a message that makes it a recital."""

RULE_RUN = 7
"""Words in a row that nobody says by chance as the instructions say them."""

# Words for the play itself, as only a player has them.
_PLAY = re.compile(
    r"""
    \bgoal_reached\b
  | \{\s*+"message"\s*+:
  | \b(?:my|the|this|your)\s+(?:success\s+criteri(?:a|on)|persona)\b
  | \bas\s+a\s+(?:simulated|synthetic)\s+(?:user|customer|person)\b
  | \bi(?:\s*+'m|\s*+'ve\s+been|\s++(?:am|was|have\s+been))\s+(?:\w+\s+)?(?:told|asked|instructed|supposed)\s+to\s+
      (?:play|act\s+as|pretend|simulate|role-?play)\b
  | \bi(?:\s*+'m|\s++am)\s+(?:only\s+|just\s+)?(?:playing|simulating|role-?playing)\s+(?:a|the)\s+
      (?:user|customer|role)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# One of these, or a brace, is in whatever the pattern finds: to look for them first is ten times as quick.
_PLAY_WORDS = frozenset(
    "reached criteria criterion persona simulated synthetic play act pretend simulate role roleplay playing simulating "
    "roleplaying".split()
)


def find_recited_criterion(text: str, criteria: Iterable[str], heard: Iterable[str]) -> str:
    """Find a criterion that a message hands over.

    Args:
        text: The user message.
        criteria: The success criteria.
        heard: What the user may say whatever the criteria say: its goal, and what it was told.

    Returns:
        The first criterion of which the message holds :data:`SHARE` of the runs of :data:`RUN` words that stand in
        nothing that was heard, at least two of them; a criterion of a word or two may well be said by chance.
        Nothing if there is none.
    """
    said = runs(list_words(text).all, RUN)
    told = {criterion: _split_runs(criterion) for criterion in criteria}
    told = {criterion: wanted for criterion, wanted in told.items() if len(wanted & said) >= 2}
    if not told:
        return ""  # as nearly always: then nobody need look at all that was heard
    may_say = frozenset[tuple[str, ...]]().union(*(runs(list_words(part).all, RUN) for part in heard))
    for criterion, wanted in told.items():
        own = wanted - may_say
        if len(own) >= 2 and len(own & said) >= SHARE * len(own):
            return criterion
    return ""


@functools.lru_cache(maxsize=256)  # they are asked for in every turn
def _split_runs(criterion: str) -> frozenset[tuple[str, ...]]:
    return runs(list_words(criterion).all, RUN)


def find_recited_rule(text: str, known: Sequence[str]) -> str:
    """Find what a message says of the driver's own instructions.

    Args:
        text: The user message.
        known: What stands in the persona and was said before; the words of the play may come from there.

    Returns:
        Words of the play, or a run of :data:`RULE_RUN` words of the instructions; nothing if there are none.
    """
    said = list_words(text)
    if "{" in text or not _PLAY_WORDS.isdisjoint(said.distinct):
        found = _PLAY.search(text.replace("’", "'"))
        if found and not any(_PLAY.search(part.replace("’", "'")) for part in known):
            return found.group()
    recited = [run for run in _list_runs(said.all, RULE_RUN) if run in _collect_rules()]
    if not recited:
        return ""  # as nearly always: then nobody need look at all that was said before
    may_say = frozenset[tuple[str, ...]]().union(*(runs(list_words(part).all, RULE_RUN) for part in known))
    return next((" ".join(run) for run in recited if run not in may_say), "")


def _list_runs(words: tuple[str, ...], length: int) -> list[tuple[str, ...]]:
    return [words[at : at + length] for at in range(len(words) - length + 1)]


@functools.cache
def _collect_rules() -> frozenset[tuple[str, ...]]:
    return runs(list_words("\n".join((RULES, PERSONA, DONE, OPENING, RESUMED, SILENT))).all, RULE_RUN)
