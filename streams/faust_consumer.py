"""Faust's Kafka consumer, mended and watched where it was seen to pass over messages.

While partitions change hands Faust throws away what arrives and goes back to the committed offset. A partition of which
nothing is committed yet has none (and aiokafka does not go back to offset 0): there it would go on behind what it threw
away, and the next acknowledgment would cover it. So ``Consumer`` goes back to the beginning then, and ``Order`` holds
every assignment to the place where it must begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from faust.transport.drivers import aiokafka


class Order:
    """Notices when Faust hands over a message without the one before it, which it then would commit over.

    Raw topics are neither compacted nor transactional, so offsets of one assignment have no holes, unless retention
    cut them off meanwhile: then the restart begins after the hole.
    """

    def __init__(self) -> None:
        self._next: dict[int, int] = {}

    def begin(self, places: Mapping[int, int]) -> None:
        """Partitions were assigned, to be read from these offsets on."""
        self._next = dict(places)

    def continues(self, records: Sequence[Any]) -> bool:
        """Whether each of ``records`` (``partition``, ``offset``) is the next of its partition, or one that came before."""
        for record in records:
            if record.offset > self._next.get(record.partition, record.offset):
                return False
            self._next[record.partition] = record.offset + 1
        return True


class Consumer(aiokafka.Consumer):  # type: ignore[misc]  # Faust gives no types
    """Tells ``app.order`` of one topic where each assignment begins: at what was committed, else at the oldest message."""

    async def seek_to_committed(self) -> Mapping[Any, int | None]:
        """Called by Faust after each change of assignment and after each time it threw messages away."""
        committed: Mapping[Any, int | None] = await super().seek_to_committed()
        oldest = await self._thread.earliest_offsets(*committed)
        if fresh := {place: oldest[place] for place, offset in committed.items() if not offset}:
            await self._thread.seek_wait(fresh)
        self.app.order.begin({place.partition: max(offset or 0, oldest[place]) for place, offset in committed.items()})
        return committed
