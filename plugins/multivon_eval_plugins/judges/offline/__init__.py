"""The judge that is no model: rules on words, deterministic, free."""

from .judge import Offline

__all__ = ["Offline"]
