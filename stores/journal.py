"""The journal of a tenant: every effect on its state, numbered from 1 without gaps, until it is archived and trimmed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from leads.records import Outcome
from stores import codec
from stores.connect import guarded
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.scripts import Script

_BATCHES = 64
_note = Script("note")


class Move(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What happened to an entity after its leads' first dispositions: suspended, undone, erased, expired, told_apart, same,
    split, given, revealed. ``member`` is the owner or pool it concerns, or the person who acted; ``why`` is his reason.
    Among people, of no entity: joined, changed, paused, resumed, left, absent; ``member`` is whom it concerns."""

    what: str
    at_ms: int
    entity: int
    scope: str
    member: str
    event: str  # hex, "" when it was not about one event
    why: str = ""
    other: int = 0  # the other lead of a decision
    actor: str = ""  # who did it, where that is not ``member``


class Effect(msgspec.Struct, frozen=True, gc=False):
    """One entry: an outcome (with the entities it united into its own), or a move."""

    number: int
    outcome: Outcome | None = None
    absorbed: tuple[int, ...] = ()
    move: Move | None = None


_move = msgspec.msgpack.Decoder(Move).decode


class ValkeyJournal:
    """Reads and trims; the scripts write."""

    def __init__(self, client: Redis) -> None:
        self.client: Any = client

    async def read(self, tenant: str, after: int, most: int) -> Sequence[tuple[int, bytes]]:
        """Entries above number ``after`` as (number, packed effect), oldest first: about ``most``, in whole batches, so that
        trimming up to the last one leaves none behind. Raises StoreDown."""
        entries: list[tuple[int, bytes]] = []
        low = after + 1
        while len(entries) < most:
            with guarded("read the journal"):
                batches = await self.client.xrange(Keys.of(tenant).journal, f"{low}-0", "+", count=_BATCHES)
            for name, fields in batches:
                entries += [(int(number), effect) for number, effect in fields.items() if int(number) > after]
                low = int(name.partition(b"-")[0]) + 1
                if len(entries) >= most:
                    break
            if len(batches) < _BATCHES:
                break
        return entries

    async def trim(self, tenant: str, upto: int) -> None:
        """Forget batches whose last entry is not above this number. Raises StoreDown."""
        with guarded("trim the journal"):
            await self.client.xtrim(Keys.of(tenant).journal, minid=f"{upto + 1}-0", approximate=False)

    async def hold(self, tenant: str, who: str, ttl_ms: int) -> bool:
        """Be the one who relays this tenant's journal for ``ttl_ms``, again and again. False while somebody else is.

        A convenience, not a lock: two relays publish some entries twice and lose none. Raises StoreDown.
        """
        key = Keys.of(tenant).relay
        with guarded("hold the relay"):
            if await self.client.set(key, who, nx=True, px=ttl_ms):
                return True
            if await self.client.get(key) != who.encode():
                return False
            return bool(await self.client.pexpire(key, ttl_ms))

    async def last(self, tenant: str) -> int:
        """Number of the last effect, 0 when there is none. Raises StoreDown."""
        with guarded("read the journal"):
            return int(await self.client.hget(Keys.of(tenant).counters, "journal") or 0)


async def note(client: Any, tenant: str, what: str, at_ms: int, entity: int, who: str, event: str) -> int:
    """Append a move that changes nothing: somebody looked at a customer. Gives its number. Raises StoreDown."""
    at = Keys.of(tenant)
    with guarded("note in the journal"):
        return int(await _note(client, [at.counters, at.journal], [what, at_ms, entity, who, event]))


async def effects(index: ValkeyIndex, tenant: str, entries: Sequence[tuple[int, bytes]]) -> list[Effect]:
    """What packed entries say. Raises StoreDown."""
    stored: dict[int, tuple[bytes, tuple[int, ...], bytes]] = {}
    for number, packed in entries:
        if packed[:1] == b"o":
            end = 19 + 4 * int.from_bytes(packed[17:19], "big")
            stored[number] = (packed[1:17], codec.unpack_seqs(packed[19:end]), packed[end:])
    plans = await index.plans_of(tenant, [value for _, _, value in stored.values()])
    found: list[Effect] = []
    for number, packed in entries:
        if number in stored:
            event, absorbed, value = stored[number]
            found.append(Effect(number, codec.outcome_of(tenant, event, value, plans), absorbed))
        else:
            found.append(Effect(number, move=_move(packed[1:])))
    return found
