"""What matching needs of a name besides its parts: its reading, its letters as a key, how rare it is."""

from __future__ import annotations

from math import log2
from typing import Final, Literal

from leads.japanese_names import families
from leads.korean import is_korean
from leads.latin_names import family_share, given_share
from leads.name_tables import RARE, Bearers, bearers, common_given, english, given_bits, pinyin_surnames, surnames
from leads.pinyin import segment
from leads.records import Name

_RAREST: Final = log2(RARE)
_JAPANESE: Final = -7.0  # log2 of the share of a character among those of Japanese given names, a few hundred
_KOREAN: Final = {"surname": 6.0, "given": 10.0, "": 16.0}  # bits of a usual Korean name: few surnames, few syllables
#: Kinds of names that name somebody, if only in part.
PERSON: Final = frozenset({"full", "surname", "given", "initial"})


def letters(name: Name) -> str:
    """The letters of a name's reading, sorted: one key for Han, traditional, homophones, pinyin in any order. "" for nobody."""
    return "".join(sorted("".join(own_reading(name)))) if name.kind in PERSON else ""


def sounds(name: Name) -> str:
    """Surname and given name of a whole Chinese name as they sound, in either order: one for 王美霞, 汪美霞, Wang Meixia and Meixia Wang.

    Other names of the same letters or syllables (王霞美) have another: they were two of three that a rare name was compared with.
    """
    han = name.script == "han"
    family, *given = own_reading(name) if han else (name.surname, name.given.replace(" ", ""))
    return "|".join(sorted((family, "".join(given))))


def own_reading(name: Name) -> tuple[str, ...]:
    """The reading proper, without the other names that stand beside a Han name."""
    if name.script != "han":
        return name.latin
    size = len(name.given) + bool(name.surname)
    return name.latin[:size] if len(name.latin) > size else name.latin


def is_english_first(token: str) -> bool:
    """Whether a folded word is an English first name more likely than a Chinese one."""
    return _is_first(english(), token)


def _is_first(table: dict[str, Bearers], token: str) -> bool:
    known = table.get(token)
    return known is not None and known.first > 1e-5 and known.first >= given_share(token)


def rarity(name: Name, part: Literal["", "surname", "given"] = "") -> float:
    """Bits: log2 of one over the share of people with this name, or with this part of it, from the shipped tables; 0 for nobody,
    at most 40.

    Surname and given characters count as independent; what no table knows counts as one in a million.
    """
    if name.kind not in PERSON:
        return 0.0
    surname = name.surname if part != "given" else ""
    said = name.given if part != "surname" else ""
    bits = 0.0
    if name.script == "han":
        if surname:
            known = surnames().get(surname) or families().get(surname)
            bits -= log2(known.share if known else RARE)
        if not said:
            return min(bits, 40.0)
        table = given_bits()
        given = sum([table.get(char, _RAREST) for char in said])
        if surname in families():
            given = max(given, _JAPANESE * len(said))
        return min(bits - max(given, common_given().get(said, given)), 40.0)
    if surname:
        bits -= sum([log2(family_share(token)) for token in surname.split()])
    for token in said.split():
        bits += 4.0 if len(token) == 1 else -_given_bits(token)
    return min(bits, _KOREAN[part] if is_korean(name) else 40.0)


def is_rare(name: Name, bits: float) -> bool:
    """Whether a whole Chinese name, Han or pinyin, is said by fewer than one in ``2**bits``, by its sound."""
    if name.kind != "full" or not name.surname or not name.given:
        return False
    han = name.script == "han"
    family = name.latin[0] if han else name.surname
    given = own_reading(name)[1:] if han else segment(name.given.replace(" ", ""))
    shares = pinyin_surnames()
    if not given or family not in shares or len(given) > 2:
        return False
    return -log2(shares[family]) - sum([log2(given_share(syllable)) for syllable in given]) >= bits


def _given_bits(token: str) -> float:
    parts = segment(token)
    if len(parts) > 1 and not _is_first(bearers(), token):  # Milena is no Mi Le Na
        return sum([log2(given_share(part)) for part in parts])
    return log2(given_share(token))
