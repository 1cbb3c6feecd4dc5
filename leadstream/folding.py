"""What /metrics knows of ownership: the journal, folded by whoever relays it, so that everything is counted once.

Counters begin with the process, as counters do. The week's books of fairness and hotline outlive it: they are kept with the number
they go up to, so an entry that comes again counts once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from leads.ownership import REFUSALS
from leads.records import Glance, Plan
from leadstream.runtime import Runtime
from routing.days import GRAIN_MS, period
from routing.fairness import Accounts, Gift, book, carried, enter, gift_by_move, gift_of
from routing.hotline import Call, held
from stores.books import keep, load
from stores.glance import glance
from stores.journal import Move
from streams.metrics import Metrics
from streams.relay import HOLD_MS

#: Gauges of a tenant that somebody else relays now are taken off the page after so long, ms.
STALE_MS = 60_000
#: Spreads are worked out again at most so often, ms: a busy line costs milliseconds.
SETTLED_MS = 15_000
#: First contacts remembered, so that a second one is none.
_CONTACTS = 100_000


class Books(msgspec.Struct, array_like=True):
    """One tenant's week so far, up to and with the journal entry ``number``."""

    number: int = 0
    week: str = ""
    teams: dict[str, Accounts] = {}
    calls: dict[str, dict[str, int]] = {}  # line -> member -> new customers who rang


_books = msgspec.msgpack.Decoder(Books).decode


