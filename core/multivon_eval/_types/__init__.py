"""The nouns: plain frozen values, and how they become JSON and text."""
