"""Whose a customer is, for people: what each may see of him, and what he asks for with the terms the policy grants him.

An owner sees his own customers in full. Who leads the owner or the pool sees whose they are, values masked unless he says why he
needs them. Everybody else learns that a customer is taken, and no more. What waits in a pool is masked for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from gateway.acceptance import to_message
from gateway.ownership import actor, refusal
from gateway.pools import Pool
from gateway.problems import Problem
from gateway.settings import TokenSpec
from gateway.shapes import Customer, Former, Known, Page
from leads.errors import BadInput
from leads.ownership import PROVISIONAL, SUSPENDED, Act, Lease, Moved, Terms
from leads.policy import Policy
from leads.profiles import Witness, profile
from leads.records import Envelope, Facts, Outcome
from leadstream.customer import text_of
from leadstream.handles import handles
from leadstream.reviewing import check_reason
from leadstream.runtime import Runtime
from routing import terms as granted
from routing.days import day_number
from routing.terms import NOBODY
from stores import ownership as store
from stores.entities import Entity
from stores.journal import note
from stores.lookup import records, standing
from streams.intake import take
from streams.pipeline import Pipeline
from streams.shell import Shell
from streams.topics import RAW

_decode = msgspec.msgpack.Decoder(Facts).decode
#: Leads of a customer that a list or a look reads: the first and the latest.
_LEADS = 32


class Owners:
    """Satisfies ``gateway.app.Owning``. ``shell`` disposes of what people report; made when the first report comes."""

    def __init__(self, runtime: Runtime, clock: Callable[[], int], shell: Callable[[], Shell]) -> None:
        self._runtime, self._clock, self._make_shell = runtime, clock, shell
        self._client, self._policies = runtime.client, runtime.policies
        self._shell: Shell | None = None
        self.handles = handles(runtime)

    async def name(self, who: TokenSpec) -> str:
        """The caller's name for people. Raises StoreDown."""
        person = (await self._policies.now(who.tenant)).members.get(who.member)
        return person.name if person else ""

    async def see(self, who: TokenSpec, receipt: str, scope: str, reveal: str = "") -> Customer | None:
        """The customer of a lead, as the caller may see him. ``reveal``: why a leader looks at values in full; it is noted
        before they are shown. Raises BadInput, Problem 403 for who may not, StoreDown."""
        found = await store.leases(self._client, who.tenant, bytes.fromhex(self.handles.event(who.tenant, receipt)))
        if found is None:
            return None
        policy = await self._policies.now(who.tenant)
        lease = _lease(found, scope)
        rank = _rank(who, policy, lease)
        if reveal:
            check_reason(reveal)
            if rank != "leader":
                raise refusal("not_leader")
            await note(self._client, who.tenant, "revealed", self._clock(), found.id, actor(who), receipt)
        (customer,) = await self._shown(who, [(receipt, found.members, lease, rank)], in_full=bool(reveal))
        return customer.model_copy(update={"scope": scope, "suspended": _suspended(found.holdings, scope)})

    async def mine(self, who: TokenSpec, member: str, after: str, most: int) -> Page:
        """Customers of a member, the latest first. Raises Problem 403, BadInput, StoreDown."""
        holder = member or who.member
        if not holder:
            raise BadInput("no_member", "this token speaks for nobody: say whose customers with ?member=")
        policy = await self._policies.now(who.tenant)
        if holder != who.member and not _leads(who, policy, (holder,)):
            raise refusal("not_leader")
        return await self._page(who, holder, policy, after, most)

    async def pools(self, who: TokenSpec) -> list[Pool]:
        """The pools the caller may claim from or leads. Raises StoreDown."""
        policy = await self._policies.now(who.tenant)
        waiting = (await standing(self._client, who.tenant)).pools
        today = day_number(self._clock(), ZoneInfo(policy.timezone))
        claimed = await store.claimed(self._client, who.tenant, today, who.member) if who.member else 0
        return [
            Pool(
                id=pool.id,
                waiting=waiting.get(pool.id, 0),
                member=not pool.members or who.member in pool.members,
                leader=who.role == "admin" or who.member in pool.leaders,
                claims_a_day=pool.claims_a_day,
                claimed_today=claimed,
            )
            for pool in policy.pools.values()
            if _in_pool(who, policy, pool.id)
        ]

    async def waiting(self, who: TokenSpec, pool: str, after: str, most: int) -> Page:
        """What waits in a pool, the latest first, masked. Raises Problem 403, 404; BadInput, StoreDown."""
        policy = await self._policies.now(who.tenant)
        if pool not in policy.pools:
            raise Problem(404, "unknown_pool", "There is no such pool; see /v1/pools.")
        if not _in_pool(who, policy, pool):
            raise refusal("no_member")
        return await self._page(who, store.in_pool(pool), policy, after, most)

    async def move(self, who: TokenSpec, act: Act) -> Moved:
        """Do ``act`` on the terms of the policy in force. Raises BadInput, StoreDown."""
        check_reason(act.why)
        check_reason(act.kind)
        act = msgspec.structs.replace(act, event=self.handles.event(who.tenant, act.event))
        found = await store.leases(self._client, who.tenant, bytes.fromhex(act.event))
        lease = _lease(found, act.scope) if found else None
        policy = await self._policies.now(who.tenant)
        return await store.act(
            self._client, who.tenant, msgspec.structs.replace(act, terms=self._terms(who, policy, act, lease))
        )

    async def report(self, who: TokenSpec, envelope: Envelope, scope: str) -> Outcome | str:
        """Put a report into the log like any lead and dispose of it now; the worker that meets it finds it done. Where it turns
        out to be a customer of a pool he is taken from there. Gives the outcome, or why not. Raises LogDown, StoreDown."""
        policy, now = await self._policies.now(who.tenant), self._clock()
        terms = granted.terms(policy, who.member, who.member, "", now, what="report")
        if terms.refused:
            return terms.refused
        held = (await standing(self._client, who.tenant)).owners.get(who.member, 0)
        if 0 <= terms.max_open <= held:
            return "holding_cap"
        event = envelope.rows[0].event
        message = to_message(envelope, event)
        await self._runtime.publisher.publish(RAW, [message])
        (outcome,) = await self._current_shell(who.tenant, policy).judge_now(take([message], {who.tenant}))
        if (outcome.code, outcome.reason) == ("merged", "in_pool"):
            act = Act(id=event, what="report", event=event, actor=who.member, at_ms=now, scope=scope)
            moved = await self.move(who, act)
            if moved.status == "refused":
                return moved.reason
        return outcome

    def _current_shell(self, tenant: str, policy: Policy) -> Shell:
        shell = self._shell = self._shell or self._make_shell()
        pipeline = shell.pipelines()[tenant]
        if pipeline.spec.policy.version != policy.version:
            shell.adopt(tenant, Pipeline(pipeline.spec.under(policy)))
        return shell

    def _terms(self, who: TokenSpec, policy: Policy, act: Act, lease: Lease | None) -> Terms:
        """What the policy grants; an agent's token gives him no more than his own, though he may lead somebody."""
        pool = (lease.pool or lease.home) if lease else act.pool
        terms = granted.terms(
            policy,
            act.member,
            act.actor,
            pool,
            self._clock(),
            what=act.what,
            owner=lease.owner if lease else "",
            admin=who.role == "admin",
        )
        if who.role != "agent" or not terms.leader:
            return terms
        others = act.what == "claim" and act.member not in ("", act.actor)
        refused = "not_leader" if others or act.what in granted.LEADERS else terms.refused
        return msgspec.structs.replace(terms, leader=False, refused=refused)

    async def _page(self, who: TokenSpec, holder: str, policy: Policy, after: str, most: int) -> Page:
        if after and not after.isdigit():
            raise BadInput("bad_cursor", "give what the page before called next, or nothing")
        left, found = await store.held(self._client, who.tenant, holder, int(after or -1), most)
        rows = [
            (self.handles.of(who.tenant, one.lease.seq), (one.lease.seq,), one.lease, _rank(who, policy, one.lease))
            for one in found
        ]
        return Page(customers=await self._shown(who, rows), next=str(left) if left else "")

    async def _shown(
        self, who: TokenSpec, rows: Sequence[tuple[str, Sequence[int], Lease, Rank]], *, in_full: bool = False
    ) -> list[Customer]:
        wanted = {seq for _, seqs, _, rank in rows if rank != "none" for seq in _few(seqs)}
        found = {
            seq: _decode(packed) for seq, packed in (await records(self._client, who.tenant, sorted(wanted))).items()
        }
        section = self._runtime.settings.tenants[who.tenant].profile
        customers = []
        for receipt, seqs, lease, rank in rows:
            masked = not (rank == "owner" or in_full)
            witnesses = [Witness(seq, found[seq]) for seq in _few(seqs) if seq in found]
            fields = profile(witnesses, section.rules, section.trust) if rank != "none" else ()
            values = {
                field.name: [
                    Known(value=text_of(known.value, masked), at_ms=known.at_ms, source=known.door)
                    for known in field.values
                ]
                for field in fields
            }
            customers.append(_customer(who, receipt, lease, rank, masked, values))
        return customers


