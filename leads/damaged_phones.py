"""Numbers that a spreadsheet or a careful person has damaged: 1.38E+10, 138****5678. What is left is partial evidence."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from leads.records import Phone

#: How a mobile number of mainland China begins.
CN_MOBILE: Final = r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
_SCIENTIFIC: Final = re.compile(r"(?<![\w.,+-])(\d)(?:[.,](\d+))?\s*e\s*\+?(\d{1,2})(?![\w])")
_HIDDEN: Final = re.compile(r"(?<!\d)(?:\+?86[\s-]*)?(\d[\d\s-]*)([*•·×x?]{2,}|[*•×x?](?:[\s-]*[*•×x?])+)[\s-]*(\d*)")
_CODES: Final = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_STARS: Final = re.compile(r"(?<!\d)(?:\+?86[\s-]*)?(\d[\d\s-]*)(\*{2,})[\s-]*(\d*)")


def take_rounded(text: str, country: str) -> tuple[tuple[Phone, ...], str] | None:
    """The rounded numbers of ``text`` (folded), and the text without them; None when there is none.

    A number that has lost nothing (1.3912345687E+10) stays in the text, in digits. ``country`` tells which code is in front.
    """
    found: list[Phone] = []

    def take(match: re.Match[str]) -> str:
        read = _rounded(match[1] + (match[2] or ""), int(match[3]) + 1, country)
        if isinstance(read, str):
            return read
        found.append(read)
        return " "

    rest, times = _SCIENTIFIC.subn(take, text)
    return (tuple(found), rest) if times else None


def read_masked(text: str) -> Phone | str | None:
    """A ``Phone`` with ``mask`` when stars hide a part; "" when too little is left to be a number; None when nothing is hidden."""
    if match := _HIDDEN.fullmatch(text) or _STARS.search(text):
        return _masked(re.sub(r"\D", "", match[1]), re.sub(r"[\s-]", "", match[2]), match[3])
    return None


def _rounded(known: str, length: int, country: str) -> Phone | str:
    if not 7 <= length <= 15:
        return ""
    if len(known) >= length:
        return known[:length]
    if code := _code_in_front(known, length, country):
        known, length = known[len(code) :], length - len(code)
    nation = "" if code == "86" else code
    return Phone("", nation, "unknown", "", f"{known.ljust(length, '0')}~{len(known)}") if known else ""


def _code_in_front(known: str, length: int, country: str) -> str:
    """The country code that a rounded number begins with, "" when it has none: spreadsheets drop the plus sign only."""
    if country:
        code = str(phonenumbers.country_code_for_region(country))
        bare = phonenumbers.PhoneNumber(int(code), int(known.ljust(length, "0")))
        abroad = length >= (13 if country == "CN" else 11) or not phonenumbers.is_possible_number(bare)
        return code if abroad and known.startswith(code) else ""
    if length == 11 and known[0] == "1":
        return "" if re.match(CN_MOBILE, known.ljust(3, "8")) or known[1:2] in ("0", "1", "") else "1"
    if length < 12:
        return ""
    return next((known[:size] for size in (1, 2, 3) if known[:size].isdigit() and int(known[:size]) in _CODES), "")


def _masked(head: str, stars: str, tail: str) -> Phone | str:
    if len(head) + len(tail) < 4:
        return ""
    mobile = bool(re.match(CN_MOBILE, head)) and tail != "" and len(head) + len(tail) < 11
    hidden = 11 - len(head) - len(tail) if mobile else len(stars)
    return Phone("", "86" if mobile else "", "mobile" if mobile else "unknown", "", f"{head}{'*' * hidden}{tail}")
