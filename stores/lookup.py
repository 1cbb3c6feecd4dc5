"""Reading what is on record, for people and reports. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from stores.connect import guarded, infos
from stores.layout import CLOSED, GONE, POOL, Keys


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


async def memory(client: Any) -> tuple[int, int]:
    """(bytes the server's data takes, as it counts itself; bytes it may take, 0 when it has no limit); of a cluster those of
    the fullest shard, which is the one that stops first. Raises StoreDown."""
    with guarded("tell its memory"):
        info, *_ = await infos(client, "memory")
    return int(info["used_memory"]), int(info.get("maxmemory", 0))


class Standing(msgspec.Struct, frozen=True):
    """Where a tenant stands: leads in the index, journal entries not relayed, customers by owner (signed ones apart) and by pool."""

    leads: int
    journal_lag: int
    owners: dict[str, int]
    pools: dict[str, int]
    signed: dict[str, int] = {}


async def standing(client: Any, tenant: str) -> Standing:
    """Counters of a tenant. Raises StoreDown."""
    at = Keys.of(tenant)
    with guarded("read counters"):
        seq, journal = await client.hmget(at.counters, ["seq", "journal"])
        first = await client.xrange(at.journal, count=1)  # writes that stand first are of no effect: no lag
        held = {name.decode(): int(n) for name, n in (await client.hgetall(at.open)).items()}
    numbers = [int(number) for number in first[0][1] if number.isdigit()] if first else []
    oldest = min(numbers, default=int(journal or 0) + 1)
    pools = {name[1:]: n for name, n in held.items() if name[0] == POOL}
    owners = {name: n for name, n in held.items() if name[0] not in (POOL, CLOSED, GONE)}
    signed = {name[1:]: n for name, n in held.items() if name[0] == CLOSED}
    return Standing(int(seq or 0), int(journal or 0) + 1 - oldest, owners, pools, signed)