Rank = Literal["owner", "leader", "pool", "none"]


def _rank(who: TokenSpec, policy: Policy, lease: Lease) -> Rank:
    """What the caller is to a customer. Before a leader has approved a report, it opens nothing."""
    if lease.owner and lease.owner == who.member and lease.stage != "reported" and lease.state != PROVISIONAL:
        return "owner"
    if _leads(who, policy, (lease.owner,) if lease.owner else (), lease.pool or lease.home):
        return "leader"
    if lease.owner == who.member and lease.owner:
        return "pool"
    return "pool" if lease.pool and _in_pool(who, policy, lease.pool) else "none"


def _leads(who: TokenSpec, policy: Policy, people: Iterable[str], pool: str = "") -> bool:
    if who.role == "admin":
        return True
    home = policy.pools.get(pool, NOBODY)
    return who.role == "leader" and granted.leads(policy, who.member, people, home)


def _in_pool(who: TokenSpec, policy: Policy, pool: str) -> bool:
    found = policy.pools.get(pool)
    if who.role == "admin" or found is None:
        return who.role == "admin"
    return bool(who.member) and (not found.members or who.member in (*found.members, *found.leaders))


def _lease(found: Entity, scope: str) -> Lease:
    """The lease that counts in a scope; nobody's when there is none."""
    nobody = Lease(scope, "", "", 0, 0, 0, found.id)
    return next((held for held in found.holdings if held.scope == scope and held.state != SUSPENDED), nobody)


