"""The real shell, several workers, every step at a random moment, crashes: the invariants hold in each of many runs."""

from __future__ import annotations

import asyncio
import random
from collections import deque

import msgspec
import pytest

from leads.records import Envelope, Facts, Row
from streams.metrics import Metrics, new_registry
from streams.ports import Message
from streams.shell import Shell
from tests.streams.twin import Gate, Published, ToyPipeline, Twin, named

RUNS = 150
EVENTS = 14


def messages(rng: random.Random, n: int) -> list[Message]:
    made = []
    for number in range(n):
        keys = rng.sample(["p1", "p2", "p3"], rng.choice([1, 1, 2]))
        row = Row(event=f"{number:032x}", fields={"toy": " ".join([rng.choice("-AABC"), *keys])})
        envelope = Envelope(tenant="t", source="s", door="import", at_ms=0, rows=(row,))
        made.append(Message("leads.raw", b"", msgspec.json.encode(envelope), ref=str(number)))
    return made


class World:
    """Workers that take from their own partition; a crash gives what was not acknowledged back."""

    def __init__(self, seed: int, workers: int, crashes: int) -> None:
        self.rng = random.Random(seed)
        self.gate = Gate(self.rng)
        self.index = Twin(self.gate)
        self.published = Published(self.gate)
        self.crashes = crashes
        everything = messages(self.rng, EVENTS)
        self.partitions = [deque(everything[n::workers]) for n in range(workers)]

    async def work(self, partition: deque[Message]) -> None:
        shell = Shell(
            self.index, self.published, {"t": ToyPipeline()}, lambda: 0, Metrics(new_registry()),
            sub_batch=self.rng.choice([1, 2, 3]),
        )  # fmt: skip
        while partition:
            take = list(partition)[: self.rng.choice([1, 3, 5, 8])]
            await shell.process(take)
            for _ in take:
                partition.popleft()

    async def run(self) -> None:
        tasks = {asyncio.create_task(self.work(p)): p for p in self.partitions}
        for _ in range(20_000):
            for _ in range(8):
                await asyncio.sleep(0)
            for task in [t for t in tasks if t.done()]:
                task.result()
                del tasks[task]
            if not tasks:
                return
            if self.crashes and self.rng.random() < 0.02:
                self.crashes -= 1
                victim = self.rng.choice(list(tasks))
                partition = tasks.pop(victim)
                victim.cancel()
                await asyncio.gather(victim, return_exceptions=True)
                tasks[asyncio.create_task(self.work(partition))] = partition
            self.gate.open_one()
        raise AssertionError("no end: the workers hold each other up")

    def check(self) -> None:
        facts = {seq: msgspec.msgpack.decode(r, type=Facts) for seq, r in self.index.records.items()}
        assert len(self.index.stored) == EVENTS, "every event has exactly one outcome"
        for event, outcome in self.index.stored.items():
            assert self.published.values[event.hex().encode()] == {msgspec.json.encode(outcome)}, "published as stored"
        for members in self.index.members.values():
            assert len(named([facts[m] for m in members])) <= 1, "two who contradict each other are one customer"
        for a, one in facts.items():
            for b, other in facts.items():
                if (
                    a < b
                    and one.city
                    and one.city == other.city
                    and set(one.postcode.split()) & set(other.postcode.split())
                ):
                    assert self.index.root(a) == self.index.root(b), "the same name under the same key is apart"


@pytest.mark.parametrize("workers", [1, 2, 3])
async def test_invariants_hold_in_any_interleaving(workers: int) -> None:
    stale = 0
    for seed in range(RUNS):
        world = World(seed, workers, crashes=seed % 3)

        await world.run()

        try:
            world.check()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {workers} workers: {error}") from error
        stale += world.index.stale
    if workers > 1:
        assert stale > 0, "the runs never contended: they prove nothing"


async def test_one_worker_disturbed_gives_the_outcomes_of_an_undisturbed_run() -> None:
    for seed in range(RUNS):
        calm, disturbed = World(seed, 1, crashes=0), World(seed, 1, crashes=3)

        await calm.run()
        await disturbed.run()

        assert entities(calm) == entities(disturbed), f"seed {seed}"


def entities(world: World) -> set[frozenset[bytes]]:
    event_of = {outcome.seq: event for event, outcome in world.index.stored.items()}
    return {frozenset(event_of[m] for m in members) for members in world.index.members.values()}
