"""Cases and shares at work: what people ask and what the journal shows, to one step of a case each. The store keeps it.

A case is worked out from what was read (routing/casework.py) and written if nothing changed meanwhile, else it is worked out
again. What is refused changes nothing and is on record.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from leads.cases import Answer, Case, Part, Shares, Statement, Touch
from leads.policy import is_leader, leaders_of
from leads.records import Facts
from leadstream.case_evidence import CaseEvidence, Clock
from leadstream.policies import Policies
from leadstream.reviewing import check_reason, masked
from routing import casework
from routing.contributions import Contribution, Dependence, contributions, dependence
from stores import cases as kept
from stores.codec import NUMBERS, outcome_at
from stores.index import ValkeyIndex
from stores.journal import effects, note
from stores.lookup import records

_TRIES = 8
_NUMBERED = "0" * 24  # how a lead is named by its number (stores.ownership.numbered)
_facts = msgspec.msgpack.Decoder(Facts).decode
_CONTESTED = NUMBERS["contested", "owned_by_other"]


class File(msgspec.Struct, frozen=True):
    """A case with all that is known of it."""

    case: Case
    touches: tuple[Touch, ...]
    work: dict[str, Contribution]
    dependence: Dependence | None
    shares: Shares
    customer: dict[str, str]  # masked
    judges: tuple[str, ...]  # who may decide it now; () nobody but an admin


class Disputes:
    """Cases over one store; ``clock`` ms."""

    def __init__(self, index: ValkeyIndex, policies: Policies, clock: Clock, evidence: CaseEvidence) -> None:
        self._index, self._policies, self._clock, self._evidence = index, policies, clock, evidence

    async def file(self, tenant: str, id: str, event: str, scope: str, who: str, text: str, member: str = "") -> Answer:
        """Dispute whose a customer is: it should be ``member``'s ("" his own who files). The same ``id`` files once."""
        check_reason(text)
        now, policy = self._clock(), await self._policies.now(tenant)
        contender = member or who
        event, seq = await self._evidence.lead(tenant, event)
        for _ in range(_TRIES):
            holder, since_ms = await self._evidence.holder(tenant, seq, scope)
            step: Case | str = "unknown" if not seq else "no_member" if contender not in policy.members else ""
            if not step:
                said = Statement(who, now, text)
                step = casework.opened(
                    "filed",
                    id,
                    event,
                    seq,
                    scope,
                    (holder, contender),
                    now,
                    policy.disputes,
                    statement=said,
                    since_ms=since_ms,
                )
            if isinstance(step, str):
                return await self._refused(tenant, step, who, event, seq)
            answer = await self._open(tenant, step, who, text)
            if answer is not None:
                return answer
        return await self._refused(tenant, "moved", who, event, seq)

    async def witness(self, tenant: str, entries: Sequence[tuple[int, bytes]]) -> None:
        """Open a case of everything contested among these effects, once each however often they are shown. Raises StoreDown."""
        found = await effects(self._index, tenant, [entry for entry in entries if _contested(entry[1])])
        for effect in found:
            if effect.outcome:
                plan = await self._index.plan(tenant, effect.outcome.plan)
                scope, contender, origin = plan.scope if plan else "", effect.outcome.claimant, "owned_by_other"
                seq, event = effect.outcome.seq, effect.outcome.event
            elif effect.move and effect.move.what == "suspended":
                scope, contender, origin = effect.move.scope, effect.move.member, "two_owners"
                seq, event = effect.move.entity, effect.move.event
            else:
                continue
            await self._contested(tenant, origin, f"j{effect.number}", event, seq, scope, contender)

    async def _contested(
        self, tenant: str, origin: str, key: str, event: str, seq: int, scope: str, contender: str
    ) -> None:
        rules = (await self._policies.now(tenant)).disputes
        for _ in range(_TRIES):
            holder, _since = await self._evidence.holder(tenant, seq, scope)
            case = casework.opened(origin, key, event, seq, scope, (holder, contender), self._clock(), rules)
            if isinstance(case, str) or await self._open(tenant, case, "", "contested") is not None:
                return  # a str: meanwhile it is the contender's, or nobody's

    async def _open(self, tenant: str, case: Case, who: str, why: str) -> Answer | None:
        """None: somebody changed something meanwhile."""
        contender = case.parties[-1]
        moves = [("case_opened", person) for person in await self._evidence.concerned(tenant, case)]
        status, number = await self._write(tenant, "open", case, moves, who, why, case.key, contender)
        if status == "running":
            running = await kept.read(self._index.client, tenant, number)
            if running is None:
                return None
            said = case.statements[0] if case.statements else None
            more = casework.joined(running, contender, said)
            moves = [("case_joined", person) for person in await self._evidence.concerned(tenant, more)]
            status, number = await self._write(tenant, "join", more, moves, who, why, case.key, contender)
        if status == "moved":
            return None
        if status in ("done", "known"):
            found = await kept.read(self._index.client, tenant, number)
            return Answer("done" if status == "done" else "known", case=found)
        return await self._refused(tenant, status, who, case.event, case.seq)

    async def state(
        self, tenant: str, number: int, who: str, text: str, names: str = "", *, admin: bool = False
    ) -> Answer:
        """Put on record what somebody says; ``names``: whom the customer named."""
        check_reason(text)
        leader = admin or is_leader(await self._policies.now(tenant), who)

        async def step(case: Case) -> casework.Step:
            return casework.stated(case, who, text, names, self._clock(), leader=leader)

        return await self._step(tenant, number, "case_stated", who, text, step)

    async def appeal(self, tenant: str, number: int, who: str, why: str) -> Answer:
        """A party is not content with the decision."""
        check_reason(why)

        async def step(case: Case) -> casework.Step:
            return casework.appealed(case, who, why, self._clock(), await self._evidence.rules(tenant, case))

        return await self._step(tenant, number, "case_appealed", who, why, step)

    async def decide(
        self,
        tenant: str,
        number: int,
        who: str,
        why: str,
        owner: str = "",
        parts: Sequence[Part] = (),
        *,
        admin: bool = False,
    ) -> Answer:
        """Decide: without owner and shares as the written rule proposes. The lease changes in the same step. An ``admin``
        counts as a leader, and is a party like anybody else."""
        check_reason(why)
        policy = await self._policies.now(tenant)
        members = {id for id, member in policy.members.items() if not member.left}

        async def step(case: Case) -> casework.Step:
            if case.running and case.proposal is None:
                case = casework.proposed(case, await self._evidence.proposal(tenant, case))
            rules = await self._evidence.rules(tenant, case)
            leader = admin or is_leader(policy, who)
            return casework.decided(case, who, owner, parts, why, self._clock(), rules, leader=leader, members=members)

        return await self._step(tenant, number, "case_decided", who, why, step)

    async def show(self, tenant: str, number: int) -> File | None:
        """A case with the evidence as the record has it now; its proposal is worked out if there is none. Raises StoreDown."""
        case = await kept.read(self._index.client, tenant, number)
        if case is None:
            return None
        if case.running and case.proposal is None:

            async def step(was: Case) -> casework.Step:
                return casework.proposed(was, await self._evidence.proposal(tenant, was))

            answer = await self._step(tenant, number, "case_proposed", "", "", step)
            case = answer.case or case
        seen = await self._evidence.touches(tenant, case)
        shares = await self._evidence.shares(tenant, case)
        found = await records(self._index.client, tenant, [case.seq])
        customer = masked(_facts(found[case.seq]) if case.seq in found else None)
        before = [decision.by for decision in case.decisions]
        judges = leaders_of(await self._policies.now(tenant), [*case.parties, *before]) if case.running else []
        return File(case, seen, contributions(seen), dependence(seen), shares, customer, tuple(judges))

    async def listed(self, tenant: str, *, everything: bool = False) -> list[Case]:
        """Cases that run, or all there ever were. Raises StoreDown."""
        return await kept.cases(self._index.client, tenant, running=not everything)

    async def overdue(self, tenant: str) -> int:
        """Say of every case that was not decided in time that it was not, once. Gives how many. Raises StoreDown."""
        late = [c for c in await self.listed(tenant) if casework.overdue(c, self._clock()) and not c.escalated_ms]

        async def step(case: Case) -> casework.Step:
            return casework.escalated(case, self._clock())

        for case in late:
            await self._step(tenant, case.number, "case_overdue", "", "not decided in time", step)
        return len(late)

    async def agree(self, tenant: str, event: str, scope: str, who: str, parts: Sequence[Part]) -> Answer:
        """Propose shares of a customer, or consent to those proposed."""
        client = self._index.client
        event, seq = await self._evidence.lead(tenant, event)
        for _ in range(_TRIES):
            if not seq:
                return await self._refused(tenant, "unknown", who, event, 0)
            was = await kept.shares(client, tenant, seq, scope)
            now = casework.consented(was.shares, who, parts, self._clock())
            if isinstance(now, str):
                return await self._refused(tenant, now, who, event, seq)
            if now == was.shares:
                return Answer("known", shares=now)
            what = "share_asked" if now.asked else "share_agreed"
            moves = [(what, part.member) for part in parts]
            at = self._clock()
            done = await kept.share(client, tenant, event, scope, was, now, moves, at_ms=at, who=who)
            if done == "done":
                return Answer("done", shares=now)
        return await self._refused(tenant, "moved", who, event, seq)

    async def _step(
        self, tenant: str, number: int, what: str, who: str, why: str, step: Callable[[Case], Awaitable[casework.Step]]
    ) -> Answer:
        for _ in range(_TRIES):
            case = await kept.read(self._index.client, tenant, number)
            if case is None:
                return await self._refused(tenant, "no_case", who, "", 0)
            done = await step(case)
            if isinstance(done, str):
                return await self._refused(tenant, done, who, case.event, case.seq, case)
            if done is case:
                return Answer("known", case=case)
            if what == "case_decided":
                status = await self._settle(tenant, done, who, why)
            else:
                told = (
                    done.parties
                    if what in ("case_stated", "case_proposed")
                    else await self._evidence.concerned(tenant, done)
                )
                moves = [(what, person) for person in told]
                status, _ = await self._write(tenant, "put", done, moves, who, why)
            if status == "done":
                return Answer("done", case=await kept.read(self._index.client, tenant, number))
        return await self._refused(tenant, "moved", who, "", 0)

    async def _settle(self, tenant: str, case: Case, who: str, why: str) -> str:
        decision = case.decisions[-1]
        shares = casework.ruled(decision, case.number)
        moves = [("case_decided", party) for party in dict.fromkeys((*case.parties, decision.owner))]
        status, _ = await self._write(tenant, "settle", case, moves, who, why, "", decision.owner, shares)
        return status

    async def _write(
        self,
        tenant: str,
        what: kept.What,
        case: Case,
        moves: kept.Moves,
        who: str,
        why: str,
        key: str = "",
        member: str = "",
        shares: Shares | None = None,
    ) -> tuple[kept.Status, int]:
        client, at = self._index.client, self._clock()
        return await kept.write(
            client, tenant, what, case, moves, at_ms=at, who=who, why=why, key=key, member=member, shares=shares
        )

    async def _refused(
        self, tenant: str, reason: str, who: str, event: str, seq: int, case: Case | None = None
    ) -> Answer:
        await note(self._index.client, tenant, "case_refused", self._clock(), seq, who, event, reason)
        return Answer("refused", reason, case)


def _contested(packed: bytes) -> bool:
    """Cheaply: may this effect be about a customer that two people claim?"""
    if start := outcome_at(packed):
        return packed[start + 8] == _CONTESTED
    return b"suspended" in packed[:12]
