"""Values that many customers share: from how many on nobody is looked at because of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

#: Other customers with a key from which on it says nothing. Below the index's ``top``, so that all of them are in view.
CROWDED: Final = 16
#: The same for a name, an organisation, an address or a number when it is all that is shared: with so many other holders it
#: is against the odds that one of them is meant, so they are counted, and not compared.
COMMON: Final = 4
#: A common name in its city says less: two others are enough. (A rare name has a key of its own, without a city.)
NAMESAKES: Final = 2
NAMES: Final = b"Tt"
#: Kinds of key (of either version) that this holds for.
WEAK: Final = b"PNTSOALXR" + b"pntsoalxr"
#: Of those who share nothing but a common organisation or switchboard so many are compared all the same: who is its account.
FEW: Final = 2
ACCOUNT: Final = b"OP" + b"op"
_COMMON_AT: Final = dict.fromkeys(WEAK, COMMON) | dict.fromkeys(NAMES, NAMESAKES)


def shared_by_many(keys: Sequence[bytes], counts: Sequence[int]) -> tuple[int, int]:
    """Masks of keys, bit 0 the first: those that are crowded, and those that are common. ``counts`` as the index gives them,
    per key how many others hold it, -1 for a full bucket."""
    crowded = common = 0
    for place, count in enumerate(counts):
        if 0 <= count < NAMESAKES:  # most of them
            continue
        if count < 0 or count >= CROWDED:
            crowded |= 1 << place
        elif count >= _COMMON_AT.get(keys[place][0], CROWDED):
            common |= 1 << place
    return crowded, common


def of_kinds(keys: Sequence[bytes], kinds: bytes) -> int:
    """Mask of the keys of these kinds."""
    return sum(1 << place for place, key in enumerate(keys) if key[0] in kinds)


def alone(shared: int, common: int) -> bool:
    """Whether what two share, a mask of keys, is one common value and nothing else."""
    return not shared & ~common and shared & (shared - 1) == 0
