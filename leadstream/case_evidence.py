"""What the record shows of a case: whose customer it is, who did what, and what the written rule makes of it. Reads only."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from leads.cases import Case, Proposal, Rulebook, Shares, Statement, Touch
from leads.ownership import SUSPENDED
from leads.policy import Policy, leaders_of
from leadstream.policies import Policies
from routing.settle import propose
from stores import cases as kept
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.touches import Past, nothing, touches

_NUMBERED = "0" * 24  # how a lead is named by its number (stores.ownership.numbered)
Clock = Callable[[], int]


def as_given(tenant: str, receipt: str) -> str:
    """A receipt names its lead by itself."""
    return receipt


class CaseEvidence:
    """``past`` gives what the journal of a tenant held before, ``named`` what the store knows a lead by, of its receipt or of the
    name it has in lists; ``clock`` ms. Everything raises StoreDown."""

    def __init__(
        self,
        index: ValkeyIndex,
        policies: Policies,
        clock: Clock,
        past: Callable[[str], Past] = nothing,
        named: Callable[[str, str], str] = as_given,
    ) -> None:
        self._index, self._policies, self._clock, self._past, self._named = index, policies, clock, past, named

    async def shares(self, tenant: str, case: Case) -> Shares:
        """The shares of its customer in force."""
        return (await kept.shares(self._index.client, tenant, case.seq, case.scope)).shares

    async def proposal(self, tenant: str, case: Case) -> Proposal:
        """What the rule in force when the case was opened says of the record as it is now."""
        rules = await self.rules(tenant, case)
        seen = await self.touches(tenant, case)
        return propose(case.parties, seen, (await self.shares(tenant, case)).now, rules, self._clock())

    async def touches(self, tenant: str, case: Case) -> tuple[Touch, ...]:
        """Everything anybody did with the customer, and what he says himself by a party's word."""
        policy = await self._policies.at(tenant, case.filed_ms)
        seen = await touches(self._index, tenant, case.seq, case.scope, policy.call_s, self._past(tenant))
        return (*seen, *(_named(s) for s in case.statements if s.names))

    async def rules(self, tenant: str, case: Case) -> Rulebook:
        """The written rule in force when the case was opened."""
        policy: Policy = await self._policies.at(tenant, case.filed_ms)
        return msgspec.structs.replace(policy.disputes, version=policy.version)

    async def concerned(self, tenant: str, case: Case) -> list[str]:
        """Who is told of a case: the parties, and whoever may decide it next."""
        return [*case.parties, *leaders_of(await self._policies.now(tenant), case.parties)]

    async def lead(self, tenant: str, receipt: str) -> tuple[str, int]:
        """The receipt and number of the lead a person names; number 0 when there is none."""
        event = self._named(tenant, receipt)
        if event.startswith(_NUMBERED):  # a number is no receipt, but the record has one of the customer
            seen = await touches(self._index, tenant, int(event, 16), "", 0, self._past(tenant))
            event = next((t.event for t in seen if t.event and not t.event.startswith(_NUMBERED)), event)
        (outcome,) = await self._index.outcomes(tenant, [bytes.fromhex(event)])
        return event, outcome.seq if outcome else 0

    async def holder(self, tenant: str, seq: int, scope: str) -> tuple[str, int]:
        """Who holds the customer of a lead, and since when."""
        now = await entity(self._index.client, tenant, seq)
        held = next((h for h in now.holdings if h.scope == scope and h.state != SUSPENDED), None)
        return (held.owner, held.since_ms) if held else ("", 0)


def _named(said: Statement) -> Touch:
    return Touch(said.at_ms, "named", said.names, 0, weight=int(said.counts), says=f"says {said.who}")
