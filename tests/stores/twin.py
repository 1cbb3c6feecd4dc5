"""The store said a second time: slow, serial, plain dictionaries. What the scripts answer must equal what this answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction

from leads.records import Decision, Registration, Share

Answer = tuple[int, int, list[tuple[int, int, int]], list[int]]
Told = tuple[str, str, int, str, str, int]  # code, reason, entity, owner, pool, journal


@dataclass
class Hold:
    owner: str
    pool: str
    since: int
    state: str  # live | suspended | provisional

    @property
    def rank(self) -> int:
        return 1 if not self.owner else 2 if self.state == "provisional" else 3


@dataclass
class Entity:
    members: list[int]
    version: int = 0
    holds: list[Hold] = field(default_factory=list)

    @property
    def hold(self) -> Hold | None:
        return next((h for h in self.holds if h.state != "suspended"), None)


class Twin:
    """One scope, no full buckets."""

    def __init__(self) -> None:
        self.journal = 0
        self.seqs: dict[bytes, int] = {}
        self.told: dict[bytes, Told] = {}
        self.buckets: dict[bytes, list[int]] = defaultdict(list)
        self.entity_of: dict[int, int] = {}
        self.entities: dict[int, Entity] = {}
        self.owed: defaultdict[str, Fraction] = defaultdict(Fraction)
        self.open: Counter[str] = Counter()
        self.by_day: Counter[tuple[int, str]] = Counter()

    def register(self, batch: list[Registration]) -> list[Answer]:
        return [self._register(one) for one in batch]

    def _register(self, one: Registration) -> Answer:
        if one.event in self.told:
            return self.seqs[one.event], self.seqs[one.event], [], [0] * len(one.keys)
        if one.event not in self.seqs:
            seq = self.seqs[one.event] = len(self.seqs) + 1
            self.entity_of[seq], self.entities[seq] = seq, Entity([seq])
            for key in one.keys:
                self.buckets[key].append(seq)
        mine = self.seqs[one.event]
        own = self.entity_of[mine]
        first: dict[int, int] = {}
        mask: Counter[int] = Counter()
        counts = []
        for i, key in enumerate(one.keys):
            earlier = [s for s in self.buckets[key] if s < mine]
            holders = {self.entity_of[s] for s in earlier}
            for s in earlier:
                first[self.entity_of[s]] = min(first.get(self.entity_of[s], s), s)
            for e in holders:
                mask[e] += 1 << i
            counts.append(len(holders - {own}))
        return mine, own, [(s, e, mask[e]) for e, s in first.items()], counts

    def commit(self, decisions: list[Decision]) -> list[Told | None]:
        start = {e: x.version for e, x in self.entities.items()}
        bad: set[int] = set()
        answers: list[Told | None] = []
        for d in decisions:
            if d.event not in self.told:
                if any(e in bad or start.get(e) != v for e, v in d.seen):
                    bad |= {e for e, _ in d.seen}
                    answers.append(None)
                    continue
                self.told[d.event] = self._decide(d)
            answers.append(self.told[d.event])
        return answers

    def _decide(self, d: Decision) -> Told:
        self.journal += 1
        number, e, two, suspended = self.journal, self.entity_of[d.seq], False, 0
        for s in d.verdict.joins:
            a, b = sorted({e, self.entity_of[s]}) if e != self.entity_of[s] else (e, 0)
            if b:
                suspended += self._unite(a, b)
            e = a
        two = suspended > 0
        self.entities[e].version = number
        code, reason = self._dispose(d, self.entities[e], two, number)
        hold = self.entities[e].hold
        self.journal += suspended
        return code, reason, e, hold.owner if hold else "", hold.pool if hold else "", number

    def _unite(self, a: int, b: int) -> int:
        lost, kept = self.entities.pop(b), self.entities[a]
        for s in lost.members:
            self.entity_of[s] = a
        kept.members += lost.members
        suspended = 0
        for h in lost.holds:
            other = kept.hold
            if h.state == "suspended" or other is None:
                kept.holds.append(h)
                continue
            win, rest = (h, other) if (-h.rank, h.since) < (-other.rank, other.since) else (other, h)
            kept.holds[kept.holds.index(other)] = win
            if rest.rank == 3:
                self.open[rest.owner] -= 1
                if rest.owner != win.owner:
                    rest.state = "suspended"
                    kept.holds.append(rest)
                    suspended += 1
        return suspended

    def _dispose(self, d: Decision, e: Entity, two: bool, number: int) -> tuple[str, str]:
        def hold(owner: str, pool: str, state: str) -> None:
            if e.hold:
                e.holds[e.holds.index(e.hold)] = Hold(owner, pool, number, state)
            else:
                e.holds.append(Hold(owner, pool, number, state))

        assert d.plan
        h = e.hold
        if d.verdict.kind == "unsure":
            likely = self.entities[self.entity_of[d.verdict.likeliest]].hold
            owner = likely.owner if likely and likely.owner else d.claimant
            if owner and not (h and h.owner):
                hold(owner, "", "provisional")
            return "review", "unsure"
        if two:
            return "contested", "two_owners"
        if h and h.owner:
            other = d.claimant and d.claimant != h.owner
            return ("contested", "owned_by_other") if other else ("merged", "same_contact")
        if h and d.claimant:
            return "merged", "in_pool"
        owner, reason = (d.claimant, "claimed") if d.claimant else self._pick(d)
        if owner:
            hold(owner, "", "live")
            self.open[owner] += 1
            return "assigned", reason
        if h:
            return "merged", "in_pool"
        hold("", d.plan.pool, "live")
        return "pooled", "parked" if d.plan.shares else d.plan.reason

    def _pick(self, d: Decision) -> tuple[str, str]:
        assert d.plan
        free = [s for s in d.plan.shares if self._has_room(s, d.day)]
        if not free:
            return "", ""
        near = []
        if d.plan.affinity and d.verdict.account:
            h = self.entities[self.entity_of[d.verdict.account]].hold
            near = [s for s in free if h and h.owner == s.member]
        best = near[0] if near else self._in_turn(free)
        self.by_day[d.day, best.member] += 1
        return best.member, "same_account" if near else "rule"

    def _in_turn(self, free: list[Share]) -> Share:
        for s in free:
            self.owed[s.member] += Fraction(s.weight) / sum(Fraction(s.weight) for s in free)
        best = max(free, key=lambda s: self.owed[s.member])
        self.owed[best.member] -= 1
        return best

    def _has_room(self, s: Share, day: int) -> bool:
        within_day = s.max_day < 0 or self.by_day[day, s.member] < s.max_day
        return within_day and (s.max_open < 0 or self.open[s.member] < s.max_open)
