"""Customers pass on many at a time: somebody leaves, hands over, has had them very long, has signed them. Any of it can be
previewed, and taken up again where it was cut short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from leads.errors import BadInput
from leads.ownership import SUSPENDED, Lease
from leads.policy import Policy, is_leader
from leadstream.asked import Asked
from leadstream.policies import Policies
from leadstream.reviewing import check_reason
from leadstream.roster import Roster
from routing.check import unknown
from routing.successors import Way, Ways
from stores.codec import plan_digest
from stores.handover import Lead, Passed, held, leads_of, pass_on
from stores.index import ValkeyIndex

#: Customers passed on in one step, so that nobody else waits long for the store.
_SLICE = 200
_PASSES = 10


class Filter(msgspec.Struct, frozen=True):
    """Which of his customers: of one scope (None all), signed or not (None both), his since before a moment (0 any)."""

    scope: str | None = None
    closed: bool | None = None
    since_before_ms: int = 0

    def takes(self, lease: Lease) -> bool:
        return (
            (self.scope is None or lease.scope == self.scope)
            and (self.closed is None or lease.closed == self.closed)
            and (not self.since_before_ms or lease.since_ms < self.since_before_ms)
        )


class Customer(msgspec.Struct, frozen=True):
    """One that passes on."""

    entity: int
    lease: Lease
    event: str
    rule: str


class Report(msgspec.Struct, frozen=True):
    """What became of how many: by what came of them and to whom. ``first`` are the customers passed on first, for a preview."""

    counts: dict[tuple[str, str], int]
    first: tuple[tuple[Customer, Passed], ...] = ()

    @property
    def moved(self) -> int:
        return sum(n for (what, _), n in self.counts.items() if what in ("moved", "pooled"))


WayOf = Callable[[Customer], Way]


class Handover:
    """Hand-overs over one store. ``clock`` gives ms."""

    def __init__(self, index: ValkeyIndex, policies: Policies, roster: Roster, clock: Callable[[], int]) -> None:
        self._index, self._policies, self._roster, self._clock = index, policies, roster, clock

    async def depart(
        self, tenant: str, member: str, actor: str, why: str, *, cap: int | None = None, preview: bool = False
    ) -> Report:
        """Somebody leaves: he is told to have left, then all that is his passes on by fit, protected and hot ones first, at most
        ``cap`` to one successor (None: as the policy says), the rest to a pool. Run again it finishes what was cut short."""
        policy = await self._may(tenant, member, actor, why)
        if not preview and not policy.members[member].left:
            asked = Asked("left", member, self._clock(), why)
            await self._roster.change(tenant, [asked], actor, f"left/{member}/{self._clock()}")
            policy = await self._policies.now(tenant)
        group = f"depart:{member}:{await self._times_left(tenant, member)}"
        ways = Ways(policy, member, self._clock())
        most = policy.handover.per_successor if cap is None else cap
        total: Counter[tuple[str, str]] = Counter()
        first: tuple[tuple[Customer, Passed], ...] = ()
        for _ in range(_PASSES):  # what a decision under way gave him meanwhile is found by the next pass
            found = await self._customers(tenant, member, Filter())
            done = await self._pass(
                tenant, member, found, lambda c: ways.by_fit(c.rule, c.lease.scope), group, most, actor, why,
                leaving=True, pooling=True, preview=preview,
            )  # fmt: skip
            total.update(done.counts)
            first = first or done.first
            if preview or not done.moved:
                break
        return Report(dict(total), first)

    async def transfer(
        self, tenant: str, member: str, to: str, actor: str, why: str, which: Filter, *, preview: bool = False
    ) -> Report:
        """Everything of one member that ``which`` takes goes to another, as far as he can hold it."""
        policy = await self._may(tenant, member, actor, why)
        if to not in policy.members:
            raise BadInput("no_member", unknown("member", to, policy.members))
        if policy.members[to].left:
            raise BadInput("gone", "this person has left; name somebody who is there")
        ways = Ways(policy, member, self._clock())
        found = await self._customers(tenant, member, which)
        return await self._pass(
            tenant, member, found, lambda c: ways.to((to,), c.lease.scope), f"transfer:{member}:{to}", -1, actor, why,
            preview=preview,
        )  # fmt: skip

    async def rotate(
        self, tenant: str, actor: str, why: str, *, before_ms: int, cap: int = -1, preview: bool = False
    ) -> Report:
        """Customers that one owner has had since before a moment go to colleagues by fit; open opportunities wait."""
        which = Filter(since_before_ms=before_ms)
        return await self._everybody(
            tenant,
            actor,
            why,
            which,
            f"rotate:{before_ms}",
            cap,
            preview,
            lambda ways, c: ways.by_fit(c.rule, c.lease.scope),
        )

    async def to_service(self, tenant: str, actor: str, why: str, *, preview: bool = False) -> Report:
        """Signed customers go to the service team of the policy; who signed them stays in their history."""
        policy = await self._policies.now(tenant)
        team = policy.teams.get(policy.handover.service_team)
        if team is None:
            raise BadInput("no_service_team", "name the service team in handover.service_team of the configuration")
        mates = set(team.members)
        return await self._everybody(
            tenant, actor, why, Filter(closed=True), "service", -1, preview,
            lambda ways, c: ways.to(team.members, c.lease.scope), spare=mates,
        )  # fmt: skip

    async def _everybody(
        self,
        tenant: str,
        actor: str,
        why: str,
        which: Filter,
        group: str,
        cap: int,
        preview: bool,
        way_of: Callable[[Ways, Customer], Way],
        spare: set[str] | None = None,
    ) -> Report:
        policy = await self._leading(tenant, actor, why)
        by_owner: dict[str, list[Customer]] = {}
        for customer in await self._customers(tenant, "", which):
            if customer.lease.owner not in (spare or ()) and not customer.lease.opportunity:
                by_owner.setdefault(customer.lease.owner, []).append(customer)
        total: Counter[tuple[str, str]] = Counter()
        first: list[tuple[Customer, Passed]] = []
        for owner, customers in sorted(by_owner.items()):
            ways = Ways(policy, owner, self._clock())

            def way(customer: Customer, ways: Ways = ways) -> Way:
                return way_of(ways, customer)

            done = await self._pass(tenant, owner, customers, way, group, cap, actor, why, preview=preview)
            total.update(done.counts)
            first += done.first
        return Report(dict(total), tuple(first))

    async def _may(self, tenant: str, member: str, actor: str, why: str) -> Policy:
        policy = await self._leading(tenant, actor, why)
        if member not in policy.members:
            raise BadInput("no_member", unknown("member", member, policy.members))
        return policy

    async def _leading(self, tenant: str, actor: str, why: str) -> Policy:
        check_reason(why)
        policy = await self._policies.now(tenant)
        if actor in policy.members and not is_leader(policy, actor):
            raise BadInput("not_leader", "only a leader, or an administrator who is no member, hands over for others")
        return policy

    async def _times_left(self, tenant: str, member: str) -> int:
        """Tells one departure from the next of somebody who came back: the version of the roster at which he left last."""
        versions = await self._roster.versions(tenant, member)
        return max((v.number for v in versions if v.change.what == "left"), default=0)

    async def _customers(self, tenant: str, member: str, which: Filter) -> list[Customer]:
        """What passes on, in the order in which it does: protected first, then hot."""
        found = [(entity, lease) async for entity, lease in held(self._index.client, tenant, member)]
        found = [(entity, lease) for entity, lease in found if which.takes(lease)]
        if not member:
            found = [(entity, lease) for entity, lease in found if lease.state != SUSPENDED]
        leads = await leads_of(self._index.client, tenant, [lease.seq for _, lease in found])
        plans = await self._index.plans_of(tenant, [lead.stored for lead in leads.values()])
        nobody = Lead("", b"")
        customers = [
            Customer(entity, lease, (lead := leads.get(lease.seq, nobody)).event, _rule(lead, plans))
            for entity, lease in found
        ]
        now = self._clock()
        return sorted(customers, key=lambda customer: _urgency(customer.lease, now))

    async def _pass(
        self,
        tenant: str,
        member: str,
        customers: Sequence[Customer],
        way_of: WayOf,
        group: str,
        cap: int,
        actor: str,
        why: str,
        *,
        leaving: bool = False,
        pooling: bool = False,
        preview: bool = False,
    ) -> Report:
        counts: Counter[tuple[str, str]] = Counter()
        first: list[tuple[Customer, Passed]] = []
        size = len(customers) if preview else _SLICE  # a preview is worked out in one piece: nothing is kept between
        for start in range(0, max(len(customers), leaving), max(size, 1)):
            part = customers[start : start + size]
            ways: dict[Way, int] = {}
            listed = [(c.lease.seq, c.lease.scope, c.event, ways.setdefault(way_of(c), len(ways) + 1)) for c in part]
            done = await pass_on(
                self._index.client, tenant, member, listed, tuple(ways), group=group, cap=cap, leaving=leaving,
                pooling=pooling, preview=preview, at_ms=self._clock(), actor=actor, why=why,
            )  # fmt: skip
            counts.update((one.what, one.to) for one in done)
            first += list(zip(part, done, strict=True))[: 20 - len(first)]
        return Report(dict(counts), tuple(first))


def _urgency(lease: Lease, now_ms: int) -> tuple[bool, bool, int, int]:
    protected = lease.until_ms > now_ms
    return not protected, not lease.opportunity, -max(lease.touched_ms, lease.since_ms), lease.seq


def _rule(lead: Lead, plans: dict[bytes, tuple[str, str]]) -> str:
    """The rule that placed a lead, "" for none."""
    return plans.get(plan_digest(lead.stored), ("", ""))[0]
