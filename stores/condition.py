"""How the store's server is set up and how it does, for `leadstream doctor`; whether it would take a write, for the door."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError

from leads.errors import StoreDown
from stores.connect import everywhere, guarded, infos, one_a_server
from stores.layout import Keys


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
#: The first word of a server that refuses to write -> what is wrong with it.
_REFUSALS = {
    "OOM": "it has no memory left",
    "MISCONF": "it cannot write to its disk",
    "READONLY": "it is a replica",
    "NOREPLICAS": "too few of its replicas are there",
}
#: Of these the driver makes a class of its own and keeps the word to itself.
_WORDS = {OutOfMemoryError: "OOM", ReadOnlyError: "READONLY"}


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


async def writable(client: Any, tenants: Iterable[str]) -> None:
    """Whether each server would take a write for these now. It is given one that changes nothing and goes into no file, a push
    to a list that is not there: the server holds it to what it holds every write to. Raises StoreDown with the reason."""
    with guarded("say whether it takes writes"):
        for key in await one_a_server(client, (Keys.of(tenant).nothing for tenant in tenants)):
            try:
                await client.lpushx(key, b"")
            except ResponseError as error:
                word = _WORDS.get(type(error)) or str(error).partition(" ")[0]
                if word not in _REFUSALS:
                    raise
                raise StoreDown(f"the store refuses to write: {_REFUSALS[word]} ({word})") from error


async def _waits_for_disk(client: Any) -> list[tuple[int, int]]:
    """(when in s, how long in ms) of the waits that the server keeps in mind; none where it is not asked to, or may not say."""
    try:
        said = [spells for event in _DISK for spells in await everywhere(client, "LATENCY HISTORY", event)]
    except ResponseError:
        return []
    return [(int(at_s), int(ms)) for spells in said for at_s, ms in spells]
