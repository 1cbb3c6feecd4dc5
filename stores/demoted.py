"""Keys that are no evidence any more: shared by too many customers (a switchboard, test@), or blocked by a person.

``register`` finds them in the stream: a bucket that reaches its cap of entities is full, what is in it stays, nothing is
added, and it says nothing. It is looked at again now and then, since its entities may have united. A person may restore
a key with a higher cap of its own, or block one before it is full. What came while a key was full was not put in, so a
restored key finds who was in before and who comes after. And customers that are too large to be one are listed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from struct import Struct
from typing import Any, Literal

import msgspec

from stores import codec
from stores.connect import guarded
from stores.entities import INLINE
from stores.layout import Keys
from stores.lookup import records, roots
from stores.scripts import Script

State = Literal["full", "blocked", "restored"]
_STATES: dict[bytes, State] = {b"f": "full", b"b": "blocked", b"r": "restored"}
_RECORD = Struct(">cQI")
_demote = Script("demote")
#: A restored bucket may hold at most so many entities: each lead with that key goes through all of them.
MOST_CAP = 1_000
#: Nobody is asked about customers smaller than this: they have no pieces of their own to be found by.
LEAST_LARGE = INLINE + 2


class Demoted(msgspec.Struct, frozen=True, gc=False):
    """``customers`` were in the bucket when it was closed, at least. ``sample`` is the record of one lead that has the key."""

    key: bytes
    state: State
    since_ms: int
    cap: int
    customers: int
    sample: bytes | None


async def demoted(client: Any, tenant: str, most: int = 1_000) -> list[Demoted]:
    """Up to ``most`` keys that are full, blocked or restored, the oldest first. Raises StoreDown."""
    at = Keys.of(tenant)
    with guarded("list demoted keys"):
        found = await client.hgetall(at.demoted)
    named = sorted(((key, *_RECORD.unpack(value)) for key, value in found.items()), key=lambda one: (one[2], one[0]))
    listed: list[Demoted] = []
    for key, state, since_ms, cap in named[:most]:
        with guarded("list demoted keys"):
            bucket = await client.hget(at.bucket(chr(key[0])), key[1:]) or b""
        seqs = codec.unpack_seqs(bucket[: len(bucket) // 4 * 4])
        customers = len(set(await roots(client, tenant, seqs)))
        sample = next(iter((await records(client, tenant, seqs[:16])).values()), None)
        listed.append(Demoted(key, _STATES[state], since_ms, cap, customers, sample))
    return listed


async def restore(client: Any, tenant: str, key: bytes, cap: int, at_ms: int) -> bool:
    """Make a key evidence again until ``cap`` entities share it. False when nobody demoted it. Raises StoreDown."""
    return await _set(client, tenant, key, "r", at_ms, min(cap, MOST_CAP))


async def block(client: Any, tenant: str, key: bytes, at_ms: int) -> None:
    """Make a key no evidence from now on, known or not. Raises StoreDown."""
    await _set(client, tenant, key, "b", at_ms, 0)


async def set_again(client: Any, tenant: str) -> None:
    """Mark the buckets of keys that a person blocked or restored, as the list says: a rebuild makes buckets without marks."""
    with guarded("list demoted keys"):
        found = await client.hgetall(Keys.of(tenant).demoted)
    for key, value in found.items():
        state, since_ms, cap = _RECORD.unpack(value)
        if state != b"f":
            await _set(client, tenant, key, state.decode(), since_ms, cap)


async def counted(client: Any, tenant: str) -> Counter[State]:
    """How many keys are in each state. Raises StoreDown."""
    with guarded("count demoted keys"):
        return Counter(_STATES[value[:1]] for value in await client.hvals(Keys.of(tenant).demoted))


async def large(client: Any, tenant: str, members: int) -> list[tuple[int, int]]:
    """(entity, leads) of customers with more than ``members`` leads (at least ``LEAST_LARGE``), largest first. Raises StoreDown."""
    at = Keys.of(tenant)
    with guarded("look for large customers"):
        ids = sorted({name[:4] for name in await client.hkeys(at.beyond)})
        values: Sequence[bytes | None] = await client.hmget(at.entities, ids) if ids else []
    sizes = [
        (int.from_bytes(i, "big"), 1 + int.from_bytes(v[8:12], "big")) for i, v in zip(ids, values, strict=True) if v
    ]
    return sorted((one for one in sizes if one[1] > members), key=lambda one: -one[1])


async def _set(client: Any, tenant: str, key: bytes, state: str, at_ms: int, cap: int) -> bool:
    at = Keys.of(tenant)
    with guarded("change a demoted key"):
        return bool(await _demote(client, [at.demoted, at.bucket(chr(key[0]))], [key, state, at_ms, cap]))
