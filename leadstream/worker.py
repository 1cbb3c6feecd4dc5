"""``leadstream worker``: one process that takes leads from the log until it is told to stop.

On the embedded log it also relays the journal and archives what the log lets go of; on Kafka the journal is relayed to its
topic, whose retention is the archive.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

from prometheus_client import CollectorRegistry

from leads.errors import BadInput
from leadstream.casebook import disputes, watch_cases
from leadstream.configuration.settings import Settings
from leadstream.folding import Fold
from leadstream.gauges import watch
from leadstream.handles import handles
from leadstream.life import retention
from leadstream.logs import setup
from leadstream.notices import Notices, targets
from leadstream.placing import Placer, draining
from leadstream.policies import follow
from leadstream.runtime import ARCHIVISTS, WORKERS, Runtime, clock, settle_garbage
from leadstream.timers import timers
from stores.archive import Archive, Entry
from stores.journal import ValkeyJournal
from stores.patience import Patience
from streams.archivist import ShelfPublisher, archive
from streams.metrics import Metrics, new_registry, serve
from streams.ports import Message, Publisher
from streams.relay import relay
from streams.shell import Shell
from streams.topics import OUTCOMES, RAW

#: What the embedded log does not keep by itself.
ARCHIVED = (RAW, OUTCOMES)
#: Leads a worker takes at a time.
MOST = 1_600


class Shelf:
    """A topic's messages on disk."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def put(self, messages: Sequence[Message]) -> None:
        """Keep what has a value; a key without one is taken off."""
        gone = {m.key for m in messages if not m.value}
        kept = [Entry(m.ref or m.key.decode(), m.key, m.value, m.headers) for m in messages if m.value]
        if kept:
            self._archive.append(kept)
        if gone:
            self._archive.drop(gone)


def run_worker(settings: Settings, slot: str, metrics_port: int = 0) -> None:
    """Until SIGTERM or SIGINT; the batch in hand is finished. Raises Unavailable when a dependency stays away."""
    setup("worker")
    registry = new_registry()
    metrics = Metrics(registry, component="worker", version=version("leadstream"))
    stop = _serving(registry, metrics_port) if metrics_port else None
    try:
        if settings.log.kind == "kafka":
            _run_faust(settings, metrics, slot)
        else:
            asyncio.run(_run_embedded(settings, metrics, slot))
    finally:
        if stop:
            stop()


def _serving(registry: CollectorRegistry, port: int) -> Callable[[], None]:
    try:
        return serve(registry, port)
    except OSError as error:
        raise BadInput(
            "port_taken", f"port {port} of /metrics is taken; name another one with --metrics-port"
        ) from error


async def _run_embedded(settings: Settings, metrics: Metrics, slot: str) -> None:
    runtime = Runtime(settings)
    shell = runtime.shell(metrics, slot)
    settle_garbage()
    patience = Patience()
    leads = runtime.consumer(WORKERS, slot, patience)
    keepers = {topic: runtime.consumer(ARCHIVISTS, slot) for topic in ARCHIVED}
    await leads.join(RAW)
    for topic, keeper in keepers.items():
        await keeper.join(topic)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    key = runtime.archive_key()

    @cache
    def shelf(topic: str) -> Shelf:
        return Shelf(Archive(runtime.data / "archive" / topic, key))

    runs = [asyncio.create_task(leads.run(RAW, shell.process, most=MOST, within_s=0.0))]
    for topic, keeper in keepers.items():
        runs.append(asyncio.create_task(archive(keeper, topic, shelf(topic))))
    duties = _duties(runtime, shell, metrics, slot, patience.ready, ShelfPublisher(shelf))
    told = asyncio.create_task(stopping.wait())
    try:
        await _until_one_ends([told, *runs], duties)
        for consumer in (leads, *keepers.values()):
            await consumer.stop()
    finally:
        told.cancel()
        await end_all(duties)
        results = await asyncio.gather(*runs, *duties, return_exceptions=True)
        await runtime.close()
    for result in results:
        if isinstance(result, Exception):
            raise result


def _run_faust(settings: Settings, metrics: Metrics, slot: str) -> None:
    """Faust owns the loop and the process, so the parts are made inside it, at the start or at the first batch."""
    from streams.faust_app import make_app, ready  # the Kafka extra need not be installed
    from streams.faust_app import run_worker as run

    patience = Patience()
    made: list[tuple[Runtime, Shell, list[asyncio.Task[None]]]] = []

    def parts() -> tuple[Runtime, Shell, list[asyncio.Task[None]]]:
        if not made:
            runtime = Runtime(settings)
            shell = runtime.shell(metrics, slot)
            duties = _duties(runtime, shell, metrics, slot, lambda: ready(app), runtime.publisher)
            settle_garbage()
            made.append((runtime, shell, duties))
        return made[0]

    async def open_() -> None:
        parts()

    async def handle(messages: Sequence[Message]) -> None:
        await parts()[1].process(messages)

    async def close() -> None:
        for runtime, _, duties in made:
            await end_all(duties)
            await runtime.close()

    app = make_app(
        bootstrap=",".join(settings.log.bootstrap),
        group=WORKERS,
        topic=RAW,
        handler=handle,
        patience=patience,
        most=MOST,
        slot=slot,
        opening=(open_,),
        closing=(close,),
    )
    run(app)


async def _until_one_ends(lasting: Sequence[asyncio.Task[Any]], duties: Sequence[asyncio.Task[None]]) -> None:
    """Returns when one of ``lasting`` ends, or a duty fails. A duty that has nothing to do may end."""
    waiting: set[asyncio.Task[Any]] = {*lasting, *duties}
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if any(task in lasting or task.cancelled() or task.exception() for task in done):
            return


async def end_all(duties: Sequence[asyncio.Task[None]]) -> None:
    """Cancel until they have ended: a driver that races a time limit against an answer can swallow one cancellation."""
    while left := [duty for duty in duties if not duty.done()]:
        for duty in left:
            duty.cancel()
        await asyncio.wait(left, timeout=0.5)


def _duties(
    runtime: Runtime, shell: Shell, metrics: Metrics, slot: str, ready: Callable[[], bool], journals: Publisher
) -> list[asyncio.Task[None]]:
    """What every worker does besides: relay the journal and open a case of what it says is contested, measure what /metrics
    shows, follow the policy in force, do to owners what time has come for, place who waits."""
    journal = ValkeyJournal(runtime.client)
    tenants = list(runtime.settings.tenants)
    notices = Notices(runtime.index, runtime.policies, targets(runtime.settings, os.environ), handles(runtime), clock)
    fold = Fold(runtime, metrics, clock)
    witnesses = (disputes(runtime).witness, notices.witness, fold)
    placer = Placer(runtime.index, runtime.policies.known)
    return [
        asyncio.create_task(draining(runtime, placer, metrics)),
        asyncio.create_task(relay(journal, journals, tenants, slot, metrics, witnesses=witnesses)),
        asyncio.create_task(notices.deliver(slot)),
        asyncio.create_task(watch_cases(runtime, metrics)),
        asyncio.create_task(watch(runtime, metrics, ready, fold.measure)),
        asyncio.create_task(retention(runtime, metrics)),
        asyncio.create_task(timers(runtime, metrics, placer.late)),
        asyncio.create_task(follow(runtime.policies, shell, metrics)),
    ]
