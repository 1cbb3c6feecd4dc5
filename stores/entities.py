"""What an entity is now and what happened to it: for explain, for people, for tests."""

from __future__ import annotations

from typing import Any

import msgspec
from redis.asyncio import Redis

from leads.ownership import SUSPENDED, Lease
from stores import codec
from stores.connect import guarded
from stores.index import ValkeyIndex
from stores.journal import Effect, ValkeyJournal, effects
from stores.layout import POOL, Keys
from stores.lookup import roots

_SLICE = 1_000
#: Further members in an entity's own value, and in a piece of those beyond (lua/shared.lua).
INLINE = 250
#: Hints of a pool looked at for the one that has waited longest: more that have gone are tidied before.
_HINTS = 100


class Entity(msgspec.Struct, frozen=True, gc=False):
    """A customer. ``version`` 0: nothing happened to it yet, its only lead is under way."""

    id: int
    version: int
    members: tuple[int, ...]
    holdings: tuple[Lease, ...]

    def owner(self, scope: str = "") -> str:
        """Who holds it now, provisionally perhaps; "" when nobody does."""
        return next((h.owner for h in self.holdings if h.scope == scope and h.state != SUSPENDED), "")


_holdings = msgspec.msgpack.Decoder(tuple[Lease, ...]).decode


async def entity(client: Redis, tenant: str, seq: int) -> Entity:
    """The entity that this lead is in now. Raises StoreDown."""
    (root,) = await roots(client, tenant, [seq])
    with guarded("read an entity"):
        value: Any = await client.hget(Keys.of(tenant).entities, root.to_bytes(4, "big"))
    if not value:
        return Entity(root, 0, (root,), ())
    further = int.from_bytes(value[8:12], "big")
    end = 12 + 4 * min(further, INLINE)
    holdings = _holdings(value[end:]) if value[end:] else ()
    members = (root, *codec.unpack_seqs(value[12:end]), *await _beyond(client, tenant, root, further - INLINE))
    return Entity(root, int.from_bytes(value[:8], "big"), members, holdings)


async def longest_in_pool(client: Redis, tenant: str, pool: str) -> int:
    """Since when the customer that has waited longest in a pool is there, ms; 0 when nobody does. Looks along the list of hints
    (``h`` in layout.py), oldest first, and passes over those that have gone. Raises StoreDown."""
    with guarded("read a pool"):
        hints: Any = await client.lrange(f"{Keys.of(tenant).holders}{POOL}{pool}", 0, _HINTS - 1)
    for hint in hints:
        now = await entity(client, tenant, int.from_bytes(hint[:4], "big"))
        found = [h.since_ms for h in now.holdings if not h.owner and h.pool == pool]
        if found:
            return min(found)
    return 0


async def _beyond(client: Any, tenant: str, root: int, count: int) -> tuple[int, ...]:
    if count <= 0:
        return ()
    names = [root.to_bytes(4, "big") + piece.to_bytes(4, "big") for piece in range(-(-count // INLINE))]
    with guarded("read an entity"):
        return codec.unpack_seqs(b"".join(filter(None, await client.hmget(Keys.of(tenant).beyond, names))))


async def history(index: ValkeyIndex, tenant: str, seq: int) -> list[Effect]:
    """What the journal still holds about the entity of this lead, oldest first. Walks the journal. Raises StoreDown."""
    now = await entity(index.client, tenant, seq)
    ids, journal, found, after = set(now.members), ValkeyJournal(index.client), list[Effect](), 0
    while entries := await journal.read(tenant, after, _SLICE):
        after = entries[-1][0]
        for effect in await effects(index, tenant, entries):
            about = effect.move.entity if effect.move else effect.outcome.entity if effect.outcome else 0
            if about in ids or ids.intersection(effect.absorbed):
                found.append(effect)
    return found
