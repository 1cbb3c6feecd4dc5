"""Streets in Latin letters: name, type (street, avenue) and direction, so that what is left out or shortened is no difference."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from leads.text import knowledge

_NUMBERED: Final = re.compile(r"\d+")
_LONG_TYPE: Final = 5  # letters of a type that may be glued to a name (place, close)
_NAME: Final = 3  # letters that name has at least
_MISTYPED: Final = (
    6  # letters of a type that may be mistyped: peace, palace and count are but a letter off shorter ones
)
_OTHER_WORDS: Final = frozenset({"venue", "squire"})  # a letter off longer ones


class _Tables(NamedTuple):
    kept: dict[str, str]  # a word as written -> as it is kept
    types: frozenset[str]
    directions: frozenset[str]
    notes: frozenset[str]  # words that begin a note behind the street: "at 10th st"


@cache
def _tables() -> _Tables:
    rows = [line.split("\t") for line in knowledge("streets.txt")]
    kinds = {
        kind: [words.split() for of, words in rows if of == kind] for kind in ("type", "direction", "word", "note")
    }
    kept = {word: words[0] for kind, lists in kinds.items() if kind != "note" for words in lists for word in words}
    types, directions = (frozenset(words[0] for words in kinds[kind]) for kind in ("type", "direction"))
    return _Tables(kept, types, directions, frozenset(kinds["note"][0]))


def street(words: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the street, what stands behind it) of folded words, each word in one spelling: "854 7th ave. between 54th and 55th sts."

    The street ends at its last type word, or at the direction behind that; without a type word it takes all. Where there is
    none, one that is mistyped (srteet) or glued to the name (hawkerplace) is read as what it is meant to be.
    """
    tables = _tables()
    kept = tuple([tables.kept.get(word, word) for word in words])
    first = next((at for at, word in enumerate(kept) if word not in tables.directions), 0)
    if words[first : first + 1] == ["st"] and first + 1 < len(words):  # st louis avenue
        kept = (*kept[:first], "saint", *kept[first + 1 :])
    end = next((at for at, word in enumerate(kept) if at and word in tables.notes), len(kept))
    last = _type_at(kept[:end])
    if not last:
        mended = _mended(kept[:end])
        kept, end = (*mended, *kept[end:]), len(mended)
        last = _type_at(mended)
    last = last or end - 1
    if last + 1 < end and kept[last + 1] in tables.directions:
        last += 1
    return kept[: last + 1], kept[last + 1 :]


def _type_at(words: tuple[str, ...]) -> int:
    """Where the last type word stands, 0 when there is none behind the first word."""
    types = _tables().types
    return max((at for at in range(1, len(words)) if words[at] in types), default=0)


def _mended(words: tuple[str, ...]) -> tuple[str, ...]:
    """With the last word that is nearly a type, or ends in one, in place of it."""
    for at in range(len(words) - 1, -1, -1):
        if said := _type_meant(words[at], glued_only=at == 0):
            return (*words[:at], *said, *words[at + 1 :])
    return words


@lru_cache(1 << 10)
def _type_meant(word: str, *, glued_only: bool) -> tuple[str, ...]:
    """(name, type) or (type,) that a word is meant to be; empty when it is none."""
    if len(word) < _LONG_TYPE or word in _OTHER_WORDS:
        return ()
    for kind in sorted(_tables().types):
        if len(kind) >= _MISTYPED and not glued_only and OSA.distance(word, kind, score_cutoff=1) <= 1:
            return (kind,)
        if len(kind) >= _LONG_TYPE and word.endswith(kind) and len(word) - len(kind) >= _NAME:
            return word[: -len(kind)], kind
    return ()


def house(number: str) -> str:
    """The house that a number begins at: 3012-16 is 3012 and those beside it."""
    return number.partition("-")[0] or number


class Parts(NamedTuple):
    """A street in Latin letters, by what its words are."""

    name: str  # words of the name proper, glued: what a key is made of
    types: frozenset[str]
    directions: frozenset[str]
    digits: str  # of a numbered street: 18th and 19th are two


@lru_cache(1 << 14)
def parts(road: str) -> Parts:
    """The parts of a street as ``street`` gives it, joined by spaces."""
    tables = _tables()
    words = road.split()
    proper = [word for word in words if word not in tables.types and word not in tables.directions]
    return Parts(
        "".join(proper or words),
        frozenset([word for word in words[1:] if word in tables.types]),
        frozenset([word for word in words if word in tables.directions]),
        next((digits[0] for word in proper[:1] if (digits := _NUMBERED.match(word))), ""),
    )
