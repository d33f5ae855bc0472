"""What an earlier run left to go on with, and by which key the journal knows a conversation."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import attrs

from .._types.names import Names
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


def iterate_keyed(
    results: Iterable[SimulationResult], find: Callable[[SimulationResult], str]
) -> Iterator[tuple[str, SimulationResult]]:
    """Give the results with their keys; those that share one are numbered."""
    met, again = Names(), Counter[str]()
    for result in results:
        known, key = len(met), find(result)
        if met.add(key) < known:
            again[key] += 1
            key = f"{key}#{again[key] + 1}"
        yield key, result


def digest_results(keyed: Mapping[str, SimulationResult]) -> str:
    """What must be the same for ``score`` to go on: the conversations, word for word."""
    texts = [key + "".join(message.content for message in one.conversation.messages) for key, one in keyed.items()]
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()[:16]


@attrs.frozen
class Earlier:
    """What an earlier run left.

    Attributes:
        done: Results that were delivered before; they are counted, not given again, and gone through several times.
        kept: The keys of those among them that are of a run that ended.
        held: The sinks that have them, whatever the journal says.
        find_key: Gives the key of one of them.
        prepare: Called when all is checked and before the sinks are opened.
    """

    done: Iterable[SimulationResult] = ()
    kept: Collection[str] = ()
    held: frozenset[str] = frozenset()
    find_key: Callable[[SimulationResult], str] = find_key
    prepare: Callable[[], None] = lambda: None

    def iterate_done(self) -> Iterator[tuple[str, SimulationResult]]:
        """Give what was delivered before, each result with its key."""
        return iterate_keyed(self.done, self.find_key)
