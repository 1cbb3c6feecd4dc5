"""Mailboxes put into words (jane dot doe at acme dot com), and commas where dots belong: back into signs."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

#: How people say the signs of a mailbox in the languages leads come in. Each stands between blanks, or it is part of a name.
_AT: Final = r"at|arroba|chiocciola|arobase|ät|aet|klammeraffe|apenstaartje|ma[łl]pa|snabel-?a|kukac"
_SAID: Final = {
    **dict.fromkeys(("dot", "punkt", "punto", "ponto", "point", "punt", "kropka", "prik", "punkti", "piste"), "."),
    **dict.fromkeys(("underscore", "unterstrich", "guion bajo", "tiret bas", "trattino basso", "sublinhado"), "_"),
    **dict.fromkeys(("dash", "hyphen", "minus", "bindestrich", "guion", "tiret", "trattino", "hífen", "streepje"), "-"),
    "plus": "+",
}
_SIGN: Final = "|".join(sorted(_SAID, key=len, reverse=True))
_HAS_AT: Final = re.compile(rf"\s(?:{_AT})\s|@\s*[^\s@]+\s+(?:{_SIGN})\s", re.IGNORECASE)
_SPOKEN: Final = re.compile(
    rf"(?<![\w.+-])([\w.+-]+(?:\s+(?:{_SIGN})\s+[\w.+-]+)*)(?:\s+(?:{_AT})\s+|\s*@\s*)"
    rf"([\w-]+(?:(?:\s+(?:{_SIGN})\s+|\.)[\w-]+)+)(?![\w-])",
    re.IGNORECASE,
)
_SIGNS_SAID: Final = re.compile(rf"\s+({_SIGN})\s+", re.IGNORECASE)
_COMMA: Final = re.compile(r"(?<=@)([\w-]+(?:\.[\w-]+)*),([a-z]{2,4}(?:[.,][a-z]{2})?)(?=\s|;|>|$)", re.IGNORECASE)


def in_signs(text: str, suffixes: AbstractSet[str]) -> str:
    """``text`` with what stands for signs as signs. ``suffixes`` (co.uk) tell where a second dot may be missing."""
    if " " in text and _HAS_AT.search(text):
        text = _SPOKEN.sub(lambda spoken: f"{_signs(spoken[1])}@{_signs(spoken[2])}", text)
    return _COMMA.sub(lambda match: _joined(match, suffixes), text) if "," in text and "@" in text else text


def _signs(words: str) -> str:
    return _SIGNS_SAID.sub(lambda said: _SAID[said[1].lower()], words)


def _joined(match: re.Match[str], suffixes: AbstractSet[str]) -> str:
    """muenchen,de and acme.co,uk; but not the comma behind acme.com, whatever stands there."""
    host, rest = match[1], match[2].replace(",", ".")
    ends = f"{host.rpartition('.')[2]}.{rest}".lower()
    return f"{host}.{rest}" if "." not in host or ends in suffixes else match[0]
