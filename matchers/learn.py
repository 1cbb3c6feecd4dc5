"""Weights from experience: what decisions on record say of the table, without labels (EM) and from people's answers. Pure.

The unit is a lead and the entity it was nearest to, as the levels at which their fields met. The E-step gives each pair
its chance of being one customer: the bits it was judged with, corrected by what the weights have moved since, and for a
pair that a person decided his answer. The M-step counts levels among matches and non-matches (Winkler, Using the EM
algorithm for weight computation in the Fellegi-Sunter model, 1988), by Beta(1/2, 1/2) so that nothing is ever certain.

A field is counted only in pairs that were found without it: those found by a phone number have one in common anyway.
Guards: see ``Limits``. Nothing here is applied; the caller shows the report and writes a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations
from math import log2

import msgspec

from leads.records import Outcome
from matchers.compare.name import AGREEMENTS
from matchers.weights import Level, Scale, Weights

Key = tuple[str, str]  # field, level

#: Agreement, by kind of value: two landlines cannot agree as mobiles do, so such levels do not compete for a share.
_EXACT: dict[str, frozenset[str]] = {
    "phone": frozenset({"mobile", "number", "line", "service", "extension"}),
    "email": frozenset({"exact", "role", "other_suffix"}),
    "handle": frozenset({"exact", "from_name"}),
    "id": frozenset({"exact"}),
    "date": frozenset({"exact"}),
    "address": frozenset({"road_number", "room", "whole"}),
    "company": frozenset({"core", "core_bare", "sounds"}),
    "city": frozenset({"same"}),
    "text": frozenset({"same"}),
}
#: Pairs of fields that make a key together, as matchers/keys.py makes them.
_TOGETHER = (("name", "company"), ("name", "city"), ("company", "city"))
_ALONE = frozenset(_EXACT) - {"company", "city"}


class Pair(msgspec.Struct, frozen=True, gc=False):
    """A lead and its nearest entity: levels met, bits judged with; ``same`` when a person has decided."""

    levels: tuple[Key, ...]
    bits: float
    same: bool | None = None


class Limits(msgspec.Struct, frozen=True):
    """Guards. A field needs ``pairs`` matches and as many non-matches expected, a level ``seen`` pairs; what is measured
    counts against the shipped figure as ``inertia`` pairs would; no row moves by more than ``most`` bits (a factor 2^most)."""

    pairs: float = 50.0
    seen: float = 20.0
    inertia: float = 30.0
    most: float = 1.0
    rounds: int = 25


LIMITS = Limits()


class Row(msgspec.Struct, frozen=True):
    """One row of the report. ``before`` and ``after`` are bits (of an ``index`` row: log2 m). ``kept`` says why it stays:
    few (too little support), sign (it would turn), order (it would pass another level of its field), same (moves nothing)."""

    field: str
    level: str
    scale: Scale
    before: float
    after: float
    matches: float
    others: float
    kept: str = ""


class Lesson(msgspec.Struct, frozen=True):
    """``levels``: "field.level" -> the changed figures, as ``matching.levels`` of the configuration takes them."""

    pairs: int
    matches: float
    decided: int
    rows: tuple[Row, ...]
    levels: dict[str, dict[str, float]]


class _Count:
    """Expected matches and non-matches of one field, all and by level."""

    def __init__(self) -> None:
        self.all = [0.0, 0.0]
        self.by: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])


def pair_of(outcome: Outcome, same: bool | None = None) -> Pair | None:
    """What an outcome on record says; None when nothing was compared."""
    if not outcome.evidence:
        return None
    return Pair(tuple((e.field, e.level) for e in outcome.evidence), outcome.bits, same)


def learn(pairs: Sequence[Pair], weights: Weights, limits: Limits = LIMITS) -> Lesson:
    """What ``pairs``, judged with ``weights``, say of the table. The same arguments give the same lesson."""
    found = [found_without(pair.levels) for pair in pairs]
    change: dict[Key, float] = {}
    for _ in range(limits.rounds):
        chances = [_chance(pair, change, weights) for pair in pairs]
        counts = _count(pairs, found, chances)
        rows = _guarded(_estimate(counts, weights, limits))
        now = {(row.field, row.level): row.after - row.before for row in rows if not row.kept}
        moved = max((abs(now.get(key, 0.0) - change.get(key, 0.0)) for key in now.keys() | change.keys()), default=0.0)
        change = now
        if moved < 0.005:
            break
    levels = {
        f"{row.field}.{row.level}": figures(weights.rows[row.field, row.level], row.after)
        for row in rows
        if not row.kept
    }
    decided = sum(pair.same is not None for pair in pairs)
    return Lesson(len(pairs), sum(chances), decided, tuple(rows), levels)


def found_without(levels: Sequence[Key]) -> frozenset[str]:
    """Fields without which the pair would have been found as well: some other key is shared."""
    agreeing = {field for field, level in levels if level in _EXACT.get(field, ())}
    if any(field == "name" and level in AGREEMENTS for field, level in levels):
        agreeing.add("name")
    ways: list[set[str]] = [{field} for field in agreeing & _ALONE]
    ways += [{a, b} for a, b in _TOGETHER if {a, b} <= agreeing]
    if "name" in agreeing and any(field == "phone" and level in ("near", "masked") for field, level in levels):
        ways.append({"name", "phone"})
    return frozenset(field for field, _ in levels if any(field not in way for way in ways))


def figures(row: Level, after: float) -> dict[str, float]:
    """``m`` (and ``u`` where m alone cannot say it) of a row so that its bits, of an ``index`` row log2 m, are ``after``."""
    if row.scale == "index":
        return {"m": round(min(2.0**after, 1.0), 5)}
    m = row.u * 2.0**after
    return {"m": round(m, 5)} if m <= 1 else {"m": 1.0, "u": round(2.0**-after, 5)}


def teaches(probability: float, leads: int) -> float:
    """How much a person's answer is worth, to order a queue: what it tells (bits of a yes or no) times how much hangs on it."""
    p = min(max(probability, 1e-9), 1 - 1e-9)
    return -(p * log2(p) + (1 - p) * log2(1 - p)) * log2(max(leads, 2))


