"""Organisations: what it is worth that their names are one, and how much a contradiction weighs.

``leads.companies.same_company`` tells how two names compare. An equal core counts by how many entities hold it; a brand
as people say it by its length; longer Latin names also by the words they share, telling ones more than trade words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from math import inf, log2
from typing import Final

from rapidfuzz.distance import OSA

from leads.companies import core_reading, same_company
from leads.company_tables import company_words
from leads.countries import country
from leads.records import Company, Email, Name
from leads.text import ascii_fold
from matchers.account import of_domain, of_name
from matchers.scale import Met, Scale

#: Levels at which two organisations are different ones.
CONFLICTS: Final = frozenset(
    {"differs", "bare_differs", "few_words", "branch", "place_conflict", "script_differs", "other_room"}
)
#: How common a brand of so many Han characters is; from 19,000 short forms of company names.
_BRAND_U: Final = {1: 0.02, 2: 0.0005, 3: 0.00005}
_BRAND_RARE: Final = 0.00001
_WORD_BITS: Final = ((3, 5.0), (6, 8.0), (inf, 10.0))  # bits of a shared word by its length; trade words less
_TRADE_BITS: Final = 2.5
#: Words that name the kind of an institution, and words that half of all institutions and their units bear.
_HEADS: Final = frozenset(
    "university institute college hospital academy school laboratory universidad universidade universita universite "  # noqa: SIM905
    "universitat universiteit institut instituto istituto center centre ministry council foundation".split()
)
_COMMON: Final = frozenset(
    "of and the for de la du des do da del e et und der in at y a dr mr st po box "  # noqa: SIM905
    "department dept division section unit faculty graduate research national state key first second general central "
    "international medical medicine clinical health science sciences engineering technology applied mechanical electrical "
    "civil chemical chemistry physics biology biological mathematics computer information materials environmental "
    "agriculture agricultural education surgery nursing pharmacy pharmacology psychology economics management systems "
    "studies service services facultad faculdade departamento nacional federal inc ltd".split()
)
_COMMON_BITS: Final = 1.0
_SHORTEST: Final = 3  # letters of a word that may stand for another one


def compare(mine: Company | None, theirs: Iterable[tuple[Company, int]], scale: Scale, bare: bool) -> Met | None:
    """The best level over the entity's organisations; None when one side names none.

    ``bare``: both leads are nothing but an organisation, so its name is what identifies them.
    """
    if mine is None:
        return None
    best: Met | None = None
    for their, seq in theirs:
        level, likeness = same_company(mine, their)
        met = _pair(level, likeness, mine, their, seq, scale, bare)
        met.kin = of_name(level, likeness, mine, their)
        if best is None or met.bits > best.bits:
            best = met
    return best


def by_domain(
    company: Company | None,
    mails: Sequence[Email],
    companies: Iterable[tuple[Company, int]],
    their_mails: Iterable[tuple[Email, int]],
    scale: Scale,
) -> Met | None:
    """An organisation on one side spelled by the mail domain of the other; None when it is not."""
    stems = {mail.stem for mail in mails if mail.kind != "free"}
    for their, seq in companies:
        if any(_spelled(stem, their) for stem in stems):
            return _domain(their, seq, scale)
    if company is not None:
        for mail, seq in their_mails:
            if mail.kind != "free" and _spelled(mail.stem, company):
                return _domain(company, seq, scale)
    return None


def _domain(company: Company, seq: int, scale: Scale) -> Met:
    met = scale.value("company", "domain", 0, seq)
    met.kin = of_domain(company)
    return met


def is_called(company: Company, name: Name) -> bool:
    """Whether a name field holds the organisation's brand (海之蓝), or an organisation's a person."""
    said = name.surname + name.given
    return name.script == "han" and len(said) > 1 and company.core.startswith(said)


def _spelled(stem: str, company: Company) -> bool:
    """Whether a domain is the organisation's core, perhaps with a word behind it (longyushengtech)."""
    reading = core_reading(company)
    letters = "".join(filter(str.isalnum, stem))
    return len(reading) >= 4 and (letters == reading or (len(reading) >= 6 and letters.startswith(reading)))


def _pair(level: str, likeness: float, my: Company, their: Company, seq: int, scale: Scale, bare: bool) -> Met:
    if level in ("exact", "core"):
        if likeness < 1.0:  # one brand, two trades: two companies as often as one
            return _brand(my, their, seq, scale)
        return scale.value("company", "core_bare" if bare else "core", _rivals(my, scale), seq)
    if level in ("branch", "place_conflict"):
        if not bare:
            return _brand(my, their, seq, scale)
        differs = scale.fixed("company", "bare_differs", seq)
        return differs.worth(differs.bits, level)
    if level in ("homophone", "pinyin"):
        met = scale.value("company", "sounds", _rivals(my, scale), seq)
        return met if likeness == 1.0 else met.worth(met.bits - 2)
    if level in ("prefix", "contained"):
        return _brand(my, their, seq, scale)
    if level == "abbreviation":
        met = _brand(my, their, seq, scale)
        return met.worth(met.bits - 2, level)
    if level == "typo":
        return scale.value("company", "near", 0, seq)
    if level == "other_script":
        return scale.fixed("company", "script_differs", seq)
    return _words_met(my, their, seq, scale, bare)


