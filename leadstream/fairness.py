"""``leadstream fairness``: the ledger of who was due and given what, from the past as it is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from leads.errors import BadInput
from leads.policy import Policy
from leadstream.configuration.settings import Settings
from leadstream.past import Past
from leadstream.runtime import Runtime
from routing.days import Unit, period
from routing.fairness import Book, Gift, gift_by_move, gift_of, ledger

_HEAD = ("member", "due", "given", "exempt", "credited", "share", "due share", "drought")


class Span:
    """From the start of one local day to the end of another; "" is open. Raises BadInput for what is no date."""

    def __init__(self, since: str, until: str, zone: ZoneInfo) -> None:
        self.from_ms = _start_ms(since, zone) if since else 0
        self._until_ms = _start_ms(until, zone, days=1) if until else 1 << 62

    def __contains__(self, at_ms: int) -> bool:
        return self.from_ms <= at_ms < self._until_ms


def _start_ms(text: str, zone: ZoneInfo, days: int = 0) -> int:
    try:
        day = date.fromordinal(date.fromisoformat(text).toordinal() + days)
    except ValueError:
        raise BadInput("bad_date", f"{text} is no date; write it as 2026-11-24") from None
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1_000)


async def gifts(past: Past, policy: Policy, until: Span) -> AsyncIterator[Gift]:
    """Every customer that came to a member within ``until``. A later move counts for the member's first team."""
    team_of = {member: f"team:{team.id}" for team in reversed(policy.teams.values()) for member in team.members}
    async for effect in past.effects():
        outcome, move, gift = effect.outcome, effect.move, None
        if outcome is not None and outcome.at_ms in until:
            gift = gift_of(outcome, await past.plan(outcome))
        elif move is not None and move.at_ms in until:
            gift = gift_by_move(effect.number, move.what, move.at_ms, move.member, team_of.get(move.member, ""))
        if gift is not None:
            yield gift


async def books(settings: Settings, tenant: str, since: str, until: str, unit: Unit, team: str) -> list[Book]:
    """The ledger of a tenant by week or month of its time zone; the one that ``since`` lies in is whole. Raises BadInput, Unavailable."""
    zone = ZoneInfo(settings.tenants[tenant].timezone)
    within = Span(since, until, zone)
    runtime = Runtime(settings)
    try:
        policy = await runtime.policies.now(tenant)
        teams = _named(policy, team)
        found = [gift async for gift in gifts(Past(runtime, tenant), policy, Span("", until, zone))]
    finally:
        await runtime.close()
    first = period(within.from_ms, zone, unit) if since else ""
    return ledger(found, lambda at_ms: period(at_ms, zone, unit), teams, first)


def _named(policy: Policy, team: str) -> Collection[str]:
    if team and team not in policy.teams:
        raise BadInput("unknown_team", f"there is no team {team}; there are: {', '.join(policy.teams) or 'none'}")
    return (f"team:{team}",) if team else ()


def as_text(found: Sequence[Book]) -> list[str]:
    """The books as tables for a person."""
    lines: list[str] = []
    for book in found:
        lines.append(
            f"{book.period}  {book.team or 'no team'}: {book.turns} in turn, {book.unmatched:.1%} would have to change hands, "
            f"Gini {book.gini:.3f} ({book.gini_all:.3f} with exempt ones)"
        )
        lines.append("  " + _row(_HEAD))
        for line in book.lines:
            exempt = ", ".join(f"{n} {how}" for how, n in sorted(line.exempt.items())) or "-"
            figures = (f"{line.entitled:.1f}", str(line.given), exempt, f"{line.credited:.1f}")
            shares = (f"{line.share:.1%}", f"{line.due:.1%}", f"{line.drought} turns")
            lines.append("  " + _row((line.member, *figures, *shares)))
    return lines or ["nobody was given a customer in this time"]


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:<14}{cells[1]:>8}{cells[2]:>7}  {cells[3]:<28}" + "".join(f"{cell:>10}" for cell in cells[4:])
