"""What a tenant's state is, in one number a table: to compare a rebuilt store, a restored backup, a replica with the first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import blake2b
from typing import Any

from stores import codec
from stores.connect import guarded
from stores.layout import Keys
from stores.lookup import roots

#: Not state: the journal (it is relayed and forgotten), who holds a duty, marks of what passes away by itself.
_PASSING = ("j", "jl", "xl")
#: Tables of who asked conflict queries: they pass away within a day.
_ASKERS = "zq"
_SLICE = 2_000


async def digests(client: Any, tenant: str) -> dict[str, str]:
    """Table -> digest of its content, whatever the order in it; equal states have equal digests. Buckets of match keys are
    compared by the customers they find, since what they hold besides depends on how leads were batched. Raises StoreDown."""
    tag = Keys.of(tenant).tag
    found: dict[str, str] = {}
    with guarded("read its state"):
        names = sorted([name async for name in client.scan_iter(tag.replace("[", "?") + "*", count=_SLICE)])
    for name in names:
        table = name.decode()[len(tag) :]
        if table in _PASSING or table.startswith(_ASKERS):
            continue
        total = 0
        async for item in _items(client, name, table, tenant):
            total = (total + int.from_bytes(blake2b(item, digest_size=16).digest(), "big")) % (1 << 128)
        if total:
            found[table] = f"{total:032x}"
    return found


async def _items(client: Any, name: bytes, table: str, tenant: str) -> AsyncIterator[bytes]:
    with guarded("read its state"):
        kind = (await client.type(name)).decode()
        if kind == "hash" and table.startswith("k"):
            async for item in _buckets(client, name, tenant):
                yield item
        elif kind == "hash":
            async for field, value in client.hscan_iter(name, count=_SLICE):
                if not _fleeting(table, field, value):
                    yield len(field).to_bytes(4, "big") + field + value
        elif kind == "list":
            for value in await client.lrange(name, 0, -1):
                yield value
        elif kind == "zset":
            async for value, score in client.zscan_iter(name, count=_SLICE):
                yield value + repr(score).encode()
        elif kind == "set":
            async for value in client.sscan_iter(name, count=_SLICE):
                yield value
        elif kind == "string":
            yield await client.get(name) or b""


def _fleeting(table: str, field: bytes, value: bytes) -> bool:
    """An event that is registered only, the moment at which a bucket was found full, a count that says nothing any more."""
    return (
        (table == "e" and len(value) == 4) or (table == "f" and value[:1] == b"f") or (table == "o" and value == b"0")
    )


async def _buckets(client: Any, name: bytes, tenant: str) -> AsyncIterator[bytes]:
    slice_: list[tuple[bytes, bytes]] = []

    async def told() -> list[bytes]:
        seqs = [codec.unpack_seqs(value[: len(value) // 4 * 4]) for _, value in slice_]
        entities = iter(await roots(client, tenant, [seq for each in seqs for seq in each]))
        rows = zip(slice_, seqs, strict=True)
        return [
            field + b"".join(e.to_bytes(4, "big") for e in sorted({next(entities) for _ in each}))
            for (field, value), each in rows
            if len(value) % 4 == 0 or not _drop(entities, len(each))
        ]

    async for field, value in client.hscan_iter(name, count=_SLICE):
        slice_.append((field, value))
        if len(slice_) >= _SLICE:
            for item in await told():
                yield item
            slice_.clear()
    for item in await told():
        yield item


def _drop(entities: Any, count: int) -> bool:
    """Pass over so many: a bucket that is full holds who came before it was found full, which depends on batches."""
    for _ in range(count):
        next(entities)
    return True
