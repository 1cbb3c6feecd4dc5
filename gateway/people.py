"""People over HTTP: who is there, what changed, and changing it. Leaders pause and excuse their own people; admins do all."""

from __future__ import annotations

import io
import secrets
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from gateway.acceptance import Acceptance
from gateway.described import takes_anything
from gateway.ownership import actor, refusal
from gateway.problems import Problem, documented
from gateway.settings import TokenSpec
from gateway.shapes import Key, Moment
from leads.policy import Policy
from leads.roster import Version

MemberId = Annotated[str, Path(pattern=r"^[\w.-]{1,64}$")]
Names = list[Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]]
#: What a leader may say of his own people.
LEADERS = frozenset({"paused", "resumed", "absent"})


class Away(BaseModel):
    from_ms: int
    until_ms: int
    reason: str = ""


class Person(BaseModel):
    """Caps of -1 are none. ``lines``, ``shifts``: none is all."""

    id: str
    name: str
    level: str
    weight: float
    skills: list[str]
    lines: list[str]
    shifts: list[str]
    max_open: int
    max_day: int
    result: float
    contact: str
    left: bool
    paused: bool
    absences: list[Away]
    teams: list[str]
    leads: list[str]
    pools: list[str]
    pool_leads: list[str]


class Everybody(BaseModel):
    """Everybody, under the policy of this version."""

    policy: str
    people: list[Person]


class Absence(BaseModel):
    """In the notation of the configuration: a day or a time; ``until`` is the moment of return."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Annotated[str, Field(alias="from", max_length=40)]
    until: Annotated[str, Field(max_length=40)]
    reason: Annotated[str, Field(max_length=200)] = ""


class Change(BaseModel):
    """One change of one member. What is left out stays as it is; ``set`` is in the notation of a member in the configuration."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["joined", "changed", "paused", "resumed", "left", "absent"]
    member: Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")]
    from_ms: Annotated[Moment, Field(description="Takes effect then; 0 is now.")] = 0
    reason: Annotated[str, Field(max_length=200)] = ""
    set: dict[str, Any] = {}
    absence: Absence | None = None
    teams: Names | None = None
    leads: Names | None = None
    pools: Names | None = None
    pool_leads: Names | None = None


class Changes(BaseModel):
    model_config = ConfigDict(extra="forbid")

    changes: Annotated[list[Change], Field(min_length=1, max_length=1_000)]


class Changed(BaseModel):
    """The roster's version now. ``known``: the same request was done before."""

    version: int
    known: bool = False
    changes: int = 0


class ChangeShown(BaseModel):
    version: int
    told_ms: int
    from_ms: int
    what: str
    member: str
    actor: str
    reason: str
    says: dict[str, Any]


class Roster(BaseModel):
    changes: list[ChangeShown]


class People(Protocol):
    """Who knows. All raise StoreDown."""

    async def policy(self, tenant: str, at_ms: int = 0) -> Policy:
        """The policy in force at a moment, 0 for now."""

    async def versions(self, tenant: str, member: str = "") -> list[Version]:
        """The changes on record, in order."""

    async def leads(self, tenant: str, leader: str, member: str) -> bool:
        """Whether ``leader`` leads a team that ``member`` is in."""

    async def told(self, tenant: str, changes: list[dict[str, Any]], who: str, id: str) -> Changed:
        """All or nothing. Raises Mistakes with every place that is wrong, BadInput."""

    async def sheet(self, tenant: str, file: io.BytesIO, name: str, who: str, id: str, dry_run: bool) -> Changed:
        """Bring people to what a sheet says. Raises Mistakes with row and column of everything that is wrong, BadInput."""


