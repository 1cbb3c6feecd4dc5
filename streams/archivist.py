"""Keeps what the embedded log lets go of: reads topics as a group of its own and appends them to segments on disk.

On Kafka nothing of this runs: there the topics' own retention keeps the past.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from streams.ports import Consumer, Message


class Shelf(Protocol):
    """Where one topic is kept. ``put`` returns when it is on disk; an empty message takes those of its key away. Raises StoreDown."""

    def put(self, messages: Sequence[Message]) -> None: ...


async def archive(consumer: Consumer, topic: str, shelf: Shelf, *, most: int = 20_000, pause_s: float = 1.0) -> None:
    """Runs until the consumer is stopped. A message is acknowledged after its segment is on disk.

    After each segment written it waits ``pause_s``: one sync and one acknowledgement for all that came meanwhile, so that
    keeping the past costs a busy pipeline little.
    """

    async def keep(messages: Sequence[Message]) -> None:
        await asyncio.to_thread(shelf.put, messages)
        await asyncio.sleep(pause_s)

    await consumer.run(topic, keep, most=most, within_s=0.0)


class ShelfPublisher:
    """A publisher for what nobody reads from the embedded log: straight to the shelf of its topic."""

    def __init__(self, shelf: Callable[[str], Shelf]) -> None:
        self._shelf = shelf

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Returns when the messages are on disk. Raises StoreDown."""
        await asyncio.to_thread(self._shelf(topic).put, messages)
