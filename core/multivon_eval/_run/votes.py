"""From several votes to one verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import attrs

from .._types.verdict import CriterionVerdict, Evidence, Verdict, Votes, YesNoUnknown

TEMPERATURE = 0.7
"""At which several votes are asked for: at 0 they would be one vote, paid for several times.

Source: X. Wang et al., "Self-Consistency Improves Chain of Thought Reasoning in Language Models", arXiv 2203.11171,
samples at 0.5 to 0.7 and takes the majority.
"""


def count_votes(cast: Sequence[Verdict]) -> Verdict:
    """Make one verdict of several, criterion by criterion.

    Args:
        cast: At least one; those that failed or were cut by the budget count for nobody.

    Returns:
        A criterion is met, or not, if more than half of all votes say so, those that are missing included; if
        neither, it is unknown. Where too few were given for any majority there is no verdict, with the reason.
    """
    given = [vote for vote in cast if not vote.failed and not vote.cut]
    if len(given) <= len(cast) // 2:
        missing = next(vote for vote in cast if vote.failed or vote.cut)
        return attrs.evolve(missing, reason=f"{len(given)} of {len(cast)} votes: {missing.reason}")
    rows = tuple(_count_criterion(row, len(cast)) for row in zip(*(vote.criteria for vote in given), strict=True))
    verdict = Verdict.over(rows, "")
    agrees = next((vote for vote in given if vote.achieved is verdict.achieved), given[0])
    words: Counter[str] = Counter(vote.outcome for vote in given)
    words["missing"] = len(cast) - len(given)
    return attrs.evolve(
        verdict, claims=agrees.claims, reason=f"{len(cast)} votes, {_format_counts(words)}: {agrees.reason}"
    )


def _format_counts(words: Counter[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in words.most_common() if count)


def _count_criterion(given: Sequence[CriterionVerdict], asked: int) -> CriterionVerdict:
    """What the votes say of one criterion, with the quotes of those that say the same."""
    counts = Counter(vote.met for vote in given)
    votes = Votes(counts["yes"], counts["no"], counts["unknown"], asked - len(given))
    winner: YesNoUnknown | None = next((met for met, count in counts.items() if count > asked // 2), None)
    agreeing = [vote for vote in given if vote.met == winner]
    if winner is None:
        reason = f"no majority of {asked} votes: {given[0].reason}"
        return CriterionVerdict(given[0].criterion, "unknown", reason, _drop_doubles(given), votes)
    return CriterionVerdict(
        agreeing[0].criterion, winner, agreeing[0].reason, _drop_doubles(agreeing), votes, agreeing[0].turns
    )


def _drop_doubles(votes: Iterable[CriterionVerdict]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(quote for vote in votes for quote in vote.evidence))
