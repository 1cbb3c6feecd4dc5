"""Store or log away under load: the door says when to come again, workers wait in place, both go on by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

import pytest

from leads.errors import StoreDown
from tests.chaos.observer import faults, look
from tests.chaos.site import Part, Site, answers, until
from tests.chaos.small_disk import fill, mounted
from tests.chaos.visitors import SOURCE, Visitors
from tests.parts.kafka import Kafka

LONG = pytest.mark.slow


@asynccontextmanager
async def open_for_business(site: Site) -> AsyncIterator[tuple[Visitors, list[Part]]]:
    """A worker and a door, and visitors who keep coming until the block ends. Then all must have been seen to."""
    parts = [site.worker(), site.gateway()]
    await until(lambda: answers(f"{site.url}/readyz"), 60, site.last_words)
    visitors = Visitors(site, Random(1))
    coming = asyncio.create_task(visitors.run())
    try:
        await visitors.after(202, 20, site.last_words)
        await until(lambda: site.registered() > 0, 60, site.last_words)
        yield visitors, parts
    finally:
        visitors.stop()
        await coming
    await site.settle()
    assert [part.alive() for part in parts] == [True, True], site.last_words()
    assert set(visitors.statuses) <= {202, 503}
    assert visitors.without_hint == 0
    assert faults(await look(site), visitors.receipts) == []
    assert parts[0].stop() == 0


@pytest.mark.parametrize("times", [3, pytest.param(25, marks=LONG)])
async def test_the_embedded_server_killed_under_load(times: int, tmp_path: Path) -> None:
    with Site(tmp_path / "site", sources=SOURCE) as site:
        async with open_for_business(site) as (visitors, _):
            for _ in range(times):
                site.kill_store()
                await visitors.after(503)
                site.start_store()
                await visitors.after(202, 10, site.last_words)


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=LONG)])
async def test_a_full_disk_under_the_store_and_all_else(times: int, tmp_path: Path) -> None:
    """The server ends rather than confirm what it cannot write; started again without room it ends again."""
    with mounted(tmp_path / "disk", 64) as disk, Site(disk / "site", sources=SOURCE) as site:
        async with open_for_business(site) as (visitors, _):
            for _ in range(times):
                filler = fill(disk)
                await visitors.after(503)
                with suppress(StoreDown):
                    site.start_store()
                await visitors.after(503, 10)
                filler.unlink()
                site.start_store()
                await visitors.after(202, 10, site.last_words)


@pytest.mark.kafka
async def test_kafka_hangs_and_restarts_and_its_store_is_killed(fresh_kafka: Kafka, tmp_path: Path) -> None:
    with Site(tmp_path / "site", fresh_kafka, sources=SOURCE) as site:
        async with open_for_business(site) as (visitors, _):
            fresh_kafka.pause()
            await visitors.after(503)
            fresh_kafka.resume()
            await visitors.after(202, 10, site.last_words)

            fresh_kafka.stop()
            await visitors.after(503)
            fresh_kafka.start()
            await visitors.after(202, 10, site.last_words)

            before = site.registered()
            site.kill_store()
            await visitors.after(202, 10, site.last_words)  # the log still takes what comes
            site.start_store()
            await until(lambda: site.registered() > before, 60, site.last_words)
