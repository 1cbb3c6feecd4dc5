"""Looking through everything a store holds for given bytes: whether somebody who was erased is really gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any

from stores.connect import guarded

_SLICE = 1_000


async def sweep(client: Any, needles: Sequence[bytes]) -> Counter[str]:
    """Name of a key -> values in it that hold one of ``needles``. Reads the whole store, all tenants, in slices. Raises StoreDown."""
    found: Counter[str] = Counter()
    with guarded("be looked through"):
        async for name in client.scan_iter(count=_SLICE):
            async for part in _parts(client, name):
                if any(needle in part for needle in needles):
                    found[name.decode("utf-8", "replace")] += 1
    return found


async def seqs_by_event(client: Any, events_key: str, seqs: set[int]) -> dict[bytes, int]:
    """The events of these leads: the store has no list by lead, so it walks all of them once. Raises StoreDown."""
    found: dict[bytes, int] = {}
    with guarded("walk the events"):
        async for event, value in client.hscan_iter(events_key, count=_SLICE):
            if (seq := int.from_bytes(value[:4], "big")) in seqs:
                found[event] = seq
    return found


async def _parts(client: Any, name: bytes) -> AsyncIterator[bytes]:
    yield name
    kind = (await client.type(name)).decode()
    if kind == "hash":
        async for field, value in client.hscan_iter(name, count=_SLICE):
            yield field + b" " + value
    elif kind == "stream":
        start = "-"
        while entries := await client.xrange(name, start, "+", count=100):
            for _, fields in entries:
                yield b" ".join(part for pair in fields.items() for part in pair)
            start = "(" + entries[-1][0].decode()
    elif kind == "list":
        for value in await client.lrange(name, 0, -1):
            yield value
    elif kind == "set":
        async for value in client.sscan_iter(name, count=_SLICE):
            yield value
    elif kind == "zset":
        async for value, _ in client.zscan_iter(name, count=_SLICE):
            yield value
    elif kind == "string":
        yield await client.get(name) or b""
