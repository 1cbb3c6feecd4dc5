"""The routing policy as records: what a tenant's configuration says about who gets which lead. Published, versioned."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

Strategy = Literal["turn", "least_loaded", "first"]


class Absence(msgspec.Struct, frozen=True):
    from_ms: int
    until_ms: int
    reason: str = ""


class Member(msgspec.Struct, frozen=True):
    """Someone who can own customers. ``level`` is senior | mid | new; limits of -1 are none."""

    id: str
    name: str = ""
    weight: float = 1.0
    level: str = ""
    skills: tuple[str, ...] = ()
    max_open: int = -1
    max_day: int = -1
    left: bool = False
    paused: bool = False
    absences: tuple[Absence, ...] = ()
    contact: str = ""  # where he is notified


class Condition(msgspec.Struct, frozen=True):
    """``field`` is an attribute or a fact of the lead (region, city, industry, company_size, product, value, line, source,
    campaign, grade, door, country, a custom field). ``op``: in | not_in | at_least | at_most | exists | prefix."""

    field: str
    op: Literal["in", "not_in", "at_least", "at_most", "exists", "prefix"]
    values: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """The first rule whose conditions all hold decides. Exactly one of ``team``, ``members``, ``pool`` names the target."""

    id: str
    when: tuple[Condition, ...] = ()
    team: str = ""
    members: tuple[str, ...] = ()
    pool: str = ""
    strategy: Strategy = "turn"
    levels: tuple[str, ...] = ()  # only members of these levels
    skills: tuple[str, ...] = ()  # only members with all of these
    grade: str = ""  # the grade A | B | C this rule gives the lead
    affinity: bool = True
    overflow: str = ""  # pool when nobody can take it; "" is the tenant's default pool


class Team(msgspec.Struct, frozen=True):
    id: str
    members: tuple[str, ...]
    leader: str = ""


class Pool(msgspec.Struct, frozen=True):
    id: str
    members: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()


class Policy(msgspec.Struct, frozen=True):
    version: str
    members: dict[str, Member] = {}
    teams: dict[str, Team] = {}
    pools: dict[str, Pool] = {}
    rules: tuple[Rule, ...] = ()
    default_pool: str = "public"
    protect_ms: int = 30 * 86_400_000
    timezone: str = "Asia/Shanghai"
    unsure_to_owner: bool = True


def versioned(policy: Policy) -> Policy:
    """``policy`` with the digest of what it says as its version, so equal policies have equal versions."""
    content = msgspec.json.encode(msgspec.structs.replace(policy, version=""), order="deterministic")
    return msgspec.structs.replace(policy, version=hashlib.sha256(content).hexdigest()[:16])
