"""How numbers of some countries are built: which are theirs, which are mobile, which are fixed."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class NumberPlan(NamedTuple):
    """A country's numbers as far as needed: which are its own, which are mobile, which are fixed."""

    code: str
    own: re.Pattern[str]
    mobile: re.Pattern[str]
    landline: re.Pattern[str]


def _plan(code: str, own: str, mobile: str, landline: str) -> NumberPlan:
    return NumberPlan(code, re.compile(own), re.compile(mobile), re.compile(landline))


PLANS: Final = {
    "GB": _plan("44", r"[1-9]\d{8,9}", r"7[1-57-9]\d{8}", r"[12]\d{8,9}"),
    "AU": _plan("61", r"[2-478]\d{8}", r"4\d{8}", r"[2378]\d{8}"),
    "HK": _plan("852", r"[2-9]\d{7}", r"[4-79]\d{7}", r"[23]\d{7}"),
    "SG": _plan("65", r"[3689]\d{7}", r"[89]\d{7}", r"6\d{7}"),
    "TW": _plan("886", r"[2-9]\d{7,8}", r"9\d{8}", r"[2-8]\d{7,8}"),
    "DE": _plan("49", r"[1-9]\d{5,10}", r"1(?:5\d|6[023]|7\d)\d{7,8}", r"[2-9]\d{5,10}"),
    "MO": _plan("853", r"[268]\d{7}", r"6\d{7}", r"[28]\d{7}"),
}
BY_CODE: Final = {plan.code: plan for plan in PLANS.values()}
