"""Pinyin: the toneless reading of Han characters, and pinyin written together taken apart again."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from leads.text import knowledge

#: Readings that exist for interjections only; with them half of all English words would be pinyin.
_RARE: Final = frozenset(
    {"ang", "cei", "chua", "den", "dia", "e", "ei", "eng", "fiao", "kei", "lo", "o", "pia", "rua", "tei", "yo", "zhei"}
)


@cache
def table() -> dict[str, str]:
    """Character -> syllable, one reading a character."""
    return {
        char: syllable for line in knowledge("pinyin.tsv") for syllable, chars in (line.split("\t"),) for char in chars
    }


@cache
def known() -> frozenset[str]:
    """The syllables a name may be made of; both "lv" and "lyu" for what is written with a diaeresis."""
    every = frozenset(table().values()) - _RARE
    return every | {"lyu", "nyu"}


def reading(text: str) -> tuple[str, ...]:
    """One syllable a Han character; runs of other letters and digits are kept whole, everything else is left out."""
    chars = table()
    try:
        return tuple([chars[char] for char in text])
    except KeyError:
        return _mixed(text, chars)


def _mixed(text: str, chars: dict[str, str]) -> tuple[str, ...]:
    spaced = "".join(f" {chars[c]} " if c in chars else c if c.isalnum() else " " for c in text)
    return tuple(spaced.split())


@lru_cache(maxsize=1 << 14)
def segment(word: str) -> tuple[str, ...]:
    """The syllables of pinyin written as one word, fewest first ("xiaying" -> xia ying); () when it is not pinyin."""
    if not 1 < len(word) <= 30:
        return ()
    valid = known()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is not None and word[start:end] in valid:
                found = best[end]
                if found is None or len(before) + 1 < len(found):
                    best[end] = (*before, word[start:end])
    return best[-1] or ()


def syllables(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """All tokens taken apart into syllables; a token that is not pinyin stays whole."""
    return tuple([part for token in tokens for part in (segment(token) or (token,))])
