"""``python -m benchmarks ownership``: acts on owners, each one round trip and one atomic step, against an index full of entities.

A store that syncs every write. Many at once: a connection that sends 50 acts at a time, as a busy door does. One at a time: a
connection that waits for each answer. Customers are picked at random, so that nothing is warm; every act is done, none refused.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import msgspec

from benchmarks.machine import cpu_s
from leads.ownership import Act, Terms, What
from leads.records import Decision, Plan, Registration, Share, Verdict
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.ownership import act, acts, due, held

TENANT, SIZE, FULL_SIZE = "own", 100_000, 1_000_000
TAKE, AT_ONCE, MANY, SINGLE = 200, 50, 20_000, 4_000
BEGIN_MS, DAY_MS = 1_700_000_000_000, 86_400_000
TERMS = Terms(claims_a_day=-1, max_open=1_000_000, cooling_ms=1, fresh_ms=1, protect_ms=30 * DAY_MS)
POOLED = Plan("r", "v", "turn", "", (), "public", "unmatched", True, 0)
OWNED = Plan("r", "v", "turn", "team", (Share("ann"), Share("bob")), "public", "unmatched", True, DAY_MS)


class Cost(msgspec.Struct):
    """Of one operation: how many a second when many are sent at once, CPU microseconds of both sides, answer times one by one."""

    per_s: float
    store_us: float
    client_us: float
    p50_ms: float
    p99_ms: float


class Acts:
    def __init__(self, client: Any, store: int) -> None:
        self.client, self.store, self.index = client, store, ValkeyIndex(client)
        self.ids, self.costs = count(1), dict[str, Cost]()
        self.dice = random.Random(5)

    async def fill(self, size: int, first: int, plan: Plan) -> list[bytes]:
        """So many entities of one lead each."""
        events = [hashlib.blake2b(str(n).encode(), digest_size=16).digest() for n in range(first, first + size)]
        for start in range(0, size, TAKE):
            batch = [Registration(e, (b"p" + e[:8],), b"record") for e in events[start : start + TAKE]]
            answer = await self.index.register(TENANT, batch)
            todo = [
                Decision(one.event, one.seq, Verdict("new"), ((one.seq, 0),), plan, BEGIN_MS, 1)
                for one in answer.registered
            ]
            await self.index.commit(TENANT, todo)
            await self.forget()
        return events

    async def forget(self) -> None:
        """What the relay does."""
        await self.client.xtrim(Keys.of(TENANT).journal, maxlen=1, approximate=False)

    def one(self, what: What, event: bytes, who: str, at_ms: int, **more: Any) -> Act:
        return Act(f"{next(self.ids):032x}", what, event.hex(), who, at_ms, terms=TERMS, **more)

    async def measure(self, name: str, make: Callable[[bytes], Act], events: Sequence[bytes]) -> None:
        many, single = list(map(make, events[:MANY])), list(map(make, events[MANY : MANY + SINGLE]))
        began, mine, store = time.perf_counter(), time.process_time(), cpu_s(self.store)
        for start in range(0, len(many), AT_ONCE):
            done = await acts(self.client, TENANT, many[start : start + AT_ONCE])
            assert all(one.status == "done" for one in done), done
        took, mine, store = time.perf_counter() - began, time.process_time() - mine, cpu_s(self.store) - store
        waits = []
        for one in single:
            asked = time.perf_counter()
            assert (await act(self.client, TENANT, one)).status == "done"
            waits.append(time.perf_counter() - asked)
        waits.sort()
        n = len(many)
        self.costs[name] = Cost(
            round(n / took),
            round(store / n * 1e6, 1),
            round(mine / n * 1e6, 1),
            round(waits[len(waits) // 2] * 1e3, 2),
            round(waits[len(waits) * 99 // 100] * 1e3, 2),
        )
        print(name, self.costs[name], flush=True)
        await self.forget()

    async def run(self, size: int) -> dict[str, Any]:
        owned = MANY
        events = await self.fill(size - owned, 0, POOLED)
        gc.collect()
        at = BEGIN_MS + DAY_MS
        mixed = self.dice.sample(events, 2 * (MANY + SINGLE))
        some, fresh = mixed[: MANY + SINGLE], mixed[MANY + SINGLE :]
        await self.measure("claim", lambda e: self.one("claim", e, f"m{e[0]}", at), some)
        await self.measure("follow up", lambda e: self.one("follow_up", e, f"m{e[0]}", at, kind="mail"), some)
        await self.measure("transfer", lambda e: self.one("transfer", e, f"m{e[0]}", at, member="zoe"), some)
        await self.measure("release", lambda e: self.one("release", e, "zoe", at), some)
        await self.measure("report", lambda e: self.one("report", e, f"m{e[0]}", at), fresh)
        return {"entities": size, "operations": msgspec.to_builtins(self.costs)} | await self.time(size, owned)

    async def time(self, size: int, owned: int) -> dict[str, Any]:
        """So many protections that end at once, and a list of who holds what, page by page."""
        await self.fill(owned, size, OWNED)
        store, mine, began = cpu_s(self.store), time.process_time(), time.perf_counter()
        lapsed, looked, longest = 0, 500, 0.0
        while looked == 500:
            asked = time.perf_counter()
            looked, told = await due(self.client, TENANT, BEGIN_MS + 3 * DAY_MS, 500)
            longest, lapsed = max(longest, time.perf_counter() - asked), lapsed + len(told)
        figures = {
            "lapsed": lapsed,
            "lapse_store_us": round((cpu_s(self.store) - store) / lapsed * 1e6, 1),
            "lapse_client_us": round((time.process_time() - mine) / lapsed * 1e6, 1),
            "lapse_seconds": round(time.perf_counter() - began, 2),
            "longest_step_ms": round(longest * 1e3, 1),
        }
        store, found, after = cpu_s(self.store), 0, -1
        while after:
            after, page = await held(self.client, TENANT, "m7", after)
            found += len(page)
        return figures | {"listed": found, "list_store_us": round((cpu_s(self.store) - store) / max(found, 1) * 1e6, 1)}


async def _run(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        url = start_or_attach(home)
        client: Any = connect(url)
        try:
            return await Acts(client, int((await client.info("server"))["process_id"])).run(size)
        finally:
            await client.aclose()
            stop(home)


def run(*, full: bool) -> dict[str, Any]:
    """The costs at 100,000 entities, ``full`` at a million."""
    return asyncio.run(_run(FULL_SIZE if full else SIZE))
