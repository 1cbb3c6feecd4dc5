"""What it costs to ask whether a customer is taken, and whether he may be called; and whether time tells what was answered.

    python -m benchmarks.questions [--leads 150000] [--asks 40000] [--fsync everysec|always]

Leads and customers as in benchmarks.store. Each asker asks one thing at a time; every conflict query writes its note. Without
the floor: it is there to take time. Then free and protected numbers are asked in turn through the floor, and told apart by time
as well as anybody could: the share of answers that the best single threshold would put on the right side (.5 is guessing).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.store import Meter, judge, leads
from leadstream.questions import until_floor
from stores import conflict, guard
from stores.connect import connect
from stores.index import ValkeyIndex
from tests.parts import valkey

ASKERS, FLOOR_S, PAIRS = 16, 0.05, 400
FREELY = conflict.Allowance(rate_per_s=1e6, burst=10**6, fishing=10**6)
Ask = Callable[[bytes, int], Awaitable[Any]]


async def filled(index: ValkeyIndex, count: int) -> tuple[list[bytes], int]:
    """Keys that somebody holds; how many customers there are."""
    made = leads(count, random.Random(1))
    for start in range(0, count, 200):
        await index.commit("bench", judge(await index.register("bench", made[start : start + 200])))
        if start % 20_000 == 0:
            await index.client.xtrim("{bench}j", maxlen=1, approximate=False)
    stats = await index.stats("bench")
    return [registration.keys[0] for registration in made], stats.leads - stats.joined


async def timed(client: Any, name: str, ask: Ask, keys: Sequence[bytes]) -> None:
    """One question at a time for its latency, then ASKERS at once for how many a second."""
    alone = []
    for n, key in enumerate(keys[: len(keys) // 10]):
        began = time.perf_counter()
        await ask(key, n)
        alone.append((time.perf_counter() - began) * 1e3)
    waits: list[float] = []

    async def asker(part: Sequence[bytes]) -> None:
        for n, key in enumerate(part):
            began = time.perf_counter()
            await ask(key, n)
            waits.append((time.perf_counter() - began) * 1e3)

    meter = Meter(client)
    began = time.perf_counter()
    work = asyncio.gather(*(asker(keys[n::ASKERS]) for n in range(ASKERS)))
    await meter.run(name, work)
    took = time.perf_counter() - began
    server = meter.server[name] / len(keys) * 1e6
    quantiles = [statistics.quantiles(times, n=100) for times in (alone, waits)]
    print(
        f"{name:9} {len(keys) / took:6,.0f}/s with {ASKERS} askers (p50 {quantiles[1][49]:.2f}, p99 {quantiles[1][98]:.2f} ms); "
        f"alone p50 {quantiles[0][49]:.2f}, p99 {quantiles[0][98]:.2f} ms; store {server:.0f} us of CPU: {1e6 / server:,.0f}/s a core"
    )


async def told_apart(ask: Ask, held: Sequence[bytes], free: Sequence[bytes], floor_s: float) -> float:
    """How well time alone tells protected from free, in [.5, 1]."""
    times: list[tuple[float, bool]] = []
    for n in range(PAIRS):
        for key, taken in ((held[n], True), (free[n], False)):
            began = time.monotonic()
            await ask(key, n)
            await until_floor(began, floor_s)
            times.append((time.monotonic() - began, taken))
    times.sort()
    below, best = 0, 0
    for _, taken in times:
        below += 1 if taken else -1
        best = max(best, abs(below))
    return 0.5 + best / len(times)


async def measure(url: str, count: int, asks: int) -> None:
    client: Any = connect(url)
    index, dice = ValkeyIndex(client), random.Random(2)
    held, customers = await filled(index, count)
    free = [b"p" + dice.randbytes(8) for _ in range(asks)]
    keys = [dice.choice(held) if n % 2 else free[n] for n in range(asks)]
    print(f"{customers:,} customers of {count:,} leads; half of what is asked is held by one")

    async def taken(key: bytes, n: int) -> Any:
        who = f"member{n % 50}"
        return await conflict.ask(client, "bench", [key], who, n, digest=key.hex() * 2, most=16, allowance=FREELY)

    async def may(key: bytes, n: int) -> Any:
        return await guard.look(client, "bench", [key], most=16)

    await timed(client, "conflict", taken, keys)
    await client.xtrim("{bench}j", maxlen=1, approximate=False)
    await timed(client, "guard", may, keys)
    gc.collect()
    for floor_s in (0.0, FLOOR_S):
        share = await told_apart(taken, held, free, floor_s)
        print(f"floor {floor_s * 1e3:3.0f} ms: time tells protected from free in {share:.0%} of {2 * PAIRS} answers")
    await client.aclose()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--leads", type=int, default=150_000)
    options.add_argument("--asks", type=int, default=40_000)
    options.add_argument("--fsync", choices=("always", "everysec"), default="everysec")
    chosen = options.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, CPython {platform.python_version()}, {chosen}")
    with (
        tempfile.TemporaryDirectory(prefix="ls") as directory,
        valkey.running(Path(directory), durable=chosen.fsync == "always") as url,
    ):
        asyncio.run(measure(url, chosen.leads, chosen.asks))


if __name__ == "__main__":
    main()
