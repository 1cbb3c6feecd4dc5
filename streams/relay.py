"""The relay: takes the journal out of the store and publishes it until confirmed, then lets the store forget it.

The store holds the index, not the past. A crash between confirmation and forgetting publishes some entries twice;
they carry their numbers, and a reader goes by the number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from leads.errors import Unavailable
from streams.metrics import Metrics
from streams.ports import Message, Publisher
from streams.topics import JOURNAL

#: Entries published at a time.
MOST = 5_000
#: How long a relay that died keeps others waiting.
HOLD_MS = 15_000


class Journal(Protocol):
    """The numbered effects of a tenant, oldest first."""

    async def read(self, tenant: str, after: int, most: int) -> Sequence[tuple[int, bytes]]: ...

    async def trim(self, tenant: str, upto: int) -> None:
        """Forget entries up to and with this number."""

    async def hold(self, tenant: str, who: str, ttl_ms: int) -> bool:
        """Be the one who relays, for ``ttl_ms``. False while somebody else is."""


async def relay_once(journal: Journal, publisher: Publisher, tenant: str, most: int = MOST) -> int:
    """Publish up to ``most`` entries. Gives how many there were. Raises Unavailable."""
    entries = await journal.read(tenant, 0, most)
    if entries:
        messages = [Message(topic=JOURNAL, key=f"{tenant}/{number}".encode(), value=body) for number, body in entries]
        await publisher.publish(JOURNAL, messages)
        await journal.trim(tenant, entries[-1][0])
    return len(entries)


async def relay(
    journal: Journal, publisher: Publisher, tenants: Sequence[str], who: str, metrics: Metrics, *, idle_s: float = 0.5
) -> None:
    """Until cancelled. Of many workers one relays a tenant at a time. What is down is asked again; nothing is forgotten."""
    while True:
        moved = 0
        for tenant in tenants:
            try:
                if await journal.hold(tenant, who, HOLD_MS):
                    moved += await relay_once(journal, publisher, tenant)
            except Unavailable:
                metrics.retry("journal")
        if moved < MOST:  # let some gather: one confirmation for all of them
            await asyncio.sleep(idle_s)
