"""``python -m benchmarks.scale``: what a load needs and costs, from the measured costs of a lead: the tables of docs/scale.md.

python -m benchmarks.scale --vcpu-hour 0.04 --gb-month 3 --days 30 --mean 0.1 --busy 0.6
python -m benchmarks.scale --measure    # first what a tenant costs who gets nothing, kept in results/scale.json
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from math import ceil
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.machine import cpu_s, facts
from benchmarks.report import table
from benchmarks.results import keep, kept
from stores.connect import connect
from stores.journal import ValkeyJournal
from streams.relay import HOLD_MS, MOST
from tests.parts import valkey

#: Forms a second that one door took while worker, store and visitors shared two cores with it (tests/chaos/test_overload.py).
DOOR_PER_S = 738
#: Memory of a shard that is filled, GB; as much again is free while its append-only file is rewritten.
SHARD_GB = 32
HOURS_A_MONTH = 730


class Costs(msgspec.Struct, frozen=True):
    """Of one lead: CPU in microseconds of worker, store and door; bytes it takes in the index."""

    worker_us: float
    store_us: float
    door_us: float
    index_bytes: float
    look_us: float  # of a worker, to find that a tenant's journal has nothing to relay


class Prices(msgspec.Struct, frozen=True):
    """``days`` a lead is kept, ``mean`` load over the peak, ``busy``: how much of a CPU is planned for; dollars."""

    vcpu_hour: float = 0.04
    gb_month: float = 3.0
    days: float = 30.0
    mean: float = 0.1
    busy: float = 0.6


class Needs(msgspec.Struct, frozen=True):
    doors: int
    workers: int
    partitions: int
    shards_cpu: int
    shards_memory: int
    memory_gb: float
    dollars_cpu: float
    dollars_memory: float


def measured() -> Costs:
    """Single leads on Kafka with ten thousand in the index, times what a lead costs more once a tenant has a million."""
    lead = _figures("distributed")["single leads"]
    small, *_, large = _figures("growth")["points"]
    return Costs(
        worker_us=lead["worker_us"] * large["worker_us"] / small["worker_us"],
        store_us=lead["store_us"] * large["store_us"] / small["store_us"],
        door_us=1e6 / DOOR_PER_S,
        index_bytes=large["store_bytes_per_lead"],
        look_us=_figures("scale")["worker_us"],
    )


async def look_at_tenants(tenants: int = 5_000) -> dict[str, float]:
    """Microseconds a tenant who gets nothing, each time the relay comes by: of the clock, of worker and of store."""
    with tempfile.TemporaryDirectory(prefix="ls") as home, valkey.running(Path(home)) as url:
        client = connect(url)
        journal, server = ValkeyJournal(client), int((Path(home) / "store.pid").read_text())
        clock, worker, store = time.perf_counter(), time.process_time(), cpu_s(server)
        for n in range(tenants):
            await journal.hold(f"tenant-{n}", "relay", HOLD_MS)
            await journal.take(f"tenant-{n}", MOST)
        spent = (time.perf_counter() - clock, time.process_time() - worker, cpu_s(server) - store)
        await client.aclose()
    return {
        name: round(seconds * 1e6 / tenants, 1)
        for name, seconds in zip(("clock_us", "worker_us", "store_us"), spent, strict=True)
    }


def _figures(name: str) -> dict[str, Any]:
    found = kept(name)
    assert found, f"run python -m benchmarks {name} first"
    figures: dict[str, Any] = found["figures"]
    return figures


def needs(per_s: float, costs: Costs, prices: Prices) -> Needs:
    """For a peak of ``per_s`` leads a second, in at least as many tenants as there are shards."""

    def processes(us: float) -> int:
        return ceil(per_s * us / 1e6 / prices.busy)

    doors, workers, shards = processes(costs.door_us), processes(costs.worker_us), processes(costs.store_us)
    leads = per_s * prices.mean * 86_400 * prices.days
    index_gb = leads * costs.index_bytes / 1e9
    cpu = (doors + workers + shards) * prices.vcpu_hour * HOURS_A_MONTH
    return Needs(
        doors=doors,
        workers=workers,
        partitions=max(12, 2 * workers),
        shards_cpu=shards,
        shards_memory=ceil(index_gb / SHARD_GB),
        memory_gb=2 * index_gb,
        dollars_cpu=cpu,
        dollars_memory=2 * index_gb * prices.gb_month,
    )


def page(costs: Costs, prices: Prices) -> str:
    found = [(per_s, needs(per_s, costs, prices)) for per_s in (100, 10_000, 1_000_000)]
    lines = [
        (
            f"{per_s:,}",
            *(f"{n:,}" for n in (one.doors, one.workers, one.partitions, one.shards_cpu, one.shards_memory)),
            f"{one.memory_gb:,.0f}",
            f"{one.dollars_cpu:,.0f}",
            f"{one.dollars_memory:,.0f}",
        )
        for per_s, one in found
    ]
    head = ("leads/s at the peak", "doors", "workers", "partitions", "shards by CPU", "shards by memory", "GB")
    most = prices.busy * 1e6 / costs.store_us
    return "\n\n".join(
        (
            f"A lead: worker {costs.worker_us:.0f} us, store {costs.store_us:.0f} us, door {costs.door_us:.0f} us, "
            f"index {costs.index_bytes:.0f} bytes.",
            table((*head, "$ CPU a month", "$ memory a month"), lines),
            f"Ten thousand tenants who get nothing: a pass of the relay takes {costs.look_us / 100:.1f} s of a worker's CPU.",
            f"One tenant is never more than one shard: {most:,.0f} leads/s, {SHARD_GB * 1e9 / costs.index_bytes:,.0f} leads.",
        )
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in msgspec.structs.asdict(Prices()).items():
        options.add_argument(f"--{name.replace('_', '-')}", type=float, default=value)
    options.add_argument("--measure", action="store_true")
    given = vars(options.parse_args())
    if given.pop("measure"):
        keep("scale", facts(), asyncio.run(look_at_tenants()))
    print(page(measured(), Prices(**given)))


if __name__ == "__main__":
    main()
