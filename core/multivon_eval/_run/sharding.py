"""What a run is made with once its personas are known, for the whole of it or for one shard."""

from __future__ import annotations

from collections.abc import Sequence

from .._types.run_info import RunInfo
from .._types.run_part import RunPart
from .._types.shard_header import ShardHeader, header_to_json
from ..errors import JudgeError, UsageError
from .estimate import complete_info
from .manifest import make_manifest
from .people import People
from .plan import Plan
from .shard import Shard


def describe_run(plan: Plan, people: People, resumed: int = 0) -> RunInfo:
    """Return what the run is made with; the ceiling of a shard becomes its share of the budget.

    Args:
        plan: The plan of the run.
        people: All personas of the run, also where only a shard of it is made.
        resumed: Number of conversations that an earlier run finished.

    Raises:
        UsageError: If a plug-in cannot say what it will ask, or the judge what that may cost.
    """
    shard = plan.shard
    if shard is None:
        return complete_info(plan, people, len(people) * plan.info.trials, resumed)
    try:
        manifest = make_manifest(plan, people, shard.of)
    except JudgeError as error:
        raise UsageError(f"the run cannot be reckoned: {error}") from error
    header = ShardHeader(plan.info.run_id, shard.index, shard.of, manifest)
    if header.share_usd is not None:
        plan.ledger.lower(header.share_usd)
    whole = sum(manifest.conversations)
    return complete_info(
        plan,
        people,
        header.conversations,
        resumed,
        part=RunPart(shard.of, (shard.index,), whole),
        share_usd=header.share_usd,
        header=header_to_json(header),
    )


def check_same_personas(shard: Shard | None, proposal: Sequence[object] | None) -> None:
    """Check that each shard will get the same personas.

    Args:
        shard: Which shard is made; None for the whole run.
        proposal: What the source of the personas will ask the judge.

    Raises:
        UsageError: If they would be others in each shard.
    """
    if shard is not None and proposal:
        raise UsageError(
            f"--shard {shard}: the personas are proposed by the judge, and would be others in each shard; have them "
            "written to a file once, and give all shards that file with --personas"
        )
