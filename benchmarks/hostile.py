"""``python -m benchmarks hostile``: streams made to hurt. CPU a lead of worker and store against ordinary leads.

Each stream goes through the real shell into a store of its own, everything up to the commit. CPU time, not the clock: what
else the machine does must not count. ``last_us`` is of the last fifth of a stream: what grows with the stream shows there.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import load
from benchmarks.machine import cpu_s
from leads.policy import Policy
from leads.preparation import Preparation
from leadstream.dedupe import Nowhere
from stores.connect import connect
from stores.demoted import counted, large
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.lookup import memory, roots
from streams.intake import take
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline, TenantSpec
from streams.shell import Shell

TENANT = "hostile"
TAKE = 400
#: A customer with more leads is flagged (the default of ``large_customer``).
LARGE = 1_000
SIZE, FULL_SIZE = 20_000, 100_000

Fields = dict[str, str]


class Figures(msgspec.Struct):
    """``worker_us``, ``store_us``: CPU a lead over all; ``last_us``: both, over the last fifth. ``worker_grew_mb``: what
    this process took more in the second half. ``largest``: leads of the largest customer; ``flagged``: customers listed as
    too large; ``demoted``: keys that are no evidence any more. ``slower``: CPU of the busier of the two against ordinary
    leads."""

    leads: int
    worker_us: float
    store_us: float
    last_us: float
    bytes_per_lead: float
    worker_grew_mb: float
    outcomes: dict[str, int]
    largest: int
    flagged: int
    demoted: int
    slower: float = 1.0


def _shared(**always: str) -> Iterator[Fields]:
    """Ordinary leads that all have these values."""
    for lead in load.fields(5):
        yield lead | always


def _only(**always: str) -> Iterator[Fields]:
    while True:
        yield dict(always)


def _noise() -> Iterator[Fields]:
    """Random bytes in every field, read as text."""
    rng = random.Random(5)
    names = ("name", "company", "phone", "email", "wechat", "city", "address", "message", "title")
    while True:
        yield {name: rng.randbytes(rng.randrange(1, 60)).decode("utf-8", "replace") for name in names}


def _letters() -> Iterator[Fields]:
    """Noise that passes for values: every key is a new one."""
    rng = random.Random(5)
    for number in count():
        word = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=8))
        yield {"name": f"{word[:4]} {word[4:]}", "phone": f"1{3_000_000_000 + number}", "email": f"{word}@{word}.com"}


STREAMS: dict[str, Callable[[], Iterator[Fields]]] = {
    "ordinary": lambda: load.fields(5),
    "one phone, other people": lambda: _shared(phone="13812345678"),
    "one e-mail, other people": lambda: _shared(email="flood1@163.com"),
    "one company, other people": lambda: _shared(company="上海润佳贸易有限公司", city="上海"),
    "nothing but one phone": lambda: _only(phone="13812345678"),
    "nothing but one e-mail": lambda: _only(email="flood1@163.com"),
    "nothing but one company": lambda: _only(company="上海润佳贸易有限公司"),
    "one lead again and again": lambda: _only(name="张伟国", phone="13812345678", email="flood1@163.com", city="上海"),
    "random bytes": _noise,
    "random letters": _letters,
}


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def measure(name: str, size: int, home: str) -> Figures:
    """One stream of ``size`` leads into the empty store at ``home``. Raises StoreDown."""
    client: Any = connect(start_or_attach(home, fsync="everysec"))
    try:
        pipeline = Pipeline(TenantSpec(TENANT, b"hostile", Policy(version="v"), Preparation(country="CN")))
        shell = Shell(
            ValkeyIndex(client), Nowhere(), {TENANT: pipeline}, lambda: 0, Metrics(new_registry()), slot="hostile"
        )
        leads = load.messages(load.rows(STREAMS[name](), "hostile"), TENANT, 1)
        store = int((await client.info("server"))["process_id"])
        seqs, outcomes = array("L"), Counter[str]()
        spent = [(time.process_time(), cpu_s(store))]
        empty = (await memory(client))[0]
        for start in range(0, size, TAKE):
            messages = list(islice(leads, min(TAKE, size - start)))
            done = await shell.judge_now(take(messages, {TENANT}))
            seqs.extend(outcome.seq for outcome in done if outcome.seq)
            outcomes.update(f"{outcome.code}/{outcome.reason}" for outcome in done)
            if start < size / 2:
                half_mb = _resident_mb()
            if start // TAKE % 10 == 9:
                await client.xtrim(Keys.of(TENANT).journal, maxlen=1, approximate=False)
            spent.append((time.process_time(), cpu_s(store)))
        await client.xtrim(Keys.of(TENANT).journal, maxlen=1, approximate=False)
        used = (await memory(client))[0] - empty
        grew_mb = _resident_mb() - half_mb
        sizes = Counter(await roots(client, TENANT, seqs))
        worker, served = (spent[-1][i] - spent[0][i] for i in (0, 1))
        fifth = len(spent) * 4 // 5
        last = sum(spent[-1][i] - spent[fifth][i] for i in (0, 1)) / (TAKE * (len(spent) - 1 - fifth))
        return Figures(
            outcomes.total(),
            round(worker / size * 1e6, 1),
            round(served / size * 1e6, 1),
            round(last * 1e6, 1),
            round(used / size, 1),
            round(grew_mb, 1),
            dict(outcomes),
            max(sizes.values(), default=0),
            len(await large(client, TENANT, LARGE)),
            (await counted(client, TENANT))["full"],
        )
    finally:
        await client.aclose()


def run(*, full: bool, names: tuple[str, ...] = tuple(STREAMS)) -> dict[str, Any]:
    """Figures of each stream."""
    size = FULL_SIZE if full else SIZE
    found: dict[str, Any] = {}
    normal = 0.0
    for name in names:
        with tempfile.TemporaryDirectory(prefix="ls") as home:
            try:
                figures = asyncio.run(measure(name, size, home))
            finally:
                stop(home)
        busier = max(figures.worker_us, figures.store_us)
        normal = normal or busier
        figures.slower = round(busier / normal, 2)
        print(name, figures, flush=True)
        found[name] = msgspec.to_builtins(figures)
    return {"leads": size, "streams": found}