def _chance(pair: Pair, change: Mapping[Key, float], weights: Weights) -> float:
    if pair.same is not None:
        return float(pair.same)
    return weights.probability(pair.bits + sum(change.get(key, 0.0) for key in pair.levels))


def _count(pairs: Sequence[Pair], found: Sequence[frozenset[str]], chances: Sequence[float]) -> dict[str, _Count]:
    counts: dict[str, _Count] = defaultdict(_Count)
    for pair, free, chance in zip(pairs, found, chances, strict=True):
        parts = (chance, 1.0 - chance)
        for field in {field for field, _ in pair.levels} & free:
            for i in (0, 1):
                counts[field].all[i] += parts[i]
        for field, level in pair.levels:
            if field in free:
                for i in (0, 1):
                    counts[field].by[level][i] += parts[i]
    return counts


def _estimate(counts: Mapping[str, _Count], weights: Weights, limits: Limits) -> list[Row]:
    rows = []
    for row in weights.table:
        count = counts.get(row.field, _Count())
        matches, others = count.by.get(row.level, (0.0, 0.0))
        before = log2(row.m / row.u) if row.scale == "pair" else log2(row.m)
        enough = min(count.all) if row.scale == "pair" else count.all[0]
        seen = matches + others if row.scale == "pair" else matches
        if enough < limits.pairs or seen < limits.seen:
            rows.append(Row(row.field, row.level, row.scale, before, before, matches, others, "few"))
            continue
        m, u = ((part + 0.5) / (all_ + 1) for part, all_ in zip((matches, others), count.all, strict=True))
        if row.scale == "pair":  # the variance of log m/u is about 1/matches + 1/others
            measured, support = log2(m / u), 1 / (1 / (matches + 0.5) + 1 / (others + 0.5))
        else:
            rest = count.all[0] - sum(count.by[other][0] for other in _EXACT.get(row.field, frozenset()) - {row.level})
            alone = rest if row.level in _EXACT.get(row.field, ()) else count.all[0]
            measured, support = log2((matches + 0.5) / (alone + 1)), matches
        step = (measured - before) * support / (support + limits.inertia)
        rows.append(_moved(row, before, max(-limits.most, min(limits.most, step)), matches, others))
    return rows


def _moved(row: Level, before: float, step: float, matches: float, others: float) -> Row:
    after = before + step if row.scale == "pair" else min(before + step, 0.0)
    kept = ""
    if row.scale == "pair" and before * after < 0:
        kept = "sign"
    elif abs(after - before) < 0.02:
        kept = "same"
    return Row(row.field, row.level, row.scale, before, before if kept else after, matches, others, kept)


def _guarded(rows: Sequence[Row]) -> list[Row]:
    """Levels of a field keep their order: of two that would pass each other the one with less support stays, then both."""
    now = {(row.field, row.level): row for row in rows}
    for group in dict.fromkeys((row.field, row.scale) for row in rows):
        keys = [key for key, row in now.items() if (row.field, row.scale) == group]
        while crossing := next(((a, b) for a, b in permutations(keys, 2) if _cross(now[a], now[b])), None):
            free = [key for key in crossing if not now[key].kept]
            weaker = min(free, key=lambda key: (now[key].matches + now[key].others, key))
            now[weaker] = msgspec.structs.replace(now[weaker], after=now[weaker].before, kept="order")
    return list(now.values())


def _cross(one: Row, other: Row) -> bool:
    return one.before > other.before and one.after < other.after - 1e-9
