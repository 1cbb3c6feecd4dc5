"""Ownership said a second time: slow, serial, from scratch each time; no hints, no counters kept, no scripts.

What the scripts do to leases, counters, the claim log and the journal must equal what this does (test_any_history.py).
Times are whole minutes, so that a timer is never late; plans have one share, so that a turn is nobody's question here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from leads.ownership import HOLDS, PROVISIONAL, SUSPENDED, Act, Lease, Past
from leads.records import Plan
from stores.layout import CLOSED, POOL

MINUTE = 60_000
Said = tuple[str, int, str, str]  # what, entity, member, why


@dataclass
class Held:
    """A lease that can be changed."""

    scope: str
    owner: str = ""
    pool: str = ""
    until: int = 0
    number: int = 0
    state: int = HOLDS
    seq: int = 0
    stage: str = ""
    since: int = 0
    touched: int = 0
    past: list[Past] = field(default_factory=list)
    why: str = ""
    locked: int = 0
    exempt: int = 0
    closed: bool = False
    opportunity: str = ""
    answer: int = 0
    warned: int = 0
    recycle: int = 0
    close_within: int = 0
    warn: int = 0
    home: str = ""
    refused: int = 0

    def lease(self) -> Lease:
        return Lease(*[tuple(v) if isinstance(v, list) else v for v in self.__dict__.values()])

    def counter(self) -> str:
        return POOL + self.pool if not self.owner else CLOSED + self.owner if self.closed else self.owner

    def ends(self) -> tuple[int, str] | None:
        """When time takes it from its owner, and why."""
        if not self.owner or self.state != HOLDS:
            return None
        if self.stage == "reported":
            return max(self.until, self.locked), "not_approved"
        if self.closed or self.opportunity:
            return None
        ends = []
        if self.stage != "owned" and self.until:
            ends.append((self.until, 0, "unproved"))
        elif self.recycle:
            ends.append((max(self.touched, self.since) + self.recycle, 0, "silent"))
        if self.close_within:
            ends.append((self.since + self.close_within, 1, "not_closed"))
        if not ends:
            return None
        at, _, why = min(ends)
        return max(at, self.locked, self.exempt), why

    def passes(self, owner: str, pool: str, now: int, number: int) -> None:
        if self.owner:
            self.past = [*self.past, Past(self.owner, now)][-50:]
        fresh = Held(self.scope, owner, pool, 0, number, HOLDS, self.seq, since=now, past=self.past)
        for kept in ("locked", "exempt", "closed", "home", "refused"):
            setattr(fresh, kept, getattr(self, kept))
        fresh.opportunity = self.opportunity if owner else ""
        self.__dict__ = fresh.__dict__


class Twin:
    """``default`` is the pool of who names no other."""

    def __init__(self, default: str = "public") -> None:
        self.default = default
        self.journal = self.time = 0
        self.moves: list[Said] = []
        self.outcomes: dict[int, tuple[str, str]] = {}
        self.plans: dict[int, Plan] = {}
        self.tails: dict[int, list[int]] = {}
        self.entities: dict[int, list[int]] = {}
        self.holds: dict[int, list[Held]] = {}
        self.apart: set[frozenset[int]] = set()
        self.waiting: dict[int, int] = {}
        self.decided: dict[int, str] = {}
        self.claims: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        self.answers: dict[str, tuple[str, int, int]] = {}

    # ---------------------------------------------------------------- what is

    def root(self, seq: int) -> int:
        return next((e for e, members in self.entities.items() if seq in members), seq)

    def live(self, e: int, scope: str) -> Held | None:
        return next((h for h in self.holds.get(e, ()) if h.scope == scope and h.state != SUSPENDED), None)

    def disputed(self, e: int, scope: str) -> bool:
        return any(h.scope == scope and h.state == SUSPENDED for h in self.holds.get(e, ()))

    def counters(self) -> Counter[str]:
        return Counter(h.counter() for held in self.holds.values() for h in held if h.state == HOLDS)

    def leases(self, e: int) -> set[Lease]:
        return {h.lease() for h in self.holds.get(e, ())}

    def move(self, what: str, e: int, member: str, why: str = "") -> None:
        self.journal += 1
        self.moves.append((what, e, member, why))

    # ---------------------------------------------------------------- leads

    def commit(
        self, seq: int, kind: str, named: list[int], plan: Plan, at: int, claimant: str = "", answer_by: int = 0
    ) -> tuple[str, str, int]:
        """One lead, judged on a fresh view. ``named`` are leads it joins, or the one it resembles."""
        self.time, self.plans[seq] = max(self.time, at), plan
        self.entities[seq], self.holds[seq] = [seq], []
        kind, named = self._heed(seq, kind, named)
        self.journal += 1
        number, suspended = self.journal, list[Held]()
        e = seq
        if kind == "same":
            was = [self.root(s) for s in named]
            for s in named:
                e, more = self._unite(e, self.root(s))
                suspended += more
            self.tails[seq] = list(named)
            if len(set(was)) > 1:
                self._settle(e)
        code, reason = self._dispose(seq, e, kind, named, plan, number, claimant, answer_by, bool(suspended))
        if kind == "unsure":
            self.waiting[seq] = self.root(named[0])
        self.outcomes[seq] = (code, reason)
        for h in suspended:
            self.move("suspended", e, h.owner)
        return code, reason, e

    def _heed(self, seq: int, kind: str, named: list[int]) -> tuple[str, list[int]]:
        kept: list[int] = []
        for s in named:
            if any(self._apart(self.root(k), self.root(s)) for k in kept):
                return "unsure", kept[:1]
            kept.append(s)
        return kind, kept

    def _apart(self, a: int, b: int) -> bool:
        return a != b and any(frozenset((x, y)) in self.apart for x in self.entities[a] for y in self.entities[b])

    def _unite(self, a: int, b: int) -> tuple[int, list[Held]]:
        if a == b:
            return a, []
        a, b = sorted((a, b))
        self.entities[a] += self.entities.pop(b)
        suspended, mine = list[Held](), self.holds[a]
        for h in self.holds.pop(b):
            kept = self.live(a, h.scope)
            if kept is None or h.state == SUSPENDED:
                mine.append(h)
                continue
            win, rest = (h, kept) if (-_rank(h), h.number) < (-_rank(kept), kept.number) else (kept, h)
            mine[mine.index(kept)] = win
            owner_of_both = _rank(rest) == 3 and rest.owner == win.owner
            if _rank(rest) == 3 and not owner_of_both:
                suspended.append(rest)
                mine.append(rest)
            win.past = sorted([*win.past, *rest.past], key=lambda p: (p.until_ms, p.member))[-50:]
            win.locked, win.exempt = max(win.locked, rest.locked), max(win.exempt, rest.exempt)
            win.refused = -1 if -1 in (win.refused, rest.refused) else max(win.refused, rest.refused)
            if owner_of_both:
                win.until = max(win.until, rest.until) if win.until and rest.until else 0
                win.touched, win.closed = max(win.touched, rest.touched), win.closed or rest.closed
                win.stage = "owned" if rest.stage == "owned" else win.stage
                win.opportunity = win.opportunity or rest.opportunity
            elif _rank(rest) == 3:
                rest.state = SUSPENDED
        return a, suspended

    def _settle(self, e: int) -> None:
        self.waiting = {s: o for s, o in self.waiting.items() if not {s, o} <= set(self.entities[e])}

    def _pick(self, plan: Plan) -> str:
        open_ = self.counters()
        return next((s.member for s in plan.shares if s.max_open < 0 or open_[s.member] < s.max_open), "")

    def _grant(self, h: Held, plan: Plan, answer_by: int) -> None:
        h.until = self.time + plan.protect_ms if plan.protect_ms else 0
        h.recycle, h.close_within, h.warn, h.answer = plan.recycle_ms, plan.close_within_ms, plan.warn_ms, answer_by
        h.home = plan.pool if plan.pool != self.default else ""

    def _dispose(
        self,
        seq: int,
        e: int,
        kind: str,
        named: list[int],
        plan: Plan,
        number: int,
        claimant: str,
        answer: int,
        two: bool,
    ) -> tuple[str, str]:
        h = self.live(e, plan.scope)

        def hold(owner: str, pool: str) -> Held:
            new = h or Held(plan.scope)
            if h is None:
                self.holds[e].append(new)
            new.passes(owner, pool, self.time, number)
            new.seq = seq
            if owner:
                self._grant(new, plan, answer)
            return new

        if kind == "unsure":
            likely = self.live(self.root(named[0]), plan.scope)
            owner = (likely.owner if likely else "") or claimant
            if owner:
                new = hold(owner, "")
                new.state, new.until = PROVISIONAL, 0
            return "review", "unsure"
        if two:
            return "contested", "two_owners"
        if h and h.owner:
            return ("contested", "owned_by_other") if claimant not in ("", h.owner) else ("merged", "same_contact")
        if claimant and h:
            return "merged", "in_pool"  # who waits in a pool is claimed, not imported
        owner = claimant or self._pick(plan)
        if owner:
            hold(owner, "")
            return "assigned", "claimed" if claimant else "rule"
        if h:
            return "merged", "in_pool"
        hold("", plan.pool).why = "parked" if plan.shares and plan.wait_ms else ""
        return "pooled", "parked" if plan.shares else plan.reason

    def decide(self, seq: int, answer: str, at: int, who: str) -> str:
        """same or apart, of a lead under review."""
        if seq not in self.outcomes:
            return "unknown"
        if self.outcomes[seq][0] != "review":
            return "not_review"
        if seq in self.decided:
            return "known" if self.decided[seq] == answer else "otherwise"
        if seq not in self.waiting:
            return "settled"
        other = self.waiting[seq]
        a, gone = self.root(seq), other not in self.plans
        if answer == "same":
            if gone:
                return "gone"
            if self._apart(a, self.root(other)):
                return "told_apart"
            self.time = max(self.time, at)
            del self.waiting[seq]
            e, suspended = self._unite(a, self.root(other))
            self.move("same", e, who)
            self.tails[seq] = [*self.tails.get(seq, ()), other]
            self._settle(e)
            for h in suspended:
                self.move("suspended", e, h.owner)
            now = self.live(e, self.plans[seq].scope)
            if now and now.state == PROVISIONAL:
                self._give(seq, e)
        else:
            self.time = max(self.time, at)
            del self.waiting[seq]
            self.move("told_apart", a, who)
            if not gone:
                self.apart.add(frozenset((seq, other)))
            self._give(seq, a)
        self.decided[seq] = answer
        return answer

    def _give(self, seq: int, e: int) -> None:
        plan = self.plans[seq]
        h = self.live(e, plan.scope)
        if h and (h.state != PROVISIONAL or h.seq != seq):
            return
        if h is None:
            owner = self._pick(plan)
            h = Held(plan.scope, seq=seq)
            self.holds[e].append(h)
            h.passes(owner, "" if owner else plan.pool, self.time, self.journal + 1)
        else:
            h.number, h.state, h.since = self.journal + 1, HOLDS, self.time
        if h.owner:
            self._grant(h, plan, h.answer)
        self.move("given", e, h.owner or h.pool)

    # ---------------------------------------------------------------- leads go

    def _parts(self, rest: list[int], hub: int) -> dict[int, list[int]]:
        groups = [{s} for s in rest]
        links = [(s, j) for s in rest for j in self.tails.get(s, ()) if j in rest]
        followers = [s for s in rest if hub and hub in self.tails.get(s, ())]
        for a, b in [*links, *combinations(followers, 2)]:
            one, other = (next(g for g in groups if s in g) for s in (a, b))
            if one is not other:
                groups.remove(other)
                one |= other
        return {min(g): sorted(g) for g in sorted(groups, key=min)}

    def _revive(self, e: int) -> None:
        held = self.holds[e]
        for scope in {h.scope for h in held}:
            if not self.live(e, scope):
                min((h for h in held if h.scope == scope), key=lambda h: h.number).state = HOLDS

    def undo(self, seq: int) -> str:
        """What an import brought goes as if it had never come."""
        if seq not in self.plans:
            return "absent"
        was = self.root(seq)
        members, held = self.entities.pop(was), self.holds.pop(was)
        self.move("undone", was, "")
        parts = self._parts([s for s in members if s != seq], 0)
        for id, those in parts.items():
            self.entities[id], self.holds[id] = those, []
            self.tails.pop(id, None)
        for h in held:
            id = next((id for id, those in parts.items() if h.seq in those), 0)
            if parts and not id:
                id = h.seq = min(parts)
            if id:
                self.holds[id].append(h)
        for id in parts:
            self._revive(id)
        for table in (self.plans, self.outcomes, self.tails, self.waiting, self.decided):
            table.pop(seq, None)  # type: ignore[attr-defined]
        return "removed"

    def split(self, seq: int, at: int, who: str) -> str:
        if seq not in self.plans:
            return "unknown"
        was, plan = self.root(seq), self.plans[seq]
        if len(self.entities[was]) == 1:
            return "alone"
        self.time = max(self.time, at)
        members, held = self.entities.pop(was), self.holds.pop(was)
        self.move("split", was, who)
        number = self.journal
        parts = self._parts([s for s in members if s != seq], seq)
        keeper = min(parts)
        self.entities |= {seq: [seq], **parts}
        self.holds |= {id: [] for id in (seq, *parts)}
        for h in held:
            others = any(k.scope == h.scope and k.seq != seq for k in held)
            if h.seq == seq and others:
                self.holds[seq].append(h)
                continue
            id = next((id for id, those in parts.items() if h.seq in those), keeper)
            self.holds[id].append(h)
        for id in (keeper,):
            for h in self.holds[id]:
                h.seq = keeper if h.seq == seq else h.seq
        for id in (seq, *parts):
            if id != was:
                self.tails.pop(id, None)
            self._revive(id)
        for id, those in parts.items():
            for s in those:
                if s != id and s in self.tails:
                    self.tails[s] = [id if j == seq else j for j in self.tails[s]]
            self.apart.add(frozenset((seq, id)))
            if not self.holds[id]:
                h = Held(plan.scope, seq=id)
                h.passes("", plan.pool, self.time, number)
                self.holds[id].append(h)
        self._give(seq, seq)
        return "split"

    # ---------------------------------------------------------------- acts

    def act(self, one: Act, seq: int) -> tuple[str, str, int, int, Lease | None]:
        """What is asked -> status, reason, entity, journal, lease."""
        known = seq in self.plans
        e = self.root(seq) if known else 0
        if one.id in self.answers:
            reason, was, number = self.answers[one.id]
            now = self.live(e, one.scope) if known else None
            return "known", reason, was, number, now.lease() if now and not reason else None
        return self._act(one, e)

    def _act(self, a: Act, e: int) -> tuple[str, str, int, int, Lease | None]:
        who, now, t = a.member or a.actor, max(a.at_ms, self.time), a.terms
        found = self.live(e, a.scope) if e else None

        def end(status: str, reason: str, h: Held | None = None) -> tuple[str, str, int, int, Lease | None]:
            self.answers[a.id] = (reason, e, self.journal)
            return status, reason, e, self.journal, h.lease() if h else None

        def deny(reason: str) -> tuple[str, str, int, int, Lease | None]:
            self.move("refused", e, who, reason)
            return end("refused", reason)

        if t.refused:
            return deny(t.refused)
        if not e:
            return deny("unknown")
        disputed = self.disputed(e, a.scope)
        h = found or Held(a.scope, seq=self.asked_by(a))
        ended = h.ends()
        if ended and ended[0] <= now and not disputed:
            self.time = now
            self.lapse(e, h, ended[1], now)
        reason, given = self._judge(a, h, who, now, found is not None, disputed)
        if reason == "no_evidence" or reason == "work":
            self.move("follow_up", e, who, a.why)
            return end("done", "no_evidence" if reason == "no_evidence" else "", found)
        if reason:
            return deny(reason)
        before = h.owner
        claims = given and h.pool and a.what in ("claim", "report", "follow_up")
        if claims:
            self.claims[t.day, who].append(e)
        self._do(a, h, e, who, now, given)
        self.time = now
        if found is None:
            self.holds[e].append(h)
        what = "claim" if a.what == "follow_up" and given else a.what
        member = {"release": before, "approve": h.owner}.get(a.what, who)
        self.move(what, e, h.owner if a.what in ("lock", "exempt", "opportunity", "close", "reopen") else member, a.why)
        return end("done", "", h)

    def asked_by(self, a: Act) -> int:
        return self.seq_of[a.event]

    seq_of: dict[str, int]

    def lapse(self, e: int, h: Held, why: str, now: int) -> None:
        owner, pool = h.owner, h.home or self.default
        h.passes("", pool, now, self.journal + 1)
        h.why, h.home = why, h.home if h.home != pool else ""
        self.move("lapsed", e, owner, why)

    def _may_take(self, a: Act, h: Held, who: str, now: int) -> str:
        t, open_ = a.terms, self.counters()
        if h.locked > now:
            return "locked"
        if any(p.member == who and now < p.until_ms + t.cooling_ms for p in h.past):
            return "cooling"
        if h.why in ("", "parked", "overdue") and now < h.since + t.fresh_ms:
            return "new_arrival"
        if 0 <= t.claims_a_day <= len(self.claims[t.day, who]):
            return "day_cap"
        return "holding_cap" if self._full(a, h, who, open_) else ""

    def _full(self, a: Act, h: Held, who: str, open_: Counter[str]) -> bool:
        t = a.terms
        if t.max_open < 0 or (h.closed and t.closed_exempt):
            return False
        return open_[who] + (0 if t.closed_exempt else open_[CLOSED + who]) >= t.max_open

    def _judge(self, a: Act, h: Held, who: str, now: int, there: bool, disputed: bool) -> tuple[str, bool]:
        """Why not ("" when it is done), and whether somebody else has it then."""
        leader, what = a.terms.leader, a.what
        if what == "claim":
            if h.owner == who:
                return "no_change", False
            if not h.pool or a.pool not in ("", h.pool):
                return "not_in_pool", False
            return self._may_take(a, h, who, now), True
        if what == "report":
            if h.owner:
                return "no_change" if h.owner == who else "taken", False
            return self._may_take(a, h, who, now), True
        if what == "approve":
            if not leader:
                return "not_leader", False
            if h.stage != "reported":
                return "no_change", False
            return "party" if h.owner == a.actor else "", False
        if what == "follow_up":
            enough = a.kind in ("mail", "visit") or (a.kind == "call" and a.seconds >= a.terms.call_s)
            if not enough:
                return "no_evidence", False
            if h.owner not in ("", who):
                return "work", False
            if a.at_ms < h.since:
                return "earlier", False
            return ("", False) if h.owner else (self._may_take(a, h, who, now), True)
        if what == "release":
            if not h.owner:
                return "no_change", False
            if h.owner != a.actor and not leader:
                return "not_owner", False
            return "suspended" if disputed else "", True
        if what == "transfer":
            if h.owner == who:
                return "no_change", False
            if not leader and (not h.owner or h.owner != a.actor):
                return "not_owner", False
            if disputed:
                return "suspended", False
            if h.locked > now:
                return "locked", False
            return "holding_cap" if self._full(a, h, who, self.counters()) else "", True
        if not there:
            return "unknown", False
        if what in ("lock", "exempt") and not leader:
            return "not_leader", False
        if what not in ("lock", "exempt", "refuse") and h.owner != a.actor and not leader:
            return "not_owner", False
        name, says = self._says(a)
        return "no_change" if what != "refuse" and getattr(h, name) == says else "", False

    def _says(self, a: Act) -> tuple[str, Any]:
        return {
            "lock": ("locked", a.until_ms),
            "exempt": ("exempt", a.until_ms),
            "opportunity": ("opportunity", a.kind),
            "close": ("closed", True),
            "reopen": ("closed", False),
            "refuse": ("refused", a.until_ms or -1),
        }[a.what]

    def _do(self, a: Act, h: Held, e: int, who: str, now: int, given: bool) -> None:
        t, number = a.terms, self.journal + 1
        if given and a.what != "release":
            home = t.pool or h.pool
            kept = h.home if a.what == "transfer" else ""
            h.passes(who, "", now, number)
            h.until = now + t.protect_ms if t.protect_ms else 0
            h.recycle, h.close_within, h.warn, h.answer = t.recycle_ms, t.close_within_ms, t.warn_ms, t.answer_by_ms
            h.home = kept or (home if home != self.default else "")
        if a.what == "report" and t.approval_ms and not t.leader:
            h.stage, h.until = "reported", now + t.approval_ms
        elif a.what == "approve":
            h.stage, h.until = "", now + t.protect_ms if t.protect_ms else 0
        elif a.what == "follow_up":
            h.touched, h.answer = max(h.touched, a.at_ms), 0
            if h.stage != "reported":
                h.stage = "owned"
                h.until = max(h.until, h.touched + t.protect_ms) if t.protect_ms else h.until
        elif a.what == "release":
            pool = a.pool or h.home or self.default
            h.passes("", pool, now, number)
            h.why, h.home = "released", h.home if h.home != pool else ""
        elif a.what == "refuse":
            for other in {id(x): x for x in (*self.holds[e], h)}.values():
                other.refused = a.until_ms or -1
        elif not given and a.what != "follow_up":
            name, says = self._says(a)
            setattr(h, name, says)

    # ---------------------------------------------------------------- time

    def comes_due(self, now: int) -> dict[tuple[str, int, str], tuple[int, Held]]:
        """What is to be done by now: (lapsed or warning, entity, why and scope) -> entity, lease."""
        todo: dict[tuple[str, int, str], tuple[int, Held]] = {}
        for e, held in self.holds.items():
            for h in held:
                if h.state != HOLDS or not h.owner or self.disputed(e, h.scope):
                    continue
                ends = h.ends()
                if ends and ends[0] <= now:
                    todo["lapsed", e, ends[1] + h.scope] = e, h
                    continue
                if h.answer and h.answer <= now and h.warned < h.answer:
                    todo["warning", e, "unanswered" + h.scope] = e, h
                if (
                    ends
                    and h.warn
                    and ends[0] - h.warn <= now
                    and max(h.warned, h.answer if h.answer <= now else 0) < ends[0]
                ):
                    todo["warning", e, ends[1] + h.scope] = e, h
        return todo

    def waits(self, now: int) -> set[tuple[int, str]]:
        """Whom nobody answered by now: lead and scope."""
        return {
            (h.seq, h.scope)
            for e, held in self.holds.items()
            for h in held
            if h.state == HOLDS and h.owner and 0 < h.answer <= now and not self.disputed(e, h.scope)
        }

    def do(self, what: str, e: int, h: Held, why: str, now: int) -> None:
        """One thing that is due."""
        self.time = max(self.time, now)
        if what == "lapsed":
            self.lapse(e, h, why, self.time)
        else:
            ends = h.ends()
            h.warned = h.answer if why == "unanswered" else ends[0] if ends else 0
            self.move("warning", e, h.owner, why)

    def place(self, seq: int, scope: str, plan: Plan, at: int, came: int, answer_by: int) -> str:
        if seq not in self.plans:
            return "moved"
        e = self.root(seq)
        h = self.live(e, scope)
        now = max(self.time, at)
        waits = h is not None and (not h.owner or 0 < h.answer <= at)
        if not h or not waits or self.disputed(e, scope) or h.locked > now:
            return "settled"
        had = {p.member for p in h.past if p.until_ms >= came} | {h.owner}
        owner = self._pick(replace_shares(plan, had))
        if not owner and not h.owner:
            return "nobody"
        self.time, before, why = now, h.owner, "unanswered" if h.owner else h.why
        h.passes(owner, "" if owner else plan.pool, now, self.journal + 1)
        if owner:
            self._grant(h, plan, answer_by)
            self.move("given", e, owner, why)
        else:
            h.why, h.home = why, h.home if h.home != plan.pool else ""
            self.move("lapsed", e, before, why)
        return "placed" if owner else "nobody"


def _rank(h: Held) -> int:
    return 1 if not h.owner else 2 if h.state == PROVISIONAL else 3


def replace_shares(plan: Plan, had: set[str]) -> Plan:
    fields = {name: getattr(plan, name) for name in plan.__struct_fields__}
    return Plan(**{**fields, "shares": tuple(s for s in plan.shares if s.member not in had)})
