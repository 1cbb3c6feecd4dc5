"""Custom fields: a value of a declared kind in its one spelling."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Final

from leads.addresses import address
from leads.companies import company
from leads.names import name
from leads.records import Custom
from leads.text import fold

_YEAR_FIRST: Final = re.compile(r"(\d{4})\s*[-/.年 ]\s*(\d{1,2})\s*[-/.月 ]\s*(\d{1,2})(?:日|号|[t\s]\s*\d.*)?")
_YEAR_LAST: Final = re.compile(r"(\d{1,2})\s*([-/. ])\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|'?\d{2})(?:[t\s]\s*\d.*)?")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s.\-/]*(?:of\s+)?([a-z]{3,9})[\s.,\-/]*(\d{4}|\d{2})")
_MONTH_DAY: Final = re.compile(r"([a-z]{3,9})[\s.\-/]*(\d{1,2})(?:st|nd|rd|th)?[\s.,\-/]+(\d{4}|\d{2})")
_EIGHT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.0+)?")
_MONTHS: Final = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_NUMBER: Final = re.compile(
    r"(-)?\s*(\d[\d,.'\s]*\d|\d)\s*(?:e\+?(\d{1,2}))?\s*(万亿|千万|百万|亿|万|千|百|[kmb](?![a-z])|bn\b|mio\b)?"
)
_UNITS: Final = {
    "百": 2,
    "千": 3,
    "k": 3,
    "万": 4,
    "百万": 6,
    "m": 6,
    "mio": 6,
    "千万": 7,
    "亿": 8,
    "b": 9,
    "bn": 9,
    "万亿": 12,
}
_EPOCH_OF_SPREADSHEETS: Final = datetime.date(1899, 12, 30)


def custom(field: str, kind: str, text: str, country: str = "") -> tuple[Custom | None, str]:
    """The value of custom field ``field``. An unknown ``kind`` is text. ``country`` settles the order of day and month."""
    if kind == "date":
        value, reason = date(text, country)
    else:
        value, reason = _KINDS.get(kind, _text)(text)
    return (Custom(field, kind, value) if value else None), reason


def date(text: str, country: str = "") -> tuple[str, str]:
    """``YYYY-MM-DD``. Reasons: empty, no_date with "", or not_in_calendar with the date as it was written (19840231).

    Where day and month could change places (03/04/1984) the day comes first, except for ``country`` US. Two-digit years up
    to 30 are 20xx. Five digits are a spreadsheet's serial number.
    """
    text = fold(text).strip(" '\"")
    if not text:
        return "", "empty"
    if match := _EIGHT.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        return _checked(*map(int, match.groups()))
    if match := _YEAR_LAST.fullmatch(text):
        first, sign, second, year = match.groups()
        one, two = int(first), int(second)
        month_first = two > 12 or (country == "US" and one <= 12 and sign != ".")
        return _checked(_year(year), *((one, two) if month_first else (two, one)))
    if (match := _DAY_MONTH.fullmatch(text)) and match[2][:3] in _MONTHS:
        return _checked(_year(match[3]), _MONTHS[match[2][:3]], int(match[1]))
    if (match := _MONTH_DAY.fullmatch(text)) and match[1][:3] in _MONTHS:
        return _checked(_year(match[3]), _MONTHS[match[1][:3]], int(match[2]))
    if (match := _SERIAL.fullmatch(text)) and 3_000 < int(match[1]) < 80_000:
        day = _EPOCH_OF_SPREADSHEETS + datetime.timedelta(days=int(match[1]))
        return day.isoformat(), ""
    return "", "no_date"


def _year(text: str) -> int:
    year = int(text.lstrip("'"))
    return year if len(text) == 4 else year + (2000 if year <= 30 else 1900)


def _checked(year: int, month: int, day: int) -> tuple[str, str]:
    try:
        return datetime.date(year, month, day).isoformat(), ""
    except ValueError:
        return f"{year:04}-{month:02}-{day:02}", "not_in_calendar"


def number(text: str) -> tuple[str, str]:
    """A decimal number without separators, units multiplied out (1.2万 is 12000); the first of a range."""
    text = fold(text)
    match = _NUMBER.search(text)
    if not match:
        return "", "no_number" if text else "empty"
    sign, digits, exponent, unit = match.groups()
    digits = re.sub(r"['\s]", "", digits)
    cut = max(digits.rfind("."), digits.rfind(","))
    whole, part = (digits[:cut], digits[cut + 1 :]) if cut >= 0 else (digits, "")
    if len(part) == 3 and (digits[cut] == "," or digits.count(".") > 1):  # 1,234 and 1.234.567: groups, no fraction
        whole, part = digits, ""
    whole = re.sub(r"[.,]", "", whole)
    try:
        value = Decimal(f"{sign or ''}{whole or '0'}.{part or '0'}") * (
            Decimal(10) ** (_UNITS.get(unit, 0) + int(exponent or 0))
        )
    except InvalidOperation:
        return "", "no_number"
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0", ""


def identifier(text: str) -> tuple[str, str]:
    """Letters and digits only, upper case."""
    value = "".join(filter(str.isalnum, fold(text).upper()))
    return value, "" if value else ("no_id" if text.strip() else "empty")


def _text(text: str) -> tuple[str, str]:
    value = fold(text)
    return value, "" if value else "empty"


def _name(text: str) -> tuple[str, str]:
    found, reason = name(text)
    return (fold(found.text), reason) if found else ("", reason)


def _company(text: str) -> tuple[str, str]:
    found, reason = company(text)
    return (found.full, reason) if found else ("", reason)


def _address(text: str) -> tuple[str, str]:
    found, reason = address(text)
    return (found.text, reason) if found else ("", reason)


_KINDS: Final[dict[str, Callable[[str], tuple[str, str]]]] = {
    "text": _text,
    "category": _text,
    "number": number,
    "id": identifier,
    "name": _name,
    "company": _company,
    "address": _address,
}
