"""Who killed the worker? What a worker has in hand is on record in the store. What its predecessor died with is taken in
small groups, what it then dies with one message at a time. A message that kills the worker twice while it is alone in
hand is set aside (intake.DEATHS).

The record is overwritten by the next batch, not cleared after each: a batch that was acknowledged does not come again,
so nobody asks about it, and a round trip is saved. A worker killed from outside loses nothing but speed.
"""

from __future__ import annotations

from collections.abc import Sequence

from streams.ports import Index, Message

#: Suspects taken together after a death with more in hand.
GROUP = 20


class Suspects:
    """What this worker slot had in hand when it last died, and how often each message killed one."""

    def __init__(self, index: Index, slot: str) -> None:
        self._index = index
        self._slot = slot
        self._refs: set[str] | None = None
        self._deaths: dict[str, int] = {}
        self._group = 1

    async def part(self, messages: Sequence[Message]) -> tuple[list[list[Message]], list[Message]]:
        """(suspects in groups, calm). The first call asks what the predecessor held; what it held alone is blamed."""
        if self._refs is None:
            refs = await self._index.marked(self._slot)
            if len(refs) == 1:
                self._deaths[refs[0]] = await self._index.blame(refs[0])
            self._refs = set(refs)
            self._group = GROUP if len(refs) > GROUP else 1
        if not self._refs:
            return [], list(messages)
        suspects = [m for m in messages if m.ref in self._refs]
        groups = [suspects[i : i + self._group] for i in range(0, len(suspects), self._group)]
        return groups, [m for m in messages if m.ref not in self._refs]

    async def hold(self, messages: Sequence[Message]) -> None:
        """Put on record what is in hand, before anything is done with it."""
        if messages:
            await self._index.mark(self._slot, [m.ref for m in messages])

    def deaths(self, messages: Sequence[Message]) -> int:
        """How often a worker died with just these in hand: 0 for more than one."""
        return self._deaths.get(messages[0].ref, 0) if len(messages) == 1 else 0

    def clear(self, messages: Sequence[Message]) -> None:
        """They were disposed of and nobody died."""
        if self._refs is not None:
            self._refs.difference_update(m.ref for m in messages)
