"""Where a person should look: thresholds from what the three mistakes cost. Pure."""

from __future__ import annotations

from math import log2

import msgspec


class Cost(msgspec.Struct, frozen=True):
    """What each costs, in any one unit: two customers united, one customer held for two, a person's look at a pair."""

    wrong_merge: float
    missed_merge: float
    review: float


class Thresholds(msgspec.Struct, frozen=True):
    """Bits of evidence: the same from ``same``, a person looks from ``unsure`` to it. Equal when no look is worth its cost."""

    unsure: float
    same: float


def thresholds(cost: Cost, temperature: float = 1.0) -> Thresholds:
    """The thresholds of least expected cost. ``temperature`` is that of the weights: bits times it are calibrated.

    At probability p of being the same, uniting costs (1 - p) wrong_merge, keeping apart p missed_merge, looking review
    (Chow, On optimum recognition error and reject tradeoff, 1970). Raises ValueError unless all costs are above 0.
    """
    if min(cost.wrong_merge, cost.missed_merge, cost.review) <= 0:
        raise ValueError("a cost is a number above 0")
    even = cost.wrong_merge / (cost.wrong_merge + cost.missed_merge)
    apart = min(cost.review / cost.missed_merge, even)
    same = max(1 - cost.review / cost.wrong_merge, even)
    return Thresholds(_bits(apart) / temperature, _bits(same) / temperature)


def _bits(probability: float) -> float:
    return log2(probability / (1 - probability))
