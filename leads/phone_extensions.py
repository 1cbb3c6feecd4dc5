"""Extensions behind nothing but a dash: +1 615-507-1987-906, 089 1234567-40. Only a number that is whole can have one."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from leads.phone_cells import digits_of

_TEN: Final = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
#: Where numbers have no fixed length, and companies put their own lines' digits behind the number of the house.
_OPEN: Final = frozenset({"DE", "AT"})
_OPEN_CODES: Final = frozenset({43, 49})
_LEAST_HEAD: Final = 8


def is_complete(head: str, tail: str, country: str) -> bool:
    """Whether ``head`` is a number by itself that ``tail`` does not belong to; both as written, ``country`` as for phones()."""
    digits = digits_of(head)
    if len(digits) < _LEAST_HEAD or country == "CN" or digits.startswith("86"):
        return False
    if _TEN.fullmatch(digits) and "+" not in head and country in ("", "US", "CA"):
        return True
    if "+" in head or digits.startswith("00"):
        return _only_the_head("+" + digits.lstrip("0"), tail, "")
    if country:
        return _only_the_head(head, tail, country)
    return digits.startswith("0") and len(digits) >= 10 and 2 <= len(tail) <= 3


def _only_the_head(head: str, tail: str, country: str) -> bool:
    try:
        number = phonenumbers.parse(head, country or None)
        whole = phonenumbers.parse(head + tail, country or None)
    except phonenumbers.NumberParseException:
        return False
    if country in _OPEN or number.country_code in _OPEN_CODES:
        return len(str(number.national_number)) >= _LEAST_HEAD and phonenumbers.is_possible_number(number)
    if phonenumbers.is_valid_number(number) and not phonenumbers.is_valid_number(whole):
        return True
    return phonenumbers.is_possible_number(number) and not phonenumbers.is_possible_number(whole)
