"""The hotline monitor: do one or two people hold the phones? Counted over new customers who rang, by week and line.

Were calls spread evenly, each would go to one of the people at work then, with equal chance. For the busiest person, and
the two busiest together, the chance that an even spread gives them as much *or more* is worked out exactly (no normal
approximation: a line may have eight calls a week) and multiplied by the number of persons and pairs that could have been the
busiest, since we looked for them after the fact (Bonferroni). That is ``chance``. A small chance alone would also flag trifles on busy
lines, so the alert asks for size too: at least ``FACTOR`` times the even part.

The same for value: each call weighs what it is worth. One large order can fall to anybody; what the test asks is whether
an even spread would have put so much with so few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil, comb, floor

import numpy as np

from leads.records import Record

#: An alert wants a chance below this, for each line and week.
UNLIKELY = 0.01
#: ... and at least so many times the even part.
FACTOR = 1.5
#: Unequal values are counted in at least so many steps of their sum.
GRAIN = 2_000
#: What sums of floats may be off by, in steps.
ROUNDING = 1e-6


class Call(Record, frozen=True):
    """A new customer rang and came to ``member``. ``value`` is what the lead may be worth, 0 unknown. ``people`` were at work then."""

    at_ms: int
    line: str
    member: str
    people: tuple[str, ...]
    value: float = 0.0


class Held(Record, frozen=True):
    """What the one or two busiest hold. ``share`` and ``even`` in [0, 1]; ``chance`` that an even spread does as much."""

    members: tuple[str, ...]
    share: float
    even: float
    chance: float

    @property
    def alarming(self) -> bool:
        return self.chance < UNLIKELY and self.share >= FACTOR * self.even


class Spread(Record, frozen=True):
    """One line in one period: calls and their value by person, and who holds too much of either (None: nobody to compare)."""

    period: str
    line: str
    calls: dict[str, int]
    values: dict[str, float]
    by_calls: Held | None
    by_value: Held | None

    @property
    def alarming(self) -> bool:
        return any(held is not None and held.alarming for held in (self.by_calls, self.by_value))


def spreads(calls: Iterable[Call], period_of: Callable[[int], str]) -> list[Spread]:
    """Each line of each period, in order."""
    groups: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        groups.setdefault((period_of(call.at_ms), call.line), []).append(call)
    return [_spread(period, line, group) for (period, line), group in sorted(groups.items())]


def _spread(period: str, line: str, calls: Sequence[Call]) -> Spread:
    people = sorted({*(call.member for call in calls), *(p for call in calls for p in call.people)})
    counts = {person: sum(call.member == person for call in calls) for person in people}
    values = {person: sum(call.value for call in calls if call.member == person) for person in people}
    return Spread(
        period,
        line,
        counts,
        values,
        held(calls, counts, [1.0] * len(calls)),
        held(calls, values, [call.value for call in calls]),
    )


def held(calls: Sequence[Call], has: Mapping[str, float], weights: Sequence[float]) -> Held | None:
    """The least likely of: what the busiest has, what the two busiest have. None with fewer than two people or nothing to have."""
    total = sum(weights)
    order = sorted(has, key=lambda person: (-has[person], person))
    found: list[Held] = []
    for size in (1, 2):
        if size >= len(order) or not total:
            break
        top = tuple(order[:size])
        chances = [_chance(call, top) for call in calls]
        amount = sum(has[person] for person in top)
        even = sum(chance * weight for chance, weight in zip(chances, weights, strict=True)) / total
        tail = at_least(amount, chances, weights)
        found.append(Held(top, amount / total, even, min(1.0, tail * _looked_at(len(order)))))
    return min(found, key=lambda one: one.chance) if found else None


def _chance(call: Call, top: Sequence[str]) -> float:
    """The chance of a call to fall to one of ``top``, spread evenly over those at work and the one who took it."""
    people = {*call.people, call.member}
    return len(people.intersection(top)) / len(people)


def _looked_at(people: int) -> int:
    """How many persons and pairs could have been the busiest."""
    return people + (comb(people, 2) if people > 2 else 0)


def at_least(amount: float, chances: Sequence[float], weights: Sequence[float]) -> float:
    """The chance that independent events of these chances sum to ``amount`` or more, each worth its weight (0 or more).

    Exact when all weights are equal. Else weights are rounded up to fine steps and the bar down, so that it errs upwards.
    """
    counted = [(chance, weight) for chance, weight in zip(chances, weights, strict=True) if weight > 0]
    total, largest = sum(weight for _, weight in counted), max((weight for _, weight in counted), default=0.0)
    alike = all(weight == largest for _, weight in counted)
    step = largest if alike else total / max(GRAIN, 20 * len(counted))
    steps = [ceil(weight / step - ROUNDING) for _, weight in counted]
    spread = np.zeros(sum(steps) + 1)
    spread[0], top = 1.0, 0
    for (chance, _), size in zip(counted, steps, strict=True):
        before = spread[: top + 1].copy()
        spread[: top + 1] *= 1.0 - chance
        spread[size : top + 1 + size] += before * chance
        top += size
    bar = max(0, floor(amount / step + ROUNDING) if not alike else ceil(amount / step - ROUNDING))
    return min(1.0, float(spread[bar:].sum()))
