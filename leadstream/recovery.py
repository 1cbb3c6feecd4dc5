"""``leadstream rebuild``: the state made again from what was relayed, and the proof that it would be the same."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec

from leads.errors import BadInput
from leadstream.configuration.settings import Settings
from leadstream.inline import prepare_log
from leadstream.runtime import Runtime
from leadstream.service import Service
from matchers.keys import KEY_VERSION
from stores.archive import Archive
from stores.connect import connect
from stores.digest import digests
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.rebuild import Rebuilt, rebuild
from stores.rekey import claim
from streams.ports import Message
from streams.topics import JOURNAL, RECORDS, STATE


class Compared(msgspec.Struct, frozen=True):
    """The digest of each table, here and as rebuilt; "" where there is no such table."""

    tables: dict[str, tuple[str, str]]

    @property
    def differing(self) -> list[str]:
        return [table for table, (here, again) in self.tables.items() if here != again]


async def rebuild_now(settings: Settings, tenant: str) -> Rebuilt:
    """Fill the empty store of this installation. Raises BadInput when it is not empty or the service is up, StoreDown, LogDown."""
    if Service(Path(settings.data)).pid():
        raise BadInput("service_up", "stop the service first: leadstream down")
    runtime = Runtime(settings)
    try:
        done = await _into(runtime, runtime.index, tenant)
        if runtime.embedded_log:
            await prepare_log(runtime)  # it was lost with its store
        return done
    finally:
        await runtime.close()


async def check(settings: Settings, tenant: str) -> tuple[Rebuilt, Compared]:
    """Rebuild into a store that is thrown away, and compare. The tenant must be at rest, or what came meanwhile differs."""
    runtime = Runtime(settings)
    with tempfile.TemporaryDirectory(prefix="ls") as folder:
        url = start_or_attach(Path(folder), fsync="everysec")
        claim(url, [tenant], KEY_VERSION)
        client = connect(url)
        try:
            done = await _into(runtime, ValkeyIndex(client), tenant)
            here, again = await digests(runtime.client, tenant), await digests(client, tenant)
        finally:
            await client.aclose()
            stop(Path(folder))
            await runtime.close()
    return done, Compared({table: (here.get(table, ""), again.get(table, "")) for table in sorted(here | again)})


async def _into(runtime: Runtime, index: ValkeyIndex, tenant: str) -> Rebuilt:
    own, records = f"{tenant}/".encode(), dict[int, bytes]()
    async for message in _read(runtime, RECORDS):
        if message.key.startswith(own):
            seq = int(message.key[len(own) :])
            records[seq] = message.value
    writes = []
    async for message in _read(runtime, STATE):
        if message.key == tenant.encode():
            place, _, body = message.value.partition(b" ")
            writes.append((place, body))
    effects = []
    async for message in _read(runtime, JOURNAL):
        if message.key.startswith(own):
            effects.append((int(message.key[len(own) :]), message.value))
    kept = {seq: record for seq, record in records.items() if record}
    return await rebuild(index, tenant, writes, effects, kept, runtime.keys_of(tenant))


async def _read(runtime: Runtime, topic: str) -> AsyncIterator[Message]:
    """All that was relayed to a topic, on disk or in Kafka."""
    if not runtime.embedded_log:
        from streams.kafka_log import read  # the Kafka extra need not be installed

        async for message in read(",".join(runtime.settings.log.bootstrap), topic):
            yield message
        return
    for entry in Archive(runtime.data / "archive" / topic, runtime.archive_key()).read():
        yield Message(topic, entry.key, entry.value, entry.headers, entry.ref)


def told(done: Rebuilt, say: Callable[[str], None]) -> None:
    """What was put back, for a person."""
    say(
        f"{done.writes:,} writes repeated, {done.outcomes:,} outcomes and {done.records:,} records put back, up to effect {done.last:,}"
    )
