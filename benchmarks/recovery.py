"""``python -m benchmarks recovery``: how long the embedded service takes to come back, and what brings it back.

100,000 leads (``--full``: a million) through ``leadstream up`` and ``leadstream import``, as a person would. Then, one after the
other: every process killed and the service started again; a clean stop and a start; a backup while it runs, and its restore
elsewhere; a rebuild of the store from the archive, whose tables must have the digests they had; what ``doctor`` says of it.

A start is measured from the command until ``/readyz`` says yes, and until the first lead handed in after that has its outcome. CPU
tells what a busy machine hides.
"""

from __future__ import annotations

import asyncio
import csv
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import yaml
from redis import Redis

from benchmarks import load
from benchmarks.machine import cpu_s
from leadstream.configuration import config
from leadstream.runtime import Runtime
from leadstream.service import Service, store_home
from stores.digest import digests
from stores.embedded import socket_path
from tests.parts.kafka import free_port

TENANT = "main"
SIZE, FULL_SIZE = 100_000, 1_000_000


class House:
    """An installation whose people have no caps: with a million leads everybody would be full."""

    def __init__(self, home: Path) -> None:
        self.home, self.data, self.port = home, home / "data", free_port()
        raw = yaml.safe_load(config.DEFAULT.read_text(encoding="utf-8"))
        raw["data"], raw["gateway"]["port"] = str(self.data), self.port
        raw["tenants"][TENANT]["ownership"].pop("max_open")
        for member in raw["tenants"][TENANT]["members"].values():
            member.pop("max_day", None)
            member.pop("max_open", None)
        self.file = home / "leadstream.yaml"
        self.file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")

    def run(self, *words: str) -> str:
        """A command of the command line. Gives what it printed."""
        command = [sys.executable, "-m", "leadstream", *words, "--config", str(self.file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stdout[-1_000:]}{done.stderr[-1_000:]}")
        return done.stdout

    def store(self) -> Redis:
        return Redis(unix_socket_path=str(socket_path(store_home(self.data))), socket_timeout=600)

    def store_process(self) -> int:
        with self.store() as store:
            return int(store.info("server")["process_id"])

    def parts(self) -> dict[str, int]:
        """Process ids of supervisor, worker, gateway and store."""
        supervisor = Service(self.data).pid()
        assert supervisor is not None
        found = {"supervisor": supervisor, "store": self.store_process()}
        for child in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            found[words[3].decode()] = int(child)
        return found

    def start(self) -> dict[str, float]:
        """Seconds from ``leadstream up`` to ready, and to the first outcome; CPU seconds of the store by then."""
        url, began = f"http://127.0.0.1:{self.port}", time.perf_counter()
        up = subprocess.Popen(
            [sys.executable, "-m", "leadstream", "up", "--config", str(self.file), "--metrics-port", str(free_port())]
        )
        with httpx.Client(base_url=url) as door:
            while not _ready(door):
                time.sleep(0.02)
            ready = time.perf_counter() - began
            sent = door.post("/v1/forms/web", json={"name": "王伟", "phone": f"138{time.time_ns() % 10**8:08d}"})
            asyncio.run(self._decided(bytes.fromhex(sent.raise_for_status().json()["receipt"])))
            decided = time.perf_counter() - began
        up.wait()
        return {"ready_s": round(ready, 1), "decided_s": round(decided, 1), "store_cpu_s": cpu_s(self.store_process())}

    async def _decided(self, event: bytes) -> None:
        runtime = self.runtime()
        try:
            while not (await runtime.index.outcomes(TENANT, [event]))[0]:  # noqa: ASYNC110  (the store tells nobody)
                await asyncio.sleep(0.01)
        finally:
            await runtime.close()

    def runtime(self) -> Runtime:
        return Runtime(config.load(self.file, {}), {})

    async def digests(self) -> dict[str, str]:
        runtime = self.runtime()
        try:
            return await digests(runtime.client, TENANT)
        finally:
            await runtime.close()

    def kill(self) -> None:
        """Everything at once, the supervisor first so that it starts nothing again."""
        for process in self.parts().values():
            os.kill(process, signal.SIGKILL)
        while Service(self.data).pid():
            time.sleep(0.01)

    def log_mb(self) -> dict[str, int]:
        """The store's file: what is compact, and the commands after it."""
        with self.store() as store:
            state = store.info("persistence")
        base = int(state["aof_base_size"])
        return {"compact_mb": round(base / 1e6), "commands_mb": round((int(state["aof_current_size"]) - base) / 1e6)}


def _ready(door: httpx.Client) -> bool:
    try:
        return door.get("/readyz", timeout=2.0).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def timed(into: dict[str, Any]) -> Iterator[None]:
    """Adds the seconds of a block, the CPU seconds of the commands it ran."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    yield
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    into["seconds"] = round(time.perf_counter() - began, 1)
    into["cpu_s"] = round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1)


def fill(house: House, leads: int) -> dict[str, Any]:
    """The first processing: seconds and CPU seconds from a file to the last outcome."""
    file, found = house.home / "leads.csv", load.fields(3)
    columns = sorted({name for fields in islice(load.fields(3), 2_000) for name in fields})
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows(islice(found, leads))
    house.start()
    parts, took = house.parts(), dict[str, Any]()
    before = {part: cpu_s(process) for part, process in parts.items()}
    with timed(took):
        house.run("import", str(file), "--source", "files")
    took |= {f"{part}_cpu_s": round(cpu_s(parts[part]) - before[part], 1) for part in ("worker", "store")}
    while _journal(house):
        time.sleep(0.5)  # the relay has the last of it in hand
    return took | {"store_mb": _memory(house)}


def _journal(house: House) -> int:
    with house.store() as store:
        return int(store.xlen(f"{{{TENANT}}}j"))


def _memory(house: House) -> int:
    with house.store() as store:
        return round(int(store.info("memory")["used_memory"]) / 1e6)


def saved(house: House) -> dict[str, Any]:
    """A backup of the running service, and its restore in another folder."""
    backup, restore = dict[str, Any](), dict[str, Any]()
    file = house.home / "backup.tar.gz"
    with timed(backup):
        house.run("backup", str(file))
    (house.home / "other").mkdir()
    other = House(house.home / "other")
    with timed(restore):
        other.run("restore", str(file))
    backup["mb"] = round(file.stat().st_size / 1e6)
    shutil.rmtree(other.home)
    file.unlink()
    return {"backup": backup, "restore": restore}


def rebuilt(house: House) -> dict[str, Any]:
    """The store of a stopped service lost, and made again from the archive."""
    before, took = asyncio.run(house.digests()), dict[str, Any]()
    house.run("down")
    shutil.move(store_home(house.data), house.home / "lost")
    with timed(took):
        house.run("rebuild")
    took["store_cpu_s"] = cpu_s(house.store_process())
    after = asyncio.run(house.digests())
    return took | {"tables": len(before), "tables_that_differ": sum(before[t] != after.get(t) for t in before)}


def run(*, full: bool) -> dict[str, Any]:
    """The figures at 100,000 leads, ``full`` at a million."""
    leads = FULL_SIZE if full else SIZE
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        house = House(Path(home))
        figures: dict[str, Any] = {"leads": leads}
        try:
            for name, step in (
                ("first processing", lambda: fill(house, leads)),
                ("killed", lambda: _again(house, house.kill)),
                ("stopped", lambda: _again(house, lambda: house.run("down"))),
                ("saved", lambda: saved(house)),
                ("rebuild", lambda: rebuilt(house)),
                ("rebuilt and started", house.start),
                ("doctor", lambda: {"says": house.run("doctor").splitlines()[-1]}),
            ):
                figures[name] = step()
                print(name, figures[name], flush=True)
        finally:
            Service(house.data).end()
    return figures


def _again(house: House, end: Any) -> dict[str, Any]:
    """The service ended and started again."""
    found, began = house.log_mb(), time.perf_counter()
    end()
    return found | {"end_s": round(time.perf_counter() - began, 1)} | house.start()
