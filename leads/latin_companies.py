"""Company names in Latin letters taken apart."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from leads.company_tables import BRACKET, FORMER, company_words
from leads.places import is_chinese, place
from leads.records import Company

_INITIALISM: Final = re.compile(r"\b(?:[a-z]\.){1,5}[a-z]?(?=\b|\s|,|$)")
_SLASHED: Final = {"a/s": "as", "s/a": "sa"}
_WITH_FRONT: Final = frozenset({"pt"})  # PT Astra Tbk: a form on both sides
_TRADING_AS: Final = re.compile(r"\b(?:d/b/a|dba|t/a|trading as|doing business as)\b")
_JOINT: Final = re.compile(r"\b(\w{1,2})&(\w{1,2})\b")  # AT&T, H&M
_WORD: Final = re.compile(r"[^\W_]+")


def _spelled_out(folded: str) -> str:
    """Without former names and apostrophes, with s.a. as sa, a/s as as and & as and."""
    for inside in BRACKET.findall(folded):
        if FORMER.match(inside):
            folded = folded.replace(inside, " ")
    folded = _INITIALISM.sub(lambda m: m[0].replace(".", ""), folded.replace("'", "").replace("’", ""))
    folded = _JOINT.sub(r"\1\2", folded.replace("&amp;", "&")).replace("&", " and ")
    for written, form in _SLASHED.items():
        folded = folded.replace(written, form)
    return folded


def latin_company(text: str, folded: str) -> Company:
    """The Company whose name is ``text``; ``folded`` is the same without capitals and accents."""
    words = company_words()
    branch = where = legal = ""
    if not folded.replace(" ", "").isalpha():
        folded = _spelled_out(folded)
    traded = _TRADING_AS.split(folded)
    tokens = _WORD.findall(traded[-1]) or _WORD.findall(folded) or [folded]
    if len(tokens) > 1 and tokens[0] == "the":
        del tokens[0]
    if len(tokens) > 2 and tokens[-1] in words.branch:
        branch = tokens[-2]
        del tokens[-2:]
    if not tokens[0].isascii() or not tokens[-1].isascii():
        tokens = _unglued(tokens)
    while (form := words.legal_last.of(tokens))[1]:
        legal = legal or form[0]
        del tokens[-form[1] :]
    if not legal or legal in _WITH_FRONT:
        form = words.legal_first.of(tokens)
        legal = legal or form[0]
        del tokens[: form[1]]
    tokens = [words.abbreviation.get(token, token) for token in tokens]
    tokens = [word for i, word in enumerate(tokens) if word != "and" or i == 0 or i == len(tokens) - 1] or tokens
    full = " ".join(tokens)
    if not words.institution.isdisjoint(tokens):
        where = next((spelled for spelled in map(_chinese_place, tokens[:2]) if spelled), "")
        return Company(text, full, full, where, legal, branch, "", tuple(tokens), "institution")
    core, trades, where = _latin_brand(tokens)
    return Company(text, full, " ".join(core), where, legal, branch, " ".join(trades), tuple(tokens))


def _unglued(tokens: list[str]) -> list[str]:
    """The words with a Korean legal form apart that is written without a space: 주식회사동아정밀, 동아정밀주식회사."""
    words = company_words()
    if front := next((form for form in words.legal_glued if tokens[0].startswith(form)), ""):
        tokens = [part for part in (front, tokens[0][len(front) :], *tokens[1:]) if part]
    if form := "" if tokens[-1].isascii() else words.legal_end.cut(tokens[-1], 2):
        tokens = [*tokens[:-1], tokens[-1][: -len(form)], form]
    return tokens


@lru_cache(maxsize=1 << 13)
def _chinese_place(word: str) -> str:
    """The city or region of China that an English word spells; "" for all others."""
    if len(word) < 4:
        return ""
    region, city, _ = place(word)
    return (city or region) if is_chinese(region, city) else ""


_COUNTRIES: Final = frozenset(("china", "usa", "us", "uk", "asia", "europe", "america", "hk"))


def _latin_brand(tokens: list[str]) -> tuple[list[str], list[str], str]:
    """(brand words, trade words, place): places taken off both ends, trade words off the end; one word always stays."""
    trade = company_words().trade
    core, where = tokens[:], ""
    trades: list[str] = []
    while len(core) > 1:
        spelled = _chinese_place(core[-1])
        if core[-1] in trade:
            trades.insert(0, core[-1])
        elif spelled or core[-1] in _COUNTRIES:
            where = where or spelled
        else:
            break
        del core[-1]
    if len(core) > 1 and (spelled := _chinese_place(core[0])):
        where = where or spelled
        del core[0]
    elif (
        len(core) == 1 and len(tokens) > 1 and _chinese_place(core[0])
    ):  # Shanghai Trading: nothing else tells it apart
        return tokens, [], _chinese_place(core[0])
    return core, trades, where
