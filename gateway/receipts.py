"""What became of an event. The receipt of a lead is its event id."""

from __future__ import annotations

import re

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from gateway.acceptance import Acceptance
from gateway.problems import Problem

_EVENT = re.compile(r"[0-9a-f]{32}")


def router(acceptance: Acceptance) -> APIRouter:
    """Routes of receipts: what became of a lead."""
    routes = APIRouter()

    @routes.get("/v1/receipts/{event}")
    async def receipt(request: Request, event: str) -> JSONResponse:
        """200 with the outcome on record; 202 while there is none (not decided yet, or never accepted here)."""
        token = await acceptance.callers.of(request.headers, "receipts")
        if not _EVENT.fullmatch(event):
            raise Problem(404, "unknown_receipt", "A receipt is 32 hex digits, as the answer 202 gave it.")
        (outcome,) = await acceptance.index.outcomes(token.tenant, [bytes.fromhex(event)])
        if outcome is None:
            return JSONResponse({"receipt": event, "status": "pending"}, 202, headers={"Retry-After": "1"})
        return JSONResponse({"receipt": event, "status": "decided", "outcome": msgspec.to_builtins(outcome)})

    return routes
