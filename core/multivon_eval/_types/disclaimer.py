"""The sentences of which every result and every report carries one."""

from __future__ import annotations

DISCLAIMER = "simulated personas — measures behavior under synthetic users, not real traffic"
"""The sentence that every result and every report carries."""

IMPORTED = "imported transcripts — judged and scored as they are; who spoke as the user is not known here"
"""What results carry instead whose conversations were not simulated here."""
