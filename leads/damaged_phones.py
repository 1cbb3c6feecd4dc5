"""Numbers that a spreadsheet or a careful person has damaged: 1.38E+10, 138****5678. What is left is partial evidence."""

from __future__ import annotations

import re
from typing import Final

from leads.records import Phone

#: How a mobile number of mainland China begins.
CN_MOBILE: Final = r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
_SCIENTIFIC: Final = re.compile(r"(\d)(?:[.,](\d+))?\s*e\s*\+?(\d{1,2})")
_HIDDEN: Final = re.compile(r"(?<!\d)(?:\+?86[\s-]*)?(\d[\d\s-]*)([*•·×x?]{2,}|[*•×x?](?:[\s-]*[*•×x?])+)[\s-]*(\d*)")
_STARS: Final = re.compile(r"(?<!\d)(?:\+?86[\s-]*)?(\d[\d\s-]*)(\*{2,})[\s-]*(\d*)")


def read_damaged(text: str) -> Phone | str | None:
    """A ``Phone`` with ``mask`` when part of the number is left; its digits when nothing is lost (1.3912345687E+10); "" when
    too little is left to be a number; None when ``text`` (folded) is not damaged in these ways."""
    if match := _SCIENTIFIC.fullmatch(text):
        return _rounded(match[1] + (match[2] or ""), int(match[3]) + 1)
    if match := _HIDDEN.fullmatch(text) or _STARS.search(text):
        return _masked(re.sub(r"\D", "", match[1]), re.sub(r"[\s-]", "", match[2]), match[3])
    return None


def _rounded(known: str, length: int) -> Phone | str:
    if not 7 <= length <= 15:
        return ""
    if len(known) >= length:
        return known[:length]
    if known.startswith("861") and length == 13:
        known, length = known[2:], 11
    return Phone("", "", "unknown", "", f"{known.ljust(length, '0')}~{len(known)}")


def _masked(head: str, stars: str, tail: str) -> Phone | str:
    if len(head) + len(tail) < 4:
        return ""
    mobile = bool(re.match(CN_MOBILE, head)) and tail != "" and len(head) + len(tail) < 11
    hidden = 11 - len(head) - len(tail) if mobile else len(stars)
    return Phone("", "86" if mobile else "", "mobile" if mobile else "unknown", "", f"{head}{'*' * hidden}{tail}")
