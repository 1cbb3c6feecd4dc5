"""Person names: from the same characters down to two names that cannot be one person's.

Agreement is worth ``log2(m / u)``, u being how common the name is; disagreement comes from the weight table. Nicknames
of chats and roles say nothing. Names are compared with everything the entity is called and the best level counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log2
from typing import NamedTuple

from rapidfuzz.distance import OSA

from leads.records import Name
from matchers.scale import Met, Scale

#: Levels at which two names contradict each other: a shared phone is then a household's or a line's.
CONFLICTS = frozenset({"surname_given_differs", "one_character", "given_only_same", "partial_differs", "differs"})
#: Levels at which the names say: one person (needed to unite two entities).
AGREEMENTS = frozenset({"exact", "sounds", "order", "nickname", "near"})


class _Agreement(NamedTuple):
    m: float
    times: float  # how many names lie within this level, per exact name
    most: float


_AGREE = {
    "exact": _Agreement(0.75, 1.0, 17.0),
    "sounds": _Agreement(0.5, 1.5, 15.0),
    "order": _Agreement(0.5, 1.0, 15.0),
    "nickname": _Agreement(0.3, 3.0, 11.0),
    "near": _Agreement(0.15, 6.0, 9.0),
    "both_near": _Agreement(0.03, 30.0, 5.0),
    "initial": _Agreement(0.2, 60.0, 4.0),
    "given": _Agreement(0.3, 30.0, 6.0),
    "surname": _Agreement(0.5, 200.0, 3.0),
}


def compare(mine: Name | None, theirs: Iterable[tuple[Name, int]], scale: Scale) -> Met | None:
    """The best level over the entity's names; None when one side has no name that says anything."""
    if mine is None or mine.kind in ("chat", "role"):
        return None
    best: Met | None = None
    for their, seq in theirs:
        if their.kind in ("chat", "role"):
            continue
        level = relation(mine, their)
        if not level:
            continue
        met = scale.fixed("name", level, seq) if level in CONFLICTS else _agreement(level, mine, their, seq)
        if best is None or met.bits > best.bits:
            best = met
    return best


def _agreement(level: str, mine: Name, their: Name, seq: int) -> Met:
    row = _AGREE[level]
    u = rarity(mine) if mine.kind == "full" else rarity(their)
    bits = min(log2(row.m / min(row.times * u, 1.0)), row.most)
    return Met("name", level, max(bits, 0.0), seq)


def rarity(name: Name) -> float:
    """How common a full name is among customers of its script, (0, 1]."""
    parts = len(name.given) if name.script == "han" else 1
    return 0.01 * (0.004 if parts == 1 else 0.00005)


def relation(one: Name, two: Name) -> str:
    """The comparison level of two names; "" when they say nothing about each other."""
    if one.surname == two.surname and one.given == two.given and one.kind == two.kind:
        return "exact" if one.kind == "full" else "surname" if one.kind == "surname" else "given"
    if one.kind == "full" and two.kind == "full":
        if one.script == two.script:
            return _han(one, two) if one.script == "han" else _latin(one, two)
        return _across(one, two) if one.script == "han" else _across(two, one)
    return _partial(one, two) if two.kind == "full" else _partial(two, one)


def _partial(part: Name, whole: Name) -> str:
    """A surname, a given name or an initial against another name."""
    if part.kind == "surname":
        if _same_surname(part, whole):
            return "surname"
        return "partial_differs" if whole.surname and part.script == whole.script else ""
    if part.kind == "given":
        given = part.given or "".join(part.latin)
        words = part.latin
        if given == whole.given or words == whole.latin[1:] or given in whole.latin:
            return "given"
        if part.script != whole.script or whole.kind != "full":
            return ""
        return "partial_differs"
    return _initial(part, whole)


def _initial(part: Name, whole: Name) -> str:
    """J. Smith against John Smith."""
    if part.surname and whole.surname and not _same_surname(part, whole):
        return "partial_differs"
    first = part.given[:1]
    given = whole.given if whole.given.isascii() else "".join(whole.latin[1:2])
    if not first or not given:
        return "surname"
    return "initial" if given.startswith(first) else "partial_differs"


