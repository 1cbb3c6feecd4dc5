"""Organisations: same core, same sound, brand as people say it, one inside the other, words in common, or another one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import log2

from rapidfuzz.distance import OSA

from leads.records import Company
from matchers.keys import sound
from matchers.scale import Met, Scale

#: Levels at which two organisations are different ones.
CONFLICTS = frozenset({"differs", "bare_differs", "branch", "script_differs"})
#: How common a brand of so many Han characters is; from 19,000 short forms of company names.
_BRAND_U = {1: 0.02, 2: 0.0005, 3: 0.00005}
_BRAND_RARE = 0.00001
_WORD_BITS = ((3, 5.0), (6, 8.0), (99, 10.0))  # bits of a shared word by its length; trade words less
_TRADE_BITS = 2.5


def compare(mine: Company | None, theirs: Iterable[tuple[Company, int]], scale: Scale, bare: bool) -> Met | None:
    """The best level over the entity's organisations; None when one side names none.

    ``bare``: both leads are nothing but an organisation, so its name is what identifies them.
    """
    if mine is None:
        return None
    best: Met | None = None
    for their, seq in theirs:
        met = _pair(mine, their, seq, scale, bare)
        if best is None or met.bits > best.bits:
            best = met
    return best


def _pair(my: Company, their: Company, seq: int, scale: Scale, bare: bool) -> Met:
    one, two = my.core, their.core
    if one == two and one:
        if bare and my.branch != their.branch:
            return scale.fixed("company", "bare_differs", seq)._replace(level="branch")
        return scale.value("company", "core_bare" if bare else "core", _rivals(my, scale), seq)
    spoken, heard = sound(my), sound(their)
    if spoken == heard and spoken:
        return scale.value("company", "sounds", _rivals(my, scale), seq)
    han = not one.isascii() and not two.isascii()
    if han:
        return _han(my, their, seq, scale, bare)
    if one.isascii() and two.isascii():
        return _latin(my, their, seq, scale, bare)
    short, long = sorted((spoken, heard), key=len)
    if len(short) >= 4 and long.startswith(short):
        return _brand(len(short) // 3, seq, scale)
    return scale.fixed("company", "script_differs", seq)


def _rivals(company: Company, scale: Scale) -> float:
    return scale.rivals("O", sound(company))


def _brand(characters: int, seq: int, scale: Scale) -> Met:
    u = _BRAND_U.get(characters, _BRAND_RARE)
    return Met("company", "brand", min(log2(0.2 / u), scale.log_n), seq, u * scale.n)


def _han(my: Company, their: Company, seq: int, scale: Scale, bare: bool) -> Met:
    short, long = sorted((my.core, their.core), key=len)
    whole = my.full if long == my.core else their.full
    if len(short) >= 2 and (long.startswith(short) or short in whole):
        return _brand(len(short), seq, scale)
    said, heard = sorted((my.latin, their.latin), key=len)
    if len(said) >= 2 and heard[: len(said)] == said:
        met = _brand(len(said), seq, scale)
        return met._replace(bits=met.bits - 1.5, level="sounds")
    if min(len(said), len(heard)) >= 3 and OSA.distance("".join(said), "".join(heard), score_cutoff=1) <= 1:
        return scale.value("company", "near", 0, seq)
    if len(short) >= 4 and OSA.distance(short, long, score_cutoff=1) <= 1:
        return scale.value("company", "near", 0, seq)
    return scale.fixed("company", "bare_differs" if bare else "differs", seq)


@lru_cache(65_536)
def _words(full: str, trade: tuple[str, ...]) -> dict[str, float]:
    """Words of a Latin name with their bits."""
    weights: dict[str, float] = {}
    for word in full.split():
        common = word in trade or len(word) < 2
        weights[word] = _TRADE_BITS if common else next(bits for most, bits in _WORD_BITS if len(word) <= most)
    return weights


def _latin(my: Company, their: Company, seq: int, scale: Scale, bare: bool) -> Met:
    short, long = sorted((my.core, their.core), key=len)
    if len(short) >= 5 and OSA.distance(short, long, score_cutoff=1) <= 1:
        return scale.value("company", "near", 0, seq)
    mine, yours = _words(my.full, my.trade), _words(their.full, their.trade)
    shared = _shared(mine, yours)
    if not shared:
        return scale.fixed("company", "bare_differs" if bare else "differs", seq)
    rests = sorted((sum(mine.values()) - shared, sum(yours.values()) - shared))
    bits = 0.85 * shared - 0.75 * max(rests[0], 0.0) - min(0.25 * max(rests[1], 0.0), 4.0)
    level = "words" if bits > 0 else "bare_differs" if bare else "differs"
    lowest = -9.0 if bare else -4.5
    return Met("company", level, max(min(bits, scale.log_n), lowest), seq)


def _shared(mine: dict[str, float], yours: dict[str, float]) -> float:
    shared = sum(bits for word, bits in mine.items() if word in yours)
    left = [word for word in mine if word not in yours]
    right = [word for word in yours if word not in mine]
    for word in left:
        for other in right:
            if _alike(word, other):
                shared += 0.7 * min(mine[word], yours[other])
                right.remove(other)
                break
    return shared


def _alike(one: str, two: str) -> bool:
    """A typing mistake or an abbreviation of one word."""
    short, long = sorted((one, two), key=len)
    if len(short) >= 3 and long.startswith(short):
        return True
    return len(short) >= 5 and OSA.distance(one, two, score_cutoff=1) <= 1
