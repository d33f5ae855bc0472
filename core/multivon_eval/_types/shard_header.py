"""The first line of a shard's file: which shard it is, and what the run was made with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from ..errors import UsageError
from .converter import make_plain, structure
from .disclaimer import DISCLAIMER
from .reading import read_field, read_list_of, read_number, read_object, read_text, read_whole

HEADER_VERSION = 1
"""The version of a header; only additions within one version."""
_MOST = 1_000_000_000
"""Conversations of a shard."""


def is_header(row: object) -> bool:
    """Whether a line's object is the header of a shard and no result."""
    return isinstance(row, Mapping) and "manifest" in row and "transcript" not in row and "messages" not in row


@attrs.frozen
class Manifest:
    """What a run is made with: the same in all its shards.

    Attributes:
        personas: The digest of all personas, in their order.
        model: The digest of the model file, or the name of the system.
        prompts: The digest of all that is asked in an imagined conversation.
        options: What the conversations depend on, by name.
        plugins: All plug-ins but sinks, each with its version.
        scores: The names of the scores that there will be.
        version: That of multivon-eval.
        budget_usd: The ceiling of the whole run, in USD; None for none.
        conversations: Number of conversations of each shard.
        shares_usd: The ceiling of each shard, in USD; empty where there is none.
    """

    personas: str
    model: str
    prompts: str
    options: Mapping[str, Any]
    plugins: tuple[str, ...]
    scores: tuple[str, ...]
    version: str
    budget_usd: Decimal | None
    conversations: tuple[int, ...]
    shares_usd: tuple[Decimal, ...]


@attrs.frozen
class ShardHeader:
    """The header of a shard's file.

    Attributes:
        run_id: That of the shard's own run.
        index: Which shard it is, from 1.
        of: Number of shards.
        manifest: What the run is made with.
    """

    run_id: str
    index: int
    of: int
    manifest: Manifest

    @property
    def conversations(self) -> int:
        """Number of conversations that the shard has."""
        return self.manifest.conversations[self.index - 1]

    @property
    def share_usd(self) -> Decimal | None:
        """The ceiling of the shard, in USD; None for none."""
        return self.manifest.shares_usd[self.index - 1] if self.manifest.shares_usd else None


def header_to_json(header: ShardHeader) -> dict[str, Any]:
    """Give a header as the JSON object of its line."""
    return {
        "schema_version": HEADER_VERSION,
        "run_id": header.run_id,
        "shard": {
            "index": header.index,
            "of": header.of,
            "conversations": header.conversations,
            "budget_usd": make_plain(header.share_usd),
        },
        "manifest": make_plain(header.manifest),
        "disclaimer": DISCLAIMER,
    }


def header_from_json(row: Mapping[str, Any]) -> ShardHeader:
    """Read a header.

    Args:
        row: The parsed line.

    Raises:
        UsageError: If it is no header of this version; the message names the field.
    """
    if row.get("schema_version") != HEADER_VERSION:
        raise UsageError(
            f"schema_version is {row.get('schema_version')!r} and this version reads {HEADER_VERSION}; "
            "merge the shards with the multivon-eval that wrote them, or a newer one"
        )
    shard = read_field(row, "shard", read_object)
    header = ShardHeader(
        read_field(row, "run_id", read_text),
        read_field(shard, "index", read_whole),
        read_field(shard, "of", read_whole),
        read_field(row, "manifest", _read_manifest),
    )
    counts = header.manifest.conversations
    if not 1 <= header.index <= header.of == len(counts) or not all(0 <= count <= _MOST for count in counts):
        raise UsageError("'shard' and 'manifest' contradict each other; take the line as simulate wrote it")
    return header


def _read_manifest(value: Any) -> Manifest:
    row = read_object(value)
    texts = read_list_of(read_text)
    budget, shares = row.get("budget_usd"), read_field(row, "shares_usd", read_list_of(read_number))
    return Manifest(
        personas=read_field(row, "personas", read_text),
        model=read_field(row, "model", read_text),
        prompts=read_field(row, "prompts", read_text),
        options=read_field(row, "options", read_object),
        plugins=read_field(row, "plugins", texts),
        scores=read_field(row, "scores", texts),
        version=read_field(row, "version", read_text),
        budget_usd=None if budget is None else structure(read_number(budget), Decimal),
        conversations=read_field(row, "conversations", read_list_of(read_whole)),
        shares_usd=tuple(structure(share, Decimal) for share in shares),
    )
