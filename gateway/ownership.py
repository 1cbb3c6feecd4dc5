"""Whose a customer is, over HTTP: look at one, at mine, move one, report one. Who may see what is the business of ``Ownership``.

Refusals are problems with the sentence of ``leads.ownership.REFUSALS``; none says whose a customer is.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Annotated, Any, Protocol

import msgspec
from fastapi import APIRouter, Query, Request

from gateway.acceptance import Acceptance, make_envelope
from gateway.delivery import fresh_event
from gateway.idempotency import once
from gateway.mapping import assign
from gateway.problems import Problem, documented
from gateway.settings import SourceSpec, TokenSpec
from gateway.shapes import (
    MOST,
    Body,
    Claim,
    Customer,
    FollowUp,
    Key,
    Me,
    Opportunity,
    Page,
    Receipt,
    Release,
    Report,
    Reported,
    Result,
    Transfer,
    Until,
)
from leads.errors import BadInput
from leads.ownership import REFUSALS, Act, Moved, What
from leads.records import Envelope, Outcome, Row

#: Refusal -> status where it is not 409, a conflict with how things stand.
STATUS: dict[str, int] = {
    "unknown": 404,
    "no_evidence": 422,
    **dict.fromkeys(("no_member", "not_owner", "not_leader", "party"), 403),
}
#: Source of what people report; shown with every lead.
REPORTS = "reports"
#: Path -> the move, what it says, what it does.
MOVES: dict[str, tuple[What, type[Body], str]] = {
    "claims": ("claim", Claim, "Take the customer from the pool."),
    "reports": ("report", Body, "Announce a customer whom nobody has."),
    "approvals": ("approve", Body, "A leader accepts a report."),
    "follow-ups": ("follow_up", FollowUp, "A contact with the customer."),
    "releases": ("release", Release, "Give the customer back to a pool."),
    "transfers": ("transfer", Transfer, "Give the customer to another member."),
    "locks": ("lock", Until, "A leader keeps him as he is until a time."),
    "exemptions": ("exempt", Until, "A leader keeps him from being recycled until a time."),
    "opportunities": ("opportunity", Opportunity, "An open opportunity keeps him from being recycled."),
    "closings": ("close", Body, "He has signed."),
    "reopenings": ("reopen", Body, "He has not signed after all."),
    "refusals": ("refuse", Until, "He asked not to be called: for all colleagues."),
}


class Ownership(Protocol):
    """Who knows. ``who`` is the caller: what he may not see is not in the answers. All raise StoreDown."""

    async def name(self, who: TokenSpec) -> str:
        """The caller's name for people, "" for a machine."""

    async def see(self, who: TokenSpec, receipt: str, scope: str, reveal: str = "") -> Customer | None:
        """The customer, None when nobody knows the receipt. ``reveal``: why a leader looks at values in full; on record."""

    async def mine(self, who: TokenSpec, member: str, after: str, most: int) -> Page:
        """Customers that a member ("" the caller) holds. Raises Problem 403 for those he does not lead, BadInput."""

    async def move(self, who: TokenSpec, act: Act) -> Moved:
        """Do ``act``, whose terms are filled in here. Raises BadInput for a reason that cannot go on record."""

    async def report(self, who: TokenSpec, envelope: Envelope, scope: str) -> Outcome | str:
        """Dispose of an accepted report now; a refusal when he may not have one more."""


