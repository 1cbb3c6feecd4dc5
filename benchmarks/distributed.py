"""``python -m benchmarks distributed``: our real worker on Kafka, beside a pass-through and beside the embedded log.

One broker, one run. The pass-through (``benchmarks.kafka``) only sends each event on, and does not wait for the broker.
Ours prepares, matches, judges, commits to a store that syncs every write, publishes and waits. Single leads are compared
with the pass-through's events, chunks of an import with the same chunks on the embedded log.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks import data, kafka
from benchmarks.embedded import CHUNK, IMPORT_CALL, WARM_LEADS, backlog, path
from benchmarks.site import Drained, Site, drain, publish
from streams.admin import apply
from streams.topics import OUTCOMES, declared
from tests.parts.kafka import Kafka

#: Events of the pass-through and of the echo beside it.
EVENTS = 20_000
LOOK_EVERY_S = 0.02


class Ends:
    """How many outcomes Kafka holds, asked for every 20 ms."""

    def __init__(self, site: Site, reader: AIOKafkaConsumer) -> None:
        self._site, self._reader = site, reader

    async def reach(self, count: int) -> None:
        partition = TopicPartition(OUTCOMES, 0)
        while (await self._reader.end_offsets([partition]))[partition] < count:
            self._site.check()
            await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def _reader(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await reader.start()
    try:
        yield reader
    finally:
        await reader.stop()


async def on_kafka(bootstrap: str, fields: list[dict[str, str]], size: int) -> Drained:
    """Leads a second of one worker on Kafka, in messages of ``size`` leads."""
    apply(bootstrap, declared(1))
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        site = Site(Path(home), bootstrap)
        try:
            await site.open()
            messages, count = backlog(fields, size)
            await publish(site, messages, IMPORT_CALL if size > 1 else 100)
            async with _reader(bootstrap) as reader:
                done = await drain(site, Ends(site, reader).reach, WARM_LEADS, count)
        finally:
            await site.close()
    return done


@contextmanager
def _broker() -> Iterator[str]:
    """A broker with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="leadstream-kafka-") as home:
        broker = Kafka(Path(home) / "kafka")
        broker.start()
        try:
            yield broker.bootstrap
        finally:
            broker.stop()


def run(*, full: bool) -> dict[str, Any]:
    """The figures and the two ratios. ``full`` takes three rounds of the pass-through, and their median."""
    label, fields = data.leads10k()
    with _broker() as bootstrap:
        echo = {kind: median(found) for kind, found in kafka.measure(bootstrap, EVENTS, 3 if full else 1).items()}
        singles = asyncio.run(on_kafka(bootstrap, fields, 1))
    with _broker() as bootstrap:
        chunks = asyncio.run(on_kafka(bootstrap, fields, CHUNK))
    embedded, _ = asyncio.run(path(fields, CHUNK))
    return {
        "data": label,
        "fsync": "always",
        "pass-through, events/s": round(echo["pass-through"]),
        "our worker without a pipeline, events/s": round(echo["ours"]),
        "single leads": msgspec.to_builtins(singles),
        f"chunks of {CHUNK}": msgspec.to_builtins(chunks),
        f"chunks of {CHUNK}, embedded": msgspec.to_builtins(embedded),
        "single leads / pass-through": round(singles.leads_per_s / echo["pass-through"], 3),
        "chunks / embedded chunks": round(chunks.leads_per_s / embedded.leads_per_s, 3),
    }
