"""Given names: Bill is William, Sepp is Josef. Sets of names that may mean one person."""

from __future__ import annotations

from functools import cache

from leads.text import knowledge


@cache
def _formal() -> dict[str, frozenset[str]]:
    """Name -> the formal names it may stand for, itself included."""
    found: dict[str, set[str]] = {}
    for line in (*knowledge("nicknames.tsv"), *knowledge("nicknames_abroad.tsv")):
        formal, short = line.split("\t")
        found.setdefault(formal, set()).add(formal)
        for name in short.split():
            found.setdefault(name, {name}).add(formal)
    return {name: frozenset(formals) for name, formals in found.items()}


def formal(name: str) -> frozenset[str]:
    """The formal names ``name`` (folded) may stand for, itself included."""
    return _formal().get(name) or frozenset((name,))


def same_given(a: str, b: str) -> bool:
    """Whether two folded given names may be forms of one: equal, or nickname and formal name, or two nicknames of one."""
    return a == b or not formal(a).isdisjoint(formal(b))
