"""How two organisations' names compare: one level out of ``LEVELS`` and a similarity."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from rapidfuzz.distance import OSA

from leads.pinyin import reading
from leads.places import place
from leads.records import Company

#: The levels of ``same_company``, strongest first, each with what it means.
LEVELS: Final[dict[str, str]] = {
    "exact": "the same name but for legal form, brackets and spelling",
    "core": "the same brand; similarity 1 when the trades agree or one is silent, .5 when they differ",
    "homophone": "brands that sound the same (宇创, 雨创): speech",
    "pinyin": "a Han brand and its pinyin: 宇创, Yuchuang",
    "prefix": "one brand begins with the other: 宇创, 宇创预拌砂浆; Philips, Philips Lighting",
    "contained": "one name stands inside the other, not at its start",
    "abbreviation": "one is made of the first letters or of some characters of the other in order: IBM, 中石化",
    "typo": "one character or letter off, brands of at least four",
    "words": "at least half of the words or characters are shared; similarity says how much",
    "branch": "the same company, other branches, or a branch and its head office: an account of its own",
    "none": "nothing to compare",
    "place_conflict": "the same brand in two places: two companies more often than one",
    "other_script": "one Han, one Latin, no common reading: perhaps a translation",
    "conflict": "different names",
}


def core_reading(company: Company) -> str:
    """The brand as letters: joined pinyin of a Han core, joined words of a Latin one."""
    return "".join(company.latin) if _is_han(company) else company.core.replace(" ", "")


def _is_han(company: Company) -> bool:
    return not company.core.isascii() and any("\u3400" <= char <= "\u9fff" for char in company.core)


def same_company(a: Company, b: Company) -> tuple[str, float]:
    """(level, similarity in [0, 1]) of two companies; see ``LEVELS``. Symmetric."""
    if a.full == b.full and a.branch == b.branch:
        return ("exact", 1.0) if not _places_differ(a, b) else ("place_conflict", 1.0)
    level, similarity = _brands(a, b)
    if level in ("conflict", "other_script", "words"):
        apart = level == "words" and a.kind == b.kind == "institution" and _places_differ(a, b)
        return ("place_conflict" if apart else level), similarity
    if a.branch != b.branch:
        return "branch", similarity
    if _places_differ(a, b):
        return "place_conflict", similarity
    return level, similarity


def _places_differ(a: Company, b: Company) -> bool:
    """Two places of which neither lies in the other."""
    if not a.place or not b.place or a.place == b.place:
        return False
    mine, other = place(a.place), place(b.place)
    if mine[0] and mine[0] == other[0]:
        return bool(mine[1] and other[1] and mine[1] != other[1])
    return True


def _brands(a: Company, b: Company) -> tuple[str, float]:
    if a.core == b.core:
        return "core", _trades(a, b)
    if a.full == b.full:
        return "core", 1.0
    mine, other = _is_han(a), _is_han(b)
    if mine and other:
        return _two_han(a, b)
    if mine or other:
        return _two_scripts(a, b) if mine else _two_scripts(b, a)
    return _two_latin(a, b)


def _trades(a: Company, b: Company) -> float:
    """1 when the trades agree or one says nothing, .5 when they have no character (Han) or word in common."""
    if not a.trade or not b.trade or a.trade == b.trade:
        return 1.0
    if a.trade.isascii():
        return 1.0 if set(a.trade.split()) & set(b.trade.split()) else 0.5
    return 1.0 if (set(a.trade) & set(b.trade)) - {" "} else 0.5


def other_trade(a: Company, b: Company) -> bool:
    """Whether both names say a trade, in one script, and not the same: with nothing else in common they are two organisations."""
    return bool(a.trade and b.trade) and a.trade.isascii() == b.trade.isascii() and _trades(a, b) < 1.0


def _two_scripts(han: Company, latin: Company) -> tuple[str, float]:
    own = core_reading(han)
    if len(han.core) >= 2:
        words = latin.core.split()
        if own == "".join(words) or own in words or (len(own) >= 5 and "".join(latin.latin).startswith(own)):
            return "pinyin", 1.0
        if own + "".join(reading(han.trade)) == "".join(words) or "".join(reading(han.full)) == "".join(latin.latin):
            return "pinyin", 1.0
        if len(own) >= 7 and OSA.distance(own, "".join(words), score_cutoff=1) <= 1:
            return "pinyin", 0.8
        if any(len(begun) >= 5 and begun in words for begun in accumulate(han.latin[:-1])):
            return "prefix", 0.8  # 百美宝国贸, Hefei Baimeibao International Trading
    latin_part = "".join([char for char in han.core if char.isascii()])
    if len(latin_part) >= 3 and latin_part in latin.core.split():
        return "prefix", 0.8
    return "other_script", 0.0


def _in_order(short: str, long: str) -> bool:
    """Whether the characters of ``short`` stand in ``long`` in this order."""
    rest = iter(long)
    return all(char in rest for char in short)


def _abbreviates(brief: str, whole: str) -> bool:
    """中石化 of 中国石油化工, 北大 of 北京大学: two characters must be the first and the last but one."""
    if not 2 <= len(brief) <= 6 or len(whole) < len(brief) + 2 or brief[0] != whole[0]:
        return False
    return _in_order(brief, whole) and (len(brief) >= 3 or brief[-1] == whole[-2])


def _two_han(a: Company, b: Company) -> tuple[str, float]:
    in_order = (len(a.core), len(a.full)) <= (len(b.core), len(b.full))
    short, long = (a, b) if in_order else (b, a)
    if len(a.core) == len(b.core) and len(a.core) >= 2 and a.latin == b.latin:
        return "homophone", _trades(a, b)
    if a.kind != "institution" and b.kind != "institution":
        if len(short.core) >= 2 and long.core.startswith(short.core):
            return "prefix", len(short.core) / len(long.core)
        if len(short.core) >= 2 and (short.core in long.full or short.full in long.full or long.core in short.full):
            return "contained", len(short.core) / len(long.full)
        if len(short.core) >= 3 and len(long.core) > len(short.core) and long.latin[: len(short.latin)] == short.latin:
            return "homophone", len(short.core) / len(long.core)
    brief, whole = (a, b) if len(a.full) <= len(b.full) else (b, a)
    if brief.kind == "company" and _abbreviates(brief.full, whole.full):
        return "abbreviation", len(brief.full) / len(whole.full)
    if len(short.core) >= 4 and a.kind == b.kind == "company" and OSA.distance(a.core, b.core, score_cutoff=1) <= 1:
        return "typo", 0.8
    if len(short.core) >= 3 and a.kind == b.kind == "company" and OSA.distance(*_joined(a, b), score_cutoff=1) <= 1:
        return "typo", 0.7
    shared = _bigrams(a.full, b.full)
    return ("words" if shared >= 0.5 and a.kind == "institution" == b.kind else "conflict"), shared


def _joined(a: Company, b: Company) -> tuple[str, str]:
    return "".join(a.latin), "".join(b.latin)


def _bigrams(a: str, b: str) -> float:
    """Dice's coefficient over pairs of neighbouring characters."""
    mine = {a[i : i + 2] for i in range(len(a) - 1)}
    other = {b[i : i + 2] for i in range(len(b) - 1)}
    return 2 * len(mine & other) / (len(mine) + len(other)) if mine or other else 0.0


