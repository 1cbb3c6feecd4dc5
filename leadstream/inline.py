"""Working off the embedded log inside a command, when no service is up to do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from leadstream.runtime import ARCHIVISTS, WORKERS, Runtime
from leadstream.worker import ARCHIVED, MOST, Shelf
from stores.archive import Archive
from stores.stream_log import StreamConsumer
from streams.archivist import archive
from streams.metrics import Metrics, new_registry
from streams.shell import Shell
from streams.topics import RAW

_LOOK_EVERY_S = 0.05


async def prepare_log(runtime: Runtime) -> None:
    """Create the groups before anything is published: from then on nothing is dropped before each has had it."""
    await StreamConsumer(runtime.url, WORKERS, "inline").join(RAW)
    for topic in ARCHIVED:
        await StreamConsumer(runtime.url, ARCHIVISTS, "inline").join(topic)


async def work_off(
    runtime: Runtime, shell: Shell | None = None, looked: Callable[[int], None] = lambda entries: None
) -> None:
    """Take leads from the log until none is left. ``looked`` is told how many entries there are. Raises Unavailable."""
    shell = shell or runtime.shell(Metrics(new_registry()), "inline")
    consumer = runtime.consumer(WORKERS, "inline")
    running = asyncio.create_task(consumer.run(RAW, shell.process, most=MOST, within_s=0.0))
    await _until_idle(running, consumer, runtime.consumer(WORKERS, "watcher"), RAW, looked)


async def put_away(runtime: Runtime) -> None:
    """Archive what the log still holds for the archive. Raises Unavailable."""
    key = runtime.archive_key()
    for topic in ARCHIVED:
        consumer = runtime.consumer(ARCHIVISTS, "inline")
        shelf = Shelf(Archive(runtime.data / "archive" / topic, key))
        running = asyncio.create_task(archive(consumer, topic, shelf, pause_s=0.0))
        await _until_idle(running, consumer, runtime.consumer(ARCHIVISTS, "watcher"), topic)


async def _until_idle(
    running: asyncio.Task[None],
    consumer: StreamConsumer,
    watcher: StreamConsumer,
    topic: str,
    looked: Callable[[int], None] = lambda entries: None,
) -> None:
    try:
        while not running.done() and (left := await watcher.backlog(topic)):
            looked(left)
            await asyncio.sleep(_LOOK_EVERY_S)
    finally:
        await consumer.stop()
        await watcher.stop()
    await running
