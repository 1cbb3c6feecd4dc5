"""An installation in a temporary folder: the shipped rules, our real worker as a process, and a reader of its outcomes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import yaml

from benchmarks.machine import cpu_s
from leadstream.configuration import config
from leadstream.inline import prepare_log
from leadstream.runtime import Runtime
from streams.ports import Message
from streams.topics import OUTCOMES, RAW

#: The tenant whose leads are measured, and the one whose leads only warm the worker up.
MAIN, WARM = "main", "warm"
#: What a worker may take to end in order.
END_S = 20
_SECRET = "a secret of a benchmark"


class Drained(msgspec.Struct):
    """What one worker did between two moments. CPU of the worker and of the store, microseconds a lead."""

    leads: int
    leads_per_s: float
    worker_us: float
    store_us: float

    @classmethod
    def of(cls, leads: int, began: Reading, ended: Reading) -> Drained:
        worker, store = ((b - a) / leads * 1e6 for a, b in zip(began.cpu, ended.cpu, strict=True))
        return cls(leads, round(leads / (ended.at - began.at), 1), round(worker, 1), round(store, 1))


class Reading(msgspec.Struct):
    """A look at the clock and at the CPU seconds of worker and store."""

    at: float
    cpu: tuple[float, float]


class Site:
    """``kafka``: brokers of a real cluster; without them the embedded log. Close it."""

    def __init__(self, home: Path, kafka: str = "", partitions: int = 1) -> None:
        self.home = home
        raw = yaml.safe_load(config.DEFAULT.read_text(encoding="utf-8"))
        if kafka:
            raw["log"] = {"kind": "kafka", "bootstrap": [kafka], "partitions": partitions}
        for name in (MAIN, WARM):
            raw["tenants"][name] = {**raw["tenants"]["main"], "key_env": "BENCH_SECRET"}
        raw |= {"store": {}, "gateway": {"secret_env": "BENCH_SECRET"}}
        self.file = home / "leadstream.yaml"
        self.file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        self.env = {**os.environ, "BENCH_SECRET": _SECRET, "LEADSTREAM_DATA": str(home / "data")}
        self.settings = config.load(self.file, self.env)
        self.runtime = Runtime(self.settings, self.env)
        self.worker: subprocess.Popen[bytes] | None = None
        self.store = 0

    async def open(self) -> None:
        """Groups of the log, before anything is published."""
        self.store = int((await self.runtime.client.info("server"))["process_id"])
        if self.runtime.embedded_log:
            await prepare_log(self.runtime)

    def start_worker(self) -> None:
        command = [sys.executable, "-m", "leadstream", "worker", "--config", str(self.file), "--metrics-port", "0"]
        with (self.home / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(command, env=self.env, stdout=log, stderr=log)

    def read(self) -> Reading:
        assert self.worker is not None
        return Reading(perf_counter(), (cpu_s(self.worker.pid), cpu_s(self.store)))

    def check(self) -> None:
        """Raises when the worker has died: a benchmark must not wait for ever."""
        assert self.worker is not None
        if self.worker.poll() is not None:
            raise RuntimeError(f"the worker ended with {self.worker.returncode}:\n{self.log()}")

    def log(self) -> str:
        return (self.home / "worker.log").read_text()[-2_000:]

    async def close(self) -> None:
        if self.worker:
            self.worker.terminate()
            try:
                self.worker.wait(END_S)
            except subprocess.TimeoutExpired:
                print(f"note: the worker did not end within {END_S} s of SIGTERM and was killed", flush=True)
                self.worker.kill()
                self.worker.wait()
        await self.runtime.close()
        from leadstream.service import store_home
        from stores.embedded import stop

        stop(store_home(self.runtime.data))


async def publish(site: Site, messages: Sequence[Message], at_once: int) -> None:
    """As the doors do: ``at_once`` messages a call, 32 calls at a time."""
    calls = [messages[start : start + at_once] for start in range(0, len(messages), at_once)]
    for start in range(0, len(calls), 32):
        await asyncio.gather(*(site.runtime.publisher.publish(RAW, call) for call in calls[start : start + 32]))


class Outcomes:
    """A reader of the embedded log's outcomes: counts them as they are published."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.count = 0
        self._consumer = site.runtime.consumer("bench", "bench")
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._consumer.join(OUTCOMES)
        self._task = asyncio.create_task(self._consumer.run(OUTCOMES, self._note, most=1_000, within_s=0.0))

    async def _note(self, messages: Sequence[Any]) -> None:
        self.count += len(messages)
        self._arrived.set()

    async def reach(self, count: int) -> None:
        """Returns when so many outcomes were published."""
        while self.count < count:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), 5.0)
            except TimeoutError:
                self.site.check()

    async def close(self) -> None:
        await self._consumer.stop()
        if self._task:
            await self._task


async def drain(site: Site, reach: Callable[[int], Any], warm: int, leads: int) -> Drained:
    """Start the worker on a log that holds ``warm`` leads and then ``leads`` more; clock and CPU over the latter."""
    site.start_worker()
    await reach(warm)
    began = site.read()
    await reach(warm + leads)
    return Drained.of(leads, began, site.read())
