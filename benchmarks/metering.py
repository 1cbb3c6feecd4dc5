"""``python -m benchmarks metering``: what it costs to be seen. The same leads through the real shell, counted and not counted.

CPU of the worker a lead. Batches of 1,600 leads are counted and not counted in turns, and the turns change places from round to
round: each batch is met both ways within seconds, at the same size of the index, and the best of the rounds counts, since a busy
machine only ever adds. The fold of the journal for /metrics (``leadstream/folding.py``), best of the rounds too, and one page are
metered apart, by what they take a lead and a scrape.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from benchmarks import data, load
from leadstream.configuration import config
from leadstream.folding import Fold
from leadstream.runtime import clock, settle_garbage
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal
from stores.stream_log import StreamPublisher
from streams.metrics import Metrics, exposition, new_registry
from streams.pipeline import Pipeline, TenantSpec
from streams.relay import MOST
from streams.shell import Shell

TENANT = "metering"
ROUNDS = 20
CHUNK, MESSAGES = 50, 32  # a busy worker's sub-batches are full


def spec() -> TenantSpec:
    tenant = next(iter(config.load(config.DEFAULT, {}).tenants.values()))
    return TenantSpec(TENANT, b"a benchmark", tenant.policy(), tenant.preparation())


class Switched(Metrics):
    """Takes what it is told, and counts it while ``on``."""

    on = True

    def observe_batch(self, *told: Any, **more: Any) -> None:
        if self.on:
            super().observe_batch(*told, **more)

    def timed(self, *told: Any) -> None:
        if self.on:
            super().timed(*told)


class Round(msgspec.Struct):
    """CPU seconds of each batch (those of ``counted`` were), of the fold of each part of the journal, and of a page."""

    counted: int  # 0: the even batches, 1: the odd ones
    batches: list[float]
    folds: list[float]
    page: float


async def one_round(fields: list[dict[str, str]], counted: int) -> Round:
    home = Path(tempfile.mkdtemp(prefix="metering"))
    url = start_or_attach(home)
    client, publisher = connect(url), StreamPublisher(url)
    index, registry = ValkeyIndex(client), new_registry()
    metrics = Switched(registry)
    policy = spec().policy

    async def now(tenant: str) -> Any:
        return policy

    policies = SimpleNamespace(now=now, known=lambda tenant: policy)
    try:
        shell = Shell(index, publisher, {TENANT: Pipeline(spec())}, clock, metrics, slot="metering")
        batches, folds = [], []
        messages = list(load.messages(load.rows(iter(fields), "metering"), TENANT, CHUNK))
        for number, take in enumerate(load.grouped(messages, MESSAGES)):
            metrics.on = number % 2 == counted
            began = time.thread_time()
            await shell.process(take)
            batches.append(time.thread_time() - began)
        fold = Fold(SimpleNamespace(client=client, index=index, policies=policies), metrics, clock)  # type: ignore[arg-type]
        entries = await ValkeyJournal(client).read(TENANT, 0, 1 << 30)
        for start in range(0, len(entries), MOST):
            began = time.thread_time()
            await fold(TENANT, entries[start : start + MOST])
            folds.append(time.thread_time() - began)
        began = time.thread_time()
        exposition(registry)
        page = time.thread_time() - began
    finally:
        await publisher.stop()
        await client.aclose()
        stop(home)
    return Round(counted, batches, folds, page)


def best(rounds: list[list[float]], leads: int) -> float:
    """Microseconds a lead: of each part the best round, summed."""
    return sum(map(min, zip(*rounds, strict=True))) / leads * 1e6


def run(*, full: bool = False) -> dict[str, Any]:
    _, fields = data.leads10k()
    settle_garbage()
    asyncio.run(one_round(fields[:2_000], 0))  # tables are loaded once
    rounds = [asyncio.run(one_round(fields, number % 2)) for number in range(ROUNDS)]
    turns = range(len(rounds[0].batches))
    took = {on: [[r.batches[n] for r in rounds if (n % 2 == r.counted) is on] for n in turns] for on in (False, True)}
    without, with_ = (sum(map(min, took[on])) / len(fields) * 1e6 for on in (False, True))
    fold = best([one.folds for one in rounds], len(fields))
    return {
        "leads": len(fields),
        "rounds": ROUNDS,
        "uncounted_us": round(without, 1),
        "counted_us": round(with_, 1),
        "fold_us": round(fold, 1),
        "page_ms": round(min(one.page for one in rounds) * 1e3, 1),
        "counting_share": round((with_ - without) / without, 4),
        "all_share": round((with_ - without + fold) / without, 4),
    }
