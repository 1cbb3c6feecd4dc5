"""What is known of company names: legal forms, trades, placeholders, parts. Loaded once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from leads.text import knowledge

BRACKET: Final = re.compile(r"[(\[【〔〈「]([^()\[\]【】〔〕〈〉「」]*)[)\]】〕〉」]?")
FORMER: Final = re.compile(
    r"^(?:原名?|曾用名|前身|旧称|曾名|formerly|former|fka|f/k/a|previously)(?!料|创|子|野|色|点)"
)


class Endings:
    """Words that may end a name, found by their last character."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        sizes: dict[str, set[int]] = {}
        for word in self.words:
            sizes.setdefault(word[-1], set()).add(len(word))
        self._sizes = {last: tuple(sorted(found, reverse=True)) for last, found in sizes.items()}

    def cut(self, text: str, keep: int) -> str:
        """The longest of the words that ``text`` ends with and that leaves at least ``keep`` characters; ""."""
        most = len(text) - keep
        for size in self._sizes.get(text[-1:], ()):
            if size <= most and text[-size:] in self.words:
                return text[-size:]
        return ""


class Words(NamedTuple):
    """Words of organisations' names by what they are, folded (``knowledge/company_words.tsv`` and others)."""

    legal: dict[str, str]
    trade: frozenset[str]
    none: frozenset[str]
    abbreviation: dict[str, str]
    institution: frozenset[str]
    branch: frozenset[str]
    room: frozenset[str]
    zone: tuple[str, ...]
    town: tuple[str, ...]  # county towns whose short name stands before the brand
    brand: tuple[str, ...]  # brands that begin with the name of a place
    legal_end: Endings
    trade_end: Endings
    institution_end: Endings
    branch_end: Endings


@cache
def company_words() -> Words:
    """All tables of company names."""
    listed = {kind: words.split() for kind, words in (line.split("\t") for line in knowledge("company_words.tsv"))}
    legal: dict[str, str] = {}
    for line in knowledge("legal_forms.tsv"):
        code, forms = line.split("\t")
        legal.update({form.replace("+", " "): code for form in forms.split()})
    trade = frozenset(word for line in knowledge("trade_words.txt") for word in line.split())
    none = frozenset(word.replace("+", " ") for word in listed["none"])
    short = dict(pair.split("=", 1) for pair in listed["abbreviation"])
    zone = tuple(sorted(listed["zone"], key=len, reverse=True))
    return Words(
        legal,
        trade,
        none,
        short,
        frozenset(listed["institution"]),
        frozenset(listed["branch"]),
        frozenset(listed["room"]),
        zone,
        tuple(listed["town"]),
        tuple(listed["brand"]),
        Endings(legal),
        Endings(trade),
        Endings(listed["institution"]),
        Endings(listed["branch"]),
    )
