"""City and postcode: account evidence, and for a bare organisation the difference between two branches."""

from __future__ import annotations

from collections.abc import Iterable

from matchers.scale import Met, Scale

_CITY_BITS = 4.0  # a city that one customer in fifteen or more is from: what is safe to claim without a dictionary


def city(mine: str, theirs: Iterable[tuple[str, int]], scale: Scale, bare: bool) -> Met | None:
    """Equal or different city; None when one side does not know."""
    if not mine:
        return None
    known = False
    for their, seq in theirs:
        known = True
        if mine == their:
            return Met("city", "same", _CITY_BITS, seq)
    return scale.fixed("city", "bare_differs" if bare else "differs", 0) if known else None


def postcode(mine: str, theirs: Iterable[tuple[str, int]], scale: Scale) -> Met | None:
    """Equal or different postcode; None when one side does not know."""
    if not mine:
        return None
    known = False
    for their, seq in theirs:
        known = True
        if mine == their:
            return Met("postcode", "same", 6.0, seq)
    return scale.fixed("postcode", "differs", 0) if known else None
