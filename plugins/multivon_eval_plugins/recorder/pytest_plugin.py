"""``pytest --record-prompts``: on for the session, each test's node id is the case.

Loaded at every start of pytest, so it imports nothing of its own before the option is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("multivon-eval", "prompt recorder of multivon-eval")
    group.addoption(
        "--record-prompts",
        action="store_true",
        help="record which prompts are rendered at the calls of anthropic, openai, google-genai and litellm",
    )
    group.addoption(
        "--record-prompts-out",
        metavar="FILE",
        help="merge the recordings into FILE (prompt_recordings.jsonl), implies --record-prompts",
    )
    group.addoption(
        "--record-text",
        action="store_true",
        help="keep the texts beside their fingerprints, implies --record-prompts",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record, if that was asked for."""
    if config.option.record_prompts or config.option.record_prompts_out or config.option.record_text:
        from .pytest_session import SessionRecording

        config.pluginmanager.register(SessionRecording.of(config), "multivon-eval-recording")
