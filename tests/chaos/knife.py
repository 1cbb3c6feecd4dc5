"""What can happen to a site at night, a function each: it happens, and is over when the function returns.

A fault leaves the site such that it can go on by itself: who was killed is started again, as a supervisor would.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from leadstream.service import store_home
from tests.chaos.site import Part, Site
from tests.parts.kafka import FarKafka
from tests.parts.line import Line

#: What a worker is granted between SIGTERM and SIGKILL, as in the compose file.
GRACE_S = 120.0


class Victim:
    """A site at work and what of it can be hurt. ``kills`` by part; ``ended``: parts that ended by themselves."""

    def __init__(self, site: Site, random: Random, kafka: FarKafka | None = None, workers: int = 1) -> None:
        self.site, self.random, self.kafka = site, random, kafka
        self.workers = [site.worker(f"w{n}") for n in range(workers)]
        self.door = site.gateway()
        self.kills: Counter[str] = Counter()
        self.ended = 0

    async def supervise(self) -> None:
        """Start again what has ended, as its supervisor would: who finds the store away or full when he starts ends. Until cancelled."""
        while True:
            for n, worker in enumerate(self.workers):
                if not worker.alive():
                    self.workers[n] = self.site.worker(f"w{n}")
                    self.ended += 1
            if not self.door.alive():
                self.door = self.site.gateway()
                self.ended += 1
            await asyncio.sleep(0.2)

    def kill(self, part: Part, name: str) -> None:
        part.kill()
        self.kills[name] += 1

    def lines(self) -> list[Line]:
        return [line for line in (self.site.line, self.kafka and self.kafka.line) if line]

    def store_pid(self) -> int:
        return int((store_home(self.site.data) / "store.pid").read_text())


Fault = Callable[[Victim], Awaitable[None]]


async def worker_killed(victim: Victim) -> None:
    n = victim.random.randrange(len(victim.workers))
    victim.kill(victim.workers[n], "worker")
    victim.workers[n] = victim.site.worker(f"w{n}")


async def worker_hangs(victim: Victim) -> None:
    await _stopped(victim.random.choice(victim.workers), victim.random.uniform(0.1, 2.0))


async def door_killed(victim: Victim) -> None:
    victim.kill(victim.door, "gateway")
    victim.door = victim.site.gateway()


async def store_killed(victim: Victim) -> None:
    victim.site.kill_store()
    victim.kills["store"] += 1
    await asyncio.sleep(victim.random.uniform(0, 0.5))
    await asyncio.to_thread(victim.site.start_store)


async def store_hangs(victim: Victim) -> None:
    """Again and again it does not answer for a moment."""
    pid = victim.store_pid()
    for _ in range(victim.random.randint(1, 10)):
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(victim.random.uniform(0.01, 0.3))
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.02)


async def scripts_forgotten(victim: Victim) -> None:
    """A worker with a stale script: the server does not know it any more."""
    with victim.site.raw() as store:
        store.script_flush()


async def memory_full(victim: Victim) -> None:
    """The store refuses every write for a while, in the middle of whatever it was doing."""
    with victim.site.raw() as store:
        store.config_set("maxmemory", int(store.info("memory")["used_memory"]))
        await asyncio.sleep(victim.random.uniform(0.2, 1.0))
        store.config_set("maxmemory", 0)


async def broker_killed(victim: Victim) -> None:
    assert victim.kafka
    victim.kafka.kill()
    victim.kills["broker"] += 1
    await asyncio.to_thread(victim.kafka.start)


async def broker_hangs(victim: Victim) -> None:
    assert victim.kafka
    victim.kafka.pause()
    await asyncio.sleep(victim.random.uniform(0.1, 3.0))
    victim.kafka.resume()


async def rebalance_storm(victim: Victim) -> None:
    """Workers join and leave faster than the group can settle."""
    leaving = []
    for n in range(3):
        extra = victim.site.worker(f"extra{n}")
        await asyncio.sleep(victim.random.uniform(1.0, 3.0))
        if victim.random.random() < 0.5:
            victim.kill(extra, "worker")
        else:
            leaving.append(asyncio.to_thread(extra.stop, GRACE_S))
    await asyncio.gather(*leaving)


async def line_slow(victim: Victim) -> None:
    """Every answer takes its time, no two the same; or there is room for little at a time."""
    line = victim.random.choice(victim.lines())
    if victim.random.random() < 0.5:
        line.delay_s, line.jitter_s = victim.random.uniform(0.005, 0.1), victim.random.uniform(0.0, 0.2)
    else:
        line.bytes_per_s = victim.random.uniform(20_000, 200_000)
    await asyncio.sleep(victim.random.uniform(0.5, 3.0))
    line.mend()


async def line_cut(victim: Victim) -> None:
    line = victim.random.choice(victim.lines())
    line.cut()
    await asyncio.sleep(victim.random.uniform(0.0, 2.0))
    line.mend()


async def line_silent(victim: Victim) -> None:
    """Half open: nobody is told that the other side is not there any more."""
    victim.random.choice(victim.lines()).fall_silent()


async def clock_jumps(victim: Victim) -> None:
    """The wall clock of the whole site is set two hours forward or back, and perhaps set right again, while it works."""
    assert victim.site.bent
    victim.site.bent.clock_off_by(victim.random.choice((7200, -7200)))
    await asyncio.sleep(victim.random.uniform(0.1, 2.0))
    if victim.random.random() < 0.5:
        victim.site.bent.clock_off_by(0)


async def disk_slow(victim: Victim) -> None:
    """Each sync takes its time: of the store before it answers a write, of the archive."""
    assert victim.site.bent
    victim.site.bent.sync_takes(victim.random.uniform(0.002, 0.2))
    await asyncio.sleep(victim.random.uniform(0.5, 2.0))
    victim.site.bent.sync_takes(0)


async def _stopped(part: Part, seconds: float) -> None:
    part.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    part.process.send_signal(signal.SIGCONT)


#: Kills come first and often: they are what the table counts.
KILLS: tuple[Fault, ...] = (worker_killed, store_killed, door_killed)
EMBEDDED: tuple[Fault, ...] = (
    *(*KILLS, *KILLS, worker_hangs, store_hangs, scripts_forgotten, memory_full),
    *(clock_jumps, disk_slow),
)
LINES: tuple[Fault, ...] = (line_slow, line_cut, line_silent)
#: The store at the other end of a line, the log in it.
FAR: tuple[Fault, ...] = (*LINES, *LINES, *KILLS)
BROKER: tuple[Fault, ...] = (broker_killed, broker_hangs, *LINES)
ON_KAFKA: tuple[Fault, ...] = (
    *KILLS,
    broker_killed,
    broker_killed,
    broker_hangs,
    rebalance_storm,
    worker_hangs,
    *LINES,
)
