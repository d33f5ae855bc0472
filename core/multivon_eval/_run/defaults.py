"""The names of the plug-ins that are taken where nobody names another.

They are names and nothing else: none of them is imported before it is looked up through its entry point, as anybody's
is. No other module of the core names a built-in plug-in.
"""

from __future__ import annotations

OURS = "multivon-eval"
"""Defaults name our distribution too: somebody else's plug-in of the same name is no conflict where nobody asked."""

DRIVER = f"{OURS}/persona-llm"
"""Plays the personas."""

EVALUATORS = tuple(f"{OURS}/{name}" for name in ("conversation-relevance", "knowledge-retention", "turn-consistency"))
"""Score the conversations."""

OBSERVERS = tuple(f"{OURS}/{name}" for name in ("driver-faults", "refusals"))
"""Watch the conversations."""

JUDGE_WITHOUT_KEY = f"{OURS}/offline"
"""Judges where no key in the environment chooses another."""

PERSONA_FILE = f"{OURS}/jsonl"
"""Reads what ``--personas FILE`` names."""

PRODUCT_DOCUMENT = f"{OURS}/product-md"
"""Proposes personas for what ``--propose-from FILE`` names."""

RESULT_FILE = f"{OURS}/jsonl"
"""Writes what ``--out FILE`` names."""

EXECUTOR = f"{OURS}/local"
"""Holds conversations in the process of the run."""

SCREEN = f"{OURS}/terminal"
"""Shows a run to people."""

RECORDER = "prompt-recorder"
"""The hook whose module offers ``record_prompts``."""

ENDPOINT_EXAMPLE = "openai:MODEL,base_url=http://..."
JUDGE_EXAMPLE = "anthropic:claude-haiku-5-5"
"""For help texts and messages."""


def shorten_name(name: str) -> str:
    """Return a default's name without the distribution, as people type it."""
    return name.removeprefix(f"{OURS}/")
