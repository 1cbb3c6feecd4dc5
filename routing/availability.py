"""Who can take a lead at a moment, and why the others cannot. The moment is the event's time, an argument."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from leads.policy import Absence, Member, Rule


class Epochs:
    """Time cut at every beginning and end of an absence: within one epoch nobody's availability changes."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._cuts = sorted({cut for m in members for a in m.absences for cut in (a.from_ms, a.until_ms)})

    def at(self, now_ms: int) -> int:
        """The number of the epoch ``now_ms`` lies in."""
        return bisect_right(self._cuts, now_ms)


def absence(member: Member, now_ms: int) -> Absence | None:
    """The absence ``now_ms`` lies in: it covers ``from_ms`` and ends before ``until_ms``."""
    return next((a for a in member.absences if a.from_ms <= now_ms < a.until_ms), None)


def hindrance(member: Member, rule: Rule, now_ms: int) -> str:
    """Why ``member`` may not get a lead of ``rule`` at ``now_ms``, "" when he may. Says nothing of any lead.

    Limits on open and daily leads are checked where the counters live, not here.
    """
    if member.left:
        return "left"
    if member.paused:
        return "paused"
    if away := absence(member, now_ms):
        return f"absent: {away.reason}" if away.reason else "absent"
    if rule.levels and member.level not in rule.levels:
        return f"level: {member.level or 'none'}"
    if missing := next((skill for skill in rule.skills if skill not in member.skills), ""):
        return f"skill: {missing}"
    if member.weight <= 0:
        return "weight: 0"
    return ""
