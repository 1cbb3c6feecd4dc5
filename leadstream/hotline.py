"""``leadstream hotline``: how calls of new customers, and what they may be worth, spread over people and lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from leads.errors import BadInput
from leads.policy import Member, Policy
from leadstream.configuration.settings import Settings
from leadstream.fairness import Span
from leadstream.past import Past
from leadstream.runtime import Runtime
from routing.availability import Moments, at_work
from routing.days import Unit, period
from routing.hotline import Call, Held, Spread, spreads
from routing.roster import merged
from routing.values import number

By = Literal["owner", "agent"]
AtWork = Callable[[int], tuple[str, ...]]
_HOUR_MS = 3_600_000


class Said(msgspec.Struct):
    """What the events of one call said, the last word counting."""

    source: str
    line: str = ""
    value: float = 0.0
    agent: str = ""


async def spread(
    settings: Settings, tenant: str, since: str, until: str, unit: Unit, team: str, by: By
) -> list[Spread]:
    """Each line in each week or month. ``by``: who became the owner, or who answered. Raises BadInput, Unavailable."""
    zone = ZoneInfo(settings.tenants[tenant].timezone)
    runtime = Runtime(settings)
    try:
        known = await runtime.policies.look(tenant)
        there = at_work_of(lambda at_ms: merged(runtime.policies.base(tenant), known, at_ms), team)
        calls = await gathered(Past(runtime, tenant), Span(since, until, zone), there, by)
    finally:
        await runtime.close()
    return spreads(calls, lambda at_ms: period(at_ms, zone, unit))


def at_work_of(policy_at: Callable[[int], Policy], team: str) -> AtWork:
    """Who could have had a call at a moment: the members, or those of one team, who were there by the policy of that hour. The
    answer raises BadInput for a team nobody knows."""

    @cache
    def hourly(hour: int) -> tuple[Moments, list[Member]]:
        policy = policy_at(hour * _HOUR_MS)
        if team and team not in policy.teams:
            raise BadInput("unknown_team", f"there is no team {team}; there are: {', '.join(policy.teams) or 'none'}")
        return Moments(policy), [policy.members[id] for id in (policy.teams[team].members if team else policy.members)]

    def there(at_ms: int) -> tuple[str, ...]:
        moments, members = hourly(at_ms // _HOUR_MS)
        _, on = moments.at(at_ms)
        return tuple(member.id for member in members if at_work(member, at_ms, on))

    return there


async def gathered(past: Past, span: Span, there: AtWork, by: By) -> list[Call]:
    """The calls of new customers within ``span``. One that waited in a pool counts for the first who claimed it."""
    said: dict[str, Said] = {}
    call_of: dict[str, str] = {}
    async for envelope in past.envelopes():
        if envelope.door == "call" and envelope.at_ms in span:
            for row in envelope.rows:
                call = call_of[row.event] = row.call or row.event
                about = said.setdefault(call, Said(envelope.source))
                about.line = row.fields.get("line", about.line)
                about.value = number(row.fields.get("value", "")) or about.value
                about.agent = row.fields.get("agent", about.agent)
    calls: list[Call] = []
    pooled: dict[str, int] = {}
    async for effect in past.effects():
        outcome, move = effect.outcome, effect.move
        if outcome is not None and outcome.event in call_of:
            if outcome.code == "pooled":
                pooled[outcome.event] = outcome.at_ms
            elif outcome.code == "assigned":
                calls.append(_call(said[call_of[outcome.event]], outcome.at_ms, outcome.owner, there, by))
        elif move is not None and move.what == "claim" and (at_ms := pooled.pop(move.event, 0)):
            calls.append(_call(said[call_of[move.event]], at_ms, move.member, there, by))
    return calls


def _call(said: Said, at_ms: int, owner: str, there: AtWork, by: By) -> Call:
    taker = said.agent if by == "agent" and said.agent else owner
    return Call(at_ms, said.line or said.source, taker, there(at_ms), max(0.0, said.value))


def as_text(found: Sequence[Spread]) -> list[str]:
    """Lines for a person, an alarm first among those of its line."""
    lines: list[str] = []
    for one in found:
        total, worth = sum(one.calls.values()), sum(one.values.values())
        lines.append(
            f"{one.period}  {one.line}: {total} new customers rang" + (f", worth {worth:,.0f}" if worth else "")
        )
        for what, held in (("calls", one.by_calls), ("value", one.by_value)):
            if held is not None and held.alarming:
                lines.append(f"  ALARM  {_held(held, what)}")
        for person, n in sorted(one.calls.items(), key=lambda item: (-item[1], item[0])):
            value = f"{one.values[person] / worth:>9.1%} of the value" if worth else ""
            lines.append(f"  {person:<14}{n:>6} calls {n / total:>7.1%}{value}")
    return lines or ["no new customer rang in this time"]


def _held(held: Held, what: str) -> str:
    who = " and ".join(held.members)
    return (
        f"{who} hold{'s' if len(held.members) == 1 else ''} {held.share:.0%} of the {what}; an even spread gives "
        f"{held.even:.0%}, and so much or more by chance once in {1 / max(held.chance, 1e-9):,.0f} weeks"
    )
