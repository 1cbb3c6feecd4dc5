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


class Phrases:
    """What may end (``last``) or begin a name of several words: found by the word at that end, the longest first."""

    def __init__(self, codes: dict[str, str], last: bool) -> None:
        self._codes, self._last = codes, last
        sizes: dict[str, set[int]] = {}
        for phrase in codes:
            words = phrase.split()
            sizes.setdefault(words[-1 if last else 0], set()).add(len(words))
        self._sizes = {word: tuple(sorted(found, reverse=True)) for word, found in sizes.items()}

    def of(self, tokens: list[str]) -> tuple[str, int]:
        """The code of the phrase that ``tokens`` end or begin with, and its words; ("", 0). At least one word is left."""
        for size in self._sizes.get(tokens[-1 if self._last else 0], ()):
            if size < len(tokens):
                phrase = " ".join(tokens[-size:] if self._last else tokens[:size])
                if code := self._codes.get(phrase):
                    return code, size
        return "", 0


class Words(NamedTuple):
    """Words of organisations' names by what they are, folded (``knowledge/company_words.tsv`` and others)."""

    legal: dict[str, str]
    legal_last: Phrases
    legal_first: Phrases
    legal_glued: tuple[str, ...]  # forms in Han and Hangul that stand before a name without a space
    legal_heads: frozenset[str]  # what they begin with
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
    legal, first = _legal_forms()
    trade = frozenset(word for line in knowledge("trade_words.txt") for word in line.split())
    none = frozenset(word.replace("+", " ") for word in listed["none"])
    short = dict(pair.split("=", 1) for pair in listed["abbreviation"])
    zone = tuple(sorted(listed["zone"], key=len, reverse=True))
    glued = sorted((form for form in first if _glues(form) and (form in legal or _is_cjk(form))), key=len, reverse=True)
    return Words(
        legal,
        Phrases(legal, last=True),
        Phrases(first, last=False),
        tuple(glued),
        frozenset(form[0] for form in glued),
        trade,
        none,
        short,
        frozenset(listed["institution"]),
        frozenset(listed["branch"]),
        frozenset(listed["room"]),
        zone,
        tuple(listed["town"]),
        tuple(listed["brand"]),
        Endings(filter(_glues, legal)),
        Endings(trade),
        Endings(listed["institution"]),
        Endings(listed["branch"]),
    )


def _is_cjk(form: str) -> bool:
    return form[0] >= "\u2e80"


def _glues(form: str) -> bool:
    """Whether a form may be told from the name it is written together with: 有限 may, a bare 有, 주 or ag may not."""
    return len(form) > (1 if "\u3400" <= form[0] <= "\u9fff" else 2)


def _legal_forms() -> tuple[dict[str, str], dict[str, str]]:
    """(forms that stand behind names, forms that stand before them), each with its code."""
    behind: dict[str, str] = {}
    before: dict[str, str] = {}
    for line in knowledge("legal_forms.tsv"):
        code, forms = line.split("\t")
        for written in forms.split():
            form = written.lstrip("^").replace("+", " ")
            if written.startswith("^"):
                before[form] = code
            if not written.startswith("^^"):
                behind[form] = code
    return behind, before