def router(acceptance: Acceptance, ownership: Ownership) -> APIRouter:
    """Routes of customers for who owns them or would: who am I, mine, one, what I do with him, a report."""
    routes = APIRouter(tags=["ownership"])
    asks = acceptance.callers.needs("customers")
    door = _Door(acceptance, ownership)

    @routes.get("/v1/me", responses=documented())
    async def me(who: TokenSpec = asks) -> Me:
        """Who asks."""
        return Me(member=who.member, name=await ownership.name(who), role=who.role, scopes=sorted(who.scopes))

    @routes.get("/v1/customers", responses=documented(404))
    async def mine(
        who: TokenSpec = asks,
        member: Annotated[str, Query(pattern=r"^[\w.-]{0,64}$")] = "",
        after: Annotated[str, Query(max_length=64)] = "",
        most: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> Page:
        """My customers, or for leaders those of ``member``."""
        return await ownership.mine(who, member, after, most)

    @routes.get("/v1/customers/{receipt}", responses=documented(404))
    async def see(
        receipt: Receipt,
        who: TokenSpec = asks,
        scope: Annotated[str, Query(pattern=r"^[\w.-]{0,64}$")] = "",
        reveal: Annotated[str, Query(max_length=200, description="Leaders: why the values are needed in full.")] = "",
    ) -> Customer:
        """One customer: who has him as far as the caller may know, until when, and what is known of him."""
        return await door.customer(who, receipt, scope, reveal)

    for path, (what, body, says) in MOVES.items():
        routes.add_api_route(
            f"/v1/customers/{{receipt}}/{path}",
            _moving(door, what, body, asks),
            methods=["POST"],
            response_model=Result,
            responses=documented(404, 409),
            description=says,
            name=what,
        )

    @routes.post("/v1/reports", responses=documented(409, 429))
    async def report(request: Request, said: Report, who: TokenSpec = asks, key: Key = "") -> Reported:
        """Announce a customer who may not be known yet: he goes the way of every lead, with the caller as who claims him."""
        return await door.report(request, said, who, key)

    return routes


def _moving(door: _Door, what: What, body: type[Body], asks: Any) -> Any:
    async def move(receipt: Receipt, said: Body, who: TokenSpec = asks, key: Key = "") -> Result:
        return await door.move(who, what, receipt, said, key)

    move.__annotations__["said"] = body  # FastAPI reads the body's shape from here
    return move


class _Door:
    def __init__(self, acceptance: Acceptance, ownership: Ownership) -> None:
        self._acceptance, self._ownership = acceptance, ownership

    async def customer(self, who: TokenSpec, receipt: str, scope: str, reveal: str = "") -> Customer:
        found = await self._ownership.see(who, receipt, scope, reveal)
        if found is None:
            raise refusal("unknown")
        return found

    async def move(self, who: TokenSpec, what: What, receipt: str, said: Body, key: str) -> Result:
        """The answer kept for a repeat holds nothing of the customer: what he is like is read anew each time."""
        told = said.model_dump(exclude={"scope", "reason"})
        at_ms = told.pop("at_ms", 0) or self._acceptance.clock()
        if at_ms > self._acceptance.clock():
            raise Problem(422, "bad_request", "at_ms: it has not happened yet")
        made = Act(
            id=secrets.token_hex(16),
            what=what,
            event=receipt,
            actor=actor(who),
            at_ms=at_ms,
            why=said.reason,
            scope=said.scope,
            **told,
        )

        async def work() -> dict[str, Any]:
            done = await self._ownership.move(who, made)
            if done.status == "refused":
                raise refusal(done.reason)
            return {"status": done.status, "reason": done.reason, "journal": done.journal}

        if key:
            digest = self._acceptance.digester.digest("act", who.tenant, actor(who), key)
            made = msgspec.structs.replace(made, id=digest)
            answer = await self._once(digest, [what, receipt, said.model_dump()], work)
        else:
            answer = await work()
        return Result(receipt=receipt, customer=await self.customer(who, receipt, said.scope), **answer)

    async def report(self, request: Request, said: Report, who: TokenSpec, key: str) -> Reported:
        """A customer whom a member enters as his own, accepted as a lead of his. Raises Problem: no member, over its pace, a bad field."""
        acceptance = self._acceptance
        if not who.member:
            raise refusal("no_member")
        spec = SourceSpec(kind="form", tenant=who.tenant, scheme="bearer")
        acceptance.backlog.check()
        acceptance.admit(f"{REPORTS}\0{who.member}", spec)
        fields, extra = assign(said.fields, {})
        event = acceptance.digester.event(who.tenant, REPORTS, who.member, key) if key else fresh_event()
        row = Row(event=event, fields={**fields, "claimant": who.member}, extra=extra)
        envelope = make_envelope(request, spec, REPORTS, "import", acceptance.clock(), [row])
        outcome = await self._ownership.report(who, envelope, said.scope)
        if isinstance(outcome, str):
            raise refusal(outcome)
        if outcome.code in ("rejected", "suppressed"):
            raise Problem(422, outcome.reason, outcome.detail or "This cannot be a customer of ours.")
        customer = await self._ownership.see(who, event, said.scope)
        yours = customer is not None and customer.mine
        return Reported(receipt=event, code=outcome.code, reason=outcome.reason, yours=yours, customer=customer)

    async def _once(self, digest: str, request: Any, work: Any) -> dict[str, Any]:
        body = hashlib.sha256(msgspec.json.encode(request)).hexdigest()
        return await once(self._acceptance.seen, digest, body, self._acceptance.config.idempotency_s, work)


def receipt_of(text: str) -> str:
    """A receipt as a person gives it. Raises BadInput."""
    if not re.fullmatch(r"[0-9a-f]{32}", text):
        raise BadInput("bad_receipt", "a customer is named by the receipt of one of its leads, 32 hex digits")
    return text


def actor(who: TokenSpec) -> str:
    """By whose name a caller acts: his own, or his role's when the token speaks for nobody."""
    return who.member or who.role or "machine"


def refusal(reason: str) -> Problem:
    """A refusal as an answer."""
    headers = {"Retry-After": "1"} if reason == "under_way" else {}
    return Problem(STATUS.get(reason, 409), reason, REFUSALS[reason], headers=headers)