def _rivals(company: Company, scale: Scale) -> float:
    """Further entities of the organisation: of its city when the lead knows one."""
    reading = core_reading(company)
    return scale.rivals("O", f"{reading}|{scale.city}")


def _brand(my: Company, their: Company, seq: int, scale: Scale) -> Met:
    """The shorter brand, by how many companies may bear it."""
    short = min(my.core, their.core, key=len)
    size = len(short) // 3 if short.isascii() else len(short)
    u = _BRAND_U.get(size, _BRAND_RARE)
    return Met("company", "brand", min(log2(0.2 / u), scale.log_n), seq, max(u * scale.n, 0.3))


def _words(full: str, trade: str) -> dict[str, float]:
    """Words of a Latin name, two-character grams of a Han one, with their bits."""
    if not full.isascii() and " " not in full:
        told = {word[i : i + 2] for word in trade.split() for i in range(len(word) - 1)}
        return {gram: _COMMON_BITS if gram in told else 4.5 for gram in map("".join, pairwise(full))}
    weights: dict[str, float] = {}
    trades = trade.split()
    for word in full.split():
        if word in _COMMON or word.isdigit() or len(country(word)) == 2:
            weights[word] = _COMMON_BITS
        elif word in trades or word in _HEADS or len(word) < 2:
            weights[word] = _TRADE_BITS
        else:
            weights[word] = next(bits for most, bits in _WORD_BITS if len(word) <= most)
    return weights


@lru_cache(512)
def _parts(company: Company) -> tuple[dict[str, float], ...]:
    """The words of the name; of an address line, those of each part that names an institution."""
    whole = _words(company.full, company.trade)
    if company.kind != "institution" or "," not in company.text:
        return (whole,)
    parts = ["".join(c if c.isalnum() else " " for c in ascii_fold(part)) for part in company.text.split(",")]
    named = [_words(part, company.trade) for part in parts if not _HEADS.isdisjoint(part.split())]
    return tuple([words for words in named if max(words.values()) > _TRADE_BITS]) or (whole,)


def _words_met(my: Company, their: Company, seq: int, scale: Scale, bare: bool) -> Met:
    differs = scale.fixed("company", "bare_differs" if bare else "differs", seq)
    if bare and _other_room(my, their):
        return differs.worth(differs.bits, "other_room")
    if my.kind == their.kind == "company" and set(my.full).isdisjoint(their.full):  # no word can be, either
        return differs
    best = max(_words_bits(mine, yours) for mine in _parts(my) for yours in _parts(their))
    if best == -inf:
        return differs
    most = scale.log_n + 2.5 if bare else scale.log_n
    level = "words" if best > 0 else "few_words" if bare else differs.level
    return Met("company", level, max(min(best, most), -9.0 if bare else -4.5), seq)


def _other_room(my: Company, their: Company) -> bool:
    """Whether both names say which of a house's rooms they are, and not the same: the cafe and the dining room of a hotel."""
    mine, yours = (company_words().room.intersection(company.full.split()) for company in (my, their))
    return bool(mine and yours) and mine.isdisjoint(yours)


def _words_bits(mine: dict[str, float], yours: dict[str, float]) -> float:
    """What the shared words say for, less what the others say against; -inf when none is shared."""
    shared = _shared(mine, yours)
    if not shared:
        return -inf
    rests = sorted((sum(mine.values(), 0.0) - shared, sum(yours.values(), 0.0) - shared))
    if mine.keys() == yours.keys():
        return shared
    return 0.85 * shared - 0.75 * max(rests[0], 0.0) - min(0.25 * max(rests[1], 0.0), 4.0)


def _shared(mine: dict[str, float], yours: dict[str, float]) -> float:
    shared = sum((bits for word, bits in mine.items() if word in yours), 0.0)
    right = [word for word in yours if word not in mine and len(word) >= _SHORTEST]
    for word in mine if right else ():
        if word in yours or len(word) < _SHORTEST:
            continue
        for other in right:
            if _alike(word, other):
                shared += 0.7 * min(mine[word], yours[other])
                right.remove(other)
                break
    return shared


def _alike(one: str, two: str) -> bool:
    """A typing mistake or an abbreviation of one word; both have ``_SHORTEST`` letters at least."""
    short, long = (one, two) if len(one) <= len(two) else (two, one)
    if long.startswith(short):
        return True
    return len(short) >= 5 and OSA.distance(one, two, score_cutoff=1) <= 1
