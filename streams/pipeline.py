"""The pure composition: what is done to a lead between the round trips. No clock, no network, no state but a memo.

Row -> prepare -> Lead, Keys          (step 1)
Lead, neighbours -> judge -> Verdict  (step 3)
Lead -> plan -> Plan                  (step 4)
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from leads.enquiry import delay_ms
from leads.policy import Clash, Policy
from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Envelope, Facts, IndexStats, Lead, Neighbour, Plan, Refused, Registration, Row, Verdict
from leads.unique import TOLD
from matchers.schemes import Keying
from matchers.verdict import judge
from matchers.weights import DEFAULT, Weights
from routing.days import day_number
from routing.plan import compile_policy
from routing.roster import known_as, whom
from streams.ports import Message

_encode = msgspec.msgpack.Encoder().encode


class TenantSpec(msgspec.Struct, frozen=True):
    """All that is particular to a tenant. ``secret`` keys the digests of its match keys."""

    name: str
    secret: bytes
    policy: Policy
    preparation: Preparation = Preparation()
    weights: Weights = DEFAULT
    keying: Keying = Keying()

    def under(self, policy: Policy) -> TenantSpec:
        """The same tenant under another policy."""
        return msgspec.structs.replace(self, policy=policy)


class Work(msgspec.Struct, gc=False):
    """One event on its way through a batch, with what the steps have learnt of it so far."""

    event: bytes
    row: Row
    envelope: Envelope
    message: Message
    lead: Lead | None = None
    refused: Refused | None = None
    registration: Registration | None = None
    tries: int = 0


class Router(Protocol):
    """The compiled policy: who gets a lead, and by when it must be answered."""

    def plan(self, lead: Lead, now_ms: int) -> Plan: ...
    def answer_by(self, made: Plan, now_ms: int) -> int: ...


class Pipeline:
    """The pure steps for one tenant."""

    def __init__(self, spec: TenantSpec) -> None:
        self.spec = spec
        self._router: Router = compile_policy(spec.policy)
        self._zone = ZoneInfo(spec.policy.timezone)
        policy = spec.policy
        self._known_as = known_as(policy)
        self._unique = {"": _strictest_first(policy.unique)} | {
            scope.id: _strictest_first({**policy.unique, **scope.unique}) for scope in policy.scopes
        }

    def prepare(self, work: Work) -> None:
        """Step 1: fills ``lead`` and ``registration``, or ``refused``."""
        prepared = prepare(work.row, work.envelope, self.spec.preparation)
        if isinstance(prepared, Refused):
            work.refused = prepared
            return
        if prepared.claimant:
            prepared = msgspec.structs.replace(prepared, claimant=whom(self._known_as, prepared.claimant))
        work.lead = prepared
        keys = self.spec.keying.keys(prepared.facts, self.spec.secret)
        work.registration = Registration(event=work.event, keys=keys, record=_encode(prepared.facts))

    def judge(
        self,
        lead: Lead,
        counts: Sequence[int],
        neighbours: Sequence[Neighbour],
        own: Sequence[Facts],
        stats: IndexStats,
    ) -> Verdict:
        """Step 3. ``own``: the other leads already in this lead's entity; what contradicts one of them is not joined."""
        counts = self.spec.keying.counts(lead.facts, counts)
        return judge(lead.facts, counts, neighbours, stats, self.spec.weights, own)

    def plan(self, lead: Lead) -> Plan:
        """Step 4. The event's own time decides who is available, so that a replay plans alike."""
        return self._router.plan(lead, lead.at_ms)

    def delay_ms(self, work: Work) -> int | None:
        """How late the lead came; None when it does not say when the customer left his details."""
        return delay_ms(work.envelope, work.row, self._zone)

    def unique(self, scope: str) -> tuple[tuple[str, Clash], ...]:
        """Fields that must be unique in a scope and what a clash leads to, the strictest first."""
        return self._unique.get(scope) or self._unique[""]

    @property
    def all_compared(self) -> bytes:
        """Kinds of key of what may be one customer's only in some scope, a company or a phone: all of its holders in view are
        compared."""
        fields = {field for rules in self._unique.values() for field, _ in rules}
        return b"Oo" * ("company" in fields) + b"Pp" * ("phone" in fields)

    def answer_by(self, plan: Plan, lead: Lead) -> int:
        """When whoever gets the lead must have answered it, 0 without a target."""
        return self._router.answer_by(plan, lead.at_ms)

    def day(self, at_ms: int) -> int:
        """Day number of the tenant's calendar, for daily limits."""
        return day_number(at_ms, self._zone)


def _strictest_first(rules: dict[str, Clash]) -> tuple[tuple[str, Clash], ...]:
    return tuple(sorted(rules.items(), key=lambda rule: (list(TOLD).index(rule[1]), rule[0])))


def event_of_bytes(value: bytes) -> bytes:
    """Event id of a message that cannot be decoded: its own digest, so that a redelivery is the same event."""
    return hashlib.blake2b(value, digest_size=16, person=b"undecodable").digest()
