"""The door as one application: `make_app` wires what it is given and starts nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Protocol

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway import calls, console, forms, imports, policies, pools, problems, receipts
from gateway import cases as case_door
from gateway import customers as customer_door
from gateway import ownership as owner_door
from gateway import people as people_door
from gateway import reviews as review_door
from gateway.acceptance import Acceptance, Meter, Unmetered
from gateway.callers import Tokens
from gateway.cases import Cases
from gateway.customers import Customers
from gateway.described import describe
from gateway.idempotency import IdempotencyStore
from gateway.limits import BoundedRequests
from gateway.ownership import Ownership
from gateway.people import People
from gateway.policies import Policies
from gateway.pools import Pools
from gateway.problems import REFUSED, RETRY_S, Problem, documented
from gateway.readiness import Probe, Readiness
from gateway.reviews import Reviews
from gateway.settings import GatewayConfig, faults
from gateway.shedding import Ask, Crowd
from leads.errors import Misconfigured
from streams.ports import Index, Publisher
from streams.tracing import Tracing


class Owning(Ownership, Pools, Protocol):
    """Customers by who has them."""


class Staff(People, Policies, Protocol):
    """People and the policy they work under."""


def make_app(
    config: GatewayConfig,
    publisher: Publisher,
    index: Index,
    clock: Callable[[], int],
    seen: IdempotencyStore,
    *,
    meter: Meter | None = None,
    metrics: Callable[[], tuple[bytes, str]] | None = None,
    probes: Mapping[str, Probe] | None = None,
    reviews: Reviews | None = None,
    tokens: Tokens | None = None,
    customers: Customers | None = None,
    cases: Cases | None = None,
    owning: Owning | None = None,
    staff: Staff | None = None,
    tracing: Tracing | None = None,
    backlog: Ask | None = None,
) -> FastAPI:
    """The HTTP door. ``clock`` gives milliseconds; ``metrics`` the body and content type of /metrics; ``probes`` are
    what /readyz asks; ``backlog`` once a second how much waits in the log. Raises Misconfigured with every fault of the configuration."""
    if found := faults(config):
        raise Misconfigured(found)
    meter = meter or Unmetered()
    acceptance = Acceptance(config, publisher, index, clock, seen, meter, tokens, tracing, backlog)
    app = FastAPI(title="leadstream", version=version("leadstream"), docs_url=None, redoc_url=None)
    problems.install(app)
    for door in (calls, forms, imports, receipts):
        app.include_router(door.router(acceptance), responses=documented(404, 409, 429))
    if reviews is not None:
        app.include_router(review_door.router(acceptance, reviews), responses=documented(404, 409))
    if customers is not None:
        app.include_router(customer_door.router(acceptance, customers), responses=documented(409, 429))
    if cases is not None:
        app.include_router(case_door.router(acceptance, cases), responses=documented(404, 409))
    if owning is not None:
        app.include_router(owner_door.router(acceptance, owning))
        app.include_router(pools.router(acceptance, owning))
        app.include_router(console.router())
    if staff is not None:
        app.include_router(people_door.router(acceptance, staff))
        app.include_router(policies.router(acceptance, staff))
    _health(app, acceptance, Readiness(probes or {}), metrics)
    app.add_middleware(BoundedRequests, limits=config.limits)
    app.add_middleware(Crowd, pace=acceptance.pace)
    app.add_middleware(_Metered, meter=meter)
    describe(app)
    return app


def _health(
    app: FastAPI, acceptance: Acceptance, readiness: Readiness, metrics: Callable[[], tuple[bytes, str]] | None
) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """A lead would be accepted: the store takes writes, the log answers."""
        if wanting := await readiness.wanting():
            raise Problem(503, "not_ready", "; ".join(wanting), headers={"Retry-After": str(RETRY_S)})
        return JSONResponse({"status": "ready"})

    if metrics is not None:

        @app.get("/metrics")
        async def scrape() -> Response:
            acceptance.meter.ready(not await readiness.wanting(), acceptance.clock())
            acceptance.meter.door(acceptance.pace.limit, acceptance.pace.inside)
            body, kind = metrics()
            return Response(body, media_type=kind)


class _Metered:
    """Middleware: counts each answer by the template of its route, and why those who got nothing were refused."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app, self._meter = app, meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route: Any = scope.get("route")
            refused = scope.get(REFUSED, "" if status else "internal")
            self._meter.request(
                getattr(route, "path", "unmatched"), status or 500, time.perf_counter() - began, refused
            )
