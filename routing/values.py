"""Reading a lead's values as rules mean them: "12万" is a number."""

from __future__ import annotations

import re

from leads.text import fold

_UNITS = {
    "十": 1e1,
    "百": 1e2,
    "千": 1e3,
    "k": 1e3,
    "万": 1e4,
    "w": 1e4,
    "m": 1e6,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "bn": 1e9,
}
_UNITS |= {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_UNIT = r"(?:(千万|百万|亿|万|千|百|十|thousand|million|billion|bn|k|w|m)(?![a-z]))?"
_FIGURE = re.compile(r"(?<![\d.,])(-?)(\d[\d.,]*)\s*" + _UNIT)
_UPPER = re.compile(r"\s*(?:-|~|–|—|至|到|to)\s*[^\d\s]{0,4}\s*(\d[\d.,]*)\s*" + _UNIT)
_BELOW = re.compile(r"[<≤]|以下|以内|不到|少于|不足|under |below |less than|up to|at most")
_HAN = re.compile(
    r"(?=[一二两三四五六七八九十])[一二两三四五六七八九十百千万亿]+(?=[人元个名员块家台套多余以左]|[^\u4e00-\u9fff]|$)"
)
_HAN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}


def number(text: str) -> float | None:
    """The number a person meant, or None: ``12万`` 120000, ``1,200.50``, ``1.200,50``, ``50-100人`` 50 (the lower bound of a
    range), ``10-20万`` 100000, ``50人以下`` 0, ``三十万`` 300000. Currency and unit words are passed over."""
    if text.isascii() and text.isdigit():
        return float(text)
    folded = fold(text)
    found = _FIGURE.search(folded)
    if found is None:
        return _han_number(folded)
    sign, digits, unit = found.groups()
    if _BELOW.search(folded):
        return 0.0
    value = _plain_number(digits)
    if value is None:
        return None
    upper = None if unit else _UPPER.match(folded, found.end())
    if upper is not None and upper[2] and (top := _plain_number(upper[1])) is not None and value <= top:
        unit = upper[2]
    value *= _UNITS[unit] if unit else 1.0
    return -value if sign else value


def _plain_number(digits: str) -> float | None:
    """``digits`` holds figures, dots and commas. The last kind of mark is the decimal one unless it groups thousands."""
    digits = digits.strip(".,")
    if "," in digits and "." in digits:
        decimal = max(",.", key=digits.rfind)
        digits = digits.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    elif "," in digits:
        grouped = re.fullmatch(r"\d{1,3}(,\d{3})+", digits)
        digits = digits.replace(",", "" if grouped else ".")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    try:
        return float(digits)
    except ValueError:
        return None


def _han_number(folded: str) -> float | None:
    """The first number written in Chinese figures, up to 亿: 三十万, 两千五百, 十二亿."""
    found = _HAN.search(folded)
    if found is None:
        return None
    total = section = digit = 0.0
    for sign in found[0]:
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign]
        elif sign in "万亿":
            total = (total + section + digit or 1.0) * _UNITS[sign]
            section = digit = 0.0
        else:
            section += (digit or 1.0) * _UNITS[sign]
            digit = 0.0
    return total + section + digit
