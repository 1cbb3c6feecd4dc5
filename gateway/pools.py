"""Pools over HTTP: what waits for somebody who takes it. Contact details are masked until a claim has committed."""

from __future__ import annotations

from typing import Annotated, Protocol

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from gateway.acceptance import Acceptance
from gateway.problems import documented
from gateway.settings import TokenSpec
from gateway.shapes import MOST, Page


class Pool(BaseModel):
    """A pool the caller may see. Caps of -1 are none. ``claimed_today``: his own turns used up, counted over all pools."""

    id: str
    waiting: int
    member: bool
    leader: bool
    claims_a_day: int
    claimed_today: int


class Mine(BaseModel):
    pools: list[Pool]


class Pools(Protocol):
    """Who knows. All raise StoreDown."""

    async def pools(self, who: TokenSpec) -> list[Pool]:
        """The pools the caller is in or leads; an admin sees all."""

    async def waiting(self, who: TokenSpec, pool: str, after: str, most: int) -> Page:
        """Customers that wait in a pool. Raises Problem 403 for one he is not in, 404 for one that is not there."""


def router(acceptance: Acceptance, pools: Pools) -> APIRouter:
    """Routes of pools: which there are, what waits in one."""
    routes = APIRouter(tags=["pools"])
    asks = acceptance.callers.needs("customers")

    @routes.get("/v1/pools", responses=documented())
    async def listed(who: TokenSpec = asks) -> Mine:
        """My pools."""
        return Mine(pools=await pools.pools(who))

    @routes.get("/v1/pools/{pool}", responses=documented(404))
    async def waiting(
        pool: Annotated[str, Path(pattern=r"^[\w.-]{1,64}$")],
        who: TokenSpec = asks,
        after: Annotated[str, Query(max_length=64)] = "",
        most: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> Page:
        """What waits in a pool, a page at a time."""
        return await pools.waiting(who, pool, after, most)

    return routes
