"""What an earlier run left to go on with, and by which key the journal knows a conversation."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from .._types.result import SimulationResult


def find_key(result: SimulationResult) -> str:
    """What the journal of ``simulate`` calls a conversation."""
    return result.case_uid


def find_key_to_rescore(result: SimulationResult) -> str:
    """What the journal of ``score`` calls a conversation that is judged again: several runs may have had it."""
    return f"{result.run_id}/{result.case_uid}"


def find_rescored_key(result: SimulationResult) -> str:
    """The same, of the result of judging it again."""
    before = result.provenance.rescored_from
    return f"{before.run_id if before else ''}/{result.case_uid}"


def number_keys(
    results: Iterable[SimulationResult], find: Callable[[SimulationResult], str]
) -> dict[str, SimulationResult]:
    """Return the results by key; those that share one are numbered."""
    met = Counter[str]()
    found = {}
    for result in results:
        key = find(result)
        met[key] += 1
        found[key if met[key] == 1 else f"{key}#{met[key]}"] = result
    return found


def digest_results(keyed: Mapping[str, SimulationResult]) -> str:
    """What must be the same for ``score`` to go on: the conversations, word for word."""
    texts = [key + "".join(message.content for message in one.conversation.messages) for key, one in keyed.items()]
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


@attrs.frozen
class Earlier:
    """What an earlier run left.

    Attributes:
        done: Results that were delivered before; they are counted, not given again.
        kept: The keys of those among them that are of a run that ended.
        held: The sinks that have them, whatever the journal says.
        find_key: Gives the key of one of them.
        prepare: Called when all is checked and before the sinks are opened.
    """

    done: Sequence[SimulationResult] = ()
    kept: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    find_key: Callable[[SimulationResult], str] = find_key
    prepare: Callable[[], None] = lambda: None

    def list_done(self) -> dict[str, SimulationResult]:
        """Return what was delivered before, by key."""
        return number_keys(self.done, self.find_key)
