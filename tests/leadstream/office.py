"""An office: real people with real tokens at the real door, on a store of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from gateway.app import make_app
from gateway.settings import ROLES, Role
from leads.records import Outcome
from leadstream.casebook import disputes
from leadstream.configuration import config
from leadstream.ownership import Owners
from leadstream.questions import Questions
from leadstream.reviewing import Desk
from leadstream.roster import Roster
from leadstream.runtime import Runtime, clock
from leadstream.tokens import IssuedTokens
from stores.idempotency import RedisIdempotency
from stores.tokens import issue
from streams.metrics import Metrics, new_registry
from tests.leadstream.test_life import hear

POLICY = """
tenants:
  main:
    country: CN
    protect_days: 30
    members: {amy: {name: Amy Archer, max_open: 4}, bo: {name: 博远}, chen: {}, dora: {}, lena: {}}
    teams: {east: {members: [amy, bo], leader: lena}, south: {members: [chen], leader: dora}}
    pools:
      public: {members: [amy, bo], leaders: [lena], claims_a_day: 3, cooling_days: 7}
      partners: {members: [chen]}
    rules:
      - {id: fair, when: {campaign: fair}, pool: public}
      - {id: partner, when: {campaign: partner}, pool: partners}
      - {id: mine, when: {campaign: amy}, members: [amy]}
"""
ROLE: dict[str, Role] = {
    "amy": "agent",
    "bo": "agent",
    "chen": "agent",
    "lena": "leader",
    "dora": "leader",
    "": "admin",
}


class Office:
    """``as_`` gives a client with a person's token; "" is an admin who is nobody."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        metrics = Metrics(new_registry())
        self.owners = Owners(runtime, clock, lambda: runtime.shell(metrics, "door"))
        self.app = make_app(
            runtime.gateway(),
            runtime.publisher,
            runtime.index,
            clock,
            RedisIdempotency(runtime.client),
            customers=Questions(runtime.index, runtime.settings, runtime.tenants(), runtime.policies, clock, metrics),
            reviews=Desk(runtime.client, runtime.settings),
            tokens=IssuedTokens(runtime.client, clock),
            owning=self.owners,
            staff=Roster(runtime.client, runtime.policies, runtime.settings, clock),
            cases=disputes(runtime),
        )
        self._heard = 1 << 120  # receipts that look like receipts

    async def token(self, member: str, role: Role | None = None) -> str:
        role = role or ROLE[member]
        secret, _ = await issue(self.runtime.client, "main", role, member, tuple(ROLES[role]), clock())
        return secret

    async def as_(self, member: str, role: Role | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {await self.token(member, role)}"}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="https://leads.example.com", headers=headers)

    async def lead(self, campaign: str = "fair", **fields: str) -> Outcome:
        """One lead through the pipeline; ``campaign`` chooses its rule."""
        self._heard += 1
        (outcome,) = await hear(self.runtime, self._heard, {"campaign": campaign, **fields}, at_ms=clock())
        return outcome


def settings(home: Path, policy: str = POLICY) -> Any:
    return config.parse(f"data: {home}\n{policy}", {}, home)
