"""Taking single leads out of the index: what undo, erasure and retention have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from stores.connect import guarded
from stores.layout import Keys
from stores.scripts import Script

#: Gives the match keys of a record (msgpack of Facts), as they were when the lead was registered.
KeysOf = Callable[[bytes], Sequence[bytes]]
Status = Literal["absent", "under_way", "kept", "large", "removed"]

_CHUNK = 100  # runs sent at once: they share one wait for the disk
_remove = Script("remove", "lease", "regroup")


class Removed(msgspec.Struct, frozen=True, gc=False):
    """What became of one event: ``parts`` entities hold the ``members`` leads that were in one entity with it."""

    event: bytes
    status: Status
    parts: int
    members: int


async def remove(
    client: Any,
    tenant: str,
    events: Sequence[bytes],
    keys_of: KeysOf,
    why: str,
    at_ms: int,
    *,
    leaving: bytes = b"",
    last_seq: int | None = None,
    preview: bool = False,
) -> list[Removed]:
    """Remove committed leads, each in one atomic step; an event that is under way is left to its worker.

    ``leaving`` is the body of a suppressed/erased outcome that stays on record, nothing by default. With ``last_seq``
    an entity that has an owner or a lead above that number is kept. Raises StoreDown; running it again is safe.
    """
    done: list[Removed] = []
    with guarded(why):
        await _remove.load(client)
        for start in range(0, len(events), _CHUNK):
            done += await _chunk(
                client,
                tenant,
                events[start : start + _CHUNK],
                keys_of,
                [why, at_ms, leaving, int(preview), "" if last_seq is None else last_seq],
            )
    return done


async def _chunk(
    client: Any, tenant: str, events: Sequence[bytes], keys_of: KeysOf, options: list[Any]
) -> list[Removed]:
    at = Keys.of(tenant)
    stored = await client.hmget(at.events, list(events))
    seqs = [value[:4] if value else bytes(4) for value in stored]
    records = await client.hmget(at.records, seqs)
    tables = [at.counters, at.events, at.records, at.entities, at.aliases, at.open, at.journal, at.apart]
    tables += [at.beyond, at.waiting, at.decided, at.timers, at.holders, at.demoted]
    async with client.pipeline(transaction=False) as pipeline:
        for event, record in zip(events, records, strict=True):
            keys = b"".join(keys_of(record)) if record else b""
            kinds = bytes(sorted(set(keys[::9])))
            buckets = [at.bucket(chr(kind)) for kind in kinds]
            _remove.queue(pipeline, [*tables, *buckets], [event, keys, kinds, *options])
        replies = await pipeline.execute()
    return [
        Removed(event, status.decode(), parts, members)
        for event, (status, parts, members) in zip(events, replies, strict=True)
    ]
