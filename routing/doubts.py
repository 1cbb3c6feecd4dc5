"""What is allowed in a policy and hardly meant: rules nothing reaches, rules that give nobody, pools nobody may claim from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leads.policy import Condition, Member, Policy, Rule
from routing.availability import hindrance
from routing.check import Fault
from routing.rules import test
from routing.values import number
from routing.working_time import published

#: Hindrances that time does not end.
_LASTING = ("left", "level", "skill", "line", "weight")


def doubts(policy: Policy, year: int) -> list[Fault]:
    """Every doubt with its path inside the policy, and why. ``year``: the one it is asked in."""
    found: list[Fault] = []
    for i, rule in enumerate(policy.rules):
        found += [(("rules", i), what) for what in _rule(policy, i, rule)]
    for i, scope in enumerate(policy.scopes):
        if what := _contradiction(scope.when):
            found.append((("scopes", scope.id, "when"), what))
        elif former := next((s for s in policy.scopes[:i] if implies(scope.when, s.when)), None):
            found.append(
                (("scopes", scope.id, "when"), f"nothing reaches it: whatever it asks for is in '{former.id}'")
            )
    for id, pool in policy.pools.items():
        people = [policy.members[m] for m in (*pool.members, *pool.leaders)] or list(policy.members.values())
        if pool.claims_a_day == 0 or pool.max_open == 0 or not any(_there(person) for person in people):
            found.append((("pools", id), "nobody may claim from it; what comes in stays"))
    for id, team in policy.teams.items():
        if team.leader and policy.members[team.leader].left:
            found.append((("teams", id, "leader"), f"'{team.leader}' has left; name another"))
    for id, hours in policy.hours.items():
        if hours.holidays and not published(hours.holidays, year):
            what = f"the make-up days of {hours.holidays} in {year} are not known to this version; list them in open and closed"
            found.append((("hours", id, "holidays"), what))
    return found


def implies(when: Sequence[Condition], other: Sequence[Condition]) -> bool:
    """Whether everything for which all of ``when`` hold is something for which all of ``other`` hold, as far as can be told."""
    return all(any(_implies(mine, theirs) for mine in when) for theirs in other)


def _implies(mine: Condition, theirs: Condition) -> bool:
    if mine.field != theirs.field:
        return False
    if mine == theirs:
        return True
    if mine.op == "in":
        holds = test(theirs)
        return all(holds(value) for value in mine.values)
    if theirs.op == "exists":
        return mine.op != "not_in"
    if mine.op != theirs.op:
        return False
    bounds = (number(mine.values[0]), number(theirs.values[0])) if mine.op in ("at_least", "at_most") else None
    match mine.op:
        case "at_least":
            return bounds is not None and None not in bounds and bounds[0] >= bounds[1]  # type: ignore[operator]
        case "at_most":
            return bounds is not None and None not in bounds and bounds[0] <= bounds[1]  # type: ignore[operator]
        case "prefix":
            holds = test(theirs)
            return all(holds(start) for start in mine.values)
        case "not_in":
            return set(theirs.values) <= set(mine.values)
    return False


def _contradiction(when: Sequence[Condition]) -> str:
    """Why no lead can meet all of ``when``, "" when one can, as far as can be told."""
    for field in dict.fromkeys(condition.field for condition in when):
        own = [condition for condition in when if condition.field == field]
        listed = next((condition for condition in own if condition.op == "in"), None)
        if listed and not any(all(test(c)(value) for c in own) for value in listed.values):
            return f"no lead can meet it: none of the values of '{field}' passes its other conditions"
        low, high = (
            [b for c in own if c.op == op and (b := number(c.values[0])) is not None] for op in ("at_least", "at_most")
        )
        if low and high and max(low) > min(high):
            return f"no lead can meet it: '{field}' is to be at least {max(low):g} and at most {min(high):g}"
    return ""


def _rule(policy: Policy, i: int, rule: Rule) -> Iterator[str]:
    if what := _contradiction(rule.when):
        yield what
    elif former := next((r for r in policy.rules[:i] if implies(rule.when, r.when)), None):
        yield f"nothing reaches it: the rule '{former.id}' before it takes whatever it asks for"
    if rule.pool:
        return
    teams = [(rule.team, rule.members, rule.levels, rule.skills)]
    for wider in rule.widen:
        team, members, levels, skills = teams[-1]
        target = (wider.team, wider.members) if wider.team or wider.members else (team, members)
        teams.append(
            (
                *target,
                levels if wider.levels is None else wider.levels,
                skills if wider.skills is None else wider.skills,
            )
        )
    for team, members, levels, skills in teams:
        ids = policy.teams[team].members if team else members
        asked = Rule(id=rule.id, levels=levels, skills=skills)
        reasons = {id: _lasting(policy.members[id], asked) for id in ids}
        if not all(reasons.values()):
            return
    told = ", ".join(f"{id}: {reason}" for id, reason in reasons.items()) or "the team is empty"
    yield f"it gives nobody ({told}); its leads all go to the pool"


def _lasting(member: Member, rule: Rule) -> str:
    """Why ``member`` can never get a lead of ``rule``; "" when he can at times, in the scopes he serves."""
    scope = member.lines[0] if member.lines else ""
    kind, detail = hindrance(member, rule, 0, scope)
    return f"{kind} {detail}".strip() if kind in _LASTING else ""


def _there(member: Member) -> bool:
    return not member.left and member.max_open != 0
