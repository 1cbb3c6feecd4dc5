"""Free text of records that have nothing else: words in common, numbers and rare-looking words weighing more."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from matchers.scale import Met, Scale


@lru_cache(16_384)
def _words(text: str) -> dict[str, float]:
    """Words with their bits: with a digit in them 6, long ones 5, short ones 2."""
    return {
        word: 6.0 if any(c.isdigit() for c in word) else 5.0 if len(word) > 6 else 3.0 if len(word) > 3 else 1.0
        for word in text.split()[:40]
    }


def compare(mine: str, theirs: Iterable[tuple[str, int]], scale: Scale) -> Met | None:
    """Best likeness over the entity's texts, in bits; None when one side has no text."""
    best: Met | None = None
    if not mine:
        return None
    words = _words(mine)
    for their, seq in theirs:
        if mine == their:
            return Met("text", "same", scale.log_n + 4, seq)
        others = _words(their)
        shared = sum(bits for word, bits in words.items() if word in others)
        rest = min(sum(words.values()), sum(others.values())) - shared
        met = Met("text", "words", max(0.8 * shared - 1.0 * rest, -6.0), seq)
        if best is None or met.bits > best.bits:
            best = met
    return best
