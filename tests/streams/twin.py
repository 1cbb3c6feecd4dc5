"""A slow, obvious index in plain Python, with a gate before and after every step, and a toy world to run the real shell in.

The scheduler opens one gate at a time, at random: every interleaving of register, commit, publish, overlap and crash of
several workers can happen. Nothing of the scripts is used here, so the shell and the scripts are tested apart.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from leads.records import (
    Candidate,
    Committed,
    Decision,
    EntityView,
    Facts,
    IndexStats,
    Lead,
    Neighbour,
    Outcome,
    Plan,
    RegisterAnswer,
    Registered,
    Registration,
    Verdict,
)
from streams.pipeline import Work
from streams.ports import Message

PLAN = Plan("r", "v", "turn", "g", (), "public", "unmatched", False, 0)


class Gate:
    """Everybody who travels waits here until the scheduler lets one go."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._waiting: list[asyncio.Future[None]] = []

    async def __call__(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def open_one(self) -> None:
        alive = [f for f in self._waiting if not f.done()]
        if alive:
            chosen = self._rng.choice(alive)
            chosen.set_result(None)
            self._waiting = [f for f in alive if f is not chosen]


class Twin:
    """The index by the letter of the order of effects: every step under one lock, no caps, no owners but the first."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._journal = 0
        self._seq: dict[bytes, int] = {}
        self._buckets: dict[bytes, list[int]] = defaultdict(list)
        self._alias: dict[int, int] = {}
        self._version: dict[int, int] = {}
        self.records: dict[int, bytes] = {}
        self.members: dict[int, set[int]] = {}
        self.owner: dict[int, str] = {}
        self.stored: dict[bytes, Outcome] = {}
        self.stale = 0

    def root(self, entity: int) -> int:
        while entity in self._alias:
            entity = self._alias[entity]
        return entity

    async def register(self, tenant: str, batch: Sequence[Registration]) -> RegisterAnswer:
        await self._gate()
        answer = self._register(batch)
        await self._gate()
        return answer

    def _register(self, batch: Sequence[Registration]) -> RegisterAnswer:
        registered, entities = [], {}
        for one in batch:
            if one.event not in self._seq:
                seq = self._seq[one.event] = len(self._seq) + 1
                self.records[seq] = one.record
                for key in one.keys:
                    self._buckets[key].append(seq)
            seq = self._seq[one.event]
            found: dict[int, int] = {}
            for bit, key in enumerate(one.keys):
                for other in self._buckets[key]:
                    if other < seq:
                        found[other] = found.get(other, 0) | 1 << bit
            candidates = tuple(Candidate(s, self.root(s), mask) for s, mask in found.items())
            for entity in {self.root(seq), *(c.entity for c in candidates)}:
                members = tuple(sorted(self.members.get(entity, {entity})))
                entities[entity] = EntityView(entity, self._version.get(entity, 0), members, len(members))
            done = b"x" if one.event in self.stored else None
            registered.append(Registered(one.event, seq, self.root(seq), candidates, (0,) * len(one.keys), done))
        return RegisterAnswer(
            tuple(registered), entities, dict(self.records), IndexStats(len(self._seq), len(self._alias))
        )

    async def commit(self, tenant: str, decisions: Sequence[Decision]) -> list[Committed]:
        await self._gate()
        answers = self._commit(decisions)
        await self._gate()
        return answers

    def _commit(self, decisions: Sequence[Decision]) -> list[Committed]:
        start = dict(self._version)
        live = {d.seq for d in decisions} | {e for d in decisions for e, _ in d.seen}
        roots = {e: self.root(e) for e in live}
        bad: set[int] = set()
        answers = []
        for decision in decisions:
            if decision.event in self.stored:
                outcome = self.stored[decision.event]
                answers.append(Committed(outcome, outcome.entity, self._version.get(outcome.entity, 0), fresh=False))
                continue
            looked = {e for e, _ in decision.seen}
            if any(roots[e] != e or start.get(e, 0) != v for e, v in decision.seen) or looked & bad:
                bad |= looked | {decision.seq}
                self.stale += 1
                answers.append(Committed(None))
                continue
            answers.append(self._write(decision))
        return answers

    def _write(self, decision: Decision) -> Committed:
        parts = {self.root(s) for s in (decision.seq, *decision.verdict.joins)}
        root = min(parts)
        members = set().union(*(self.members.get(p, {p}) for p in parts))
        owners = [self.owner.pop(p) for p in sorted(parts) if p in self.owner]
        for part in parts - {root}:
            self._alias[part] = root
            self.members.pop(part, None)
        self.members[root] = members
        self._journal += 1
        self._version[root] = self._journal
        self.owner[root] = owners[0] if owners else f"m{self._journal % 3}"
        outcome = Outcome(
            event=decision.event.hex(),
            tenant="t",
            code="merged" if owners else "assigned",
            reason="same_contact" if owners else "rule",
            at_ms=0,
            source="",
            door="import",
            seq=decision.seq,
            entity=root,
            owner=self.owner[root],
        )
        self.stored[decision.event] = outcome
        return Committed(outcome, root, self._journal)

    async def outcomes(self, tenant: str, events: Sequence[bytes]) -> list[Outcome | None]:
        return [self.stored.get(event) for event in events]

    async def mark(self, slot: str, refs: Sequence[str]) -> None:
        return None

    async def marked(self, slot: str) -> tuple[str, ...]:
        return ()

    async def blame(self, ref: str) -> int:
        return 0


class Published:
    """A publisher whose confirmation takes its time."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.values: dict[bytes, set[bytes]] = defaultdict(set)

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        await self._gate()
        for message in messages:
            self.values[message.key].add(message.value)
        await self._gate()


class ToyPipeline:
    """Three keys, three names. Sharing a key is being the same customer, unless the names contradict."""

    all_compared = b""

    def prepare(self, work: Work) -> None:
        name, *keys = work.row.fields["toy"].split()
        facts = Facts(city=name.strip("-"), postcode=" ".join(keys))
        work.lead = Lead(event=work.row.event, tenant="t", source="", door="import", at_ms=0, facts=facts)
        work.registration = Registration(work.event, tuple(k.encode() for k in keys), encode(facts))

    def judge(
        self,
        lead: Lead,
        counts: Sequence[int],
        neighbours: Sequence[Neighbour],
        own: Sequence[Facts],
        stats: IndexStats,
    ) -> Verdict:
        names = {f.city for f in (lead.facts, *own)} - {""}
        joins = []
        for neighbour in sorted(neighbours, key=lambda n: (not names & named(n.facts), n.entity)):
            theirs = named(neighbour.facts)
            if not (names and theirs and names != theirs):
                names |= theirs
                joins.append(neighbour.first)
        return Verdict("same" if joins else "new", tuple(joins))

    def answer_by(self, plan: Plan, lead: Lead) -> int:
        return 0

    def plan(self, lead: Lead) -> Plan:
        return PLAN

    def unique(self, scope: str) -> tuple[()]:
        return ()

    def day(self, at_ms: int) -> int:
        return 0


def named(facts: Sequence[Facts]) -> set[str]:
    return {f.city for f in facts} - {""}


def encode(facts: Facts) -> bytes:
    return msgspec.msgpack.encode(facts)
