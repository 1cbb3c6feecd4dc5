"""What a text is sketched by: MinHash bands of near-duplicate word sets, and its telling words. The only file that imports datasketch.

Bands earn their place only on records that have nothing but an organisation, an address or free text; every other
lead is found by its exact and phonetic keys (docs/matching.md has the ablation).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datasketch import MinHash

_FILLERS: Final = frozenset("the and of for to in with by on an is it or at as from be your you we".split())  # noqa: SIM905


@lru_cache(8)
def _blank(permutations: int) -> MinHash:
    from datasketch import MinHash  # half a second, scipy comes along: most commands and leads never need it

    return MinHash(num_perm=permutations, seed=7)


def shingles(text: str) -> set[bytes]:
    """Words of Latin text, two-character grams of Han text, as bytes."""
    grams: set[bytes] = set()
    for word in text.split():
        if word.isascii() or len(word) < 2:
            grams.add(word.encode("utf-8", "surrogatepass"))
        else:
            grams.update(word[i : i + 2].encode("utf-8", "surrogatepass") for i in range(len(word) - 1))
    return grams


def bands(text: str, count: int, rows: int) -> list[str]:
    """``count`` band values of ``rows`` minima each; texts with Jaccard s share one with chance 1 - (1 - s**rows)**count.

    Empty text has none. The same text gives the same values on every machine.
    """
    grams = shingles(text)
    if not grams:
        return []
    sketch = _blank(count * rows).copy()  # copying spares the constructor, 80 % of the cost
    sketch.update_batch(sorted(grams))
    values = sketch.hashvalues
    return [f"{i}:" + values[i * rows : (i + 1) * rows].tobytes().hex() for i in range(count)]


@lru_cache(16_384)
def head_words(text: str) -> tuple[str, ...]:
    """The first telling words of a text, folded: what it is about stands at its start."""
    words = (word.strip(".,:;!?()[]\"'/") for word in text.replace("/", " ").split()[:16])
    kept = (word for word in words if len(word) > 1 and not word.startswith("0.") and word not in _FILLERS)
    return tuple(list(dict.fromkeys(kept))[:10])
