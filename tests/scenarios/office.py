"""An office of salespeople in a town: what they do to customers day by day, and the court that hears their disputes."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from leads.cases import Answer, Case
from leads.ownership import Act, Lease, Moved, What
from leads.records import Outcome
from leadstream.case_evidence import CaseEvidence
from leadstream.configuration import config
from leadstream.disputes import Disputes, File
from leadstream.policies import Policies
from routing.terms import terms
from stores.entities import entity
from stores.journal import Move, ValkeyJournal, effects
from stores.ownership import act
from tests.scenarios.town import BEGIN_MS, DAY_MS, Fields, Town


class Office:
    """``people``: the tenant's section of the configuration, as YAML. Days are counted from 0."""

    def __init__(self, town: Town, people: str) -> None:
        self.town, self.now_ms = town, BEGIN_MS
        text = f"tenants:\n  {town.tenant}:\n" + "".join(f"    {line}\n" for line in people.strip().splitlines())
        self.settings = config.parse(text, {}, Path())
        self.policies = Policies(town.index.client, self.settings, lambda: self.now_ms)
        evidence = CaseEvidence(town.index, self.policies, lambda: self.now_ms)
        self.court = Disputes(town.index, self.policies, lambda: self.now_ms, evidence)
        self._ids = count(1)

    def day(self, day: float) -> None:
        """It is so many days later."""
        self.now_ms = BEGIN_MS + round(day * DAY_MS)

    async def hears(self, **fields: str) -> Outcome:
        """The customer gets in touch."""
        (outcome,) = await self.town.hear(fields, at_ms=self.now_ms)
        return outcome

    async def enters(self, member: str, fields: Fields) -> Outcome:
        """A salesperson enters a customer as his own."""
        (outcome,) = await self.town.hear({**fields, "owner": member}, at_ms=self.now_ms, door="import")
        return outcome

    async def does(self, member: str, what: What, lead: Outcome, **how: Any) -> Moved:
        policy = await self.policies.now(self.town.tenant)
        given = terms(policy, how.get("member", ""), member, "", self.now_ms, what=what)
        one = Act(f"{next(self._ids):032x}", what, lead.event, member, self.now_ms, terms=given, **how)
        return await act(self.town.index.client, self.town.tenant, one)

    async def calls(self, member: str, lead: Outcome, seconds: int) -> Moved:
        return await self.does(member, "follow_up", lead, kind="call", seconds=seconds)

    async def lease(self, lead: Outcome) -> Lease:
        """The one that counts."""
        now = await entity(self.town.index.client, self.town.tenant, lead.seq)
        return next(held for held in now.holdings if not held.state)

    async def relayed(self) -> None:
        """The journal is shown to the court, as the relay does; all of it, from the beginning."""
        entries = await ValkeyJournal(self.town.index.client).read(self.town.tenant, 0, 100_000)
        await self.court.witness(self.town.tenant, entries)

    async def moves(self, what: str = "") -> list[Move]:
        entries = await ValkeyJournal(self.town.index.client).read(self.town.tenant, 0, 100_000)
        found = [e.move for e in await effects(self.town.index, self.town.tenant, entries) if e.move]
        return [move for move in found if what in ("", move.what)]

    async def files(self, member: str, lead: Outcome, why: str, **how: Any) -> Answer:
        return await self.court.file(self.town.tenant, f"{next(self._ids):032x}", lead.event, "", member, why, **how)

    async def case(self, number: int) -> File:
        found = await self.court.show(self.town.tenant, number)
        assert found, "no such case"
        return found

    async def cases(self) -> list[Case]:
        return await self.court.listed(self.town.tenant)
