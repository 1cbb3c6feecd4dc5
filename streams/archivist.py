"""Keeps what the embedded log lets go of: reads topics as a group of its own and appends them to segments on disk.

On Kafka nothing of this runs: there the topics' own retention keeps the past.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from streams.ports import Consumer, Message


class Shelf(Protocol):
    """Where one topic is kept. ``put`` returns when it is on disk; raises StoreDown."""

    def put(self, messages: Sequence[Message]) -> None: ...


async def archive(consumer: Consumer, topic: str, shelf: Shelf, *, most: int = 2_000, within_s: float = 0.5) -> None:
    """Runs until the consumer is stopped. A message is acknowledged after its segment is on disk."""

    async def keep(messages: Sequence[Message]) -> None:
        await asyncio.to_thread(shelf.put, messages)

    await consumer.run(topic, keep, most=most, within_s=within_s)
