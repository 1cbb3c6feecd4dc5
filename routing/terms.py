"""What the policy grants whoever asks for a move: worked out here, checked against the store in the atomic step."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from leads.ownership import Terms, What
from leads.policy import Answer, Member, Policy, Pool
from routing.availability import absence
from routing.days import day_number
from routing.working_time import answer_by

#: Moves that only a leader makes, whoever the customer is.
LEADERS: frozenset[What] = frozenset(("approve", "lock", "exempt"))
#: Moves after which ``member`` has a customer more: who has left or is away gets none.
GIVING: frozenset[What] = frozenset(("claim", "report", "approve", "transfer"))
#: A pool that nobody is in or leads.
NOBODY = Pool(id="")


def terms(
    policy: Policy,
    member: str,
    actor: str,
    pool: str,
    now_ms: int,
    *,
    what: What = "claim",
    owner: str = "",
    door: str = "",
    grade: str = "",
    admin: bool = False,
) -> Terms:
    """The terms of ``what``, asked by ``actor`` for ``member`` ("" the actor) at ``now_ms``.

    ``pool`` is the one it is taken from and would go back to, "" the default one. ``owner``: who holds the customer, as far as
    the caller knows: his leader may act for him. ``door`` and ``grade`` of the customer choose protection and answer target.
    An ``admin`` need not be a member and leads everybody.
    """
    member = member or actor
    home = policy.pools.get(pool or policy.default_pool, NOBODY)
    leader = admin or leads(policy, actor, (owner or member,), home)
    kinds = (grade, what, door)
    return Terms(
        refused=_refused(policy, member, actor, home, now_ms, what, leader, admin),
        day=day_number(now_ms, ZoneInfo(policy.timezone)),
        claims_a_day=home.claims_a_day,
        max_open=holding_cap(policy, member, home),
        closed_exempt=home.closed_exempt,
        cooling_ms=home.cooling_ms,
        fresh_ms=home.fresh_ms,
        protect_ms=protect_ms(policy, kinds),
        recycle_ms=home.recycle_ms,
        close_within_ms=home.close_within_ms,
        warn_ms=home.warn_ms,
        call_s=policy.call_s,
        approval_ms=policy.approval_ms,
        leader=leader,
        pool=home.id,
        answer_by_ms=answer_by(policy, answer_target(policy, kinds), now_ms),
    )


def leads(policy: Policy, actor: str, people: Iterable[str], pool: Pool = NOBODY) -> bool:
    """Whether ``actor`` leads ``pool``, or a team with one of ``people``. Nobody who has left leads anything."""
    person = policy.members.get(actor)
    if person is None or person.left:
        return False
    wanted = set(people)
    return actor in pool.leaders or any(
        team.leader == actor and wanted.intersection(team.members) for team in policy.teams.values()
    )


def holding_cap(policy: Policy, member: str, pool: Pool = NOBODY) -> int:
    """How many customers ``member`` may hold: the smallest cap that applies, of everybody, his level, the pool, himself."""
    person = policy.members.get(member)
    if person is None:
        return 0
    caps = (policy.max_open.get("", -1), policy.max_open.get(person.level, -1), pool.max_open, person.max_open)
    return min((cap for cap in caps if cap >= 0), default=-1)


def protect_ms(policy: Policy, kinds: Iterable[str]) -> int:
    """Protection of the first of ``kinds`` that has a length of its own, else the tenant's."""
    return next((policy.protect[kind] for kind in kinds if kind in policy.protect), policy.protect_ms)


def answer_target(policy: Policy, kinds: Iterable[str]) -> Answer | None:
    """The answer target of the first of ``kinds`` that has one, else that of all others, None when there is none."""
    return next((policy.answer[kind] for kind in (*kinds, "") if kind in policy.answer), None)


def _refused(
    policy: Policy, member: str, actor: str, pool: Pool, now_ms: int, what: What, leader: bool, admin: bool
) -> str:
    person, asking = policy.members.get(member), policy.members.get(actor)
    if admin and what not in GIVING:
        return ""
    if person is None or (asking is None and not admin):
        return "no_member"
    if (asking is not None and asking.left) or (person.left and what in GIVING):
        return "gone"
    if (what in LEADERS or (what == "claim" and actor != member)) and not leader:
        return "not_leader"
    if what == "claim" and pool.members and member not in (*pool.members, *pool.leaders):
        return "no_member"
    return "away" if what in GIVING and _away(person, now_ms) else ""


def _away(member: Member, now_ms: int) -> bool:
    return member.paused or absence(member, now_ms) is not None
