"""``python -m benchmarks metering``: what it costs to be seen. The same leads through the real shell, counted and not counted.

CPU of the worker a lead, the two side by side in turns, the best of each, since a busy machine only ever adds. The fold of the journal for
/metrics (``leadstream/folding.py``) and one page are metered apart, by what they take a lead and a scrape.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks import data, load
from leadstream import config
from leadstream.folding import Fold
from leadstream.runtime import clock, settle_garbage
from leadstream.worker import MOST
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal
from stores.stream_log import StreamPublisher
from streams.metrics import Metrics, exposition, new_registry
from streams.pipeline import Pipeline, TenantSpec
from streams.shell import Shell

TENANT = "metering"
ROUNDS = 3


def spec() -> TenantSpec:
    tenant = next(iter(config.load(config.DEFAULT, {}).tenants.values()))
    return TenantSpec(TENANT, b"a benchmark", tenant.policy(), tenant.preparation())


class Uncounted(Metrics):
    """Takes what it is told and counts nothing."""

    def observe_batch(self, *_: Any, **__: Any) -> None:
        return

    def timed(self, *_: Any) -> None:
        return


async def through(fields: list[dict[str, str]], kind: type[Metrics]) -> dict[str, float]:
    """CPU microseconds a lead of the shell, and of the fold over its journal; milliseconds of a page."""
    home = Path(tempfile.mkdtemp(prefix="metering"))
    url = start_or_attach(home)
    client, publisher = connect(url), StreamPublisher(url)
    index, registry = ValkeyIndex(client), new_registry()
    metrics = kind(registry)
    try:
        shell = Shell(index, publisher, {TENANT: Pipeline(spec())}, clock, metrics, slot="metering")
        messages = list(load.messages(load.rows(iter(fields), "metering"), TENANT, 50))
        began = time.thread_time()
        for take in load.grouped(messages, MOST):
            await shell.process(take)
        shell_s = time.thread_time() - began
        policy = spec().policy

        async def now(tenant: str) -> Any:
            return policy

        policies = SimpleNamespace(now=now, known=lambda tenant: policy)
        fold = Fold(SimpleNamespace(client=client, index=index, policies=policies), metrics, clock)  # type: ignore[arg-type]
        entries = await ValkeyJournal(client).read(TENANT, 0, 1 << 30)
        began = time.thread_time()
        for start in range(0, len(entries), 5_000):
            await fold(TENANT, entries[start : start + 5_000])
        fold_s = time.thread_time() - began
        began = time.thread_time()
        exposition(registry)
        page_s = time.thread_time() - began
    finally:
        await publisher.stop()
        await client.aclose()
        stop(home)
    return {"shell_us": shell_s / len(fields) * 1e6, "fold_us": fold_s / len(entries) * 1e6, "page_ms": page_s * 1e3}


def run(*, full: bool = False) -> dict[str, Any]:
    _, fields = data.leads10k()
    settle_garbage()
    asyncio.run(through(fields[:2_000], Metrics))  # tables are loaded once
    rounds: dict[str, list[dict[str, float]]] = {"counted": [], "uncounted": []}
    for _ in range(ROUNDS):
        for name, kind in (("uncounted", Uncounted), ("counted", Metrics)):
            rounds[name].append(asyncio.run(through(fields, kind)))
            print(f"  {name:10} {rounds[name][-1]}", flush=True)
    without, with_ = (min(one["shell_us"] for one in rounds[name]) for name in ("uncounted", "counted"))
    fold = min(one["fold_us"] for one in rounds["counted"])
    return {
        "leads": len(fields),
        "uncounted_us": round(without, 1),
        "counted_us": round(with_, 1),
        "fold_us": round(fold, 1),
        "page_ms": round(min(one["page_ms"] for one in rounds["counted"]), 1),
        "counting_share": round((with_ - without) / without, 4),
        "all_share": round((with_ - without + fold) / without, 4),
        "rounds": {name: [round(one["shell_us"], 1) for one in found] for name, found in rounds.items()},
    }
