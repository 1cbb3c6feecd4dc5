"""How the store's server is set up and how it does, for `leadstream doctor`."""

from __future__ import annotations

from typing import Any

import msgspec

from stores.connect import guarded, infos


class Condition(msgspec.Struct, frozen=True):
    """``memory`` and ``limit`` in bytes (limit 0: none), of a cluster those of the fullest shard; ``now_ms`` by the server's clock."""

    version: str
    memory: int
    limit: int
    policy: str
    durable: bool
    writes_well: bool
    now_ms: int


async def condition(client: Any) -> Condition:
    """Ask the server. Raises StoreDown."""
    with guarded("tell its condition"):
        every = await infos(client)
        seconds, micros = await client.time()
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
    )
