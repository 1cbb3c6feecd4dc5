"""Free text of records that have nothing else (products, messages): the telling words its start shares with another.

A word tells as much as few others use it: the index counts that (key kind F), so no dictionary is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import log2
from typing import Final

from matchers.scale import Met, Scale
from matchers.sketch import head_words

_MOST: Final = 8.0  # bits of one word
_COMMON: Final = 1.0  # bits of a word whose bucket is full
_UNSEEN: Final = 4.0  # bits of a word only the other text has


@lru_cache(16_384)
def _head(text: str) -> frozenset[str]:
    return frozenset(head_words(text))


def compare(mine: str, theirs: Iterable[tuple[str, int]], scale: Scale) -> Met | None:
    """Best likeness over the entity's texts, in bits; None when one side has no text."""
    best: Met | None = None
    if not mine:
        return None
    weights = {word: _bits(word, scale) for word in head_words(mine)}
    total = sum(weights.values(), 0.0)
    for their, seq in theirs:
        if mine == their:
            return scale.value("text", "same", 0, seq)
        others = _head(their)
        shared = sum((bits for word, bits in weights.items() if word in others), 0.0)
        mine_left = total - shared
        theirs_left = sum((_UNSEEN for word in others if word not in weights), 0.0)
        numbers = _numbers(weights.keys()), _numbers(others)
        clash = 4.0 if numbers[0] and numbers[1] and not numbers[0] & numbers[1] else 0.0
        bits = 0.9 * shared - 0.8 * min(mine_left, theirs_left) - 0.35 * max(mine_left, theirs_left) - clash
        met = Met("text", "words" if bits > 0 else "differs", max(min(bits, scale.log_n + 4), -6.0), seq)
        if best is None or met.bits > best.bits:
            best = met
    return best


def _bits(word: str, scale: Scale) -> float:
    count = scale.held("F", f"word={word}")
    return _COMMON if count is None or count < 0 else min(max(log2(0.3 * scale.n / max(count, 1)), _COMMON), _MOST)


def _numbers(words: Iterable[str]) -> set[str]:
    return {word for word in words if word[0].isdigit()}
