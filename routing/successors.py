"""To whom a customer can pass when his owner leaves, has had him very long, or has signed him: by fit, under the policy of now. Pure.

A customer goes by the rule that placed his lead, as that rule reads today; where the rule is gone, or has nobody left, to the
team mates of whoever had him.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from leads.policy import Member, Policy, Pool, Rule
from routing.availability import hindrance
from routing.terms import holding_cap, protect_ms


class Way(msgspec.Struct, frozen=True, array_like=True):
    """Where a customer can go: ``heirs`` are (member, weight, most open customers or -1), ``pool`` when none can take him. The
    rest are the terms he is held under then, ms."""

    heirs: tuple[tuple[str, float, int], ...]
    pool: str
    protect_ms: int
    recycle_ms: int
    close_within_ms: int
    warn_ms: int
    closed_exempt: bool


class Ways:
    """The ways out for customers of one member, each worked out once a rule and scope."""

    def __init__(self, policy: Policy, member: str, now_ms: int) -> None:
        self._policy, self._member, self._now_ms = policy, member, now_ms
        self._rules = {rule.id: rule for rule in policy.rules}
        self._made: dict[tuple[str, str], Way] = {}

    def by_fit(self, rule: str, scope: str) -> Way:
        """The way of a customer whose lead this rule placed."""
        if (rule, scope) not in self._made:
            self._made[rule, scope] = self._by_fit(self._rules.get(rule), scope)
        return self._made[rule, scope]

    def to(self, members: Iterable[str], scope: str) -> Way:
        """The way to these people."""
        return self._way(members, Rule(id=""), scope, self._policy.default_pool)

    def _by_fit(self, rule: Rule | None, scope: str) -> Way:
        policy = self._policy
        home = policy.handover.pool or (rule.overflow if rule else "") or policy.default_pool
        if rule is not None:
            targeted = policy.teams[rule.team].members if rule.team else rule.members
            way = self._way(targeted, rule, scope, home)
            if way.heirs:
                return way
        mates = [m for team in policy.teams.values() if self._member in team.members for m in team.members]
        return self._way(mates, Rule(id=""), scope, home)

    def _way(self, members: Iterable[str], rule: Rule, scope: str, home: str) -> Way:
        policy, pool = self._policy, self._policy.pools.get(home, Pool(id=home))
        people = [policy.members[id] for id in dict.fromkeys(members) if id != self._member and id in policy.members]
        heirs = tuple(
            (one.id, one.weight, holding_cap(policy, one.id, pool)) for one in people if self._able(one, rule, scope)
        )
        protection = rule.protect_ms or protect_ms(policy, (rule.grade, "transfer"))
        return Way(heirs, home, protection, pool.recycle_ms, pool.close_within_ms, pool.warn_ms, pool.closed_exempt)

    def _able(self, one: Member, rule: Rule, scope: str) -> bool:
        """Being off shift just now hinders nobody: a hand-over is for good."""
        return hindrance(one, rule, self._now_ms, scope)[0] in ("", "off shift")
