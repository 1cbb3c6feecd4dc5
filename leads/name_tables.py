"""What is known of names: surnames with their readings and frequencies, given-name characters, words, titles. Loaded once."""

from __future__ import annotations

from functools import cache
from math import log2
from typing import Final, NamedTuple

from leads.text import knowledge

#: Share of a surname or character that no table knows: about the rarest that is listed, halved.
RARE: Final = 1e-6


class Surname(NamedTuple):
    """A Chinese surname."""

    pinyin: str
    share: float  # of all holders, in [0, 1]


class Bearers(NamedTuple):
    """How common a name in Latin letters is."""

    first: float  # share of bearers as a first name, in [0, 1]
    last: float


class Titles(NamedTuple):
    """Words beside names, folded: forms of address, roles, particles."""

    address: dict[str, str]
    single: dict[str, str]
    latin: dict[str, str]
    ahead: dict[str, str]  # names as well: titles only before two words more
    behind: dict[str, str]  # titles only behind a name
    second: dict[str, str]  # what follows another title: Dr. med.
    role: frozenset[str]
    part: frozenset[str]
    none: frozenset[str]
    suffix: frozenset[str]
    particle: frozenset[str]
    organisation: frozenset[str]


@cache
def surnames() -> dict[str, Surname]:
    """Simplified Han surname -> its reading and share."""
    rows = (line.split("\t") for line in knowledge("surnames.tsv"))
    return {han: Surname(reading, int(million) / 1e6) for han, reading, million in rows}


@cache
def pinyin_surnames() -> dict[str, float]:
    """Pinyin -> share of all surnames read so; "lv" is known as "lyu" and "lu" besides."""
    found: dict[str, float] = {}
    for reading, share in surnames().values():
        found[reading] = found.get(reading, 0.0) + share
    found["lyu"] = found.get("lv", RARE)
    return found


@cache
def given_bits() -> dict[str, float]:
    """Simplified character -> log2 of its share among the characters of given names."""
    rows = (line.split("\t") for line in knowledge("given.tsv"))
    return {char: log2(int(million) / 1e6) for million, chars in rows for char in chars}


@cache
def common_given() -> dict[str, float]:
    """Given name of two characters, commoner than they are apart -> log2 of its share of all holders."""
    rows = (line.split("\t") for line in knowledge("common_given.tsv"))
    return {given: log2(int(million) / 1e6) for million, names in rows for given in names.split()}


@cache
def syllable_shares() -> dict[str, float]:
    """Pinyin syllable -> its share among the syllables of given names."""
    from leads.pinyin import table

    readings = table()
    found: dict[str, float] = {}
    for char, bits in given_bits().items():
        syllable = readings.get(char, "")
        found[syllable] = found.get(syllable, 0.0) + 2.0**bits
    return found


@cache
def words() -> frozenset[str]:
    """Han words that look like names and are none."""
    return frozenset(word for line in knowledge("words.txt") for word in line.split())


def _bearers(file: str) -> dict[str, Bearers]:
    rows = (line.split("\t") for line in knowledge(file))
    return {name: Bearers(int(first) / 1e6, int(last) / 1e6) for name, first, last in rows}


@cache
def english() -> dict[str, Bearers]:
    """Folded English name -> how often it is a first and a last name."""
    return _bearers("english_names.tsv")


@cache
def bearers() -> dict[str, Bearers]:
    """The same of every name in Latin letters; what an English-speaking country knows is taken from there."""
    return _bearers("names_abroad.tsv") | english()


@cache
def titles() -> Titles:
    """Titles, role words and words for "no name"."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in Titles._fields}
    for line in knowledge("titles.tsv"):
        kind, code, listed = line.split("\t")
        found[kind].update(dict.fromkeys(listed.split(), code))
    sets = {kind: frozenset(found[kind]) for kind in ("role", "part", "none", "suffix", "particle", "organisation")}
    return Titles(
        found["address"],
        found["single"],
        found["latin"],
        found["ahead"],
        found["behind"],
        found["second"],
        **sets,
    )
