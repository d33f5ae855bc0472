"""The observer of the simulated user's faults."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from multivon_eval.sdk import Conversation, Observation, RunContext

from .ending import find_early_end
from .faults import find_faults, find_missing_traits


@attrs.frozen
class DriverFaults:
    """Finds what a user message should not have been, by rules on words; it asks nobody and costs nothing.

    Each user message is looked at before the system sees it; the traits, and whether the user left too early, once the
    conversation is over. The rules
    and what they do not find are described in docs/explanation/driver.md.
    """

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        """Return one fault for each thing that is wrong with the last user message, or with the persona's traits."""
        if conversation.stop_reason is not None:
            early = find_early_end(conversation)
            return (*find_missing_traits(conversation), *([early] if early else []))
        return find_faults(conversation) if conversation.messages[-1].role == "user" else ()
