"""How a persona's traits show in what it says by rule."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from multivon_eval.sdk import Persona

from ...roleplay.traits import find_trait
from .brief import shorten
from .words import cut

BRIEF = 8
"""Words of a wish in the mouth of somebody terse, or of somebody who speaks a foreign language."""

USUAL = 40
"""Words of a wish, a fact or a profile in anybody else's."""

# Said before the message, from the second one on, each in its turn.
_BEFORE: Mapping[str, tuple[str, ...]] = {
    "confused": (
        "Sorry, I am not sure I follow.",
        "I am confused now.",
        "What does that mean?",
        "So is that the same as before?",
        "I am a bit lost here.",
    ),
    "frustrated": (
        "This is getting annoying.",
        "I am tired of asking.",
        "That is not helpful at all.",
        "This is ridiculous.",
        "I am fed up with this.",
    ),
    "forgetful": (
        "What was it that you said?",
        "I forgot your last answer.",
        "Remind me, please.",
        "I can't remember what you told me.",
    ),
}
# Said after it.
_AFTER: Mapping[str, tuple[str, ...]] = {
    "impatient": (
        "Quickly, please.",
        "I am in a hurry.",
        "I am still waiting.",
        "Just tell me now.",
        "Please hurry.",
    ),
    "sceptical": (
        "Where does it say so?",
        "How do you know that?",
        "I find that hard to believe.",
        "Can I have that in writing?",
        "Is that really true?",
    ),
    "non-native speaker": ("Sorry for my English.", "I hope you understand.", "Please use easy words."),
}
_SHORT: Mapping[str, tuple[str, ...]] = {
    "confused": ("Not sure I follow.", "Confused now.", "Meaning what?"),
    "frustrated": ("Annoying.", "Ridiculous.", "Still no help."),
    "forgetful": ("I forgot.", "Remind me.", "What was it?"),
    "impatient": ("Quickly, please.", "Now, please.", "Hurry.", "Still waiting."),
    "sceptical": ("Really?", "Where is that written?", "I doubt it."),
    "non-native speaker": ("Sorry, my English.", "Easy words, please."),
}
# Twenty words or so each: what somebody verbose tells beside the point.
_ASIDES = (
    "I like to understand things fully before I do anything, because the last time I did not and was sorry for it.",
    "My neighbour had something like it happen last year, and he told me to keep asking until everything is settled.",
    "I have been thinking about it the whole morning and could not do much else, so it does matter to me.",
    "You may find this a small thing, but with all that goes on in my life right now I need it off my mind.",
    "I have looked at several pages on my own and found a lot of text, though none of it fits what happened to me.",
    "Please do not take it amiss that I write so much, it helps me to put things into words one by one.",
    "A friend of mine said I should have called you instead, and perhaps she was right, but now I have begun to type.",
)
CHANGED_MIND = "Actually, I would rather begin with another thing."


@attrs.frozen
class Voice:
    """The voice of one persona.

    Attributes:
        persona: Whose it is.
        traits: Its usual traits, by name.
    """

    persona: Persona
    traits: frozenset[str]

    @classmethod
    def of(cls, persona: Persona) -> Voice:
        """The voice of a persona; free-text traits have no rule here."""
        usual = map(find_trait, persona.traits)
        return cls(persona, frozenset(trait.name for trait in usual if trait))

    @property
    def is_terse(self) -> bool:
        """Whether it says as little as it can."""
        return "terse" in self.traits

    def words(self, wish: str) -> str:
        """A wish in as many words as it says."""
        is_brief = self.traits & {"terse", "non-native speaker"}
        return shorten(wish, BRIEF) if is_brief else cut(wish, USUAL)

    @property
    def shown_by(self) -> int:
        """How many messages there are, the opening among them, when each trait has shown."""
        phrased = {*_BEFORE, *_AFTER} - {"impatient"}
        return 1 + max(1, len(self.traits & phrased) * self.is_terse)

    def greets(self, wish: str) -> str:
        """The opening."""
        wish = self.words(wish)
        if self.is_terse:
            return self._with_phrases(f"I want to {wish}.", 0)
        message = self._with_phrases(f"Hello. I would like to {wish}.", 0)
        if "verbose" not in self.traits:
            return message
        return f"{message} Let me explain why I write: {cut(self.persona.profile, USUAL)} {_ASIDES[0]}"

    def says(self, message: str, place: int) -> str:
        """A later message.

        Args:
            message: What there is to say.
            place: How many messages came before it, at least one.
        """
        message = self._with_phrases(message, place)
        if "changes mind" in self.traits and place == 1:
            message = f"{CHANGED_MIND} {message}"
        if "verbose" in self.traits and not self.is_terse:
            message = f"{message} {_ASIDES[place % len(_ASIDES)]}"
        return message

    def _with_phrases(self, message: str, place: int) -> str:
        # Who is in a hurry is so from the first word on; all else comes of what the assistant said.
        shown = [trait for trait in (*_BEFORE, *_AFTER) if trait in self.traits and (place or trait == "impatient")]
        if self.is_terse:
            # One at a time, and impatience last: it has shown in the opening.
            shown = sorted(shown, key="impatient".__eq__)
            shown = shown and [shown[max(place - 1, 0) % len(shown)]]
        for trait in shown:
            ways = _SHORT[trait] if self.is_terse else _BEFORE.get(trait) or _AFTER[trait]
            phrase = ways[(place if trait == "impatient" else place - 1) % len(ways)]
            message = f"{phrase} {message}" if trait in _BEFORE else f"{message} {phrase}"
        return message
