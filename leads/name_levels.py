"""How two names of persons compare: one level out of ``LEVELS``."""

from __future__ import annotations

from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from leads.latin_name_levels import two_latin
from leads.name_rarity import PERSON, is_english_first, own_reading
from leads.name_tables import english
from leads.nicknames import same_given
from leads.pinyin import segment, syllables
from leads.records import Name
from leads.romanised import readings, spelled, spellings, surname_readings, surname_spellings

#: The levels of ``same_reading``, strongest first, each with what it means.
LEVELS: Final[dict[str, str]] = {
    "exact": "full names, equal in one script",
    "script": "a Han name and its pinyin, in either order, glued or not",
    "order": "the same tokens or syllables in another order or spacing",
    "homophone": "two Han names that sound the same (张颖, 章莹)",
    "romanised": "another romanisation: 張勇 and Cheung Yung, Cheung Yung and Zhang Yong",
    "nickname": "the same surname, given names that may be one person's: Bill and William",
    "middle": "the same first and last name, a middle name or initial on one side only",
    "typo": "one letter off, or one sound of those that speech and input confuse (n/ng, l/n, z/zh)",
    "initial": "the same surname, an initial that fits",
    "partial": "the same surname, one of two given characters in common: 张明, 张志明; as often brothers as one person",
    "surname_only": "the surnames agree and that is all there is to compare: 王总, 王伟; or John Zhang, 张伟",
    "given_only": "the given names agree, one side has no surname: 长杰, 黎长杰",
    "english_alias": "an English first name beside a Chinese name: no agreement, no contradiction",
    "none": "nothing to compare: a role, a nickname, a surname against a given name",
    "conflict_given": "the same surname, other given names",
    "conflict_surname": "the same given name (of two characters or a Latin word), other surnames",
    "conflict": "different names",
}
_BLURS: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("hu", "f"))


def same_reading(a: Name, b: Name) -> str:
    """The level at which two names agree or contradict each other (see ``LEVELS``). Symmetric."""
    if a.kind not in PERSON or b.kind not in PERSON:
        return "none"
    if a.script == b.script:
        if a.surname == b.surname and a.given == b.given and a.kind == b.kind:
            return "exact" if a.kind == "full" else "initial" if a.kind == "initial" else f"{a.kind}_only"
        return _two_han(a, b) if a.script == "han" else two_latin(a, b)
    return _mixed(a, b) if a.script == "han" else _mixed(b, a)


def _blur(syllable: str) -> str:
    """A syllable without the contrasts that many speakers do not make."""
    for clear, blurred in _BLURS:
        if syllable.startswith(clear):
            syllable = blurred + syllable[len(clear) :]
            break
    return syllable[:-1] if syllable.endswith("ng") else syllable


def _two_han(a: Name, b: Name) -> str:
    if not a.surname or not b.surname:
        return _han_without_surname(a, b)
    mine, other = own_reading(a), own_reading(b)
    if not a.given or not b.given:
        if a.surname == b.surname or mine[0] == other[0]:
            return "surname_only"
        short, whole = (a, b) if not a.given else (b, a)
        if not whole.given.endswith(short.surname):
            return "conflict"
        return "none" if short.honorific else "given_only"  # 梅姐 of 李晓梅; 小兰 of 刘莉兰
    if mine == other:
        return "homophone"
    if _is_given(a, b) or _is_given(b, a):
        return "given_only"
    if a.given + a.surname == b.surname + b.given or b.given + b.surname == a.surname + a.given:
        return "order"
    if len(mine) == len(other) and all(_blur(x) == _blur(y) for x, y in zip(mine, other, strict=True)):
        return "typo"
    if a.surname == b.surname:
        return "partial" if _shares_character(a.given, b.given) else "conflict_given"
    if mine[1:] == other[1:] and len(mine) > 2:
        return "conflict_surname"
    return "conflict"


def _is_given(short: Name, whole: Name) -> bool:
    """Whether what was taken for surname and given name, in either order, is the other's given name: 禹臣 of 黄禹臣."""
    return whole.given in (short.surname + short.given, short.given + short.surname)


def _shares_character(a: str, b: str) -> bool:
    """One of two given characters is the same, in its place or alone."""
    if len(a) == len(b):
        return len(a) > 1 and any(x == y for x, y in zip(a, b, strict=True))
    return a in b or b in a


def _han_without_surname(a: Name, b: Name) -> str:
    if not a.given or not b.given:
        return "none"
    mine, other = own_reading(a)[bool(a.surname) :], own_reading(b)[bool(b.surname) :]
    if mine == other or a.given == b.given[-1:] or b.given == a.given[-1:]:
        return "given_only"
    return "conflict"


