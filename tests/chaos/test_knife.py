"""Everything that can be hurt is hurt, at random, while people fill in forms: 0 lost, 0 doubled, the sums agree.

    CHAOS_FAULTS=1000 CHAOS_SEED=7 python -m pytest -m slow tests/chaos/test_knife.py -s

A failing seed is kept in .chaos/failed and replays: the same faults in the same order (their moments differ, the machine decides).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom

import pytest

from tests.chaos.knife import EMBEDDED, ON_KAFKA, Fault, Victim
from tests.chaos.observer import doubled, faults, look, lost
from tests.chaos.site import Site, answers, table, until
from tests.chaos.visitors import SOURCE, Visitors
from tests.parts.kafka import Kafka

SHORT = len(set(EMBEDDED))
LONG = int(os.environ.get("CHAOS_FAULTS", "200"))
FAILED = Path(".chaos/failed")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    chosen = int(os.environ.get("CHAOS_SEED") or SystemRandom().randrange(1 << 30))
    print(f"CHAOS_SEED={chosen}")
    return chosen


@pytest.mark.parametrize("times", [SHORT, pytest.param(LONG, marks=pytest.mark.slow)])
async def test_the_embedded_service(times: int, seed: int, tmp_path: Path) -> None:
    with Site(tmp_path / "site", sources=SOURCE) as site:
        await hurt(site, EMBEDDED, times, seed)


@pytest.mark.kafka
@pytest.mark.slow
async def test_on_kafka(seed: int, tmp_path: Path, fresh_kafka: Kafka) -> None:
    with Site(tmp_path / "site", fresh_kafka, sources=SOURCE) as site:
        await hurt(site, ON_KAFKA, LONG, seed, fresh_kafka, workers=2)


async def hurt(
    site: Site, kinds: Sequence[Fault], times: int, seed: int, kafka: Kafka | None = None, workers: int = 1
) -> None:
    random = Random(seed)
    each = random.sample(sorted(set(kinds), key=lambda fault: fault.__name__), len(set(kinds)))  # all of them, first
    done: Counter[str] = Counter()
    victim = Victim(site, random, kafka, workers)
    await until(lambda: answers(f"{site.url}/readyz"), 60, site.last_words)
    visitors, began = Visitors(site, Random(seed)), time.monotonic()
    coming = asyncio.create_task(visitors.run(100.0))
    try:
        for number in range(times):
            fault = each[number] if number < len(each) else random.choice(kinds)
            await fault(victim)
            done[fault.__name__] += 1
            await visitors.after(202, random.randint(1, 20), site.last_words)
        visitors.stop()
        await coming
        await site.settle(90.0)
        seen = await look(site)
        wrong = faults(seen, visitors.receipts)
        rows = [*done.items(), ("in all", times), ("leads taken", len(visitors.receipts))]
        rows += [
            ("lost", lost(seen, visitors.receipts)),
            ("doubled", doubled(seen)),
            ("seconds", round(time.monotonic() - began)),
        ]
        print(table([*rows, *((f"answers {status or 'none'}", n) for status, n in sorted(visitors.statuses.items()))]))
        assert wrong == []
        assert set(visitors.statuses) <= {0, 202, 503}
    except BaseException as error:
        keep(seed, f"{type(error).__name__}: {error}\n{site.last_words()}")
        raise
    finally:
        visitors.stop()
        coming.cancel()


def keep(seed: int, why: str) -> None:
    """A run that failed, for whoever plays it again."""
    FAILED.mkdir(parents=True, exist_ok=True)
    (FAILED / str(seed)).write_text(why, encoding="utf-8")
