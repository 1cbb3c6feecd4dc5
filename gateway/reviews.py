"""Reviews over HTTP: what waits for a person, and his decision. A token of the scope ``reviews``."""

from __future__ import annotations

import re
from typing import Any, Literal, Protocol

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from gateway.acceptance import Acceptance
from gateway.described import takes
from gateway.problems import Problem
from stores.reviews import Answer, Decided

_EVENT = re.compile(r"[0-9a-f]{32}")
_MOST = 500

#: Status of a decision that was not done -> what to tell the caller. Unknown is 404, the rest 409.
CONFLICTS: dict[str, str] = {
    "otherwise": "It was decided the other way before.",
    "settled": "A later lead has answered it.",
    "gone": "The other lead was removed meanwhile; the lead can only be told apart.",
    "told_apart": "Their customers hold leads that were told apart before.",
    "not_review": "This lead is not under review.",
    "under_way": "It is still under way. Try again in a moment.",
}


class Reviews(Protocol):
    """The queue as the door sees it; values are masked already."""

    async def waiting(self, tenant: str, most: int) -> list[dict[str, Any]]:
        """What teaches most first. Raises StoreDown."""

    async def decide(self, tenant: str, event: bytes, answer: Answer, who: str, why: str) -> Decided:
        """Decide one review. Raises StoreDown."""


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a decision. ``reason`` goes on record for ever: no personal data."""

    decision: Literal["same", "apart"]
    actor: str
    reason: str


def router(acceptance: Acceptance, reviews: Reviews) -> APIRouter:
    """Routes of reviews: the queue, and a decision."""
    routes = APIRouter()

    @routes.get("/v1/reviews")
    async def waiting(request: Request, most: int = 50) -> JSONResponse:
        """200 with up to ``most`` reviews (at most 500)."""
        token = await acceptance.callers.of(request.headers, "reviews")
        return JSONResponse({"reviews": await reviews.waiting(token.tenant, min(max(most, 1), _MOST))})

    @routes.post("/v1/reviews/{event}", openapi_extra=takes(Decision))
    async def decide(request: Request, event: str) -> JSONResponse:
        """200 when it is decided so, now or before; 409 when it cannot be."""
        token = await acceptance.callers.of(request.headers, "reviews")
        said = _body(await request.body())
        if not _EVENT.fullmatch(event):
            raise Problem(404, "unknown_review", "A review is named by its receipt, 32 hex digits.")
        done = await reviews.decide(token.tenant, bytes.fromhex(event), said.decision, said.actor, said.reason)
        if done.status == "unknown":
            raise Problem(404, "unknown_review", "Nothing is on record for this receipt.")
        if done.status in CONFLICTS:
            raise Problem(409, done.status, CONFLICTS[done.status])
        return JSONResponse({"receipt": event, "status": done.status, "entity": done.entity})

    return routes


def _body(raw: bytes) -> Decision:
    try:
        said = msgspec.json.decode(raw, type=Decision)
    except msgspec.DecodeError:
        said = None
    if said is None or not said.actor.strip() or not said.reason.strip():
        detail = "Send JSON with decision (same or apart), actor and reason, none of them empty."
        raise Problem(422, "bad_decision", detail)
    return said
