"""``python -m benchmarks life``: what it costs that an index forgets, and that its keys are made anew. CPU a lead.

The load of ``load.py`` through the real shell, nobody owns anything, a store that syncs every write. Then, one after the
other: a sweep that finds nothing old, erasure of single leads, a sweep that forgets the older half, and another version of
keys for those that stay.
"""

from __future__ import annotations

import asyncio
import gc
import random
import tempfile
import time
from collections.abc import Awaitable
from itertools import islice
from typing import Any

import msgspec

from benchmarks import load
from benchmarks.machine import cpu_s
from leads.policy import Policy
from leads.preparation import Preparation
from leads.records import Facts
from leadstream.dedupe import Nowhere
from matchers.keys import KEY_VERSION
from matchers.schemes import Keying, cased
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.forget import erase, expire
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.lookup import memory
from stores.rekey import begin, build, claim, finish
from streams.intake import take
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline, TenantSpec
from streams.shell import Shell

TENANT, SECRET = "life", b"a benchmark"
SIZE, FULL_SIZE = 100_000, 1_000_000
TAKE, ERASED = 400, 5_000


class Cost(msgspec.Struct):
    """CPU microseconds a lead of this process and of the store, time in all, store bytes freed a lead (less than none: taken)."""

    leads: int
    worker_us: float
    store_us: float
    seconds: float
    bytes_freed: float


class Life:
    def __init__(self, url: str, client: Any, store: int) -> None:
        self.url, self.client, self.store = url, client, store
        self.index = ValkeyIndex(client)
        self.facts = msgspec.msgpack.Decoder(Facts).decode
        self.costs: dict[str, Cost] = {}
        self.events: list[bytes] = []

    def keys_of(self, record: bytes) -> tuple[bytes, ...]:
        return Keying().keys(self.facts(record), SECRET)

    async def fill(self, size: int) -> None:
        """``size`` leads, a second apart."""
        spec = TenantSpec(TENANT, SECRET, Policy(version="v"), Preparation(country="CN"))
        shell = Shell(self.index, Nowhere(), {TENANT: Pipeline(spec)}, lambda: 0, Metrics(new_registry()), slot="life")
        leads = load.messages(load.rows(load.fields(3), "life"), TENANT, 1)
        for start in range(0, size, TAKE):
            done = await shell.judge_now(take(list(islice(leads, min(TAKE, size - start))), {TENANT}))
            self.events += [bytes.fromhex(outcome.event) for outcome in done]
            if start % (20 * TAKE) == 0:
                await self._trim()
        gc.collect()

    async def _trim(self) -> None:
        await self.client.xtrim(Keys.of(TENANT).journal, maxlen=1, approximate=False)

    async def measure(self, name: str, work: Awaitable[Any], leads: int = 0) -> Any:
        """The cost of ``work`` a lead: of ``leads``, else of as many as it answers."""
        await self._trim()
        before, began = (await memory(self.client))[0], time.perf_counter()
        mine, store = time.process_time(), cpu_s(self.store)
        answer = await work
        mine, store, took = time.process_time() - mine, cpu_s(self.store) - store, time.perf_counter() - began
        await self._trim()
        while (await self.client.info("memory"))["lazyfree_pending_objects"]:  # noqa: ASYNC110  (the server tells nobody when it has freed)
            await asyncio.sleep(0.05)  # what is unlinked is freed beside
        freed, n = before - (await memory(self.client))[0], leads or int(answer)
        self.costs[name] = Cost(
            n, round(mine / n * 1e6, 1), round(store / n * 1e6, 1), round(took, 2), round(freed / n, 1)
        )
        print(name, self.costs[name], flush=True)
        return answer

    async def rekey(self, upto: int) -> None:
        def keys(record: bytes) -> tuple[bytes, ...]:
            return cased(KEY_VERSION, "L", self.facts(record), SECRET)

        while await build(self.index, TENANT, upto, keys) < upto:
            pass

    async def run(self, size: int) -> dict[str, Cost]:
        await self.fill(size)
        client, at_ms = self.client, load.BEGIN_MS + size * load.STEP_MS
        gone = random.Random(1).sample(self.events, ERASED)
        await self.measure("sweep that finds nothing old", expire(client, TENANT, 1, self.keys_of, at_ms), size)
        await self.measure("erasure", erase(client, TENANT, gone, self.keys_of, at_ms), ERASED)
        half = load.BEGIN_MS + size // 2 * load.STEP_MS
        forgotten = await self.measure(
            "sweep that forgets the older half", expire(client, TENANT, half, self.keys_of, at_ms)
        )
        claim(self.url, [TENANT], KEY_VERSION)
        upto = await begin(client, TENANT, KEY_VERSION + 1)
        await self.measure("new keys", self.rekey(upto), size - ERASED - forgotten)
        await self.measure("dropping the old keys", finish(client, TENANT), size - ERASED - forgotten)
        return self.costs


async def _run(size: int) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        url = start_or_attach(home)
        client: Any = connect(url)
        try:
            return await Life(url, client, int((await client.info("server"))["process_id"])).run(size)
        finally:
            await client.aclose()
            stop(home)


def run(*, full: bool) -> dict[str, Any]:
    """The costs at 100,000 leads, ``full`` at a million."""
    size = FULL_SIZE if full else SIZE
    return {"leads": size, "costs": msgspec.to_builtins(asyncio.run(_run(size)))}