def _two_latin(a: Company, b: Company) -> tuple[str, float]:
    mine, other = a.core.split(), b.core.split()
    if "".join(mine) == "".join(other) or "".join(a.latin) == "".join(b.latin):
        return "core", _trades(a, b)
    short, long = (mine, other) if len(mine) <= len(other) else (other, mine)
    companies = a.kind == b.kind == "company"
    if companies and long[: len(short)] == short and (len(short) > 1 or len(short[0]) >= 4):
        return "prefix", len(short) / len(long)
    if companies and len(short) > 1 and (set(short) <= set(long) or set(long) <= set(short)):
        return "contained", len(short) / len(long)
    for brief, whole in ((a, b), (b, a)):
        initials = "".join([word[0] for word in whole.latin])
        if len(brief.latin) == 1 and len(brief.latin[0]) >= 3 and initials == brief.latin[0]:
            return "abbreviation", 0.7
    joined, written = "".join(mine), "".join(other)
    if companies and min(len(joined), len(written)) >= 5:
        allowed = 2 if min(len(joined), len(written)) >= 10 else 1
        if OSA.distance(joined, written, score_cutoff=allowed) <= allowed:
            return "typo", 1.0 - allowed / 10
    shared = _words(a, b)
    return ("words" if shared >= 0.5 else "conflict"), shared


def _words(a: Company, b: Company) -> float:
    """Share of the words in common, trade words at .3; a word begun or with one letter wrong counts .7."""
    trade = {*a.trade.split(), *b.trade.split()}

    def weight(word: str) -> float:
        return 0.3 if word in trade else 1.0

    mine, left = list(dict.fromkeys(a.latin)), list(dict.fromkeys(b.latin))
    total = sum(map(weight, mine), 0.0) + sum(map(weight, left), 0.0)
    same = [word for word in mine if word in left]
    met = 2 * sum(map(weight, same), 0.0)
    left = [word for word in left if word not in same]
    for word in mine:
        near = "" if word in same else next((w for w in left if _near(word, w)), "")
        if near:
            met += 1.4 * min(weight(word), weight(near))
            left.remove(near)
    return met / total if total else 0.0


def _near(a: str, b: str) -> bool:
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return (len(short) >= 3 and long.startswith(short)) or (len(short) >= 5 and OSA.distance(a, b, score_cutoff=1) <= 1)
