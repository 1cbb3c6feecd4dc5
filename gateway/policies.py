"""The policy over HTTP: the rules are public to everybody they bind, and a draft can be checked before it is adopted."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from gateway.acceptance import Acceptance
from gateway.problems import documented
from gateway.settings import TokenSpec
from leads.policy import Policy


class Shown(BaseModel):
    """The policy in force. How people are notified is left out."""

    version: str
    policy: dict[str, Any]


class Draft(BaseModel):
    """The inside of one tenant, as in the configuration file."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=500_000)]


class Fault(BaseModel):
    path: str
    what: str


class Checked(BaseModel):
    """Every mistake with its path and what to write instead; none, and the policy can be used."""

    faults: list[Fault]


class Policies(Protocol):
    """Who knows. Raises StoreDown."""

    async def policy(self, tenant: str, at_ms: int = 0) -> Policy:
        """The policy in force at a moment, 0 for now."""

    async def check(self, tenant: str, text: str) -> list[tuple[str, str]]:
        """What is wrong with a tenant's section of a configuration file, written as YAML."""


def router(acceptance: Acceptance, policies: Policies) -> APIRouter:
    """Routes of the policy: the one in force, and a check of another."""
    routes = APIRouter(tags=["policy"])
    asks = acceptance.callers.needs("policy")

    @routes.get("/v1/policy", responses=documented())
    async def show(who: TokenSpec = asks) -> Shown:
        """The rules as they are now, with people, teams and pools."""
        policy = await policies.policy(who.tenant)
        people = {id: msgspec.structs.replace(member, contact="") for id, member in policy.members.items()}
        said = msgspec.to_builtins(msgspec.structs.replace(policy, members=people))
        return Shown(version=policy.version, policy=said)

    @routes.post("/v1/policy/checks", responses=documented())
    async def check(draft: Draft, who: TokenSpec = asks) -> Checked:
        """What is wrong with a draft. Nothing is adopted."""
        found = await policies.check(who.tenant, draft.text)
        return Checked(faults=[Fault(path=path, what=what) for path, what in found])

    return routes
