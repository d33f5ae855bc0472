"""Whose voice a message has by all of its words: that of who asks, or of who serves.

Phrases that only who serves would say are few, and there are always others. This weighs every word and pair of words
instead: naive Bayes over what stands in a message (M. E. Maron, "Automatic Indexing: An Experimental Inquiry", Journal
of the ACM 8 (1961), 404-417), with weights from labelled messages of both, made by
``tests/plugins/roleplay/make_voice.py``.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
import re
from collections.abc import Mapping
from importlib.resources import files

from .serving import drop_quotes

SERVES = 3.2
"""Above which weight a message is that of who serves. 1 in 100 sound ones has it that its weights were made without."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\?|\d+")
_LOOKED_AT = 120
"""Words of a message that are looked at."""
_DAMPING = 10
"""Words as if without weight, so that few words alone decide nothing."""
_SHOWN = 3


def list_features(text: str) -> frozenset[str]:
    """List the words of a text and its pairs of neighbouring words; a number is a number, whichever it is.

    Args:
        text: A message of anybody.
    """
    words = ["0" if word.isdigit() else word for word in _WORD.findall(text.lower().replace("’", "'"))[:_LOOKED_AT]]
    return frozenset((*words, *map(" ".join, itertools.pairwise(words))))


@functools.cache
def read_weights() -> Mapping[str, float]:
    """The weight of each feature: above 0 where who serves says it more often, below 0 where who asks does."""
    text = files("multivon_eval_plugins.roleplay").joinpath("voice.json").read_text(encoding="utf-8")
    weights: Mapping[str, float] = json.loads(text)
    return weights


def weigh(text: str, weights: Mapping[str, float]) -> float:
    """Weigh a text: above 0 it sounds like who serves. Long texts are more certain, but not as much as they are longer.

    Args:
        text: A message of anybody.
        weights: Those of ``read_weights``.
    """
    found = [weights[feature] for feature in list_features(text) if feature in weights]
    return sum(found) / math.sqrt(len(found) + _DAMPING)


def find_service_voice(text: str) -> str:
    """Find the words by which a user message is one of who serves.

    Args:
        text: A user message. What it quotes is somebody else's.

    Returns:
        The words that weigh most; nothing if it is the message of a user, or it cannot be told.
    """
    said, weights = drop_quotes(text), read_weights()
    if weigh(said, weights) <= SERVES:
        return ""
    heavy = sorted(list_features(said), key=lambda feature: (-weights.get(feature, 0), feature))
    return ", ".join(heavy[:_SHOWN])
