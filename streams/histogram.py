"""One histogram, in plain numbers: how many values up to each edge, and their sum."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Histogram:
    """``edges`` are upper edges, inclusive, in ascending order; what lies above the last one counts too."""

    __slots__ = ("counts", "edges", "total")

    def __init__(self, edges: tuple[float, ...]) -> None:
        self.edges = edges
        self.counts = [0] * (len(edges) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """One observation."""
        self.counts[bisect_left(self.edges, value)] += 1
        self.total += value

    def extend(self, values: Iterable[float]) -> None:
        """Many at once, for the price of sorting them: the edges are looked for among the values."""
        values = sorted(values)
        self.total += sum(values)
        before = 0
        for place, edge in enumerate(self.edges):
            up_to = bisect_right(values, edge, before)
            self.counts[place] += up_to - before
            before = up_to
        self.counts[-1] += len(values) - before

    def cumulated(self) -> list[tuple[str, float]]:
        """(upper edge, how many up to it), the last edge is +Inf."""
        edges = [*(repr(float(edge)) for edge in self.edges), "+Inf"]
        return list(zip(edges, map(float, accumulate(self.counts)), strict=True))
