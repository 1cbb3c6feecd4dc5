"""Person names: what it is worth that two names agree, and how much a contradiction weighs.

``leads.names.same_reading`` tells how two names compare. Agreement is worth ``log2(m / (times * u))``, u being how common
the name is; disagreement comes from the weight table. The best level over all the entity is called counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log2
from typing import Final, Literal, NamedTuple

from leads.name_rarity import own_reading
from leads.names import rarity, same_reading
from leads.pinyin import reading
from leads.records import Name
from leads.text import fold
from matchers.scale import Met, Scale


class _Agreement(NamedTuple):
    m: float  # how often one person's two names show this level
    times: float  # how many names lie within this level, for one that is exact
    most: float


_AGREE: Final[dict[str, _Agreement]] = {
    "exact": _Agreement(0.75, 1.0, 22.0),
    "script": _Agreement(0.5, 1.5, 20.0),
    "order": _Agreement(0.5, 1.0, 15.0),
    "middle": _Agreement(0.5, 2.0, 15.0),
    "homophone": _Agreement(0.3, 3.0, 15.0),
    "romanised": _Agreement(0.3, 8.0, 12.0),
    "nickname": _Agreement(0.3, 3.0, 11.0),
    "typo": _Agreement(0.15, 6.0, 9.0),
    "initial": _Agreement(0.8, 1.0, 7.0),
    "given_only": _Agreement(0.8, 1.0, 6.0),
    "surname_only": _Agreement(0.9, 1.0, 6.0),
}
_AGAINST: Final = frozenset({"partial", "conflict_given", "conflict_surname", "conflict", "partial_conflict"})
#: Levels at which two names contradict each other.
CONFLICTS: Final = _AGAINST
#: Of these, how kin or colleagues differ: a shared phone is then a household's or a line's. They do not share a given
#: name; a misread surname (刈 for 刘) or a marriage does.
OTHERS: Final = _AGAINST - {"conflict_surname"}
_MISREAD: Final = 0.01  # how often one person's surname is misread or has changed
#: Levels at which the names say: one person (needed to unite two entities).
AGREEMENTS: Final = frozenset({"exact", "script", "order", "middle", "homophone", "romanised", "nickname", "typo"})
#: Levels at which a part of a name agrees.
PARTS: Final = frozenset({"surname_only", "given_only", "initial"})
_CERTAIN: Final = 7.0  # most that a name may say beyond log2(N): tables of names are not that good
_SILENT: Final = frozenset({"none", "english_alias"})


def relation(one: Name, two: Name) -> str:
    """Level of two names: one of ``leads.names.LEVELS``; "partial_conflict" when one of the contradicting is no full name."""
    if "chat" in (one.kind, two.kind):  # an unusual given name alone looks like a nickname
        chat, other = (one, two) if one.kind == "chat" else (two, one)
        return _unusual(fold(chat.text), other)
    level = same_reading(one, two)
    if level == "conflict" and not (one.kind == two.kind == "full"):
        given = one.script == "han" == two.script and "given" in (one.kind, two.kind)
        return "none" if given else "partial_conflict"  # 阿飞, 晨曦: a given name alone may be a nickname
    return level


def _unusual(text: str, other: Name) -> str:
    """What looks like a nickname, against a name: it may be the same one, misheard, or the given name alone."""
    if len(text) < 2 or not text.isalpha():
        return "none"
    if text in (other.given, fold(other.text)):
        return "given_only"
    return "homophone" if other.kind == "full" and len(text) < 5 and reading(text) == own_reading(other) else "none"


def compare(mine: Name | None, theirs: Iterable[tuple[Name, int]], scale: Scale) -> Met | None:
    """The best level over the entity's names; None when one side has no name that says anything.

    A full name that contradicts outweighs a part that agrees: 王总 was said of 王建国, it does not admit 王雪梅.
    """
    if mine is None:
        return None
    best: Met | None = None
    against: Met | None = None
    for their, seq in theirs:
        level = relation(mine, their)
        if level in _SILENT:
            continue
        met = (
            _contradiction(level, mine, scale, seq) if level in _AGAINST else _agreement(level, mine, their, scale, seq)
        )
        if best is None or met.bits > best.bits:
            best = met
        if level in _AGAINST and their.kind == "full" and (against is None or met.bits > against.bits):
            against = met
    if best is not None and against is not None and best.level in PARTS:
        return against
    return best


def _contradiction(level: str, mine: Name, scale: Scale, seq: int) -> Met:
    """From the table; a rare given name in common softens another surname, up to 3 bits for."""
    met = scale.fixed("name", level, seq)
    if level != "conflict_surname":
        return met
    given = rarity(mine, "given")
    return met.worth(max(met.bits, min(given + log2(_MISREAD), 3.0)))


def _agreement(level: str, mine: Name, their: Name, scale: Scale, seq: int) -> Met:
    """A full name is as rare as it is; of a part only the common part counts."""
    row = _AGREE[level]
    part: Literal["", "surname"] = "surname" if level == "surname_only" else ""
    rare = scale.log_n + _CERTAIN
    for name in (mine,) if level == "exact" else (mine, their):
        bits = rarity(name, part)
        if bits:
            rare = min(rare, bits)
    return Met("name", level, max(min(log2(row.m / row.times) + rare, row.most), 0.0), seq)
