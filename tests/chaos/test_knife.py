"""Everything that can be hurt is hurt, at random, while people fill in forms: 0 lost, 0 doubled, the sums agree.

    CHAOS_FAULTS=1000 CHAOS_SEED=7 python -m pytest -m slow tests/chaos/test_knife.py -s

A failing seed is kept in .chaos/failed and replays: the same faults in the same order (their moments differ, the machine
decides). What long runs saw is kept in .chaos/runs.jsonl; ``python -m tests.chaos.report`` makes the table of it.
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

from tests.chaos import report
from tests.chaos.knife import BROKER, EMBEDDED, FAR, ON_KAFKA, Fault, Victim
from tests.chaos.observer import doubled, faults, look, lost
from tests.chaos.site import Site, answers, table, until
from tests.chaos.visitors import SOURCE, Visitors
from tests.parts.kafka import FarKafka

LONG = int(os.environ.get("CHAOS_FAULTS", "200"))
FAILED = Path(".chaos/failed")


@pytest.fixture
def seed() -> int:
    chosen = int(os.environ.get("CHAOS_SEED") or SystemRandom().randrange(1 << 30))
    print(f"CHAOS_SEED={chosen}")
    return chosen


@pytest.mark.parametrize("times", [len(set(EMBEDDED)), pytest.param(LONG, marks=pytest.mark.slow)])
async def test_the_embedded_service(times: int, seed: int, tmp_path: Path) -> None:
    with Site(tmp_path / "site", bendable=True, sources=SOURCE) as site:
        await hurt(site, "embedded", EMBEDDED, times, seed)


@pytest.mark.parametrize("times", [len(set(FAR)), pytest.param(LONG, marks=pytest.mark.slow)])
async def test_a_store_at_the_end_of_a_bad_line(times: int, seed: int, tmp_path: Path) -> None:
    with Site(tmp_path / "site", far=True, sources=SOURCE) as site:
        await hurt(site, "embedded, over a line", FAR, times, seed)


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("kinds", "times"),
    [(BROKER, len(BROKER)), pytest.param(ON_KAFKA, LONG, marks=pytest.mark.slow)],
    ids=["short", "long"],
)
async def test_on_kafka(kinds: Sequence[Fault], times: int, seed: int, tmp_path: Path, far_kafka: FarKafka) -> None:
    with Site(tmp_path / "site", far_kafka, far=True, sources=SOURCE) as site:
        await hurt(site, "Kafka, over lines", kinds, times, seed, far_kafka, workers=2)


async def hurt(
    site: Site,
    name: str,
    kinds: Sequence[Fault],
    times: int,
    seed: int,
    kafka: FarKafka | None = None,
    workers: int = 1,
) -> None:
    random = Random(seed)
    each = random.sample(sorted(set(kinds), key=lambda fault: fault.__name__), len(set(kinds)))  # all of them, first
    done: Counter[str] = Counter()
    victim = Victim(site, random, kafka, workers)
    await until(lambda: answers(f"{site.url}/readyz"), 60, site.last_words)
    visitors, began = Visitors(site, Random(seed)), time.monotonic()
    coming, supervising = asyncio.create_task(visitors.run(100.0)), asyncio.create_task(victim.supervise())
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
        run = report.Run(
            name=name,
            seed=seed,
            faults=times,
            kills=dict(victim.kills),
            ended=victim.ended,
            events=len(visitors.receipts),
            outcomes=len(seen.stored),
            lost=lost(seen, visitors.receipts),
            doubled=doubled(seen),
            repeated=len(seen.published) - len({message.key for message in seen.published}),
            wrong=len(wrong),
            seconds=round(time.monotonic() - began),
        )
        answered = ((f"answers {status or 'none'}", n) for status, n in sorted(visitors.statuses.items()))
        print(table([*done.items(), *answered]), report.table([run]), sep="\n")
        if times == LONG:
            report.keep(run)
        assert wrong == []
        assert set(visitors.statuses) <= {0, 202, 503}
    except BaseException as error:
        keep(seed, f"{name}: {type(error).__name__}: {error}\n{site.last_words()}")
        raise
    finally:
        visitors.stop()
        coming.cancel()
        supervising.cancel()


def keep(seed: int, why: str) -> None:
    """A run that failed, for whoever plays it again."""
    FAILED.mkdir(parents=True, exist_ok=True)
    (FAILED / str(seed)).write_text(why, encoding="utf-8")
