"""Customers of one member on their way to others: whose they are by the lease itself, and passing them on in steps of many.

Looking walks all customers, about three seconds a million, since only the lease is the truth; passing on is one atomic step a
batch, and done again finds what is done. So a hand-over that was cut short is simply run again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from leads.ownership import Lease
from stores.connect import guarded
from stores.entities import INLINE
from stores.layout import Keys
from stores.scripts import Script

_SCAN = 2_000
_pass = Script("handover", "entities", "lease")
_leases = msgspec.msgpack.Decoder(tuple[Lease, ...]).decode
_encode = msgspec.msgpack.Encoder().encode


class Lead(msgspec.Struct, frozen=True):
    """The lead a customer was given for: its receipt, and its outcome as it is stored."""

    event: str
    stored: bytes


class Passed(msgspec.Struct, frozen=True):
    """What came of one customer: moved or pooled ``to``; kept, nobody could take it; gone, it was his no more; withdrawn, he
    only claimed it in a dispute; locked; suspended, a case about it runs."""

    what: str
    to: str


async def held(client: Any, tenant: str, member: str = "") -> AsyncIterator[tuple[int, Lease]]:
    """Every lease of ``member`` ("" of anybody), suspended claims too, with its entity. Raises StoreDown."""
    name, cursor = member.encode(), None
    while cursor != 0:
        with guarded("walk the customers"):
            cursor, found = await client.hscan(Keys.of(tenant).entities, cursor or 0, count=_SCAN)
        for entity, value in found.items():
            end = 12 + 4 * min(int.from_bytes(value[8:12], "big"), INLINE)
            if value.find(name, end) < 0 or len(value) == end:
                continue
            for lease in _leases(value[end:]):
                if lease.owner and lease.owner == (member or lease.owner):
                    yield int.from_bytes(entity, "big"), lease


async def leads_of(client: Any, tenant: str, seqs: Sequence[int]) -> dict[int, Lead]:
    """What is on record of these leads, as far as it is. Walks all events. Raises StoreDown."""
    wanted, found, cursor = {seq.to_bytes(4, "big") for seq in seqs}, dict[int, Lead](), None
    while cursor != 0 and wanted:
        with guarded("walk the events"):
            cursor, slice_ = await client.hscan(Keys.of(tenant).events, cursor or 0, count=_SCAN)
        for event, stored in slice_.items():
            if stored[:4] in wanted and len(stored) > 4:
                found[int.from_bytes(stored[:4], "big")] = Lead(event.hex(), stored)
    return found


async def pass_on(
    client: Any,
    tenant: str,
    member: str,
    customers: Sequence[tuple[int, str, str, int]],
    ways: Sequence[Any],
    *,
    group: str,
    cap: int,
    leaving: bool,
    pooling: bool,
    preview: bool,
    at_ms: int,
    actor: str,
    why: str,
) -> list[Passed]:
    """Pass on customers that are ``member``'s, each (lead, scope, receipt, number of its way from 1), in this order. Raises
    StoreDown.

    ``cap``: customers one successor gets under the same ``group``, -1 any number; it counts over all calls, so it holds when a
    hand-over is taken up again. ``leaving``: nothing stays with him and nothing new reaches him from now on. ``pooling``: what
    nobody can take goes to a pool.
    """
    at = Keys.of(tenant)
    tables = [at.counters, at.events, at.entities, at.aliases, at.plans, at.turns, at.open, at.journal, at.apart]
    tables += [at.beyond, at.waiting, at.timers, at.holders]
    flags = "l" * leaving + "p" * pooling + "d" * preview
    arguments = [at_ms, actor, why, group, cap, flags, member, _encode(list(ways)), _encode(list(customers))]
    with guarded("pass customers on"):
        reply = await _pass(client, tables, arguments)
    return [Passed(what.decode(), to.decode()) for what, to in zip(reply[::2], reply[1::2], strict=True)]
