"""The policy in force: what the configuration says with the roster's changes laid over it. Pure; the moment is an argument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, get_args, get_type_hints

import msgspec

from leads.policy import Member, Policy, Team, versioned
from leads.roster import Change, Version, What
from leads.text import fold
from routing.check import faults, unknown

#: What a change may set of a member.
FIELDS: dict[str, Any] = {name: kind for name, kind in get_type_hints(Member).items() if name not in ("id", "absences")}
#: What each kind of change says of a member by itself.
_SAYS: dict[What, dict[str, Any]] = {
    "paused": {"paused": True},
    "resumed": {"paused": False},
    "left": {"left": True},
    "joined": {"left": False, "paused": False},
}


def merged(base: Policy, roster: Iterable[Version], now_ms: int) -> Policy:
    """``base`` with every change laid over it that is in effect at ``now_ms``. Its version is a digest of what it says."""
    policy = base
    for change in effective(roster, now_ms):
        policy = laid(policy, change)
    return base if policy is base else versioned(policy)


def known_as(policy: Policy) -> dict[str, str]:
    """What a file may call those who are there -> their id: the id, or the name when one alone bears it, folded."""
    there = [member for member in policy.members.values() if not member.left]
    names = Counter(fold(member.name) for member in there if member.name)
    called = {name: member.id for member in there if names[name := fold(member.name)] == 1}
    return called | {fold(member.id): member.id for member in there}


def whom(known: Mapping[str, str], called: str) -> str:
    """The id of whom a file means (``known_as``), "" for one who is not there: a customer who belonged to a name that nobody
    bears would wait for ever. Without any member there is nothing to check by: as it is called."""
    return known.get(fold(called), "") if known else called


def effective(roster: Iterable[Version], now_ms: int) -> list[Change]:
    """Changes in effect, in order: by the moment they take effect, then as they were told."""
    found = [version for version in roster if version.change.from_ms <= now_ms]
    return [version.change for version in sorted(found, key=lambda v: (v.change.from_ms, v.number))]


def next_change(roster: Iterable[Version], now_ms: int) -> int:
    """When the next change takes effect that does not yet, 0 when none is ahead."""
    return min((v.change.from_ms for v in roster if v.change.from_ms > now_ms), default=0)


def laid(policy: Policy, change: Change) -> Policy:
    """One change over a policy. Raises msgspec.ValidationError for a value that its field does not take."""
    was = policy.members.get(change.member, Member(id=change.member))
    said = msgspec.to_builtins(was) | _SAYS.get(change.what, {}) | change.set
    member = msgspec.convert({**said, "id": change.member}, Member)
    if change.absence is not None:
        member = msgspec.structs.replace(member, absences=(*member.absences, change.absence))
    teams, pools = policy.teams, policy.pools
    if change.teams is not None:
        teams = {id: _with(team, "members", change.member, id in change.teams) for id, team in teams.items()}
    if change.leads is not None:
        teams = {id: _led(team, change.member, id in change.leads) for id, team in teams.items()}
    if change.pools is not None:
        pools = {id: _with(pool, "members", change.member, id in change.pools) for id, pool in pools.items()}
    if change.pool_leads is not None:
        pools = {id: _with(pool, "leaders", change.member, id in change.pool_leads) for id, pool in pools.items()}
    return msgspec.structs.replace(policy, members={**policy.members, change.member: member}, teams=teams, pools=pools)


def mistakes(base: Policy, roster: Sequence[Version], changes: Sequence[Change]) -> list[tuple[int, str, str]]:
    """What is wrong with ``changes`` laid in their order over what is in force at their moments, as (number of the change,
    field, what to write instead); empty when all can be taken."""
    found: list[tuple[int, str, str]] = []
    told = list(roster)
    at: dict[int, Policy] = {}  # moment -> what is in force then, this far
    for n, change in enumerate(changes):
        moment = change.from_ms
        before = at[moment] if moment in at else merged(base, told, moment)
        if own := list(_mistakes(before, change)):
            found += [(n, field, what) for field, what in own]
            continue
        try:
            after = laid(before, change)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$")
            found.append((n, where.strip(".`") or "set", what))
            continue
        told.append(Version(len(told) + 1, 0, change))
        at = {other: policy for other, policy in at.items() if other < moment} | {moment: after}
    numbers = {change.member: n for n, change in enumerate(changes)}
    for moment, policy in at.items():
        before_faults = faults(merged(base, roster, moment))
        for path, what in faults(policy):
            if (path, what) not in before_faults:
                n = numbers.get(str(path[1]), 0) if path[0] == "members" else 0
                found.append((n, ".".join(map(str, path[2:] if path[0] == "members" else path)), what))
    return sorted(found, key=lambda one: one[0])


def _mistakes(policy: Policy, change: Change) -> Iterable[tuple[str, str]]:
    known = change.member in policy.members
    if not change.member:
        yield "member", "say whom it is about"
    elif not known and change.what != "joined":
        yield "member", unknown("member", change.member, policy.members)
    elif known and change.what == "joined" and not policy.members[change.member].left:
        yield "member", f"there is a member '{change.member}' already; give the new one another id"
    elif known and policy.members[change.member].left and change.what not in ("joined", "left"):
        yield "member", f"'{change.member}' has left; let him join again first"
    for field in change.set:
        if field not in FIELDS:
            yield field, unknown("field", field, FIELDS)
    groups: tuple[tuple[str, tuple[str, ...] | None, Collection[str]], ...] = (
        ("teams", change.teams, policy.teams),
        ("leads", change.leads, policy.teams),
        ("pools", change.pools, policy.pools),
        ("pool_leads", change.pool_leads, policy.pools),
    )
    for part, named, there in groups:
        for name in named or ():
            if name not in there:
                yield part, unknown("pool" if "pool" in part else "team", name, there)
    if change.absence is not None and change.absence.until_ms <= change.absence.from_ms:
        yield "absence", "it ends before it begins; write a later end"
    if change.what not in get_args(What):
        yield "what", unknown("change", change.what, get_args(What))


def _with(group: Any, part: str, member: str, inside: bool) -> Any:
    """A team or pool with a member in one of its lists, or without him."""
    people = getattr(group, part)
    if (member in people) == inside:
        return group
    kept = (*people, member) if inside else tuple(one for one in people if one != member)
    return msgspec.structs.replace(group, **{part: kept})


def _led(team: Team, member: str, leads: bool) -> Team:
    if leads:
        return msgspec.structs.replace(team, leader=member)
    return msgspec.structs.replace(team, leader="") if team.leader == member else team
