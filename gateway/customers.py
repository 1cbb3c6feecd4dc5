"""Questions about a customer over HTTP: is it taken, may I call, I have called. Values stand in bodies, never in URLs.

The answer to a conflict query has one shape and one length whatever it says; Questions make it take one time as well.
"""

from __future__ import annotations

import math
import re
from typing import Protocol, TypeVar

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.acceptance import Acceptance
from gateway.described import takes
from gateway.problems import Problem
from routing.conflict import State
from routing.guard import Permission
from stores.guard import Noted

#: Length of the body of every answer to a conflict query, bytes.
ANSWER_BYTES = 128
_EVENT = re.compile(r"[0-9a-f]{32}")
_MEMBER = re.compile(r"[\w.-]{1,64}")
_FIELDS = ("phone", "email", "wechat", "company", "name", "city")


class Verdict(msgspec.Struct, frozen=True):
    """``state`` is "" when the asker has to wait ``wait_ms``; ``until_ms`` 0 when no end is known."""

    state: State | str
    until_ms: int = 0
    wait_ms: int = 0


class Values(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a customer is asked about by, raw text as on a form."""

    phone: str = ""
    email: str = ""
    wechat: str = ""
    company: str = ""
    name: str = ""
    city: str = ""
    scope: str = ""

    def fields(self) -> dict[str, str]:
        return {name: text for name in _FIELDS if (text := getattr(self, name))}


class Query(Values, frozen=True, kw_only=True):
    """``actor`` asks; a token of one person asks for him, whatever is written here, and needs nothing written."""

    actor: str = ""


class Check(Values, frozen=True, kw_only=True):
    """``member`` would call."""

    member: str = ""


class Contact(Values, frozen=True, kw_only=True):
    """``actor`` spoke with the customer, or the customer ``refused``: then nobody may call until ``until_ms`` (0: as the policy says).
    ``at_ms`` is when, 0 now; the same moment sent again counts once. A token of one person speaks for him, as in Query."""

    actor: str = ""
    receipt: str = ""
    refused: bool = False
    at_ms: int = 0
    until_ms: int = 0


_Body = TypeVar("_Body", bound=Values)


class Customers(Protocol):
    """Who answers. All raise BadInput for values that are not enough, StoreDown."""

    async def conflict(self, tenant: str, fields: dict[str, str], asker: str, scope: str) -> Verdict: ...

    async def may_contact(self, tenant: str, fields: dict[str, str], member: str, scope: str) -> Permission: ...

    async def contacted(self, tenant: str, contact: Contact) -> Noted: ...


def router(acceptance: Acceptance, customers: Customers) -> APIRouter:
    """Routes of questions about a customer by his values: is he taken, may I call, I have called."""
    routes = APIRouter()

    @routes.post("/v1/conflicts", openapi_extra=takes(Query))
    async def conflict(request: Request) -> Response:
        """Is this phone, company or person taken? 200 with ``state`` and ``until_ms``, never whose; 429 when it is asked too often."""
        token = await acceptance.callers.of(request.headers, "conflicts")
        said = _body(await request.body(), Query)
        asker = _named(token.member or said.actor, "actor")
        verdict = await customers.conflict(token.tenant, said.fields(), asker, said.scope)
        if not verdict.state:
            after = str(max(1, math.ceil(verdict.wait_ms / 1000)))
            raise Problem(429, "too_many_questions", "Ask again later.", headers={"Retry-After": after})
        return Response(padded(verdict), media_type="application/json")

    @routes.post("/v1/contacts/check", openapi_extra=takes(Check))
    async def check(request: Request) -> dict[str, object]:
        """May ``member`` call now? 200 with ``allowed`` and the ``reason``: do_not_contact, refused, hours, budget, locked or ok."""
        token = await acceptance.callers.of(request.headers, "contacts")
        said = _body(await request.body(), Check)
        _named(said.member, "member")
        told = await customers.may_contact(token.tenant, said.fields(), said.member, said.scope)
        return {"allowed": told.allowed, "reason": told.reason, "until_ms": told.until_ms}

    @routes.post("/v1/contacts", openapi_extra=takes(Contact))
    async def contacted(request: Request) -> dict[str, object]:
        """A contact or a refusal, for all colleagues. 200 with ``status`` noted, or known when it was noted before."""
        token = await acceptance.callers.of(request.headers, "contacts")
        said = _body(await request.body(), Contact)
        said = msgspec.structs.replace(said, actor=_named(token.member or said.actor, "actor"))
        if said.receipt and not _EVENT.fullmatch(said.receipt):
            raise Problem(422, "bad_body", "A receipt is 32 hex digits.")
        if min(said.at_ms, said.until_ms) < 0 or max(said.at_ms, said.until_ms) > 1 << 53:
            raise Problem(422, "bad_body", "Times are milliseconds since 1970.")
        status = await customers.contacted(token.tenant, said)
        if status == "gone":
            raise Problem(409, "gone", "This customer was erased meanwhile.")
        return {"status": status}

    return routes


def padded(verdict: Verdict) -> bytes:
    """The body of an answer, always of ANSWER_BYTES."""
    body = msgspec.json.encode({"state": verdict.state, "until_ms": verdict.until_ms, "pad": ""})
    return body[:-2] + b"-" * (ANSWER_BYTES - len(body)) + body[-2:]


def _body(raw: bytes, kind: type[_Body]) -> _Body:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        names = ", ".join(kind.__struct_fields__)
        raise Problem(422, "bad_body", f"Send a JSON object with some of: {names}.") from None


def _named(who: str, field: str) -> str:
    if not _MEMBER.fullmatch(who):
        raise Problem(422, "bad_body", f"Say who it is: {field!r} is the id of a member.")
    return who
