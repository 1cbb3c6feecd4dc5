"""What happened, read again from where it is kept: the segments of the embedded log, or the topics on Kafka.

Reports are worked out from it, never from counters, so that anybody who can read it can check them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from leads.records import Envelope, Outcome, Plan
from leadstream.runtime import Runtime
from stores.archive import Archive
from stores.journal import Effect, ValkeyJournal, effects
from streams.topics import JOURNAL, RAW

_envelope = msgspec.json.Decoder(Envelope).decode
#: Entries decoded at a time.
_SLICE = 2_000


class Past:
    """One tenant's past. Every method reads from the beginning. Raises Unavailable, and BadInput for a wrong archive key."""

    def __init__(self, runtime: Runtime, tenant: str) -> None:
        self._runtime = runtime
        self._tenant = tenant
        self._plans: dict[str, Plan | None] = {}

    async def effects(self) -> AsyncIterator[Effect]:
        """Outcomes and moves in order of their numbers, each once, as far as they have left the store (a second or two)."""
        order = Order()
        waiting: list[tuple[int, bytes]] = []
        async for number, value in self.entries():
            waiting += order.take(number, value)
            if len(waiting) >= _SLICE:
                for effect in await effects(self._runtime.index, self._tenant, waiting):
                    yield effect
                waiting = []
        for effect in await effects(self._runtime.index, self._tenant, [*waiting, *order.rest()]):
            yield effect

    async def entries(self) -> AsyncIterator[tuple[int, bytes]]:
        """The same as they are kept: packed, as they come, some of them twice."""
        mine = f"{self._tenant}/".encode()
        async for key, value in self._messages(JOURNAL):
            if key.startswith(mine):
                yield int(key[len(mine) :]), value

    async def envelopes(self) -> AsyncIterator[Envelope]:
        """What the doors accepted, in order of arrival at each partition; repeats are possible. Only as far back as the raw log is kept."""
        async for _, value in self._messages(RAW):
            try:
                envelope = _envelope(value)
            except msgspec.DecodeError:
                continue  # a dead letter: it has its outcome, and nothing to tell beside it
            if envelope.tenant == self._tenant:
                yield envelope

    async def plan(self, outcome: Outcome) -> Plan | None:
        """The plan an outcome used, None when it used none."""
        if outcome.plan and outcome.plan not in self._plans:
            self._plans[outcome.plan] = await self._runtime.index.plan(self._tenant, outcome.plan)
        return self._plans.get(outcome.plan)

    async def _messages(self, topic: str) -> AsyncIterator[tuple[bytes, bytes]]:
        runtime = self._runtime
        if runtime.embedded_log:
            entries = Archive(runtime.data / "archive" / topic, runtime.archive_key()).read()
            for n, entry in enumerate(entries):
                if n % _SLICE == 0:
                    await asyncio.sleep(0)  # whoever else this process serves is not kept waiting
                yield entry.key, entry.value
            return
        from streams.kafka_log import read  # the Kafka extra need not be installed

        async for message in read(",".join(runtime.settings.log.bootstrap), topic):
            yield message.key, message.value


async def history(runtime: Runtime, tenant: str) -> AsyncIterator[Effect]:
    """Everything on record, oldest first: what was relayed, then what the store still holds."""
    last = 0
    async for effect in Past(runtime, tenant).effects():
        last = max(last, effect.number)
        yield effect
    while entries := await ValkeyJournal(runtime.client).read(tenant, last, 1_000):
        last = entries[-1][0]
        for effect in await effects(runtime.index, tenant, entries):
            yield effect


def when(at_ms: int) -> str:
    """A moment as lists show it, in UTC."""
    if at_ms >= 253_402_300_800_000:
        return "for ever"
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Order:
    """Puts numbered entries that come from several partitions, some of them twice, back in order: numbers have no gaps from 1."""

    def __init__(self) -> None:
        self._next = 1
        self._early: dict[int, Any] = {}

    def take(self, number: int, value: bytes) -> Iterable[tuple[int, bytes]]:
        """The entries whose turn has come."""
        if number >= self._next:
            self._early[number] = value
        return list(self._due())

    def rest(self) -> list[tuple[int, bytes]]:
        """What came after a gap, when there is no more."""
        rest, self._early = sorted(self._early.items()), {}
        return rest

    def _due(self) -> Iterator[tuple[int, bytes]]:
        while self._next in self._early:
            yield self._next, self._early.pop(self._next)
            self._next += 1