def _suspended(holdings: Iterable[Lease], scope: str) -> bool:
    return any(held.scope == scope and held.state == SUSPENDED for held in holdings)


def _few(seqs: Sequence[int]) -> Sequence[int]:
    return seqs if len(seqs) <= _LEADS else (*seqs[: _LEADS // 2], *seqs[-_LEADS // 2 :])


def lapses_ms(lease: Lease) -> int:
    """When the customer goes to a pool unless something is done, 0 never: what lua/lease.lua will find."""
    if not lease.owner or lease.stage == "reported" or lease.closed or lease.opportunity:
        return 0
    at = 0
    if lease.stage != "owned" and lease.until_ms:
        at = lease.until_ms
    elif lease.recycle_ms:
        at = max(lease.touched_ms, lease.since_ms) + lease.recycle_ms
    if lease.close_within_ms:
        closing = lease.since_ms + lease.close_within_ms
        at = min(at or closing, closing)
    return max(at, lease.locked_ms, lease.exempt_ms) if at else 0


def _customer(
    who: TokenSpec, receipt: str, lease: Lease, rank: Rank, masked: bool, values: dict[str, list[Known]]
) -> Customer:
    mine = bool(lease.owner) and lease.owner == who.member
    if lease.owner and rank == "none":
        return Customer(receipt=receipt, scope=lease.scope, status="taken")
    if not lease.owner:
        status: Literal["new", "pool", "reported", "protected", "owned"] = "pool" if lease.pool else "new"
    else:
        status = lease.stage or "protected"  # type: ignore[assignment]
    inside = rank in ("owner", "leader")
    return Customer(
        receipt=receipt,
        scope=lease.scope,
        status=status,
        mine=mine,
        owner=lease.owner if inside or mine else "",
        pool=lease.pool,
        why=lease.why,
        since_ms=lease.since_ms,
        protected_until_ms=lease.until_ms if lease.owner else 0,
        lapses_ms=lapses_ms(lease),
        answer_by_ms=lease.answer_ms,
        locked_until_ms=lease.locked_ms,
        exempt_until_ms=lease.exempt_ms,
        closed=lease.closed,
        opportunity=lease.opportunity if inside else "",
        masked=masked,
        fields=values,
        history=[Former(member=past.member, until_ms=past.until_ms) for past in lease.past] if inside else [],
    )
