"""Fields a tenant declares: identifiers, dates, categories, numbers. Text-like kinds are not evidence of identity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from leads.records import Custom
from matchers.scale import Met, Scale

_DAYS: Final = 20_000  # days births spread over: the others nature provides for one date are N / 20,000


def compare(mine: Sequence[Custom], theirs: Iterable[tuple[Custom, int]], scale: Scale) -> list[Met]:
    """For each declared field both sides fill: its best level over what the entity knows."""
    best: dict[str, Met] = {}
    known = list(theirs)
    for my in mine:
        for their, seq in known:
            if my.name != their.name or not my.value or not their.value:
                continue
            met = _pair(my, their, seq, scale)
            if met is not None and (my.name not in best or met.bits > best[my.name].bits):
                best[my.name] = met
    return list(best.values())


def _pair(my: Custom, their: Custom, seq: int, scale: Scale) -> Met | None:
    same = my.value == their.value
    if my.kind == "id":
        if same:
            return scale.value("id", "exact", scale.rivals("I", f"{my.name}={my.value}"), seq)
        near = min(len(my.value), len(their.value)) >= 5 and OSA.distance(my.value, their.value, score_cutoff=1) == 1
        return scale.value("id", "near", 0, seq) if near else scale.fixed("id", "differs", seq)
    if my.kind == "date":
        if same:
            seen = scale.rivals("D", f"{my.name}={my.value}")
            return scale.value("date", "exact", max(seen, scale.n / _DAYS), seq)
        return scale.fixed("date", _near_date(my.value, their.value), seq)
    if my.kind in ("category", "number"):
        return scale.fixed(my.kind, "same" if same else "differs", seq)
    return None


def _near_date(one: str, two: str) -> str:
    """Level of two different ISO dates."""
    if len(one) == len(two) and OSA.distance(one.replace("-", ""), two.replace("-", ""), score_cutoff=1) == 1:
        return "near"
    left, right = one.split("-"), two.split("-")
    if len(left) != 3 or len(right) != 3:
        return "differs"
    if left[0] == right[0] and left[1:] == right[:0:-1]:
        return "near"
    return "parts" if sum(a == b for a, b in zip(left, right, strict=True)) == 2 else "differs"
