"""Whether a reply, as a whole, refuses the request: by rules on words, in several languages."""

from .language import Language
from .languages import LANGUAGES
from .rules import is_refusal

__all__ = ["LANGUAGES", "Language", "is_refusal"]
