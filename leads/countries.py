"""Countries by any of their names: ISO 3166 codes."""

from __future__ import annotations

from functools import cache, lru_cache

from leads.text import ascii_fold, knowledge


@cache
def _codes() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in knowledge("countries.txt"):
        code, _, *names = line.split("\t")
        table.update((ascii_fold(spelling), code) for spelling in (code, *names))
    return table


@lru_cache(maxsize=1024)
def country(text: str) -> str:
    """The two-letter code of a country by code or name, in English or Chinese; the folded text when no table knows it."""
    folded = ascii_fold(text).strip(" .")
    return _codes().get(folded) or _codes().get(f"{folded}.") or folded
