"""Korean names in Hangul, in Latin letters: 김준호 is Kim Junho; and one spelling for those that people write."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from msgspec.structs import replace

from leads.name_tables import english, pinyin_surnames
from leads.pinyin import segment
from leads.records import Name
from leads.text import ascii_fold, knowledge

_FIRST: Final = (
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h",
)  # fmt: skip
_VOWELS: Final = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i",
)  # fmt: skip
_LAST: Final = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "p", "t", "t", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
)  # fmt: skip
_HANGUL: Final = re.compile(r"[가-힣]+(?: [가-힣]+)?")
_JOINED: Final = re.compile(r"[^\W\d_]+-[^\W\d_]+")
#: What follows a name: form of address, rank. Longest first.
_TITLES: Final = re.compile(r" ?(?:(?:대표|사장|이사|부장|차장|과장|대리|실장|팀장)님?|선생님|고객님|씨|님|귀하)$")


def syllable(char: str) -> str:
    """One Hangul syllable by the Revised Romanisation, by itself: 준 -> jun."""
    rest, last = divmod(ord(char) - 0xAC00, 28)
    first, vowel = divmod(rest, 21)
    return _FIRST[first] + _VOWELS[vowel] + _LAST[last]


@cache
def _surnames() -> dict[str, str]:
    """Surname in Hangul, or any Latin spelling of it -> its usual spelling."""
    rows = [line.split("\t") for line in knowledge("korean.tsv")]
    return {spelled: usual for usual, hangul, others in rows if usual for spelled in (hangul, usual, *others.split())}


@cache
def _syllables() -> dict[str, str]:
    """Latin spelling of a syllable of given names -> that of the standard."""
    rows = [line.split("\t") for line in knowledge("korean.tsv")]
    return {spelled: said.split()[0] for usual, _, said in rows if not usual for spelled in said.split()}


def hangul_name(text: str) -> Name | None:
    """The person in ``text`` (plain) when it is a Hangul name and nothing else: 김준호, 김 준호, 김준호씨, 오씨."""
    if not _HANGUL.fullmatch(text):
        return None
    bare = _TITLES.sub("", text)
    run, known = bare.replace(" ", ""), _surnames()
    size = 2 if run[:2] in known and len(run) > 2 else 1
    given = "".join(map(syllable, run[size:]))
    if not bare or run[:size] not in known or len(run) > size + 2 or (bare == text and len(run) < 3):
        return None
    surname = known[run[:size]]
    if not given:
        return Name(f"{run}씨", "surname", "latin", surname, "", (surname,))
    return Name(run, "full", "latin", surname, given, (surname, given))


def respelled(name: Name, text: str) -> Name:
    """A Korean name in Latin letters as Hangul would be spelled: Suh Young-soo, in ``text``, is Seo Yeongsu; others as they are."""
    tokens, known = name.latin, _surnames()
    if not 2 <= len(tokens) <= 3 or name.kind != "full" or name.script != "latin":
        return name
    alone = len(tokens) == 2 and "-" in text and _JOINED.fullmatch(text)
    if not alone and tokens[0] not in known and tokens[-1] not in known:
        return name  # as nearly all
    if alone and (spelled := said("".join(tokens))) and not all(map(segment, tokens)):
        return replace(name, text=text, kind="given", surname="", given=spelled, latin=(spelled,))
    for at in _surname_at(name, text):
        surname, given = tokens[at], "".join(tokens[:at] if at else tokens[1:])
        if surname in known and (spelled := said(given)) and not (segment(given) and surname in pinyin_surnames()):
            shown = _hyphenated(name.text.replace(",", "").split(), at)
            return replace(name, text=shown, surname=known[surname], given=spelled, latin=(known[surname], spelled))
    return name


def is_korean(name: Name) -> bool:
    """Whether a name was spelled as Hangul by ``hangul_name`` or ``respelled``."""
    return len(name.latin) == 2 and name.surname in _surnames() and bool(said(name.given)) and not segment(name.given)


def _surname_at(name: Name, text: str) -> tuple[int, ...]:
    """Where the surname may stand: at the end that no hyphen joins, else where it was found, or of two words the other."""
    last = len(name.latin) - 1
    if joined := _JOINED.search(text) if last == 2 else None:
        return (last,) if name.latin[-1] not in ascii_fold(joined[0]) else (0,)
    found = last if name.latin[last] == name.surname else 0
    return (found,) if last == 2 or "," in text else (found, last - found)


def _hyphenated(words: list[str], at: int) -> str:
    """The words, those of the given name joined: Kim Min Soo -> Kim Min-Soo."""
    return f"{'-'.join(words[:-1])} {words[-1]}" if at else f"{words[0]} {'-'.join(words[1:])}"


@lru_cache(maxsize=1 << 13)
def said(given: str) -> str:
    """Two syllables of Korean given names by the standard, "" for what is none, or a name elsewhere (Susie)."""
    known = _syllables()
    if given in english():
        return ""
    cuts = [(given[:i], given[i:]) for i in range(1, len(given))]
    return next((known[a] + known[b] for a, b in cuts if a in known and b in known), "")
