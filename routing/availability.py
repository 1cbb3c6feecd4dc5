"""Who can take a lead at a moment, and why the others cannot. The moment is the event's time, an argument."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from leads.policy import Member, Rule


class Epochs:
    """Time cut at every beginning and end of an absence: within one epoch nobody's availability changes."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._cuts = sorted({cut for m in members for a in m.absences for cut in (a.from_ms, a.until_ms)})

    def at(self, now_ms: int) -> int:
        """The number of the epoch ``now_ms`` lies in."""
        return bisect_right(self._cuts, now_ms)


def hindrance(member: Member, rule: Rule, now_ms: int) -> str:
    """Why ``member`` may not get a lead of ``rule`` at ``now_ms``, "" when he may. Says nothing of any lead.

    An absence covers ``from_ms`` and ends before ``until_ms``. Limits on open and daily leads are checked where the
    counters live, not here.
    """
    if member.left:
        return "left"
    if member.paused:
        return "paused"
    for absence in member.absences:
        if absence.from_ms <= now_ms < absence.until_ms:
            return f"absent: {absence.reason}" if absence.reason else "absent"
    if rule.levels and member.level not in rule.levels:
        return f"level: {member.level or 'none'}"
    if missing := next((skill for skill in rule.skills if skill not in member.skills), ""):
        return f"skill: {missing}"
    if member.weight <= 0:
        return "weight: 0"
    return ""
