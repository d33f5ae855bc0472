"""The words of each language by which ``rules.py`` tells a refusal: data, no algorithm.

A language more is a module more beside these and an entry in ``LANGUAGES``, and its share of the labelled replies in
the tests. Patterns are searched in lower case with straight apostrophes, in verbose syntax; ``_`` stands for a blank.
"""

from __future__ import annotations

from ..language import Language
from .dutch import DUTCH
from .english import ENGLISH
from .french import FRENCH
from .german import GERMAN
from .italian import ITALIAN
from .portuguese import PORTUGUESE
from .spanish import SPANISH

LANGUAGES: tuple[Language, ...] = (ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH)
