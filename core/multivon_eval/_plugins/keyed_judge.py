"""Which judge a key in the environment chooses: each judge says so itself, by an entry point."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .._set_module import set_module
from ..errors import PluginBroken, PluginConflict
from .kinds import JUDGE_KEY
from .registry import Entry, Registry


@set_module("multivon_eval.sdk")
@attrs.frozen
class KeyedJudge:
    """The judge that a variable of the environment chooses where none is named.

    The entry-point group ``multivon_eval.judge_keys`` has one entry for each variable; its name is the variable's, its
    target an instance of this class. It is imported only if the variable is set.

    Attributes:
        spec: The SPEC of the judge, a judge of the same distribution.
        rank: Among several variables that are set the lowest rank wins. The built-in ones are 10, 20 and 30.
    """

    spec: str
    rank: int = 100


def choose_judge(environ: Mapping[str, str], registry: Registry, without_key: str) -> tuple[str, str]:
    """Choose a judge where none is named.

    Args:
        environ: The environment.
        registry: What is installed.
        without_key: The SPEC that is taken where no variable is set.

    Returns:
        The SPEC, and the reason for it.

    Raises:
        PluginConflict: If two of the same rank could be meant.
    """
    found: list[tuple[int, Entry, str]] = []
    broken: list[str] = []
    for entry in registry.entries(JUDGE_KEY):
        if environ.get(entry.name):
            try:
                keyed = _load(entry)
            except PluginBroken as error:
                broken.append(f"{error}; ")
            else:
                found.append((keyed.rank, entry, f"{entry.distribution}/{keyed.spec}"))
    if not found:
        why = "".join(broken) or "no key in the environment"
        return without_key, f"{why.rstrip('; ')}: a smoke test of the pipeline, words only, no model"
    lowest = min(rank for rank, _, _ in found)
    first, *others = [(entry, spec) for rank, entry, spec in found if rank == lowest]
    if others:
        who = " and ".join(f"{entry.name} chooses {spec}" for entry, spec in (first, *others))
        raise PluginConflict(f"the keys in the environment choose several judges: {who}; name one with --judge")
    return first[1], f"{''.join(broken)}{first[0].name} is set; name another with --judge"


def _load(entry: Entry) -> KeyedJudge:
    found = entry.load()
    if not isinstance(found, KeyedJudge):
        raise PluginBroken(f"{entry} cannot be used: it is {type(found).__name__}, not a KeyedJudge")
    return found
