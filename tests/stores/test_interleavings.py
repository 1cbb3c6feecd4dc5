"""Three writers in random interleavings, with overlap and crashes, on the real scripts, beside a slow serial twin.

A toy world: names A, B, C and none; two leads of different names must never meet in one entity, two of the same name
that share a key must never stay apart.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from leads.records import Decision, Outcome, Registered, Registration, Share, Verdict
from stores.index import ValkeyIndex
from tests.stores.making import event, lead, plan
from tests.stores.twin import Twin

NAMES = (None, "A", "A", "B", "C")
PLAN = plan(Share("ann", 2.0), Share("bob", max_open=3), Share("cyd", max_day=4))


@dataclass
class World:
    index: ValkeyIndex
    tenant: str
    random: random.Random
    names: dict[bytes, str | None] = field(default_factory=dict)
    name_of: dict[int, str | None] = field(default_factory=dict)
    published: dict[bytes, set[Outcome]] = field(default_factory=lambda: defaultdict(set))
    twin: Twin = field(default_factory=Twin)

    async def register(self, batch: list[Registration]) -> View:
        answer = await self.index.register(self.tenant, batch)
        expected = self.twin.register(batch)
        assert [
            (r.seq, r.entity, [(c.seq, c.entity, c.shared) for c in r.candidates], list(r.counts))
            for r in answer.registered
            if not r.outcome
        ] == [e for e, r in zip(expected, answer.registered, strict=True) if not r.outcome]
        for e in answer.entities.values():
            twin = self.twin.entities[e.id]
            assert (e.version, e.members, e.size) == (twin.version, tuple(twin.members), len(twin.members))
        self.name_of.update((r.seq, self.names[r.event]) for r in answer.registered)
        views = {e.id: (e.version, set(e.members)) for e in answer.entities.values()}
        return View(batch, answer.registered, views)

    async def commit(self, decisions: list[Decision]) -> list[bytes]:
        """Events that are stale."""
        done = await self.index.commit(self.tenant, decisions)
        expected = self.twin.commit(decisions)
        for d, one, twin in zip(decisions, done, expected, strict=True):
            o = one.outcome
            assert (o and (o.code, o.reason, o.entity, o.owner, o.pool, o.journal)) == twin
            if o:
                self.published[d.event].add(o)
        return [d.event for d, one in zip(decisions, done, strict=True) if one.outcome is None]


@dataclass
class View:
    batch: list[Registration]
    leads: tuple[Registered, ...]
    entities: dict[int, tuple[int, set[int]]]


class Log:
    """What a worker has not acknowledged comes back after its crash."""

    def __init__(self, leads: list[Registration]) -> None:
        self.waiting, self.in_hand = leads, list[list[Registration]]()

    def take(self, n: int) -> list[Registration]:
        batch, self.waiting = self.waiting[:n], self.waiting[n:]
        if batch:
            self.in_hand.append(batch)
        return batch

    def crash(self) -> None:
        self.waiting = [one for batch in self.in_hand for one in batch] + self.waiting
        self.in_hand = []


def judge(world: World, view: View) -> list[Decision]:
    """In order of numbers, over the view overlaid with this batch's own decisions."""
    moved: dict[int, int] = {}
    grown: dict[int, set[int]] = {}
    decisions = []

    def root(e: int) -> int:
        while e in moved:
            e = moved[e]
        return e

    def names(members: set[int]) -> set[str]:
        return {name for s in members if (name := world.name_of.get(s))}

    for one in sorted((r for r in view.leads if not r.outcome), key=lambda r: r.seq):
        looked = {c.entity for c in one.candidates} | {one.entity}
        now: dict[int, set[int]] = defaultdict(set)
        for e in looked:
            now[root(e)] |= view.entities[e][1] | grown.get(root(e), set())
        own, first = root(one.entity), dict[int, int]()
        for c in one.candidates:
            first[root(c.entity)] = min(first.get(root(c.entity), c.seq), c.seq)
        mine, joins = set(now[own]), []
        # Sure matches first, so that a lead without a name does not keep two of one name apart.
        for e in sorted(first.keys() - {own}, key=lambda e: (not names(now[e]) & names({one.seq}), e)):
            if len(names(mine) | names(now[e])) < 2:
                joins.append(first[e])
                mine |= now[e]
                moved[max(own, e)] = min(own, e)
                own = min(own, e)
        grown[own] = mine
        others = [s for s in first.values() if s not in joins]
        unsure = bool(others) and not joins and world.random.random() < 0.3
        verdict = Verdict(
            "same" if joins else "unsure" if unsure else "new",
            joins=tuple(joins),
            likeliest=others[0] if unsure else 0,
            account=others[0] if others and not unsure else 0,
        )
        seen = tuple((e, view.entities[e][0]) for e in sorted(looked))
        claimant = world.random.choice(("", "", "", "ann", "bob"))
        decisions.append(Decision(one.event, one.seq, verdict, seen, PLAN, one.seq, 1, claimant=claimant))
    return decisions


async def worker(world: World, log: Log) -> AsyncIterator[None]:
    """Yields between effects; registers the next batch before it judges this one."""
    following: View | None = None
    while True:
        if following is None:
            batch = log.take(world.random.choice((1, 2, 3, 5)))
            if not batch:
                return
            following = await world.register(batch)
            yield
        view, following = following, None
        todo = view
        ahead = log.take(world.random.choice((1, 2, 3)))
        if ahead:
            following = await world.register(ahead)
            yield
        while todo.leads:
            for r in todo.leads:
                if r.outcome:
                    (stored,) = await world.index.outcomes(world.tenant, [r.event])
                    assert stored
                    world.published[r.event].add(stored)
            decisions = judge(world, todo)
            yield
            stale = await world.commit(decisions)
            yield
            again = [one for one in todo.batch if one.event in stale]
            todo = await world.register(again) if again else View([], (), {})
            yield
        log.in_hand.remove(view.batch)
        yield


@pytest.mark.parametrize("seed", range(40))
async def test_the_invariants_hold_in_any_interleaving(index: ValkeyIndex, tenant: str, seed: int) -> None:
    index = ValkeyIndex(index.client, members=32)  # views of whole entities
    world = World(index, tenant, random.Random(seed))
    leads = []
    for i in range(18):
        world.names[event(i)] = world.random.choice(NAMES)
        leads.append(lead(i, *world.random.sample(["p1", "p2", "m3"], world.random.choice((1, 1, 2)))))
    logs = [Log(leads[w::3]) for w in range(3)]
    workers = [worker(world, log) for log in logs]
    live, steps = [0, 1, 2], 0
    while live:
        w, steps = world.random.choice(live), steps + 1
        assert steps < 5000, "livelock"
        if world.random.random() < 0.03 and steps < 300:
            logs[w].crash()
            workers[w] = worker(world, logs[w])
        elif await anext(workers[w], StopIteration) is StopIteration:
            live.remove(w)
    stored = await index.outcomes(tenant, [one.event for one in leads])
    assert {one.event: {o} for one, o in zip(leads, stored, strict=True)} == world.published
    entity = world.twin.entity_of
    for e in world.twin.entities.values():
        assert len({world.name_of[s] for s in e.members} - {None}) < 2, "two names in one entity"
        assert sum(h.state == "live" for h in e.holds) < 2, "two owners"
    keys = {world.twin.seqs[one.event]: set(one.keys) for one in leads}
    for a in keys:
        for b in keys:
            if world.name_of[a] and world.name_of[a] == world.name_of[b] and keys[a] & keys[b]:
                assert entity[a] == entity[b], "the same name and key, apart"
