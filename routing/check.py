"""Does a policy mean something? Every mistake at once, each with its path inside the policy and what to write instead."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leads.fields import FIELDS
from leads.policy import Condition, Policy, Rule
from leads.unique import UNIQUE
from routing.rules import ATTRIBUTES, FACTS
from routing.values import number
from routing.working_time import supported

Fault = tuple[tuple[str | int, ...], str]


def faults(policy: Policy, declared: Collection[str] = ()) -> list[Fault]:
    """All that would make ``policy`` route wrongly or not at all. ``declared``: the tenant's custom fields."""
    fields = {*FACTS, *ATTRIBUTES, *declared}
    found = [*_references(policy), *_sections(policy, fields)]
    seen: set[str] = set()
    for i, rule in enumerate(policy.rules):
        if not rule.id:
            found.append((("rules", i, "id"), "the rule has no id; give it a short one, it is shown with every lead"))
        elif rule.id in seen:
            found.append(
                (("rules", i, "id"), f"the id '{rule.id}' is taken by an earlier rule; give each rule its own")
            )
        seen.add(rule.id)
        found += [(("rules", i, *path), what) for path, what in _rule(rule, policy, fields)]
    try:
        ZoneInfo(policy.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found.append((("timezone",), f"'{policy.timezone}' is no time zone; write one like Asia/Shanghai"))
    return found


def unknown(kind: str, name: str, known: Collection[str]) -> str:
    """The sentence for a name that does not exist, with the nearest one that does."""
    near = get_close_matches(name, list(known), 1, 0.6)
    if near:
        return f"there is no {kind} '{name}'; did you mean '{near[0]}'?"
    listed = ", ".join(sorted(known)) if known else "none is declared"
    return f"there is no {kind} '{name}'; known: {listed}"


def _references(policy: Policy) -> Iterator[Fault]:
    for id, team in policy.teams.items():
        for i, member in enumerate(team.members):
            if member not in policy.members:
                yield ("teams", id, "members", i), unknown("member", member, policy.members)
        if team.leader and team.leader not in policy.members:
            yield ("teams", id, "leader"), unknown("member", team.leader, policy.members)
    for id, pool in policy.pools.items():
        for part, people in (("members", pool.members), ("leaders", pool.leaders)):
            for i, member in enumerate(people):
                if member not in policy.members:
                    yield ("pools", id, part, i), unknown("member", member, policy.members)
    if policy.default_pool not in policy.pools:
        yield ("default_pool",), unknown("pool", policy.default_pool, policy.pools)
    for id, person in policy.members.items():
        for i, absence in enumerate(person.absences):
            if absence.until_ms <= absence.from_ms:
                yield ("members", id, "absences", i), "it ends before it begins; write a later 'until'"


def _sections(policy: Policy, fields: Collection[str]) -> Iterator[Fault]:
    """What the sections beside the rules name that is not there."""
    scopes = {scope.id for scope in policy.scopes}
    for id, person in policy.members.items():
        for part, names, kind, known in (
            ("shifts", person.shifts, "hours", policy.hours),
            ("lines", person.lines, "scope", scopes),
        ):
            for i, name in enumerate(names):
                if name not in known:
                    yield ("members", id, part, i), unknown(kind, name, known)
    for id, hours in policy.hours.items():
        if hours.holidays and not supported(hours.holidays):
            yield ("hours", id, "holidays"), f"no holidays are known of '{hours.holidays}'; write one like CN or DE-BY"
        if not hours.spans:
            yield ("hours", id, "times"), "there is no time in it; write one like mon-fri: 09:00-18:00"
    for scope in policy.scopes:
        if not scope.when:
            yield ("scopes", scope.id, "when"), "it has no conditions, so every lead would be in it; write some"
        for path, what in _conditions(scope.when, fields):
            yield ("scopes", scope.id, *path), what
        yield from ((("scopes", scope.id, *path), what) for path, what in _unique(scope.unique, fields))
    yield from _unique(policy.unique, fields)
    for kind, target in policy.answer.items():
        if target.hours and target.hours not in policy.hours:
            yield ("ownership", "answer", kind or "other", "hours"), unknown("hours", target.hours, policy.hours)
    if policy.contact.hours and policy.contact.hours not in policy.hours:
        yield ("contact", "hours"), unknown("hours", policy.contact.hours, policy.hours)
    if policy.handover.pool and policy.handover.pool not in policy.pools:
        yield ("handover", "pool"), unknown("pool", policy.handover.pool, policy.pools)
    if policy.handover.service_team and policy.handover.service_team not in policy.teams:
        yield ("handover", "service_team"), unknown("team", policy.handover.service_team, policy.teams)


def _unique(unique: Collection[str], fields: Collection[str]) -> Iterator[Fault]:
    for field in unique:
        if field in FIELDS and field not in UNIQUE:
            yield (
                ("unique", field),
                f"different customers share a {field}; write one of {', '.join(UNIQUE)}, or a declared field",
            )
        elif field not in UNIQUE and field not in fields:
            yield ("unique", field), unknown("field", field, {*fields, *UNIQUE})


def _rule(rule: Rule, policy: Policy, fields: Collection[str]) -> Iterator[Fault]:
    targets = [name for name in ("team", "members", "pool") if getattr(rule, name)]
    if len(targets) != 1:
        named = f"names {len(targets)} targets ({', '.join(targets)})" if targets else "names no target"
        yield (), f"the rule {named}; write exactly one of team, members, pool"
    if rule.team and rule.team not in policy.teams:
        yield ("team",), unknown("team", rule.team, policy.teams)
    for i, member in enumerate(rule.members):
        if member not in policy.members:
            yield ("members", i), unknown("member", member, policy.members)
    for name in ("pool", "overflow"):
        pool = getattr(rule, name)
        if pool and pool not in policy.pools:
            yield (name,), unknown("pool", pool, policy.pools)
    yield from _people(rule, policy)
    if rule.strategy == "quota":
        ids = policy.teams[rule.team].members if rule.team in policy.teams else rule.members
        without = [id for id in ids if id in policy.members and policy.members[id].max_day < 0]
        if without:
            yield ("strategy",), f"a quota is shared out by max_day; give one to {', '.join(without)}"
    if rule.answer and rule.answer.hours and rule.answer.hours not in policy.hours:
        yield ("answer", "hours"), unknown("hours", rule.answer.hours, policy.hours)
    for i, wider in enumerate(rule.widen):
        if wider.team and wider.team not in policy.teams:
            yield ("widen", i, "team"), unknown("team", wider.team, policy.teams)
        for j, member in enumerate(wider.members):
            if member not in policy.members:
                yield ("widen", i, "members", j), unknown("member", member, policy.members)
    yield from _conditions(rule.when, fields)


def _conditions(when: Sequence[Condition], fields: Collection[str]) -> Iterator[Fault]:
    for condition in when:
        if condition.field not in fields:
            yield (
                ("when", condition.field),
                f"{unknown('field', condition.field, fields)}; declare a custom one in fields",
            )
        if what := _values(condition):
            yield ("when", condition.field, condition.op), what


def _people(rule: Rule, policy: Policy) -> Iterator[Fault]:
    """Levels and skills that no member has would park every lead of the rule in silence."""
    people = policy.members.values()
    levels, skills = {m.level for m in people} - {""}, {s for m in people for s in m.skills}
    for part, wanted, had in (("levels", rule.levels, levels), ("skills", rule.skills, skills)):
        for i, name in enumerate(wanted):
            if name not in had:
                yield (part, i), f"no member has this; {unknown(part[:-1], name, had)}"


def _values(condition: Condition) -> str:
    if condition.op in ("at_least", "at_most"):
        if len(condition.values) != 1 or number(condition.values[0]) is None:
            return "write one number, like 50000 or 5万"
    elif condition.op != "exists" and not condition.values:
        return "write at least one value"
    return ""
