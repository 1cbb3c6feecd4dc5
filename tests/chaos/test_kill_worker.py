"""kill -9 the worker at random points while leads arrive: nothing lost, nothing doubled, and nobody can tell afterwards.

A run prints its seed; CHAOS_SEED=<seed> plays it again.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.chaos.load import Load, events_of, undisturbed
from tests.chaos.observer import Seen, doubled, faults, look, lost
from tests.chaos.site import Site, table, until
from tests.parts.kafka import Kafka

SHORT, LONG = 8, 50


@pytest.fixture
def seed(capsys: pytest.CaptureFixture[str]) -> int:
    chosen = int(os.environ.get("CHAOS_SEED") or SystemRandom().randrange(1 << 30))
    print(f"CHAOS_SEED={chosen}")
    return chosen


@pytest.mark.parametrize("kills", [SHORT, pytest.param(LONG, marks=pytest.mark.slow)])
async def test_on_the_embedded_log(kills: int, seed: int, tmp_path: Path) -> None:
    with Site(tmp_path / "disturbed") as site, Site(tmp_path / "calm") as calm:
        await compare(site, calm, kills, seed)


@pytest.mark.kafka
@pytest.mark.parametrize("kills", [SHORT, pytest.param(LONG, marks=pytest.mark.slow)])
async def test_on_kafka(kills: int, seed: int, tmp_path: Path, fresh_kafka: Kafka) -> None:
    with Site(tmp_path / "disturbed", fresh_kafka) as site, Site(tmp_path / "calm") as calm:
        await compare(site, calm, kills, seed)


async def compare(site: Site, calm: Site, kills: int, seed: int) -> None:
    random = Random(seed)
    load = Load(random)
    async with site.runtime() as runtime:
        arriving = asyncio.create_task(load.run(runtime))
        try:
            await kill_at_random(site, kills, random)
        finally:
            load.stop()
            await arriving
    await site.settle()
    events = events_of(load.sent)
    seen = await look(site)
    await undisturbed(calm, load.sent)
    print(report(seen, events, kills))
    assert faults(seen, events) == []
    assert_alike(seen, await look(calm))


async def kill_at_random(site: Site, kills: int, random: Random) -> None:
    """Most deaths find the worker at work, some while it is still getting ready. Ends with a worker that lives."""
    worker = site.worker()
    for _ in range(kills):
        if random.random() < 0.2:
            await asyncio.sleep(random.uniform(0.0, 1.5))
        else:
            before = site.registered()
            await until(lambda: site.registered() > before or not worker.alive(), 60, site.last_words)  # noqa: B023
            await asyncio.sleep(
                random.uniform(0.0, random.choice((0.02, 0.4)))
            )  # the first is in the middle of a batch
        assert worker.alive(), worker.said()
        worker.kill()
        worker = site.worker()


def assert_alike(disturbed: Seen, calm: Seen) -> None:
    """What became of each lead, and who is one customer with whom, is what it had been without the deaths."""
    mine, theirs = disturbed.dispositions(), calm.dispositions()
    assert {e: (mine.get(e), theirs[e]) for e in theirs if mine.get(e) != theirs[e]} == {}
    assert disturbed.partition() ^ calm.partition() == set()


def report(seen: Seen, events: list[str], kills: int) -> str:
    return table(
        [
            ("kills", kills),
            ("events", len(events)),
            ("lost", lost(seen, events)),
            ("doubled", doubled(seen)),
            ("published again, alike", len(seen.published) - len(events)),
        ]
    )
