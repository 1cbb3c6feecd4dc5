"""Disputes over HTTP: file one, see what is known of it, decide it, appeal; agree shares. A token of the scope ``cases``.

Whoever a token speaks for is the actor; an agent sees the cases he is a party to, a leader or admin all. Values of customers
are masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Protocol, TypeVar

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from gateway.acceptance import Acceptance
from gateway.described import takes
from gateway.problems import Problem
from gateway.settings import TokenSpec
from leads.cases import REFUSALS, Answer, Case, Part, parts_of

_EVENT = re.compile(r"[0-9a-f]{32}")
_FORBIDDEN = ("party", "not_leader", "not_party", "same_judge")
_MISSING = ("unknown", "no_case")
Body = TypeVar("Body", bound=msgspec.Struct)


#: Cases are numbered from 1; the store keeps numbers in four bytes.
Number = Annotated[int, Path(ge=1, lt=1 << 32)]


class Cases(Protocol):
    """Disputes as the door sees them. All raise StoreDown, and BadInput for a text that cannot go on record."""

    async def listed(self, tenant: str, *, everything: bool = False) -> list[Case]: ...
    async def show(self, tenant: str, number: int) -> Any:
        """A case with all that is known of it, None when there is none."""

    async def file(
        self, tenant: str, id: str, event: str, scope: str, who: str, text: str, member: str = ""
    ) -> Answer: ...
    async def state(
        self, tenant: str, number: int, who: str, text: str, names: str = "", *, admin: bool = False
    ) -> Answer: ...
    async def appeal(self, tenant: str, number: int, who: str, why: str) -> Answer: ...
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
    ) -> Answer: ...
    async def agree(self, tenant: str, event: str, scope: str, who: str, parts: Sequence[Part]) -> Answer: ...


class Filing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``id`` (32 hex digits) makes it idempotent. ``member``: whose it should be, "" the caller's own."""

    id: str
    receipt: str
    reason: str
    scope: str = ""
    member: str = ""


class Saying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``names``: the member the customer is said to have named."""

    text: str
    names: str = ""


class Ruling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Without ``owner`` and ``shares`` (per cent by member) as the written rule proposes."""

    reason: str
    owner: str = ""
    shares: dict[str, float] = {}


class Appealing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class Sharing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares in per cent by member: proposed, or consented to when they were proposed so before."""

    receipt: str
    shares: dict[str, float]
    scope: str = ""


def router(acceptance: Acceptance, cases: Cases) -> APIRouter:
    """Routes of disputes: file, list, read, state, decide, appeal; and of shares agreed beforehand."""
    routes = APIRouter()

    async def caller(request: Request) -> TokenSpec:
        token = await acceptance.callers.of(request.headers, "cases")
        if not token.member:
            raise Problem(403, "speaks_for_nobody", "Use a token that speaks for a member: a case is a person's.")
        return token

    async def shown(token: TokenSpec, number: Number) -> Any:
        found = await cases.show(token.tenant, number)
        if found is None or not _may_see(token, found.case):
            raise Problem(404, "no_case", REFUSALS["no_case"])
        return found

    @routes.get("/v1/cases")
    async def listed(request: Request, all: bool = False) -> JSONResponse:
        """200 with the cases that run, what is due first first; ``all`` every case there ever was."""
        token = await caller(request)
        found = await cases.listed(token.tenant, everything=all)
        return JSONResponse({"cases": [_json(case) for case in found if _may_see(token, case)]})

    @routes.post("/v1/cases", openapi_extra=takes(Filing))
    async def file(request: Request) -> JSONResponse:
        """201 with the case: a new one, or the one that runs about this customer already."""
        token, said = await caller(request), _body(await request.body(), Filing)
        _receipts(said.id, said.receipt)
        args = (said.id, said.receipt, said.scope, token.member, said.reason, said.member)
        return _told(await cases.file(token.tenant, *args), 201)

    @routes.get("/v1/cases/{number}")
    async def show(request: Request, number: Number) -> JSONResponse:
        """200 with the evidence, who did what for the customer, and what the written rule proposes."""
        found = await shown(await caller(request), number)
        return JSONResponse({**_named(found), "case": _json(found.case)})

    @routes.post("/v1/cases/{number}/statements", openapi_extra=takes(Saying))
    async def state(request: Request, number: Number) -> JSONResponse:
        """200 when it is on record."""
        token, said = await caller(request), _body(await request.body(), Saying)
        await shown(token, number)
        admin = token.role == "admin"
        return _told(await cases.state(token.tenant, number, token.member, said.text, said.names, admin=admin))

    @routes.post("/v1/cases/{number}/decision", openapi_extra=takes(Ruling))
    async def decide(request: Request, number: Number) -> JSONResponse:
        """200 when it is decided and the customer has passed on; 403 for a party, 409 when it cannot be decided."""
        token, said = await caller(request), _body(await request.body(), Ruling)
        await shown(token, number)
        args = (number, token.member, said.reason, said.owner, parts_of(said.shares))
        return _told(await cases.decide(token.tenant, *args, admin=token.role == "admin"))

    @routes.post("/v1/cases/{number}/appeal", openapi_extra=takes(Appealing))
    async def appeal(request: Request, number: Number) -> JSONResponse:
        """200 when the appeal is filed."""
        token, said = await caller(request), _body(await request.body(), Appealing)
        await shown(token, number)
        return _told(await cases.appeal(token.tenant, number, token.member, said.reason))

    @routes.post("/v1/shares", openapi_extra=takes(Sharing))
    async def share(request: Request) -> JSONResponse:
        """200 with the shares in force and those that wait for somebody's consent."""
        token, said = await caller(request), _body(await request.body(), Sharing)
        _receipts(said.receipt)
        done = await cases.agree(token.tenant, said.receipt, said.scope, token.member, parts_of(said.shares))
        return _told(done)

    return routes


def _may_see(token: TokenSpec, case: Case) -> bool:
    return token.role in ("leader", "admin") or token.member in case.parties


def _json(case: Case) -> Any:
    """Names instead of places: what is an array in the store is an object at the door."""
    return {
        name: _named(getattr(case, name)) for name in case.__struct_fields__ if name not in ("seq", "key", "version")
    }


def _named(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {name: _named(one) for name, one in value.items()}
    return [_named(one) for one in value] if isinstance(value, tuple) else value


def _told(answer: Answer, done: int = 200) -> JSONResponse:
    if answer.status == "refused":
        status = 404 if answer.reason in _MISSING else 403 if answer.reason in _FORBIDDEN else 409
        raise Problem(status, answer.reason, REFUSALS[answer.reason])
    body: dict[str, Any] = {"status": answer.status}
    if answer.case:
        body["case"] = _json(answer.case)
    if answer.shares:
        body["shares"] = _named(answer.shares)
    return JSONResponse(body, done if answer.status == "done" else 200)


def _receipts(*names: str) -> None:
    if not all(_EVENT.fullmatch(name) for name in names):
        raise Problem(422, "bad_receipt", "A receipt or id is 32 hex digits.")


def _body(raw: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        wanted = ", ".join(kind.__struct_fields__)
        raise Problem(422, "bad_body", f"Send JSON with the members {wanted}, each of its kind.") from None
