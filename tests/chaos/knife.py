"""What can happen to a site at night, a function each: it happens, and is over when the function returns.

A fault leaves the site such that it can go on by itself: who was killed is started again, as a supervisor would.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from random import Random

from leadstream.service import store_home
from tests.chaos.site import Part, Site
from tests.parts.kafka import Kafka


class Victim:
    """A site at work and what of it can be hurt."""

    def __init__(self, site: Site, random: Random, kafka: Kafka | None = None, workers: int = 1) -> None:
        self.site, self.random, self.kafka = site, random, kafka
        self.workers = [site.worker(f"w{n}") for n in range(workers)]
        self.door = site.gateway()

    def store_pid(self) -> int:
        return int((store_home(self.site.data) / "store.pid").read_text())


Fault = Callable[[Victim], Awaitable[None]]


async def worker_killed(victim: Victim) -> None:
    n = victim.random.randrange(len(victim.workers))
    victim.workers[n].kill()
    victim.workers[n] = victim.site.worker(f"w{n}")


async def worker_hangs(victim: Victim) -> None:
    await _stopped(victim.random.choice(victim.workers), victim.random.uniform(0.1, 2.0))


async def door_killed(victim: Victim) -> None:
    victim.door.kill()
    victim.door = victim.site.gateway()


async def store_killed(victim: Victim) -> None:
    victim.site.kill_store()
    await asyncio.sleep(victim.random.uniform(0, 0.5))
    victim.site.start_store()


async def store_hangs(victim: Victim) -> None:
    """As on a disk that takes its time: again and again it does not answer for a moment."""
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
    victim.kafka.start()


async def broker_hangs(victim: Victim) -> None:
    assert victim.kafka
    victim.kafka.pause()
    await asyncio.sleep(victim.random.uniform(0.1, 3.0))
    victim.kafka.resume()


async def rebalance_storm(victim: Victim) -> None:
    """Workers join and leave faster than the group can settle."""
    for n in range(3):
        extra = victim.site.worker(f"extra{n}")
        await asyncio.sleep(victim.random.uniform(1.0, 3.0))
        extra.kill() if victim.random.random() < 0.5 else extra.stop()


async def _stopped(part: Part, seconds: float) -> None:
    part.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    part.process.send_signal(signal.SIGCONT)


#: Kills come first and often: they are what the table counts.
KILLS: tuple[Fault, ...] = (worker_killed, store_killed, door_killed)
EMBEDDED: tuple[Fault, ...] = (*KILLS, *KILLS, worker_hangs, store_hangs, scripts_forgotten, memory_full)
ON_KAFKA: tuple[Fault, ...] = (*KILLS, broker_killed, broker_hangs, rebalance_storm, worker_hangs)