def _same_surname(one: Name, two: Name) -> bool:
    if not one.surname or not two.surname:
        return False
    return one.surname == two.surname or _spoken_surname(one) == _spoken_surname(two)


def _spoken_surname(name: Name) -> str:
    if name.script == "han" and name.latin:
        return name.latin[0]
    return name.surname


def _han(one: Name, two: Name) -> str:
    if one.latin == two.latin:
        return "sounds"
    whole, other = one.surname + one.given, two.surname + two.given
    if one.given + one.surname == other or two.given + two.surname == whole:
        return "order"
    if one.surname == two.surname:
        return _same_family(one.given, two.given, one.latin[1:], two.latin[1:])
    if one.given == two.given and len(one.given) > 1:
        near = OSA.distance(_spoken_surname(one), _spoken_surname(two), score_cutoff=1) <= 1
        return "near" if near else "given_only_same"
    if sorted(one.latin) == sorted(two.latin) and one.latin[-1:] + one.latin[:-1] == two.latin:
        return "order"
    return "differs"


def _same_family(one: str, two: str, said: tuple[str, ...], heard: tuple[str, ...]) -> str:
    """Same surname, other given name: kin unless it sounds nearly the same."""
    if len(one) == len(two) == 2:
        same = (one[0] == two[0]) + (one[1] == two[1])
        if one == two[::-1]:
            return "near"
        if len(said) == len(heard) == 2:
            heard_same = sum(a == b for a, b in zip(said, heard, strict=True))
            if heard_same == 1:
                spot = 0 if said[0] != heard[0] else 1
                if OSA.distance(said[spot], heard[spot], score_cutoff=1) <= 1:
                    return "near"
                return "one_character"
        return "one_character" if same == 1 else "surname_given_differs"
    if one and two and (one in two or two in one):
        return "one_character"
    return "surname_given_differs"


def _latin(one: Name, two: Name) -> str:
    left, right = one.latin, two.latin
    if sorted(left) == sorted(right):
        return "order"
    glued, other = "".join(left), "".join(right)
    if glued == other:
        return "sounds"
    if sorted(glued) == sorted(other):
        return "near" if OSA.distance(glued, other, score_cutoff=2) <= 2 else "order"
    if OSA.distance(glued, other, score_cutoff=1) <= 1 and min(len(glued), len(other)) >= 5:
        return "near"
    common = set(left) & set(right)
    if common:
        return _one_word_common(one, two, common)
    pairs = zip(sorted(left), sorted(right), strict=False)
    if len(left) == len(right) == 2 and all(_near_word(a, b) for a, b in pairs):
        return "both_near"
    return "differs"


def _near_word(one: str, two: str) -> bool:
    allowed = 1 if min(len(one), len(two)) < 7 else 2
    return min(len(one), len(two)) >= 3 and OSA.distance(one, two, score_cutoff=allowed) <= allowed


def _one_word_common(one: Name, two: Name, common: set[str]) -> str:
    rest = [word for word in one.latin if word not in common]
    other = [word for word in two.latin if word not in common]
    if not rest or not other:
        return "near" if len(common) > 1 else "initial"
    for a in rest:
        for b in other:
            if (len(a) == 1 or len(b) == 1) and a[0] == b[0]:
                return "initial"
            if _near_word(a, b):
                return "near"
    if one.surname in common or two.surname in common:
        return "surname_given_differs"
    return "given_only_same"


def _across(han: Name, latin: Name) -> str:
    """Han characters against Latin letters: pinyin in any order, else what little they share."""
    spoken = "".join(han.latin)
    written = "".join(latin.latin)
    given = "".join(han.latin[1:])
    if written in (spoken, given + han.latin[0]):
        return "sounds"
    words = set(latin.latin)
    if han.latin[0] in words:
        rest = "".join(word for word in latin.latin if word != han.latin[0])
        if OSA.distance(rest, given, score_cutoff=1) <= 1:
            return "near"
        return "surname"
    if OSA.distance(written, spoken, score_cutoff=1) <= 1:
        return "near"
    return "partial_differs"
