"""Builders: a lead or a policy in one line."""

from __future__ import annotations

from typing import Any

from leads.policy import Condition, Member, Policy, Pool, Rule, Team
from leads.records import Facts, Lead

NOON = 1_772_510_400_000  # 2026-03-03T04:00Z


def lead(**said: str) -> Lead:
    """City, region and country become facts, source and door the lead's own, all else attributes."""
    facts: Any = {name: said.pop(name) for name in ("city", "region", "country") if name in said}
    own: Any = {name: said.pop(name) for name in ("source", "door") if name in said}
    return Lead(
        event="0" * 32,
        tenant="main",
        at_ms=NOON,
        facts=Facts(**facts),
        attributes=said,
        **{"source": "web", "door": "form", **own},
    )


def when(field: str, op: Any, *values: str) -> tuple[Condition, ...]:
    return (Condition(field=field, op=op, values=values),)


def policy(*rules: Rule, members: tuple[Member, ...] = (Member(id="amy"), Member(id="bo")), **more: Any) -> Policy:
    people = {member.id: member for member in members}
    team = Team(id="all", members=tuple(people))
    pools = {"public": Pool(id="public"), "vip": Pool(id="vip")}
    return Policy(version="v", members=people, teams={"all": team}, pools=pools, rules=rules, **more)