class Brought:
    """Which source brought each lead, two bytes a lead; as far as it has been told."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._sources = array("H")

    def told(self, outcome: Glance) -> str:
        """Remember a lead; gives who had brought the customers it joined: own, other or unknown. "" when it joined none."""
        mine = self._numbers.get(outcome.source) or self._numbers.setdefault(outcome.source, len(self._numbers) + 1)
        try:
            self._sources[outcome.seq] = mine
        except IndexError:
            self._sources.extend([0] * max(1_024, outcome.seq + 1 - len(self._sources)))
            self._sources[outcome.seq] = mine
        if not outcome.joined:
            return ""
        known = [self._sources[seq] for seq in outcome.joined if seq < len(self._sources)]
        return "own" if mine in known else "other" if any(known) else "unknown"


class Fold:
    """A witness of the relay (``streams.relay.Witness``). One for each process; ``clock`` gives ms."""

    def __init__(self, runtime: Runtime, metrics: Metrics, clock: Callable[[], int]) -> None:
        self._runtime, self._metrics, self._clock = runtime, metrics, clock
        self._tenants: dict[str, Tenant] = {}

    async def __call__(self, tenant: str, entries: Sequence[tuple[int, bytes]]) -> None:
        """Fold what has not been folded. Raises StoreDown."""
        mine = self._tenants.get(tenant)
        if mine is None or abs(self._clock() - mine.seen_ms) > HOLD_MS / 2:  # another process may have folded meanwhile
            self._metrics.begin(tenant)
            kept = await load(self._runtime.client, tenant)
            brought = mine.brought if mine else Brought()
            mine = self._tenants[tenant] = Tenant(tenant, _books(kept) if kept else Books(), brought)
        mine.seen_ms = self._clock()
        fresh = entries[bisect_right(entries, mine.books.number, key=itemgetter(0)) :]
        if not fresh:
            return
        policy = await self._runtime.policies.now(tenant)
        team_of = {member: f"team:{team.id}" for team in reversed(policy.teams.values()) for member in team.members}
        zone = ZoneInfo(policy.timezone)
        for number, packed in fresh:
            seen = glance(packed)
            if seen.at_ms >= mine.week_until_ms:
                await self._enter(mine)
                mine.turn_to(seen.at_ms, zone)
            if isinstance(seen, Glance):
                mine.outcome(seen)
            else:
                mine.move(number, seen, team_of)
        await self._enter(mine)
        mine.books.number = fresh[-1][0]
        await keep(self._runtime.client, tenant, msgspec.msgpack.encode(mine.books))
        mine.hand_over(self._metrics)

    async def _enter(self, mine: Tenant) -> None:
        for digest in mine.unread():
            mine.plans[digest] = await self._runtime.index.plan(mine.name, digest.hex())
        mine.enter()

    def measure(self) -> None:
        """Set the gauges of the tenants this process folds; those of the others go."""
        now = self._clock()
        self._tenants = {name: t for name, t in self._tenants.items() if abs(now - t.seen_ms) <= STALE_MS}
        gauges: dict[str, dict[Any, float]] = {name: {} for name in _GAUGES}
        for tenant in self._tenants.values():
            if abs(now - tenant.settled_ms) >= SETTLED_MS:
                tenant.settle(
                    {
                        member.id
                        for member in self._runtime.policies.known(tenant.name).members.values()
                        if not member.left
                    }
                )
                tenant.settled_ms = now
            for name, values in tenant.gauges.items():
                gauges[name] |= values
        for name, values in gauges.items():
            self._metrics.gauge(name, values)


_GAUGES = (
    *("leadstream_turns_given_leads", "leadstream_turns_due_leads"),
    *("leadstream_fairness_gini_ratio", "leadstream_fairness_deviation_ratio"),
    *("leadstream_hotline_calls", "leadstream_hotline_share_ratio"),
    *("leadstream_hotline_even_ratio", "leadstream_hotline_chance_ratio"),
)


class Tenant:
    """One tenant's fold: what it has counted since it was handed over, and its books."""

    def __init__(self, name: str, books: Books, brought: Brought) -> None:
        self.name, self.books, self.brought = name, books, brought
        self.plans: dict[bytes, Plan | None] = {b"": None}  # by digest
        self.seen_ms, self.settled_ms = 0, -SETTLED_MS
        self.week_until_ms = 0  # so far it was looked up that no new one has begun
        self.gauges: dict[str, dict[Any, float]] = {}
        self._given: dict[tuple[str, str, str, bytes], list[Glance]] = defaultdict(list)
        self._counts: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
        self._contacts: list[float] = []
        self._contacted: dict[int, None] = {}

    def outcome(self, outcome: Glance) -> None:
        """Count one outcome of the journal."""
        if outcome.owner:
            self._given[outcome.owner, outcome.code, outcome.reason, outcome.plan].append(outcome)
            if outcome.door == "call" and outcome.code == "assigned":
                line = self.books.calls.setdefault(outcome.source, {})
                line[outcome.owner] = line.get(outcome.owner, 0) + 1
        met = self.brought.told(outcome)
        if met and outcome.reason != "call_update":
            self._counts["leadstream_duplicates_total"][self.name, outcome.source, met] += 1

    def move(self, number: int, move: Move, team_of: Mapping[str, str]) -> None:
        """Count move ``number``; ``team_of`` gives the team of a member."""
        if move.what == "refused" and move.why in REFUSALS:
            self._count("leadstream_refusals_total", self.name, move.why)
            return
        self._count("leadstream_moves_total", self.name, move.what)
        if move.what == "lapsed":
            self._count("leadstream_lapses_total", self.name, move.why)
        gift = gift_by_move(number, move.what, move.at_ms, move.member, team_of.get(move.member, ""))
        if gift is not None:
            self._enter(gift)
        lease = move.lease
        if move.what == "follow_up" and lease is not None and lease.journal not in self._contacted:
            self._contacted[lease.journal] = None
            if len(self._contacted) > _CONTACTS:
                del self._contacted[next(iter(self._contacted))]
            self._contacts.append(max(0, move.at_ms - lease.since_ms) / 1_000)

    def unread(self) -> set[bytes]:
        """Digests of the plans that ``enter`` needs and that are not in ``plans`` yet."""
        return {digest for *_, digest in self._given} - self.plans.keys()

    def enter(self) -> None:
        """Bring the books up to date: what outcomes gave is entered together where it is alike."""
        alike = list(self._given.values())
        if any(plan.away for _, _, _, digest in self._given if (plan := self.plans.get(digest))):
            one_by_one = sorted(chain.from_iterable(alike), key=attrgetter("journal"))
            alike = [[outcome] for outcome in one_by_one]  # who is absent is owed up to his credit: the order counts
        for outcome, *others in alike:
            gift = gift_of(outcome, self.plans.get(outcome.plan))
            if gift is not None:
                self._enter(gift, 1 + len(others))
        self._given.clear()

    def hand_over(self, metrics: Metrics) -> None:
        """Give what was counted to the page."""
        for name, counts in self._counts.items():
            metrics.count(name, counts)
        for seconds in self._contacts:
            metrics.spent("leadstream_first_contact_seconds", (self.name,), seconds)
        self._counts, self._contacts = defaultdict(Counter), []

    def settle(self, people: set[str]) -> None:
        """Work the gauges out anew. ``people``: who could have had a call."""
        books = {team: book(self.books.week, team, accounts, {}) for team, accounts in self.books.teams.items()}
        given = {(self.name, t, line.member): float(line.given) for t, b in books.items() for line in b.lines}
        due = {(self.name, t, line.member): line.entitled for t, b in books.items() for line in b.lines}
        in_turn = {(self.name, team): found for team, found in books.items() if found.turns}
        self.gauges = {
            "leadstream_turns_given_leads": given,
            "leadstream_turns_due_leads": due,
            "leadstream_fairness_gini_ratio": {key: found.gini for key, found in in_turn.items()},
            "leadstream_fairness_deviation_ratio": {key: found.deviation for key, found in in_turn.items()},
        }
        for line, counts in self.books.calls.items():
            has = {person: float(counts.get(person, 0)) for person in people | counts.keys()}
            calls = [Call(0, line, member, tuple(has)) for member, n in counts.items() for _ in range(n)]
            most = held(calls, has, [1.0] * len(calls))
            figures = {"calls": float(len(calls))}
            if most is not None:
                figures |= {"share_ratio": most.share, "even_ratio": most.even, "chance_ratio": most.chance}
            for name, value in figures.items():
                self.gauges.setdefault(f"leadstream_hotline_{name}", {})[self.name, line] = value

    def turn_to(self, at_ms: int, zone: ZoneInfo) -> None:
        """A new week begins new books. What comes late, of an earlier week, counts for this one."""
        week = period(at_ms, zone, "week")
        if week > self.books.week:
            self.books = Books(self.books.number, week, {team: carried(a) for team, a in self.books.teams.items()})
        self.week_until_ms = at_ms // GRAIN_MS * GRAIN_MS + GRAIN_MS

    def _enter(self, gift: Gift, n: int = 1) -> None:
        enter(self.books.teams.setdefault(gift.team, {}), gift, n)
        self._counts["leadstream_gifts_total"][self.name, gift.team, gift.how] += n

    def _count(self, name: str, *labels: str) -> None:
        self._counts[name][labels] += 1
