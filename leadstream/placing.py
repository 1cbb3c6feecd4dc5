"""Places leads that wait: who is parked in line goes to somebody as soon as anybody is free, who was not answered moves on.

The line and each step are the store's (stores/waiting.py, lua/place.lua); here a lead gets a fresh plan by its rule as it says
now. Every worker does it: a step counts only while the customer is as he was seen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from leads.errors import Unavailable
from leads.policy import Policy
from leads.records import Plan
from leadstream.runtime import Runtime, clock
from routing.days import day_number
from routing.plan import Router, compile_policy
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.ownership import Due, Placed, place
from stores.waiting import Asked, asked, journal_number, line
from streams.metrics import Metrics

#: How soon somebody who has room again is noticed.
LOOK_S = 1.0
_PAGE, _PLANS = 500, 10_000


class Placer:
    """One for each process. ``policy`` gives the policy of a tenant in force now."""

    def __init__(self, index: ValkeyIndex, policy: Callable[[str], Policy]) -> None:
        self._index = index
        self._policy = policy
        self._routers: dict[str, tuple[Policy, Router, ZoneInfo]] = {}
        self._plans: dict[tuple[str, str], Plan] = {}

    async def drain(self, tenant: str, now_ms: int) -> int:
        """Place those in line, first come first served within a priority, until nobody can take more -> how many were placed.
        Raises StoreDown."""
        zone = self._under(tenant)[2]
        placed, first = 0, 0
        full: list[Plan] = []  # whoever waits for the same people as one that nobody could take
        while page := await line(self._index.client, tenant, first, _PAGE):
            days = {day_number(came_ms, zone) for _, came_ms in page}
            waits = await asked(self._index.client, tenant, [seq for seq, _ in page], days)
            gone = 0
            for seq, _ in page:
                if seq not in waits:
                    continue
                plan = await self._plan(tenant, waits[seq], now_ms)
                until_ms = waits[seq].came_ms + plan.wait_ms
                if now_ms < until_ms and any(plan is other for other in full):
                    continue
                done = await self._place(tenant, seq, plan, waits[seq], now_ms, until_ms)
                placed += done.status == "placed"
                gone += done.status in ("placed", "overdue") or (done.status == "settled" and not _parked(done))
                if done.status == "nobody":
                    full.append(plan)
            first += len(page) - gone
        return placed

    async def late(self, tenant: str, told: Sequence[Due], now_ms: int) -> None:
        """Move leads on that nobody answered in time; those in line are placed by ``drain``. Raises StoreDown."""
        late = [one for one in told if one.what == "unanswered"]
        zone = self._under(tenant)[2]
        days = {day_number(one.lease.since_ms, zone) - before for one in late for before in (0, 1)}
        waits = await asked(self._index.client, tenant, [one.seq for one in late], sorted(days, reverse=True))
        for one in late:
            if one.seq in waits:
                plan = await self._plan(tenant, waits[one.seq], now_ms)
                await self._place(tenant, one.seq, plan, waits[one.seq], now_ms, 0)

    async def _place(self, tenant: str, seq: int, plan: Plan, waits: Asked, now_ms: int, until_ms: int) -> Placed:
        _, router, zone = self._under(tenant)
        seen = await entity(self._index.client, tenant, seq)
        return await place(
            self._index.client,
            tenant,
            seq,
            plan.scope,
            plan,
            at_ms=now_ms,
            day=day_number(now_ms, zone),
            version=seen.version,
            came_ms=waits.came_ms,
            answer_by_ms=router.answer_by(plan, now_ms),
            until_ms=until_ms,
        )

    async def _plan(self, tenant: str, waits: Asked, now_ms: int) -> Plan:
        """A fresh plan; the old one with nobody in it when its rule is gone: then the lead stays where it is."""
        before = self._plans.get((tenant, waits.plan)) or await self._index.plan(tenant, waits.plan)
        assert before is not None  # plans are kept for ever, before what names them
        if len(self._plans) >= _PLANS:
            self._plans.clear()
        self._plans[tenant, waits.plan] = before
        made = self._under(tenant)[1].again(before, now_ms, now_ms - waits.came_ms)
        return made or replace(before, shares=(), away=(), answer_ms=0)

    def _under(self, tenant: str) -> tuple[Policy, Router, ZoneInfo]:
        policy = self._policy(tenant)
        known = self._routers.get(tenant)
        if known is None or known[0].version != policy.version:
            known = self._routers[tenant] = policy, compile_policy(policy), ZoneInfo(policy.timezone)
        return known


def _parked(done: Placed) -> bool:
    return done.lease is not None and done.lease.why == "parked"


async def draining(runtime: Runtime, placer: Placer, metrics: Metrics) -> None:
    """Until cancelled: looks at the line when anything has happened, people have changed, or a minute has passed."""
    seen: dict[str, object] = {}
    while True:
        for tenant in runtime.settings.tenants:
            try:
                now_ms = clock()
                state = (
                    await journal_number(runtime.client, tenant),
                    runtime.policies.known(tenant).version,
                    now_ms // 60_000,
                )
                if seen.get(tenant) != state:
                    await placer.drain(tenant, now_ms)
                    seen[tenant] = state
            except Unavailable:
                metrics.retry("store")
        await asyncio.sleep(LOOK_S)
