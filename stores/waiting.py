"""Who waits: the line of parked leads, in the order they are placed in, and the plans that leads were parked or given under."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from stores.connect import guarded
from stores.layout import Keys

#: What one of priority is worth against ms (lua/commit.lua).
_PRIORITY = 1 << 42


class Asked(msgspec.Struct, frozen=True):
    """What a lead that waits was parked or given under: the plan (hex digest, see ``ValkeyIndex.plan``), and when it came."""

    plan: str
    came_ms: int


async def line(client: Any, tenant: str, first: int, most: int) -> list[tuple[int, int]]:
    """``most`` leads from place ``first`` of the line, each with the time it came (ms): by priority, then by time. Some may have
    an owner already. Raises StoreDown."""
    with guarded("read the line"):
        found = await client.zrange(_line(tenant), first, first + most - 1, withscores=True)
    return [(int.from_bytes(seq, "big"), int(place) % _PRIORITY) for seq, place in found]


async def waiting(client: Any, tenant: str) -> int:
    """How many leads wait in line. Raises StoreDown."""
    with guarded("read the line"):
        return int(await client.zcard(_line(tenant)))


async def asked(client: Any, tenant: str, seqs: Sequence[int], days: Collection[int]) -> dict[int, Asked]:
    """What these leads wait under, as far as it was said on one of ``days``. Raises StoreDown."""
    found: dict[int, Asked] = {}
    names = [seq.to_bytes(4, "big") for seq in seqs]
    for day in days if names else ():
        with guarded("read what leads wait for"):
            values = await client.hmget(f"{Keys.of(tenant).day(day)}p", names)
        for seq, value in zip(seqs, values, strict=True):
            if value:
                found.setdefault(seq, Asked(value[:8].hex(), int.from_bytes(value[8:], "big")))
    return found


async def journal_number(client: Any, tenant: str) -> int:
    """The number of the last effect: whether anything has happened since. Raises StoreDown."""
    with guarded("read a counter"):
        return int(await client.hget(Keys.of(tenant).counters, "journal") or 0)


def _line(tenant: str) -> str:
    return f"{Keys.of(tenant).turns}l"
