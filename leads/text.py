"""Folding: one spelling for what people write in many. The first step of every normaliser.

``plain`` keeps what a person should read; ``fold`` is for comparing; ``ascii_fold`` also drops accents.
All are idempotent and accept any string, lone surrogates included.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

_ACCENTS: Final = re.compile(r"[\u0300-\u036f]+")
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h"}
)

_WRITTEN_OUT: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


def knowledge(file: str) -> list[str]:
    """The lines of a file in ``leads/knowledge``, without comments (``#``) and empty lines."""
    text = resources.files("leads.knowledge").joinpath(file).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]


@cache
def _script() -> tuple[dict[int, int], frozenset[str]]:
    traditional, simplified = knowledge("simplified.txt")
    return dict(zip(map(ord, traditional), map(ord, simplified), strict=True)), frozenset(traditional)


def simplify(text: str) -> str:
    """Traditional Chinese characters as simplified ones, one for one; everything else as it is."""
    table, traditional = _script()
    return text if traditional.isdisjoint(text) else text.translate(table)


def plain(text: str) -> str:
    """NFKC, without control and format characters (NUL, BOM, zero width), white space folded to single spaces. Case kept."""
    if text.isascii():
        if text.isprintable():
            return text if "  " not in text and text[:1] != " " != text[-1:] else " ".join(text.split())
    else:
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
        text = unicodedata.normalize("NFKC", text)  # what stood apart may compose now
    return " ".join(text.split())


def fold(text: str) -> str:
    """``plain``, lower case, simplified: equal for spellings that differ in width, case, script or spacing only."""
    text = plain(text)
    if text.isascii():
        return text.lower()
    return simplify(unicodedata.normalize("NFKC", text.lower()))


def ascii_fold(text: str) -> str:
    """``fold`` without accents (José -> jose, Straße -> strasse). Scripts other than Latin stay as they are."""
    text = fold(text)
    if text.isascii():
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).translate(_LETTERS)
    return fold(unicodedata.normalize("NFC", bare))


def spellings(text: str) -> tuple[str, ...]:
    """How a text of a table may be written without accents: the ``ascii_fold`` first, then with ä as ae where it differs."""
    bare = ascii_fold(text)
    written = ascii_fold(fold(text).translate(_WRITTEN_OUT))
    return (bare,) if written == bare else (bare, written)
