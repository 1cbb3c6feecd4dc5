"""What a comparison needs besides the two values: the size of the index, who else holds a value, and the weight table."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Final, final

from matchers.weights import Weights

FULL_BUCKET: Final = 64  # rivals assumed of a bucket that is full: far more than any person shares a value with


@final
class Met:
    """A field that met: its comparison level, the bits it adds, the earlier lead whose value met.

    A plain class, changed by nobody but its maker: half a dozen are made for each comparison, and compiled it is the cheapest.
    """

    __slots__ = ("bits", "field", "kin", "level", "rivals", "seq")

    def __init__(self, field: str, level: str, bits: float, seq: int, rivals: float = 0.0, kin: float = 0.0) -> None:
        self.field = field
        self.level = level
        self.bits = bits
        self.seq = seq
        self.rivals = rivals  # further entities that hold the value (agreements on a value only)
        self.kin = kin  # organisations: bits for their being one account, whoever works there (matchers/account.py)

    def worth(self, bits: float, level: str = "") -> Met:
        """The same with other bits, and under another level if one is named."""
        return Met(self.field, level or self.level, bits, self.seq, self.rivals, self.kin)


@final
class Scale:
    """Turns comparison levels into bits for one lead: holds N, the prior and the counts of the lead's own keys."""

    __slots__ = ("_counts", "_fixed", "_rows", "city", "log_n", "n", "plan", "prior", "weights")

    def __init__(
        self,
        n: float,
        prior: float,
        plan: Sequence[tuple[str, str]],
        counts: Sequence[int],
        weights: Weights,
        city: str = "",
    ) -> None:
        self.n = n
        self.log_n = log2(n)
        self.prior = prior
        self.plan = plan
        self._counts = counts
        self.city = city  # the lead's own, "" when not known
        self.weights = weights
        self._rows = weights.rows
        self._fixed = weights.bits

    def rivals(self, kind: str, value: str) -> float:
        """Entities besides mine and the one compared that hold this key of mine."""
        count = self.held(kind, value) or 0
        return FULL_BUCKET if count < 0 else max(count - 1, 0)

    def held(self, kind: str, value: str) -> int | None:
        """Other entities that hold this key of mine, -1 for a full bucket; None when it is none of mine. A dozen keys are looked
        through sooner than a table of them is made."""
        for place, (of, known) in enumerate(self.plan):
            if of == kind and known == value:
                return self._counts[place]
        return None

    def value(self, field: str, level: str, rivals: float, seq: int) -> Met:
        """Agreement on a value that ``rivals`` further entities hold."""
        row = self._rows[field, level]
        bits = log2(row.m * self.n / (rivals + row.u))
        if row.most and bits > row.most:
            bits = row.most
        return Met(field, level, bits, seq, rivals + row.u)

    def fixed(self, field: str, level: str, seq: int) -> Met:
        """A level whose bits do not depend on the value."""
        return Met(field, level, self._fixed[field, level], seq)
