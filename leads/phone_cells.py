"""A cell of phone numbers taken apart: several numbers, extensions, Chinese area codes."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from leads.damaged_phones import CN_MOBILE
from leads.text import knowledge

_EXT_WORDS: Final = r"转|分机号?|内线|extn?\.?|extension|xtn|x\.?|#|доб\.?|int\.?|;ext=|~|dw|durchwahl|ramal|anexo|poste|tst\.?|toestel|app\.?|wew\.?"
EXT: Final = rf"(?:[\s,]*\(?(?:{_EXT_WORDS})\s*[:.]?\s*(\d{{1,9}})#?\)?)"
_EXTENSION: Final = re.compile(EXT + r"\s*$")
_SEPARATOR: Final = re.compile(r";(?!ext=)|[、,|\n\r\t/&]|或者?|和|\bor\b|\band\b")
_AREA_SLASH: Final = re.compile(r"(?<!\d)(\(?0\d{1,4}\)?)/(?=\d{5,})")  # 0512/6262880 is one number
_BEGINS: Final = re.compile(r"\+|00?[1-9]|\(")  # a plus, a trunk or an idd prefix, a bracket: how a number begins
#: What people add about when and how: a time of day has digits of its own, the rest has none.
_HOURS: Final = re.compile(
    r"(?:\b(?:after|before|from|until|till|between|ab|bis|nach|vor|après|después de(?: las)?|dopo le|após as|na)\s+)?"
    r"(?<![\d.-])(?<!\d )\d{1,2}(?:[:.]\d\d)?\s*(?:[ap]\.?m\b\.?|uhr\b|hrs?\b|o'?clock\b)"
    r"|\b(?:after|before|nach|vor|après)\s+\d{1,2}(?:[:.]\d\d)?\s*$"
)
_TAIL: Final = re.compile(r"(?<=\d)(?![oil|]+$)[^\d#\u3000-\uffff]+$")
_HAS_TAIL: Final = re.compile(r"\d[^\d#]+$")
LOCAL: Final = {2: (8,), 3: (7, 8)}  # length of the area code -> lengths of the number behind it


@cache
def area_codes() -> dict[str, str]:
    """Area code without its zero -> the city."""
    rows = (line.split("\t") for line in knowledge("area_cities.tsv"))
    return {code: city for city, codes in rows for code in codes.split()}


def area_code(digits: str) -> int:
    """Length of the Chinese area code that ``digits`` begin with, 0 when none."""
    areas = area_codes()
    return 2 if digits[:2] in areas else 3 if digits[:3] in areas else 0


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    return "".join(c for c in text if "0" <= c <= "9")


def without_words(text: str) -> str:
    """The text without a time of day (after 5pm) and without what follows the last digit: (mob), !!, ask for me."""
    if not _HAS_TAIL.search(text):
        return text
    return _TAIL.sub("", _HOURS.sub("", text))


def without_extension(text: str) -> tuple[str, str]:
    """The text without its extension, and the extension, "" for none."""
    match = _EXTENSION.search(text)
    if match and len(digits_of(text[: match.start()])) >= 5:
        return text[: match.start()], match[1]
    if match := re.fullmatch(r"(.*\d)\s*-\s*(\d{1,6})\s*", text):  # 021-69318441-562, not 021-6931-8441
        head = digits_of(match[1])
        head = head[2:] if head.startswith("86") else head[4:] if head.startswith("0086") else head
        if head.startswith("0") and (size := area_code(head[1:])) and len(head) - 1 - size in LOCAL[size]:
            return match[1], match[2]
    return text, ""


def parts(text: str) -> list[str]:
    """The numbers of a cell apart: at separators where both sides are long enough to be numbers, else at white space."""
    if "/" in text:
        text = _AREA_SLASH.sub(r"\1-", text)
    pieces = _SEPARATOR.split(text)
    if len(pieces) > 1:
        pieces = [piece for piece in pieces if digits_of(piece)] or pieces
        long = [piece for piece in pieces if len(digits_of(piece)) >= 7]
        if len(long) == len(pieces) or len(long) > 1:
            return [found for piece in long for found in parts(piece)]
        if len(long) == 1 and len(digits_of(text)) > 11 and (pieces[0] is long[0] or "/" not in text):
            return long  # 0755-87203492/93: the second is not a number by itself
        text = _SEPARATOR.sub("-", text)
    if len(digits_of(text)) > 15:
        glued = re.fullmatch(rf"({CN_MOBILE}\d{{8}})({CN_MOBILE}\d{{8}})", text.strip())
        mobiles = [m[0] for m in re.finditer(rf"(?<!\d)(?:\+?86)?{CN_MOBILE}\d{{8}}(?!\d)", text)]
        mobiles = mobiles or list(glued.groups() if glued else ())
        pieces = mobiles if len(mobiles) > 1 else _side_by_side(text)
        if len(pieces) > 1:
            return pieces
    return [text]


def _side_by_side(text: str) -> list[str]:
    """Two numbers with nothing but white space between them, which may stand within them too: 0782 799 1007 020 7859 1080.

    They part where both sides can be numbers, best where one begins as numbers do, else nearest to the middle.
    """
    words = text.split()
    sizes = [len(digits_of(word)) for word in words]
    if all(size >= 7 for size in sizes):
        return words
    whole = digits_of(without_extension(text)[0])
    if len(whole) <= (18 if whole.startswith("0") else 15):  # one number, with an idd prefix perhaps
        return [text]
    cuts = []
    for at in range(1, len(words)):
        left, right = sum(sizes[:at]), len(digits_of(without_extension(" ".join(words[at:]))[0]))
        if 7 <= left <= 14 and 7 <= right <= 14:
            plus = words[at].startswith("+")
            cuts.append((not plus, not _BEGINS.match(words[at]), abs(left - right), at))
    if not cuts:
        return [text]
    at = min(cuts)[-1]
    return [" ".join(words[:at]), " ".join(words[at:])]
