"""``python -m benchmarks metering``: what it costs to be seen. The same leads through the real shell, counted and not counted.

CPU of the worker a lead, met in two ways. *By the clock*: what counting takes, clocked where it is done, and what the fold of the
journal for /metrics (``leadstream/folding.py``) takes, each against what a lead takes uncounted in the same round; so a busy machine
slows both sides alike. *Side by side*: takes of 1,600 leads are counted and not counted in turns, and the turns change places from
round to round, so each take is met both ways within seconds, at the same size of the index; the median of these differences also
has what counting does to the caches, and a spread as wide as the machine is busy.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import msgspec

from benchmarks import data, load
from benchmarks.profile import patched
from leadstream.configuration import config
from leadstream.folding import Fold
from leadstream.runtime import clock, settle_garbage
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal
from stores.stream_log import StreamPublisher
from streams.flow import Flow
from streams.metrics import Metrics, exposition, new_registry
from streams.pipeline import Pipeline, TenantSpec
from streams.relay import MOST
from streams.shell import Shell

TENANT = "metering"
ROUNDS = 40
CHUNK, MESSAGES = 50, 32  # leads a message, messages a take: a busy worker's sub-batches are full


def spec() -> TenantSpec:
    tenant = next(iter(config.load(config.DEFAULT, {}).tenants.values()))
    return TenantSpec(TENANT, b"a benchmark", tenant.policy(), tenant.preparation())


class Clocked:
    """Counts while ``on``, and adds up what that takes: CPU seconds in ``spent``."""

    on = True
    spent = 0.0

    def part(self, part: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*told: Any) -> Any:
            if not self.on:
                return None
            began = time.thread_time()
            given = part(*told)
            self.spent += time.thread_time() - began
            return given

        return clocked


class Round(msgspec.Struct):
    """CPU seconds of each take, of counting in it (nothing where it was not counted), of the fold of each part of the journal, and
    of a page."""

    takes: list[float]
    counting: list[float | None]
    folds: list[float]
    page: float


async def one_round(fields: list[dict[str, str]], counted: int) -> Round:
    home = Path(tempfile.mkdtemp(prefix="metering"))
    url = start_or_attach(home)
    client, publisher = connect(url), StreamPublisher(url)
    index, registry = ValkeyIndex(client), new_registry()
    metrics, counting = Metrics(registry), Clocked()
    policy = spec().policy

    async def now(tenant: str) -> Any:
        return policy

    policies = SimpleNamespace(now=now, known=lambda tenant: policy)
    try:
        shell = Shell(index, publisher, {TENANT: Pipeline(spec())}, clock, metrics, slot="metering")
        found = Round([], [], [], 0.0)
        messages = list(load.messages(load.rows(iter(fields), "metering"), TENANT, CHUNK))
        with patched(Flow, _tally=counting.part(Flow._tally), _count=counting.part(Flow._count)):
            for number, take in enumerate(load.grouped(messages, MESSAGES)):
                counting.on, counting.spent = number % 2 == counted, 0.0
                began = time.thread_time()
                await shell.process(take)
                found.takes.append(time.thread_time() - began)
                found.counting.append(counting.spent if counting.on else None)
        fold = Fold(SimpleNamespace(client=client, index=index, policies=policies), metrics, clock)  # type: ignore[arg-type]
        entries = await ValkeyJournal(client).read(TENANT, 0, 1 << 30)
        for start in range(0, len(entries), MOST):
            began = time.thread_time()
            await fold(TENANT, entries[start : start + MOST])
            found.folds.append(time.thread_time() - began)
        began = time.thread_time()
        exposition(registry)
        found.page = time.thread_time() - began
    finally:
        await publisher.stop()
        await client.aclose()
        stop(home)
    return found


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float]:
    return {
        "least": round(min(values), digits),
        "median": round(median(values), digits),
        "most": round(max(values), digits),
    }


def between(values: Sequence[float]) -> tuple[float, float]:
    """Where the median lies with 95 % confidence, whatever the values' distribution: by ranks."""
    off = 0.98 * len(values) ** 0.5
    ranked = sorted(values)
    return ranked[max(0, int(len(ranked) / 2 - off))], ranked[min(len(ranked) - 1, int(len(ranked) / 2 + off))]


def run(*, full: bool = False) -> dict[str, Any]:
    _, fields = data.leads10k()
    settle_garbage()
    asyncio.run(one_round(fields[:2_000], 0))  # tables are loaded once
    rounds = [asyncio.run(one_round(fields, number % 2)) for number in range(ROUNDS)]
    size = CHUNK * MESSAGES
    sizes = [len(fields[start : start + size]) for start in range(0, len(fields), size)]
    leads, counting, folds, shares, differences = [], [], [], [], []
    for one in rounds:
        took = list(zip(sizes, one.takes, one.counting, strict=True))
        plain = [(n, cpu) for n, cpu, spent in took if spent is None]
        counted = [(n, spent) for n, _, spent in took if spent is not None]
        leads.append(1e6 * sum(cpu for _, cpu in plain) / sum(n for n, _ in plain))
        counting.append(1e6 * sum(spent for _, spent in counted) / sum(n for n, _ in counted))
        folds.append(1e6 * sum(one.folds) / len(fields))
        shares.append((counting[-1] + folds[-1]) / leads[-1])
    for one, other in zip(rounds[::2], rounds[1::2], strict=True):
        for n, here, there, spent in zip(sizes, one.takes, other.takes, one.counting, strict=True):
            differences.append(1e6 * (there - here if spent is None else here - there) / n)
    low, high = between(differences)
    return {
        "leads": len(fields),
        "rounds": ROUNDS,
        "uncounted_us": spread(leads, 1),
        "counting_us": spread(counting),
        "fold_us": spread(folds),
        "all_share": spread(shares, 4),
        "side_by_side_us": {"low": round(low, 2), "median": round(median(differences), 2), "high": round(high, 2)},
        "page_ms": round(min(one.page for one in rounds) * 1e3, 1),
    }
