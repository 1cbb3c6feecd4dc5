"""Countries by any of their names and codes: ISO 3166 codes."""

from __future__ import annotations

from functools import cache, lru_cache

from leads.text import ascii_fold, knowledge, spellings


@cache
def _names() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in knowledge("countries_native.tsv"):
        code, *names = line.split("\t")
        table.update((spelling, code) for name in names for spelling in spellings(name))
    for line in knowledge("countries.txt"):
        code, _, *names = line.split("\t")
        table.update((spelling, code) for name in (code, *names) for spelling in spellings(name))
    return table


@cache
def _codes() -> dict[str, str]:
    rows = (line.split("\t") for line in knowledge("country_codes.tsv"))
    return {other.lower(): code for code, others in rows for other in others.split()}


@lru_cache(maxsize=1024)
def country(text: str) -> str:
    """The two-letter code of a country by that code or by a name, in English, Chinese, a language of its own or of a
    neighbour (Espana, Österreich, Oesterreich); the folded text when no table knows it."""
    folded = ascii_fold(text).replace("’", "'").strip(" .")
    return _names().get(folded) or _names().get(f"{folded}.") or folded


@lru_cache(maxsize=1024)
def nation(text: str) -> str:
    """``country`` of a field that names one and nothing else: any other code counts besides (DEU, GER, D)."""
    found = country(text)
    return _codes().get(found.replace(".", "").replace(" ", ""), found)
