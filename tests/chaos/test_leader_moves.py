"""Three brokers, and the one that leads is killed, again and again: another leads, and nobody can tell afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.topics import RAW
from tests.chaos.site import Site
from tests.chaos.test_outages import open_for_business
from tests.chaos.visitors import SOURCE
from tests.parts.kafka_cluster import Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    brokers = Cluster(tmp_path / "kafka")
    try:
        brokers.start()
        yield brokers
    finally:
        brokers.stop()


@pytest.mark.slow
@pytest.mark.kafka
async def test_the_leader_killed_under_load(cluster: Cluster, tmp_path: Path) -> None:
    with Site(tmp_path / "site", cluster, sources=SOURCE) as site:
        async with open_for_business(site) as (visitors, _):
            led = []
            for _ in range(3):
                leader = cluster.leader(RAW)
                led.append(leader.node)
                leader.kill()
                await visitors.after(202, 10, site.last_words)
                leader.start()
            print(f"led by {led}; answers {dict(visitors.statuses)}")
    assert len(set(led)) > 1
