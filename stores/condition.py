"""How the store's server is set up and how it does, for `leadstream doctor`."""

from __future__ import annotations

from typing import Any

import msgspec
from redis.exceptions import ResponseError

from stores.connect import everywhere, guarded, infos


class Condition(msgspec.Struct, frozen=True):
    """``memory`` and ``limit`` in bytes (limit 0: none), of a cluster those of the fullest shard; ``now_ms`` by the server's clock.
    ``synced_ms``: how long its disk let it wait in the last minutes, at worst; 0 where it was quick or does not say."""

    version: str
    memory: int
    limit: int
    policy: str
    durable: bool
    writes_well: bool
    now_ms: int
    synced_ms: int


#: How far back a slow disk still matters, seconds.
_LATELY_S = 600
#: What the server waits for its disk with, as LATENCY names it.
_DISK = (b"aof-fsync-always", b"aof-write", b"aof-write-pending-fsync")


async def condition(client: Any) -> Condition:
    """Ask the server. Raises StoreDown."""
    with guarded("tell its condition"):
        every = await infos(client)
        seconds, micros = await client.time()
    spells = await _waits_for_disk(client)
    info = every[0]
    return Condition(
        version=f"{info.get('server_name', 'redis')} {info.get('valkey_version', info['redis_version'])}",
        memory=int(info["used_memory"]),
        limit=int(info.get("maxmemory", 0)),
        policy=str(info.get("maxmemory_policy", "")),
        durable=all(one.get("aof_enabled") for one in every),
        writes_well=all(
            one.get(what, "ok") == "ok"
            for one in every
            for what in ("aof_last_write_status", "aof_last_bgrewrite_status")
        ),
        now_ms=int(seconds) * 1000 + int(micros) // 1000,
        synced_ms=max((ms for at_s, ms in spells if at_s > int(seconds) - _LATELY_S), default=0),
    )


async def _waits_for_disk(client: Any) -> list[tuple[int, int]]:
    """(when in s, how long in ms) of the waits that the server keeps in mind; none where it is not asked to, or may not say."""
    try:
        said = [spells for event in _DISK for spells in await everywhere(client, "LATENCY HISTORY", event)]
    except ResponseError:
        return []
    return [(int(at_s), int(ms)) for spells in said for at_s, ms in spells]
