"""Reading what is on record, for people and reports. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stores.connect import guarded
from stores.layout import Keys


async def roots(client: Any, tenant: str, seqs: Sequence[int]) -> list[int]:
    """The entity each lead is in now; 0 for number 0 (an event without a lead). Raises StoreDown."""
    if not seqs:
        return []
    with guarded("read entities"):
        found = await client.hmget(Keys.of(tenant).aliases, [seq.to_bytes(4, "big") for seq in seqs])
    return [int.from_bytes(value[:4], "big") if value else seq for seq, value in zip(seqs, found, strict=True)]


async def records(client: Any, tenant: str, seqs: Sequence[int]) -> dict[int, bytes]:
    """The records (msgpack of Facts) of these leads, as far as they are still there. Raises StoreDown."""
    if not seqs:
        return {}
    with guarded("read records"):
        found = await client.hmget(Keys.of(tenant).records, [seq.to_bytes(4, "big") for seq in seqs])
    return {seq: record for seq, record in zip(seqs, found, strict=True) if record is not None}


async def memory_bytes(client: Any) -> int:
    """What the server's data takes, as it counts itself. Raises StoreDown."""
    with guarded("tell its memory"):
        info = await client.info("memory")
    return int(info["used_memory"])
