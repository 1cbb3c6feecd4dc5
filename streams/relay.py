"""The relay: takes the journal out of the store and publishes it until confirmed, then lets the store forget it.

The store holds the index, not the past. What it takes goes three ways: effects (what happened, for people and reports), writes
(how the state changed, for a rebuild) and records (what matching knows of each lead; empty once it is taken out). A crash
between confirmation and forgetting publishes some entries twice; they carry their numbers, and a reader goes by the number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from leads.errors import Unavailable
from streams.metrics import Metrics
from streams.ports import Message, Publisher
from streams.topics import JOURNAL, RECORDS, STATE

#: Effects published at a time.
MOST = 5_000
#: How long a relay that died keeps others waiting.
HOLD_MS = 15_000


class Batch(Protocol):
    """Effects by number, writes by place, records by lead (None: it is gone), and where it ends."""

    @property
    def effects(self) -> Sequence[tuple[int, bytes]]: ...
    @property
    def writes(self) -> Sequence[tuple[str, bytes]]: ...
    @property
    def records(self) -> Sequence[tuple[int, bytes | None]]: ...
    @property
    def last(self) -> str: ...


class Journal(Protocol):
    """The numbered effects of a tenant, oldest first."""

    async def take(self, tenant: str, most: int) -> Batch: ...

    async def trim(self, tenant: str, last: str) -> None:
        """Forget entries up to and with this place."""

    async def hold(self, tenant: str, who: str, ttl_ms: int) -> bool:
        """Be the one who relays, for ``ttl_ms``. False while somebody else is."""


#: Is shown a tenant's effects, (number, packed), before the store forgets them: at least once each, in order. What it does
#: about them must be idempotent by their numbers. Raises Unavailable, and then they come again.
Witness = Callable[[str, Sequence[tuple[int, bytes]]], Awaitable[None]]


async def relay_once(
    journal: Journal, publisher: Publisher, tenant: str, most: int = MOST, *, witnesses: Sequence[Witness] = ()
) -> int:
    """Publish about ``most`` effects and what belongs to them. Gives how many there were. Raises Unavailable."""
    taken = await journal.take(tenant, most)
    for witness in witnesses:
        await witness(tenant, taken.effects)
    for topic, messages in (
        (RECORDS, [Message(RECORDS, f"{tenant}/{seq}".encode(), record or b"") for seq, record in taken.records]),
        (STATE, [Message(STATE, tenant.encode(), place.encode() + b" " + body) for place, body in taken.writes]),
        (JOURNAL, [Message(JOURNAL, f"{tenant}/{number}".encode(), body) for number, body in taken.effects]),
    ):
        if messages:
            await publisher.publish(topic, messages)
    if taken.effects or taken.writes:
        await journal.trim(tenant, taken.last)
    return len(taken.effects)


async def relay(
    journal: Journal,
    publisher: Publisher,
    tenants: Sequence[str],
    who: str,
    metrics: Metrics,
    *,
    idle_s: float = 0.5,
    witnesses: Sequence[Witness] = (),
) -> None:
    """Until cancelled. Of many workers one relays a tenant at a time. What is down is asked again; nothing is forgotten."""
    while True:
        moved = 0
        for tenant in tenants:
            try:
                if await journal.hold(tenant, who, HOLD_MS):
                    moved += await relay_once(journal, publisher, tenant, witnesses=witnesses)
            except Unavailable:
                metrics.retry("journal")
        if moved < MOST:  # let some gather: one confirmation for all of them
            await asyncio.sleep(idle_s)
