"""What a lead costs in the store: microseconds of client and server CPU, bytes of memory.

    python -m benchmarks.store [--leads 100000] [--batch 100] [--fsync everysec|always] [--server redis]

Made-up leads: 8 keys each (about 6 of them new), a quarter are repeats of an earlier customer, a record of 200 bytes.
The client joins a lead to the entity of its first candidate when they share two keys; that judging is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import os
import platform
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

from redis import Redis

from leads.records import Decision, Evidence, Plan, RegisterAnswer, Registration, Share, Verdict
from stores.connect import connect
from stores.index import ValkeyIndex
from tests.parts import redis, valkey

T = TypeVar("T")

PLAN = Plan(
    "r1", "v1", "turn", "sales", tuple(Share(f"member{i}") for i in range(8)), "public", "unmatched", True, 86_400_000
)
EVIDENCE = (
    Evidence("phone", "exact", 14.2, 1),
    Evidence("name", "exact", 7.5, 1),
    Evidence("company", "close", 4.1, 1),
)


def leads(count: int, rng: random.Random) -> list[Registration]:
    """Customers with phone, mail, name and company keys; a repeat keeps the phone, the name and one more."""
    made: list[Registration] = []
    people: list[tuple[bytes, ...]] = []
    for i in range(count):
        if people and rng.random() < 0.25:
            known = rng.choice(people)
            keys = (known[0], _key("m", i), known[2], *known[3:6], _key("z", i), known[7])
        else:
            common, city = _key("n", rng.randrange(count // 4 + 1)), _key("c", int(rng.paretovariate(0.4)) % 500_000)
            keys = (*(_key(kind, i) for kind in "pmwsba"), common, city)
            people.append(keys)
        made.append(Registration(hashlib.blake2b(str(i).encode(), digest_size=16).digest(), keys, rng.randbytes(200)))
    return made


def _key(kind: str, value: int) -> bytes:
    return kind.encode() + hashlib.blake2b(f"{kind}{value}".encode(), digest_size=8).digest()


def judge(answer: RegisterAnswer) -> list[Decision]:
    """Overlaid with nothing: repeats inside a batch come out stale-free because they join by number."""
    decisions = []
    for one in answer.registered:
        near = [c for c in one.candidates if c.shared.bit_count() > 1][:1]
        verdict = Verdict("same", (near[0].seq,), 0, 0.99, 25.8, 0, EVIDENCE) if near else Verdict("new", account=0)
        met = {c.entity for c in one.candidates if c.entity in answer.entities} | {one.entity}
        seen = tuple((e, answer.entities[e].version) for e in met)
        decisions.append(
            Decision(one.event, one.seq, verdict, seen, PLAN, 1_700_000_000_000, 20_000, source="web", door="form")
        )
    return decisions


class Meter:
    """CPU of this process and of the server's main thread, by phase, in seconds."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.mine: Counter[str] = Counter()
        self.server: Counter[str] = Counter()

    async def run(self, phase: str, work: Awaitable[T]) -> T:
        server, mine = await self._server(), time.process_time()
        answer = await work
        self.mine[phase] += time.process_time() - mine
        self.server[phase] += await self._server() - server
        return answer

    async def _server(self) -> float:
        cpu = await self.client.info("cpu")
        return sum(float(cpu[name]) for name in ("used_cpu_user_main_thread", "used_cpu_sys_main_thread"))


async def measure(url: str, made: list[Registration], batch: int) -> None:
    client: Any = connect(url)
    index, meter = ValkeyIndex(client), Meter(client)
    empty = int((await client.info("memory"))["used_memory"])
    candidates = stale = 0
    for start in range(0, len(made), batch):
        answer = await meter.run("register", index.register("bench", made[start : start + batch]))
        candidates += sum(len(one.candidates) for one in answer.registered)
        done = await meter.run("commit", index.commit("bench", judge(answer)))
        stale += sum(one.outcome is None for one in done)
        if start % (100 * batch) == 0:
            await client.xtrim("{bench}j", maxlen=1, approximate=False)
    await client.xtrim("{bench}j", maxlen=1, approximate=False)
    n, used = len(made), int((await client.info("memory"))["used_memory"])
    for phase in meter.mine:
        mine, server = (spent[phase] / n * 1e6 for spent in (meter.mine, meter.server))
        print(f"{phase:9} client {mine:5.1f} us, server {server:5.1f} us of CPU a lead")
    stats = await index.stats("bench")
    print(f"memory    {(used - empty) / n:.0f} bytes a lead with the journal trimmed")
    print(f"leads     {stats.leads:,}, joined {stats.joined:,}, candidates {candidates / n:.1f} a lead, stale {stale}")
    seconds = await overlapped(index, made, batch)
    print(f"in all    {n / seconds:,.0f} leads/s, the next batch registered while this one commits")
    await client.aclose()


async def overlapped(index: ValkeyIndex, made: list[Registration], batch: int) -> float:
    """Seconds for all leads in another tenant, as the shell runs: two requests in flight, nothing metered."""
    began, committing = time.perf_counter(), None
    registering = asyncio.create_task(index.register("bench2", made[:batch]))
    for start in range(batch, len(made) + batch, batch):
        answer = await registering
        registering = asyncio.create_task(index.register("bench2", made[start : start + batch]))
        await asyncio.sleep(0)  # let it reach the wire before we compute
        decisions = judge(answer)
        if committing:
            await committing
        committing = asyncio.create_task(index.commit("bench2", decisions))
        await asyncio.sleep(0)
    await asyncio.gather(registering, *([committing] if committing else []))
    return time.perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--leads", type=int, default=100_000)
    options.add_argument("--batch", type=int, default=100)
    options.add_argument("--fsync", choices=("always", "everysec"), default="everysec")
    options.add_argument("--server", choices=("valkey", "redis"), default="valkey")
    chosen = options.parse_args()
    made = leads(chosen.leads, random.Random(1))
    gc.freeze()  # the made-up leads are not what is measured
    print(f"{platform.platform()}, {os.cpu_count()} cores, CPython {platform.python_version()}, {chosen}")
    with tempfile.TemporaryDirectory(prefix="ls") as directory:
        running = (
            redis.running(Path(directory))
            if chosen.server == "redis"
            else valkey.running(Path(directory), durable=chosen.fsync == "always")
        )
        with running as url, Redis.from_url(url) as client:
            server: Any = client.info("server")
            print(server.get("server_name", "redis"), server.get("valkey_version") or server["redis_version"])
            asyncio.run(measure(url, made, chosen.batch))


if __name__ == "__main__":
    main()
