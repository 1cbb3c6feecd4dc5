"""``python -m benchmarks workers``: what a second and a fourth worker add, on Kafka with one store.

Two cores cannot show it as they are, since broker, store and workers share them. So each worker may have a small share of a core and
no more: a quota of the kernel (cgroup ``cpu.cfs_quota_us``, or ``cpu.max``; needs root), put on once it has started. Broker and store
have what they need. Single leads of one tenant, 12 partitions; one, two and four workers after each other on one backlog,
so that the growth of the index speaks against the many. Counted are the store's outcomes over a window.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

from redis.asyncio import Redis

from benchmarks import load
from benchmarks.machine import cpu_s
from benchmarks.site import MAIN, Site, publish
from leads.errors import Misconfigured
from stores.layout import Keys, slot_key
from streams.admin import apply
from streams.topics import declared
from tests.parts.kafka import Kafka

#: Of a core, for each worker.
SHARE = 0.1
ORDER = (1, 2, 4)
PARTITIONS, LEADS = 12, 200_000
WARM_S, WINDOW_S = 5.0, 20.0


class Quota:
    """A share of a core for each process, by the kernel, until the block ends: by then the processes must have ended. Raises
    Misconfigured where this user may not set one."""

    def __init__(self) -> None:
        old, new = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
        self._v1 = (old / "cpu.cfs_quota_us").exists() or (old / "cgroup.procs").exists()
        self._home = old if self._v1 else new
        self._made: list[Path] = []

    def __enter__(self) -> Quota:
        return self

    def put(self, process: int) -> None:
        home = self._home / f"leadstream-{process}"
        try:
            home.mkdir()
            self._made.append(home)
            if self._v1:
                (home / "cpu.cfs_period_us").write_text("20000")
                (home / "cpu.cfs_quota_us").write_text(str(int(20_000 * SHARE)))
            else:
                (home / "cpu.max").write_text(f"{int(20_000 * SHARE)} 20000")
            (home / "cgroup.procs").write_text(str(process))
        except OSError as error:
            raise Misconfigured([("cgroup", f"{home} cannot be used ({error.strerror}); run as root")]) from error

    def __exit__(self, *_: object) -> None:
        for home in self._made:
            home.rmdir()


@contextlib.contextmanager
def workers(site: Site, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [
        sys.executable,
        "-m",
        "leadstream",
        "worker",
        "--config",
        str(site.file),
        "--metrics-port",
        "0",
        "--slot",
    ]
    with (site.home / "worker.log").open("ab") as log:
        made = [subprocess.Popen([*command, f"w{n}"], env=site.env, stdout=log, stderr=log) for n in range(count)]
    try:
        yield made
    finally:
        for one in made:
            one.terminate()
        for one in made:
            try:
                one.wait(60)
            except subprocess.TimeoutExpired:  # it must not outlive us, nor its quota
                one.kill()
                one.wait()


async def decided(client: Redis) -> int:
    return int(await client.hget(Keys.of(MAIN).counters, "journal") or 0)  # type: ignore[misc]


async def phase(site: Site, count: int) -> dict[str, float]:
    """Leads a second of so many workers, and CPU microseconds a lead of all of them and of the store."""
    client: Any = site.runtime.client
    with Quota() as quota, workers(site, count) as made:
        deadline = time.monotonic() + 90
        while not await _share(site, count):
            if time.monotonic() > deadline:
                raise RuntimeError(f"{count} workers do not share the work:\n{site.log()}")
            await asyncio.sleep(0.2)
        for one in made:
            quota.put(one.pid)
        await asyncio.sleep(WARM_S)
        before, cpu, store, began = await decided(client), _cpu(made), cpu_s(site.store), time.perf_counter()
        await asyncio.sleep(WINDOW_S)
        done, took = await decided(client) - before, time.perf_counter() - began
        spent, by_store = _cpu(made) - cpu, cpu_s(site.store) - store
    used = spent / took / SHARE / count
    if used < 0.9:
        raise RuntimeError(f"{count} workers had nothing to do for part of the time:\n{site.log()}")
    return {
        "leads_per_s": round(done / took, 1),
        "worker_us": round(spent / done * 1e6),
        "store_us": round(by_store / done * 1e6),
        "store_busy": round(by_store / took, 3),
        "quota_used": round(used, 2),
    }


async def _share(site: Site, count: int) -> bool:
    """Whether every worker has had something in hand."""
    client: Any = site.runtime.client
    return int(await client.exists(*(slot_key(f"w{n}") for n in range(count)))) == count


def _cpu(made: list[subprocess.Popen[bytes]]) -> float:
    return sum(cpu_s(one.pid) for one in made)


async def all_phases(bootstrap: str, home: Path) -> dict[int, list[dict[str, float]]]:
    apply(bootstrap, declared(PARTITIONS))
    site = Site(home, bootstrap, PARTITIONS)
    found: dict[int, list[dict[str, float]]] = defaultdict(list)
    try:
        await site.open()
        messages = list(islice(load.messages(load.rows(load.fields(3), "workers"), MAIN, 1), LEADS))
        await publish(site, messages, 200)
        for count in ORDER:
            for n in range(max(ORDER)):
                await site.runtime.client.delete(slot_key(f"w{n}"))
            found[count].append(await phase(site, count))
            print(count, found[count][-1], flush=True)
    finally:
        await site.close()
    return found


def run(*, full: bool) -> dict[str, Any]:
    """The figures. ``full`` changes nothing here."""
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        broker = Kafka(Path(home) / "kafka")
        broker.start()
        try:
            found = asyncio.run(all_phases(broker.bootstrap, Path(home)))
        finally:
            broker.stop()
    rate = {count: mean(one["leads_per_s"] for one in phases) for count, phases in found.items()}
    return {
        "share of a core for each worker": SHARE,
        "phases": {str(count): phases for count, phases in found.items()},
        "two / one": round(rate[2] / rate[1], 2),
        "four / one": round(rate[4] / rate[1], 2),
    }