def router(acceptance: Acceptance, people: People) -> APIRouter:
    """Routes of people: who is there, and the roster's changes, one by one or as a sheet."""
    routes = APIRouter(tags=["people"])
    asks = acceptance.callers.needs("people")

    @routes.get("/v1/people", responses=documented())
    async def everybody(who: TokenSpec = asks, at_ms: Annotated[int, Query(ge=0, le=1 << 53)] = 0) -> Everybody:
        """Everybody, as of a moment (0 is now)."""
        policy = await people.policy(who.tenant, at_ms)
        return Everybody(policy=policy.version, people=[person(policy, id) for id in policy.members])

    @routes.get("/v1/roster/changes", responses=documented())
    async def changes(who: TokenSpec = asks) -> Roster:
        """Everything that changed, in order."""
        return Roster(changes=[_shown(version) for version in await people.versions(who.tenant)])

    @routes.post("/v1/roster/changes", responses=documented())
    async def change(said: Changes, who: TokenSpec = asks, key: Key = "") -> Changed:
        """Joining, changing, pausing, leaving, absence: all of it or, with one mistake, nothing."""
        for one in said.changes:
            await _may(people, who, one)
        told = [one.model_dump(by_alias=True) for one in said.changes]
        return await people.told(who.tenant, told, actor(who), _id(acceptance, who, key))

    @routes.post(
        "/v1/roster/sheets",
        responses=documented(),
        openapi_extra=takes_anything("text/csv"),
    )
    async def sheet(
        request: Request,
        who: TokenSpec = asks,
        dry_run: bool = False,
        key: Key = "",
        name: Annotated[str, Header(alias="X-Filename", max_length=200)] = "people.csv",
    ) -> Changed:
        """A CSV or XLSX with a row a member. Every mistake is told with row and column; with one in it nothing is changed."""
        if who.role == "leader":
            raise refusal("not_leader")
        file = io.BytesIO(await request.body())
        return await people.sheet(who.tenant, file, name, actor(who), _id(acceptance, who, key), dry_run)

    @routes.get("/v1/people/{member}", responses=documented(404))
    async def one(member: MemberId, who: TokenSpec = asks) -> Person:
        """One person as he is now."""
        policy = await people.policy(who.tenant)
        if member not in policy.members:
            raise Problem(404, "unknown_member", "There is no such member; see /v1/people.")
        return person(policy, member)

    return routes


def person(policy: Policy, id: str) -> Person:
    """A member with the teams and pools he is in and leads."""
    return Person(
        **{
            name: getattr(policy.members[id], name)
            for name in policy.members[id].__struct_fields__
            if name != "absences"
        },
        absences=[Away(from_ms=a.from_ms, until_ms=a.until_ms, reason=a.reason) for a in policy.members[id].absences],
        teams=[team.id for team in policy.teams.values() if id in team.members],
        leads=[team.id for team in policy.teams.values() if team.leader == id],
        pools=[pool.id for pool in policy.pools.values() if id in pool.members],
        pool_leads=[pool.id for pool in policy.pools.values() if id in pool.leaders],
    )


async def _may(people: People, who: TokenSpec, change: Change) -> None:
    if who.role != "leader":
        return
    plain = not change.set and all(
        part is None for part in (change.teams, change.leads, change.pools, change.pool_leads)
    )
    if change.what not in LEADERS or not plain or not await people.leads(who.tenant, who.member, change.member):
        raise refusal("not_leader")


def _id(acceptance: Acceptance, who: TokenSpec, key: str) -> str:
    return acceptance.digester.digest("people", who.tenant, actor(who), key) if key else secrets.token_hex(16)


def _shown(version: Version) -> ChangeShown:
    change = version.change
    groups = {part: getattr(change, part) for part in ("teams", "leads", "pools", "pool_leads")}
    says: dict[str, Any] = {**change.set, **{part: named for part, named in groups.items() if named is not None}}
    if change.absence is not None:
        away = change.absence
        says["absence"] = {"from_ms": away.from_ms, "until_ms": away.until_ms, "reason": away.reason}
    return ChangeShown(
        version=version.number,
        told_ms=version.at_ms,
        from_ms=change.from_ms,
        what=change.what,
        member=change.member,
        actor=change.actor,
        reason=change.why,
        says=says,
    )
