"""Whose turn it is, in memory: what ``stores/lua/commit_turn.lua`` does where the counters are, for replays. Nothing live is read.

A test holds the two together, plan by plan.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Collection

from leads.records import Plan, Share

_EQUAL = 1e-9  # debts that differ by less are equal: who stands first in the plan is next


class Turns:
    """What members hold, were given and are owed. One tenant, from nothing."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self._owed: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._by_day: Counter[tuple[int, str]] = Counter()
        self._times: defaultdict[str, list[int]] = defaultdict(list)

    def pick(
        self, plan: Plan, at_ms: int, day: int, near: str = "", past: Collection[str] = ()
    ) -> tuple[str, str] | None:
        """Who of the plan's shares takes a lead of ``at_ms``, and the reason; None when nobody can. What he holds is not counted.

        ``near`` is the owner of the same account, ``past`` who may not have it again.
        """
        able = [s for s in plan.shares if s.member not in past and self._has_room(s, plan, at_ms, day)]
        if not able:
            return None
        if plan.affinity and any(share.member == near for share in able):
            chosen, reason = near, "same_account"
        elif plan.strategy == "turn":
            chosen, reason = self._in_turn(plan, able), "rule"
        else:
            chosen, reason = min(able, key=lambda share: self._measure(share, plan, at_ms, day)).member, "rule"
        self._by_day[day, chosen] += 1
        if plan.window_ms:
            insort(self._times[chosen], at_ms)
        return chosen, reason

    def _has_room(self, share: Share, plan: Plan, at_ms: int, day: int) -> bool:
        return (
            share.weight > 0
            and (share.max_open < 0 or self.open[share.member] < share.max_open)
            and (share.max_day < 0 or self._given(share.member, plan, at_ms, day) < share.max_day)
        )

    def _given(self, member: str, plan: Plan, at_ms: int, day: int) -> int:
        if not plan.window_ms:
            return self._by_day[day, member]
        times = self._times[member]
        return len(times) - bisect_right(times, at_ms - plan.window_ms)

    def _measure(self, share: Share, plan: Plan, at_ms: int, day: int) -> float:
        if plan.strategy == "least_loaded":
            return (self.open[share.member] + 1) / share.weight
        if plan.strategy == "quota":
            return self._given(share.member, plan, at_ms, day) - share.max_day
        return 0.0  # the first of the list

    def _in_turn(self, plan: Plan, able: list[Share]) -> str:
        owing = [share for share in plan.away if self._owed[plan.group, share.member] < plan.credit]
        whole = sum(share.weight for share in (*able, *owing))
        for share in able:
            self._owed[plan.group, share.member] += share.weight / whole
        for share in owing:
            was = self._owed[plan.group, share.member]
            self._owed[plan.group, share.member] = min(was + share.weight / whole, plan.credit)
        most = max(self._owed[plan.group, share.member] for share in able)
        chosen = next(s.member for s in able if self._owed[plan.group, s.member] > most - _EQUAL)
        self._owed[plan.group, chosen] -= 1
        return chosen
