"""``python -m benchmarks growth``: what one lead costs as the index grows. The load of ``load.py`` through the real shell.

Everything up to the commit, in this process, against an embedded store that syncs every write; outcomes go nowhere and the
journal is trimmed as its relay does. At each size the next 16,000 leads are measured in takes of 1,600, as a busy worker
takes them, then 1,000 one by one. Only judging is metered, a sub-batch at a time: the meter costs microseconds a call.

Minutes lie between the sizes, and on a shared machine minutes differ by a third. So ``--full`` ends with the smallest and the
largest side by side: a second store of 10,000 leads, and takes of 1,600 by turns, one here, one there.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from time import perf_counter
from typing import Any

import msgspec

from benchmarks import load
from benchmarks.machine import cpu_s, quantile
from benchmarks.profile import Spent, metered, patched
from leadstream.configuration import config
from leadstream.dedupe import Candidates, Nowhere
from leadstream.runtime import settle_garbage
from leadstream.worker import MOST
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.layout import Keys
from streams.flow import Flow
from streams.intake import take
from streams.pipeline import Pipeline, TenantSpec
from streams.ports import Message
from streams.shell import Shell

TENANT = "growth"
SIZES, FULL_SIZES = (10_000, 100_000), (10_000, 100_000, 1_000_000)
TAKE, MEASURED, ALONE = MOST, 16_000, 1_000


class Point(msgspec.Struct):
    """One size of the index. Times are of the leads measured there; CPU in microseconds a lead."""

    leads: int
    leads_per_s: float
    worker_us: float
    store_us: float
    judge_us: float  # between the two round trips, routing included
    alone_p50_ms: float
    alone_p99_ms: float
    store_bytes_per_lead: float
    candidates_per_lead: float


class Growth:
    def __init__(self, client: Any, store: int) -> None:
        settings = config.load(config.DEFAULT, {})
        tenant = next(iter(settings.tenants.values()))
        spec = TenantSpec(TENANT, b"a benchmark", tenant.policy(), tenant.preparation())
        self.client, self.store = client, store
        self.spent = Spent()
        self.met = Candidates()
        self.shell = Shell(ValkeyIndex(client), Nowhere(), {TENANT: Pipeline(spec)}, lambda: 0, self.met, slot="bench")
        self.leads = load.messages(load.rows(load.fields(3), "growth"), TENANT, 1)

    async def feed(self, count: int) -> None:
        """So many leads, in takes."""
        for start in range(0, count, TAKE):
            await self._take(list(islice(self.leads, min(TAKE, count - start))))
            if start % (20 * TAKE) == 0:
                await self._trim()

    async def _take(self, messages: list[Message]) -> None:
        await self.shell.judge_now(take(messages, {TENANT}))

    async def _trim(self) -> None:
        await self.client.xtrim(Keys.of(TENANT).journal, maxlen=1, approximate=False)

    async def point(self, leads: int, empty: int) -> Point:
        """Measure at ``leads`` leads in the index; ``empty`` is what the store took without any."""
        await self._trim()
        used = await memory_bytes(self.client) - empty
        takes = [list(islice(self.leads, TAKE)) for _ in range(MEASURED // TAKE)]
        self.met.of_leads.clear()
        self.spent.clear()
        store, mine, began = cpu_s(self.store), time.process_time(), perf_counter()
        with patched(Flow, _judge=metered(self.spent, "judge", Flow._judge)):
            for messages in takes:
                await self._take(messages)
        took, mine, store = perf_counter() - began, time.process_time() - mine, cpu_s(self.store) - store
        candidates = sum(self.met.of_leads)
        alone = [await self._alone(message) for message in islice(self.leads, ALONE)]
        return Point(
            leads,
            round(MEASURED / took, 1),
            round(mine / MEASURED * 1e6, 1),
            round(store / MEASURED * 1e6, 1),
            round(self.spent["judge"] / MEASURED * 1e6, 1),
            round(quantile(alone, 0.5), 2),
            round(quantile(alone, 0.99), 2),
            round(used / leads, 1),
            round(candidates / MEASURED, 2),
        )

    async def _alone(self, message: Message) -> float:
        began = perf_counter()
        await self._take([message])
        return (perf_counter() - began) * 1_000


class Pace(msgspec.Struct):
    """Of one size when both are measured by turns. ``quietest``: the leads/s of its best take."""

    leads: int
    leads_per_s: float
    worker_us: float
    quietest_leads_per_s: float


async def by_turns(small: Growth, large: Growth, sizes: tuple[int, int]) -> list[Pace]:
    """``MEASURED`` further leads each, take by take in turn."""
    took: dict[int, list[float]] = {size: [] for size in sizes}
    cpu = dict.fromkeys(sizes, 0.0)
    for _ in range(MEASURED // TAKE):
        for size, growth in zip(sizes, (small, large), strict=True):
            messages = list(islice(growth.leads, TAKE))
            mine, began = time.process_time(), perf_counter()
            await growth._take(messages)
            took[size].append(perf_counter() - began)
            cpu[size] += time.process_time() - mine
    return [
        Pace(
            size,
            round(MEASURED / sum(took[size]), 1),
            round(cpu[size] / MEASURED * 1e6, 1),
            round(TAKE / min(took[size]), 1),
        )
        for size in sizes
    ]


async def memory_bytes(client: Any) -> int:
    """What the store's data takes, as it counts itself."""
    return int((await client.info("memory"))["used_memory"])


@asynccontextmanager
async def fresh() -> AsyncIterator[Growth]:
    """An empty index in a store of its own."""
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        client: Any = connect(start_or_attach(home))
        try:
            yield Growth(client, int((await client.info("server"))["process_id"]))
        finally:
            await client.aclose()
            stop(home)


async def grow(sizes: tuple[int, ...]) -> tuple[list[Point], list[Pace]]:
    """A point a size, and the first and the last by turns when there are more than two."""
    points: list[Point] = []
    turns: list[Pace] = []
    async with fresh() as growth:
        empty, done = await memory_bytes(growth.client), 0
        for size in sizes:
            await growth.feed(size - done)
            settle_garbage()
            points.append(await growth.point(size, empty))
            done = size + MEASURED + ALONE
            print(points[-1], flush=True)
        if len(sizes) > 2:
            async with fresh() as small:
                await small.feed(sizes[0])
                settle_garbage()
                turns = await by_turns(small, growth, (sizes[0], sizes[-1]))
            print(*turns, sep="\n", flush=True)
    return points, turns


def run(*, full: bool) -> dict[str, Any]:
    """A point a size; ``full`` goes on to a million leads."""
    points, turns = asyncio.run(grow(FULL_SIZES if full else SIZES))
    found = {"points": msgspec.to_builtins(points), "by_turns": msgspec.to_builtins(turns)}
    return {"data": "load.py, seed 3", "fsync": "always", **found}