def _mixed(han: Name, latin: Name) -> str:
    latin = _without_alias(latin)
    own, tokens = own_reading(han), latin.latin
    whole, written = "".join(own), "".join(tokens)
    aliases = han.latin[len(own) :]
    if han.kind == "full" and han.surname:
        given = whole[len(own[0]) :]
        if written == whole or written == given + own[0]:
            return "script"
        if written == given and len(own) > 2:
            return "given_only"
        if aliases and latin.kind == "full" and set(tokens) <= {*own, *aliases, given}:
            return "script"
    if len(own) == 2 and latin.kind == "full" and latin.given.replace(" ", "") in (whole, own[1] + own[0]):
        return "given_only"  # 海双 read as surname and given name, of Xu Haishuang
    if aliases and latin.kind == "given" and any(same_given(latin.given, alias) for alias in aliases):
        return "given_only"
    if not han.surname:
        return _given_against_latin(han, own, latin)
    at = _surname_at(han, own, latin)
    if latin.kind == "surname" and at < 0 and not latin.honorific:
        if latin.surname in own[1:]:
            return "given_only"  # Mei of 李晓梅
        if _first_name(latin.surname):
            return "english_alias"
    if latin.kind == "given":
        return _latin_given(han, own, latin)
    if at < 0:
        return _other_surname(han, own, latin)
    if not han.given or latin.kind == "surname":
        return "surname_only"
    return _given_of_mixed(han, own, latin, tokens[:at] + tokens[at + 1 :])


def _without_alias(latin: Name) -> Name:
    """A romanised name without the English one beside it: Andy Lau Tak Wah, Tsang Yam Kuen Donald."""
    tokens = latin.latin
    if latin.kind != "full" or len(tokens) < 3:
        return latin
    for at in (0, len(tokens) - 1):
        rest = tokens[:at] + tokens[at + 1 :]
        chinese = surname_readings(tokens[at]) or readings(tokens[at])
        if is_english_first(tokens[at]) and not chinese and all(map(readings, rest)):
            given = " ".join(token for token in latin.given.split() if token != tokens[at])
            return msgspec.structs.replace(latin, given=given, latin=rest) if given else latin
    return latin


def _first_name(token: str) -> bool:
    """Whether a word that stands alone may be somebody's first or chosen name: an English one, or no Chinese surname."""
    known = english().get(token)
    return (known is not None and known.first > 1e-5) or not surname_readings(token)


def _surname_at(han: Name, own: tuple[str, ...], latin: Name) -> int:
    """Which Latin token spells the Han surname; -1 for none. The token taken for the surname is asked first."""
    tokens = latin.latin
    family = surname_spellings(han.surname, own[0])
    for at in sorted(range(len(tokens)), key=lambda i: tokens[i] != latin.surname):
        if at in (0, len(tokens) - 1) and tokens[at] in family:
            return at
    return -1


def _given_of_mixed(han: Name, own: tuple[str, ...], latin: Name, rest: tuple[str, ...]) -> str:
    """The surnames agree: the level of the given names."""
    given, written = "".join(own[1:]), "".join(rest)
    if latin.kind == "initial":
        initials = [
            {spelling[0] for spelling in spellings(char, o)} for char, o in zip(han.given, own[1:], strict=False)
        ]
        fits = len(rest) <= len(initials) and all(r in may for r, may in zip(rest, initials, strict=False))
        return "initial" if fits else "conflict_given"
    if spelled(han.surname, han.given, own, latin.latin):
        return "romanised"
    if len(own[0] + given) >= 6 and OSA.distance(given, written, score_cutoff=1) <= 1:
        return "typo"
    if all(token in english() and not segment(token) for token in rest) or is_english_first(rest[0]):
        return "surname_only"
    parts = syllables(rest)
    if not all(map(readings, parts)):
        return "surname_only"  # a spelling that no table holds (Ying-jeou, Bee Lay) contradicts nobody
    if any(part in own[1:] for part in parts) and (len(parts) > 1 or len(own) > 2):
        return "partial"
    if len(parts) == len(own) - 1 and all(_blur(x) == _blur(y) for x, y in zip(parts, own[1:], strict=True)):
        return "typo"
    return "conflict_given"


def _latin_given(han: Name, own: tuple[str, ...], latin: Name) -> str:
    """A Latin given name alone against a Han name with surname."""
    if not han.given:
        return "none" if not is_english_first(latin.given) else "english_alias"
    written = "".join(latin.latin)
    if written == "".join(own[1:]) or spelled("", han.given, own[1:], latin.latin):
        return "given_only"
    parts = segment(written)
    if is_english_first(latin.latin[0]) or not parts or len(set(parts)) < len(parts):  # Jack, Sunny, momo
        return "english_alias"
    return "conflict_given"


def _given_against_latin(han: Name, own: tuple[str, ...], latin: Name) -> str:
    """A Han name without surname against a Latin one."""
    if latin.kind in ("surname", "initial"):
        return "none"
    given = latin.given.replace(" ", "")
    if "".join(own) in (given, "".join(latin.latin)) or own[-1:] == tuple(latin.given.split()):
        return "given_only"
    if spelled("", han.given, own, tuple(latin.given.split())):
        return "given_only"
    return "english_alias" if is_english_first(latin.given.split()[0]) else "conflict"


def _other_surname(han: Name, own: tuple[str, ...], latin: Name) -> str:
    """No Latin token spells the Han surname."""
    if latin.kind != "full" or not han.given:
        return "conflict"
    whole, written = "".join(own), "".join(latin.latin)
    turned = whole[len(own[0]) :] + own[0]
    if spelled(han.surname, han.given, own, latin.latin):
        return "romanised"
    if len(whole) >= 6 and min(OSA.distance(x, written, score_cutoff=1) for x in (whole, turned)) <= 1:
        return "typo"
    return "conflict_surname" if "".join(own[1:]) == latin.given.replace(" ", "") and len(own) > 2 else "conflict"
