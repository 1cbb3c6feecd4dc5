"""City and postcode: account evidence, and for a bare organisation the difference between two branches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from matchers.scale import Met, Scale

_CITY_BITS: Final = (
    4.0  # a city that one customer in fifteen or more is from: what is safe to claim without a dictionary
)
_POSTCODE_BITS: Final = 6.0
_NEAR_BITS: Final = 2.0  # mistyped


def city(mine: str, theirs: Iterable[tuple[str, int]], scale: Scale, bare: bool) -> Met | None:
    """Equal, mistyped or different city; None when one side does not know."""
    return _place("city", mine, theirs, _CITY_BITS, "bare_differs" if bare else "differs", scale)


def postcode(mine: str, theirs: Iterable[tuple[str, int]], scale: Scale) -> Met | None:
    """Equal, mistyped or different postcode; None when one side does not know."""
    return _place("postcode", mine, theirs, _POSTCODE_BITS, "differs", scale)


def _place(
    field: str, mine: str, theirs: Iterable[tuple[str, int]], bits: float, differs: str, scale: Scale
) -> Met | None:
    if not mine:
        return None
    near: Met | None = None
    known = False
    for their, seq in theirs:
        if mine == their:
            return Met(field, "same", bits, seq)
        known = True
        if len(mine) >= 4 and mine.isascii() and OSA.distance(mine, their, score_cutoff=1) <= 1:
            near = Met(field, "near", _NEAR_BITS, seq)
    if near is not None or not known:
        return near
    return scale.fixed(field, differs, 0)
