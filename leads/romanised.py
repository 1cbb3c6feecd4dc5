"""How Han names are spelled outside the mainland: Cantonese (Hong Kong, Macao), Wade-Giles and Taiwanese, Hokkien surnames.

A character has a handful of spellings; a Latin token has a handful of readings. Both are sets, so 張勇 meets "Cheung Yung",
and "Cheung" meets "Zhang".
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from leads import pinyin
from leads.text import knowledge

# Jyutping to the spellings seen on Hong Kong identity cards: no tones, no single standard.
_INITIALS: Final = {
    "gw": "kw gw g", "kw": "kw", "ng": "ng -", "b": "b p", "p": "p", "m": "m", "f": "f", "d": "d t", "t": "t", "n": "n l",
    "l": "l", "g": "k g", "k": "k", "h": "h", "w": "w", "z": "ch ts j z", "c": "ch ts", "s": "s sh", "j": "y -", "": "- ng",
}  # fmt: skip
_FINALS: Final = {
    "aa": "a ar ah", "aai": "ai aai", "aau": "au", "aam": "am", "aan": "an", "aang": "ang", "aap": "ap", "aat": "at", "aak": "ak",
    "ai": "ai", "au": "au ow", "am": "am um", "an": "an un", "ang": "ang", "ap": "ap up", "at": "at ut", "ak": "ak uk",
    "e": "e eh", "ei": "ei ee i ay", "eng": "eng ang", "ek": "ek", "i": "i ee ze z e", "iu": "iu ew", "im": "im", "in": "in",
    "ing": "ing", "ip": "ip", "it": "it", "ik": "ik", "o": "o or oh", "oi": "oi oy", "ou": "o ou u", "on": "on", "ong": "ong",
    "ot": "ot", "ok": "ok", "u": "u oo", "ui": "ui", "un": "un oon", "ung": "ung", "ut": "ut", "uk": "uk", "oe": "euh",
    "oeng": "eung eong", "oek": "euk", "eoi": "ui oi eu", "eon": "un eun on", "eot": "ut eut", "yu": "u yu ue", "yun": "uen un yuen",
    "yut": "uet ut yuet",
}  # fmt: skip


def _hong_kong(jyutping: str) -> set[str]:
    if jyutping in ("m", "ng"):
        return {"ng"}
    initial = next(
        i for i in (jyutping[:2], jyutping[:1], "") if i in _INITIALS and (jyutping[len(i) :] in _FINALS or not i)
    )
    final = _FINALS.get(jyutping[len(initial) :], jyutping[len(initial) :])
    return {(i + f).replace("-", "").replace("yyu", "yu") for i in _INITIALS[initial].split() for f in final.split()}


@cache
def _cantonese() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in knowledge("cantonese.tsv"):
        jyutping, chars = line.split("\t")
        spelled = frozenset(_hong_kong(jyutping))
        for char in chars:
            found[char] = found.get(char, frozenset()) | spelled
    return found


@cache
def _taiwanese() -> dict[str, frozenset[str]]:
    return {p: frozenset((p, *s.split())) for p, s in (line.split("\t") for line in knowledge("taiwanese.tsv"))}


@cache
def _surnames() -> dict[str, frozenset[str]]:
    return {han: frozenset(s.split()) for han, s in (line.split("\t") for line in knowledge("romanised_surnames.tsv"))}


@lru_cache(maxsize=1 << 13)
def spellings(char: str, syllable: str) -> frozenset[str]:
    """Every spelling of one Han character, its pinyin ``syllable`` included."""
    return _taiwanese().get(syllable, frozenset()) | _cantonese().get(char, frozenset()) | {syllable}


@lru_cache(maxsize=1 << 11)
def surname_spellings(surname: str, syllable: str) -> frozenset[str]:
    """Every spelling of a Han surname, compound ones too; ``syllable`` is its pinyin."""
    by_hand = _surnames().get(surname, frozenset()) | {syllable}
    if len(surname) > 1:
        return by_hand
    return by_hand | spellings(surname, syllable)


def _consume(letters: str, parts: tuple[frozenset[str], ...]) -> bool:
    """Whether ``letters`` is one spelling of each part, in order, with nothing left."""
    if not parts:
        return not letters
    return any(letters.startswith(s) and _consume(letters[len(s) :], parts[1:]) for s in parts[0])


def spelled(surname: str, given: str, latin: tuple[str, ...], tokens: tuple[str, ...]) -> bool:
    """Whether Latin ``tokens`` spell the Han name (``latin`` is its pinyin, surname first), in either order.

    A name without surname is spelled by its given characters alone.
    """
    characters = tuple([spellings(c, s) for c, s in zip(given, latin[1:] if surname else latin, strict=False)])
    letters = "".join(tokens)
    if not surname:
        return bool(characters) and _consume(letters, characters)
    family = surname_spellings(surname, latin[0])
    return _consume(letters, (family, *characters)) or _consume(letters, (*characters, family))


@cache
def _readings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    table = pinyin.table()
    for char, spelled_so in _cantonese().items():
        for s in spelled_so:
            found.setdefault(s, set()).add(table[char])
    for syllable, spelled_so in _taiwanese().items():
        for s in spelled_so:
            found.setdefault(s, set()).add(syllable)
    return {s: frozenset(of) for s, of in found.items()}


@cache
def _surname_readings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in knowledge("surnames.tsv"):
        han, syllable, _ = line.split("\t")
        for s in surname_spellings(han, syllable):
            found.setdefault(s, set()).add(syllable)
    return {s: frozenset(of) for s, of in found.items()}


@cache
def _surname_weights() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for line in knowledge("surnames.tsv"):
        han, syllable, million = line.split("\t")
        for s in surname_spellings(han, syllable):
            weights = found.setdefault(s, {})
            weights[syllable] = weights.get(syllable, 0.0) + float(million)
    return found


@lru_cache(maxsize=1 << 11)
def likely_surnames(token: str) -> tuple[str, ...]:
    """The pinyin surnames, three at most, that a Latin surname stands for in more than one case of seven, and itself."""
    weights = _surname_weights().get(token, {})
    least = sum(weights.values(), 0.0) / 7
    ranked = sorted(weights, key=lambda syllable: (syllable != token, -weights[syllable]))
    return tuple([syllable for syllable in ranked if syllable == token or weights[syllable] > least][:3])


def readings(token: str) -> frozenset[str]:
    """The pinyin syllables a Latin syllable may stand for, itself included when it is one; empty when it cannot be Chinese."""
    found = _readings().get(token, frozenset())
    return found | {token} if token in pinyin.known() else found


def surname_readings(token: str) -> frozenset[str]:
    """The pinyin surnames a Latin surname may stand for ("cheung" -> zhang, jiang, ...); empty when none is known."""
    return _surname_readings().get(token, frozenset())
