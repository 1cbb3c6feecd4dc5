"""Japanese names in Han characters: a surname that the table knows, and a given name of characters that given names are made of."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from leads.han_names import Judged, is_person, judge
from leads.name_tables import surnames
from leads.text import knowledge, simplify

_HONORIFIC: Final = re.compile(r"(?:さん|さま|[様样氏殿])$")
_COMMON: Final = 4e-3  # a Chinese surname so common that it begins a name of its own: 福田 李明


class Family(NamedTuple):
    """A Japanese surname."""

    latin: str
    share: float  # of all holders in Japan, in [0, 1]


@cache
def families() -> dict[str, Family]:
    """Surname of two or three simplified characters -> its Latin spelling and share."""
    rows = (line.split("\t") for line in knowledge("japanese_names.tsv"))
    return {simplify(han): Family(latin, int(million) / 1e6) for han, latin, million in rows if latin}


@cache
def _given() -> frozenset[str]:
    rows = (line.split("\t") for line in knowledge("japanese_names.tsv"))
    return frozenset(char for chars, latin, _ in rows if not latin for char in simplify(chars))


def japanese(parts: list[str]) -> Judged | None:
    """The person in one or two simplified runs of Han characters: 高桥翔太, or 上田 and 哲也. None for none, and for what
    makes a likely Chinese name."""
    *head, last = parts
    last = _HONORIFIC.sub("", last)
    if not last or len(head) > 1:
        return None
    joined = "".join(head) + last
    chinese = judge(joined)
    if chinese[0] == "full":  # 金子隆 is one, so 金子 隆 is the same
        return chinese if head and head[0] in families() else None
    for size in (len(head[0]),) if head else (3, 2):
        surname, given = joined[:size], joined[size:]
        if surname in families() and 1 <= len(given) <= 3 and _given().issuperset(given):
            return None if head and _own_name(given) else ("full", surname, given)
    return None


def titled(run: str, after: str) -> str:
    """The surname in 近藤さん, 佐藤様: nothing but a surname and a form of address; "" for none."""
    bare = _HONORIFIC.sub("", run)
    alone = bare if bare != run or _HONORIFIC.match(after.strip()) else ""
    return alone if alone in families() and not is_person(judge(alone)) else ""


def _own_name(given: str) -> bool:
    """Whether the second part is a Chinese name by itself, the first a place: 福田 李明."""
    kind, surname, _ = judge(given)
    known = surnames().get(surname)
    return kind == "full" and known is not None and known.share > _COMMON
