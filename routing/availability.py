"""Who can take a lead at a moment, and why the others cannot. The moment is the event's time, an argument."""

from __future__ import annotations

from bisect import bisect_right

from leads.policy import Absence, Member, Policy, Rule
from routing.working_time import Calendar, calendar

_MINUTE_MS = 60_000
_MEMO_CAP = 16_384  # minutes remembered

#: A stretch of time in which nobody's availability changes: the number of the epoch, and which shifts are on.
Moment = tuple[int, frozenset[str]]


class Moments:
    """Time cut at every beginning and end of an absence, and at every change of shifts."""

    def __init__(self, policy: Policy) -> None:
        members = policy.members.values()
        self._cuts = sorted({cut for m in members for a in m.absences for cut in (a.from_ms, a.until_ms)})
        named = sorted({name for m in members for name in m.shifts})
        self._shifts: dict[str, Calendar] = {name: calendar(policy.hours[name], policy.timezone) for name in named}
        self._on: dict[int, frozenset[str]] = {}

    def at(self, now_ms: int) -> Moment:
        """The stretch ``now_ms`` lies in."""
        return bisect_right(self._cuts, now_ms), self._on_shift(now_ms) if self._shifts else frozenset()

    def _on_shift(self, now_ms: int) -> frozenset[str]:
        minute = now_ms // _MINUTE_MS  # hours begin and end on minutes
        found = self._on.get(minute)
        if found is None:
            if len(self._on) >= _MEMO_CAP:
                self._on.clear()
            found = self._on[minute] = frozenset(n for n, c in self._shifts.items() if c.open_at(minute * _MINUTE_MS))
        return found


def absence(member: Member, now_ms: int) -> Absence | None:
    """The absence ``now_ms`` lies in: it covers ``from_ms`` and ends before ``until_ms``."""
    return next((a for a in member.absences if a.from_ms <= now_ms < a.until_ms), None)


def hindrance(
    member: Member, rule: Rule, now_ms: int, scope: str = "", on: frozenset[str] = frozenset()
) -> tuple[str, str]:
    """Why ``member`` may not get a lead of ``rule`` in ``scope`` at ``now_ms`` as (kind, detail), ("", "") when he may.

    ``on``: the shifts that are on. Limits on open and daily leads are checked where the counters live, not here.
    """
    if member.left:
        return "left", ""
    if rule.levels and member.level not in rule.levels:
        return "level", member.level or "none"
    if missing := next((skill for skill in rule.skills if skill not in member.skills), ""):
        return "skill", missing
    if member.lines and scope not in member.lines:
        return "line", scope or "none"
    if member.weight <= 0:
        return "weight", "0"
    if member.paused:
        return "paused", ""
    if away := absence(member, now_ms):
        return "absent", away.reason
    if member.shifts and not on.intersection(member.shifts):
        return "off shift", ", ".join(member.shifts)
    return "", ""


def at_work(member: Member, now_ms: int, on: frozenset[str]) -> bool:
    """Whether ``member`` is there at all at ``now_ms``, whatever the rule or scope. ``on``: the shifts that are on."""
    there = not member.left and not member.paused and absence(member, now_ms) is None
    return there and (not member.shifts or bool(on.intersection(member.shifts)))
