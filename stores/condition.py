"""How the store's server is set up and how it does, for `leadstream doctor`."""

from __future__ import annotations

from typing import Any

import msgspec

from stores.connect import guarded


class Condition(msgspec.Struct, frozen=True):
    """``memory`` and ``limit`` in bytes (limit 0: none); ``now_ms`` by the server's clock."""

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
        info = await client.info()
        seconds, micros = await client.time()
    return Condition(
        version=f"{info.get('server_name', 'redis')} {info.get('valkey_version', info['redis_version'])}",
        memory=int(info["used_memory"]),
        limit=int(info.get("maxmemory", 0)),
        policy=str(info.get("maxmemory_policy", "")),
        durable=bool(info.get("aof_enabled")),
        writes_well=info.get("aof_last_write_status", "ok") == "ok"
        and info.get("aof_last_bgrewrite_status", "ok") == "ok",
        now_ms=int(seconds) * 1000 + int(micros) // 1000,
    )
