"""The routing policy as records: what a tenant's configuration says about who gets which lead. Published, versioned.

Spans are in ms (``*_ms``). Caps of -1 are none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Literal

import msgspec

from leads.cases import Rulebook

Strategy = Literal["turn", "least_loaded", "quota", "ranked", "first"]
Clash = Literal["refuse", "warn", "merge"]
Op = Literal["in", "not_in", "at_least", "at_most", "exists", "prefix"]

#: What protection and answer targets may be told apart by, beside the rule: the grade first, then the move, then the door.
KINDS: tuple[str, ...] = ("A", "B", "C", "report", "claim", "transfer", "call", "form", "import")


class Hours(msgspec.Struct, frozen=True):
    """Working time in the tenant's time zone. A span is (weekday from 0 Monday, first minute, minute after the last); one that
    goes over midnight ends beyond 1440. ``holidays`` is a country (and a subdivision: DE-BY) whose holidays are free and whose
    make-up days are worked like a Monday; days are ordinals (1 is 0001-01-01)."""

    spans: tuple[tuple[int, int, int], ...]
    holidays: str = ""
    closed: tuple[int, ...] = ()
    open: tuple[int, ...] = ()  # worked like a Monday, whatever the calendar says


class Absence(msgspec.Struct, frozen=True):
    """Times a member takes no leads, UTC."""

    from_ms: int
    until_ms: int
    reason: str = ""


class Member(msgspec.Struct, frozen=True):
    """Someone who can own customers. ``level`` is senior | mid | new."""

    id: str
    name: str = ""
    weight: float = 1.0
    level: str = ""
    skills: tuple[str, ...] = ()
    max_open: int = -1
    max_day: int = -1  # leads a day, or in the window of the policy
    left: bool = False
    paused: bool = False
    absences: tuple[Absence, ...] = ()
    contact: str = ""  # where he is notified
    lines: tuple[str, ...] = ()  # scopes he serves; none is all
    shifts: tuple[str, ...] = ()  # hours in any of which he takes leads; none is always
    result: float = 0.0  # past result, for the strategy ranked: any unit, more is better


class Condition(msgspec.Struct, frozen=True):
    """``field`` is an attribute or a fact of the lead (region, city, industry, company_size, product, value, line, source,
    campaign, grade, door, country, a custom field)."""

    field: str
    op: Op
    values: tuple[str, ...] = ()


class Widening(msgspec.Struct, frozen=True):
    """Who else may take a lead that has waited so long. What is None or "" stays as the rule says."""

    after_ms: int
    team: str = ""
    members: tuple[str, ...] = ()
    levels: tuple[str, ...] | None = None
    skills: tuple[str, ...] | None = None


class Answer(msgspec.Struct, frozen=True):
    """Respond within so much working time, else there is a warning and the lead moves on."""

    within_ms: int
    hours: str = ""  # "" is always


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
    priority: int = 0  # who waits with more is placed first
    protect_ms: int = 0  # 0: by kind, else the tenant's
    answer: Answer | None = None  # None: by kind
    wait_ms: int = -1  # waits in line so long for somebody who can take it; -1 the tenant's, 0 not at all
    widen: tuple[Widening, ...] = ()  # by ``after_ms``


class Team(msgspec.Struct, frozen=True):
    """Members who are named together by rules."""

    id: str
    members: tuple[str, ...]
    leader: str = ""


class Pool(msgspec.Struct, frozen=True):
    """Customers without an owner. ``members`` may claim from it, none is everybody; its rules hold for who claimed from it."""

    id: str
    members: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    claims_a_day: int = -1
    max_open: int = -1  # customers that each of its members may hold
    closed_exempt: bool = False  # signed customers do not count for holding caps
    cooling_ms: int = 0  # former owners may not claim it again for so long
    fresh_ms: int = 0  # nobody may claim what came in less than so long ago
    recycle_ms: int = 0  # silence after which a customer goes to the pool, 0 never
    close_within_ms: int = 0  # not signed so long after it was given: goes to the pool, 0 never
    warn_ms: int = 0  # so long before, a warning


class Scope(msgspec.Struct, frozen=True):
    """A product line or region in which a customer has an owner of his own. The first whose conditions hold is a lead's scope,
    "" when none does."""

    id: str
    when: tuple[Condition, ...]
    unique: dict[str, Clash] = {}  # beside the tenant's


class Contact(msgspec.Struct, frozen=True):
    """How often one customer may be contacted, by all colleagues together."""

    most: int = -1  # in any window of so long
    window_ms: int = 86_400_000
    refusal_ms: int = 0  # a refusal counts so long for everybody, 0 for ever
    hours: str = ""  # when he may be contacted, "" always


class Handover(msgspec.Struct, frozen=True):
    """Where customers go when their owner leaves, has signed them, or has had them very long."""

    per_successor: int = -1  # customers of one who leaves that one successor gets
    pool: str = ""  # for what nobody can take; "" is the default pool
    service_team: str = ""  # who looks after signed customers, "" the owner
    rotate_ms: int = 0  # an owner this long is due for rotation, 0 never


class Policy(msgspec.Struct, frozen=True):
    """A tenant's rules and people, as routing compiles them."""

    version: str
    members: dict[str, Member] = {}
    teams: dict[str, Team] = {}
    pools: dict[str, Pool] = msgspec.field(default_factory=lambda: {"public": Pool("public")})
    rules: tuple[Rule, ...] = ()
    default_pool: str = "public"
    protect_ms: int = 30 * 86_400_000
    timezone: str = "Asia/Shanghai"
    unsure_to_owner: bool = True
    hours: dict[str, Hours] = {}
    scopes: tuple[Scope, ...] = ()
    unique: dict[str, Clash] = {}  # field -> what becomes of a second customer with the same value
    protect: dict[str, int] = {}  # kind of KINDS -> ms
    answer: dict[str, Answer] = {}  # kind of KINDS, "" all others
    max_open: dict[str, int] = {}  # level -> customers one may hold; "" everybody
    call_s: int = 30  # a call of at least so many seconds is evidence
    approval_ms: int = 0  # a report waits so long for a leader's approval, 0 needs none
    wait_ms: int = 86_400_000  # a parked lead waits in line so long
    window_ms: int = 0  # what ``max_day`` counts: leads of the last so long; 0 of the calendar day
    credit: float = 0.0  # turns one who is absent is owed on return at most
    contact: Contact = Contact()
    handover: Handover = Handover()
    disputes: Rulebook = Rulebook()


def versioned(policy: Policy) -> Policy:
    """``policy`` with the digest of what it says as its version, so equal policies have equal versions."""
    content = msgspec.json.encode(msgspec.structs.replace(policy, version=""), order="deterministic")
    return msgspec.structs.replace(policy, version=hashlib.sha256(content).hexdigest()[:16])


def is_leader(policy: Policy, who: str) -> bool:
    """Does this person lead a team or a pool, and has not left?"""
    member = policy.members.get(who)
    if member is not None and member.left:
        return False
    return any(team.leader == who for team in policy.teams.values()) or any(
        who in pool.leaders for pool in policy.pools.values()
    )


def leaders_of(policy: Policy, people: Collection[str]) -> list[str]:
    """Who leads a team with one of these people, and is none of them; without any such all who lead a team."""
    leading = [team.leader for team in policy.teams.values() if team.leader and set(people) & set(team.members)]
    others = [leader for leader in dict.fromkeys(leading) if leader not in people]
    return others or [t for t in dict.fromkeys(team.leader for team in policy.teams.values()) if t and t not in people]
