"""``leadstream worker``: one process that takes leads from the log until it is told to stop.

On the embedded log it also relays the journal and archives what the log lets go of; on Kafka the journal is relayed to its
topic, whose retention is the archive.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from importlib.metadata import version

from leadstream.runtime import ARCHIVISTS, WORKERS, Runtime
from leadstream.settings import Settings
from stores.archive import Archive, Entry
from stores.journal import ValkeyJournal
from stores.patience import Patience
from streams.archivist import archive
from streams.metrics import Metrics, new_registry, serve
from streams.ports import Message
from streams.relay import relay
from streams.shell import Shell
from streams.topics import JOURNAL, OUTCOMES, RAW

#: What the embedded log does not keep by itself.
ARCHIVED = (RAW, OUTCOMES, JOURNAL)
#: Messages a worker takes at a time.
MOST = 400


class Shelf:
    """A topic's messages on disk."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def put(self, messages: Sequence[Message]) -> None:
        self._archive.append([Entry(m.ref, m.key, m.value, m.headers) for m in messages])


def run_worker(settings: Settings, slot: str, metrics_port: int = 0) -> None:
    """Until SIGTERM or SIGINT; the batch in hand is finished. Raises Unavailable when a dependency stays away."""
    registry = new_registry()
    metrics = Metrics(registry, component="worker", version=version("leadstream"))
    stop = serve(registry, metrics_port) if metrics_port else None
    try:
        if settings.log.kind == "kafka":
            _run_faust(settings, metrics, slot)
        else:
            asyncio.run(_run_embedded(settings, metrics, slot))
    finally:
        if stop:
            stop()


async def _run_embedded(settings: Settings, metrics: Metrics, slot: str) -> None:
    runtime = Runtime(settings)
    shell = runtime.shell(metrics, slot)
    patience = Patience()
    leads = runtime.consumer(WORKERS, slot, patience)
    keepers = {topic: runtime.consumer(ARCHIVISTS, slot) for topic in ARCHIVED}
    await leads.join(RAW)
    for topic, keeper in keepers.items():
        await keeper.join(topic)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    metrics.ready(True)
    key = runtime.archive_key()
    runs = [asyncio.create_task(leads.run(RAW, shell.process, most=MOST, within_s=0.0))]
    for topic, keeper in keepers.items():
        shelf = Shelf(Archive(runtime.data / "archive" / topic, key))
        runs.append(asyncio.create_task(archive(keeper, topic, shelf)))
    runs.append(asyncio.create_task(_relay(runtime, metrics, slot)))
    told = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([told, *runs], return_when=asyncio.FIRST_COMPLETED)
        for consumer in (leads, *keepers.values()):
            await consumer.stop()
    finally:
        told.cancel()
        runs[-1].cancel()
        results = await asyncio.gather(*runs, return_exceptions=True)
        await runtime.close()
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _relay(runtime: Runtime, metrics: Metrics, slot: str) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await relay(ValkeyJournal(runtime.client), runtime.publisher, list(runtime.settings.tenants), slot, metrics)


def _run_faust(settings: Settings, metrics: Metrics, slot: str) -> None:
    """Faust owns the loop and the process, so the parts are made inside it at the first batch."""
    from streams.faust_app import make_app  # the Kafka extra need not be installed
    from streams.faust_app import run_worker as run

    patience = Patience()
    parts: dict[str, tuple[Runtime, Shell, asyncio.Task[None]]] = {}

    async def handle(messages: Sequence[Message]) -> None:
        if not parts:
            runtime = Runtime(settings)
            relaying = asyncio.create_task(_relay(runtime, metrics, slot))
            parts["all"] = (runtime, runtime.shell(metrics, slot), relaying)
            metrics.ready(True)
        await parts["all"][1].process(messages)

    async def close() -> None:
        for runtime, _, relaying in parts.values():
            relaying.cancel()
            await runtime.close()

    app = make_app(
        bootstrap=",".join(settings.log.bootstrap),
        group=WORKERS,
        topic=RAW,
        handler=handle,
        patience=patience,
        most=MOST,
        closing=(close,),
    )
    run(app)
