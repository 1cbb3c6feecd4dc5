"""Phones: mobiles are a person's, landlines and service numbers an account's, masked and mistyped ones partial evidence."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Final

from rapidfuzz.distance import OSA

from leads.records import Phone
from matchers.keys import known_digits, phone_value
from matchers.scale import Met, Scale

_BITS_PER_DIGIT: Final = log2(10)
_KNOWN_BY_PREFIX: Final = 1.5  # a mobile's first three digits take few values: worth one and a half digits


def compare(mine: Sequence[Phone], theirs: Sequence[tuple[Phone, int]], scale: Scale, bare: bool) -> list[Met]:
    """The best agreement over all pairs of numbers; when there is none, how much it says that all differ."""
    best: Met | None = None
    extra: Met | None = None
    loose = False
    met_any = False
    for their, seq in theirs:
        for my in mine:
            met = _pair(my, their, seq, scale, theirs)
            if met is None and (my.mask or their.mask):
                continue  # too little is known of one to say that they differ
            met_any = True
            if met is not None:
                if best is None or met.bits > best.bits:
                    best = met
                    extra = None
                    if my.ext and their.ext and my.ext != their.ext and met.level == "line":
                        extra = scale.fixed("phone", "other_extension", seq)
            elif my.kind in ("landline", "service") or their.kind in ("landline", "service"):
                loose = loose or my.kind != their.kind
    if best is not None:
        return [best] if extra is None else [best, extra]
    if not met_any or not mine:
        return []
    level = "bare_differs" if bare else "line_differs" if loose else "differs"
    return [scale.fixed("phone", level, 0)]


def _pair(my: Phone, their: Phone, seq: int, scale: Scale, theirs: Sequence[tuple[Phone, int]]) -> Met | None:
    if my.mask or their.mask:
        return _masked(my, their, seq, scale)
    one, two = my.digits, their.digits
    if one == two or same_line(one, two):
        return scale.value("phone", _level(my, their, theirs), scale.rivals("P", phone_value(my)), seq)
    if len(one) >= 8 and abs(len(one) - len(two)) <= 1 and OSA.distance(one, two, score_cutoff=1) == 1:
        mobile = my.kind == "mobile" or their.kind == "mobile"
        return scale.value("phone", "near" if mobile else "line_near", 0, seq)
    return None


def same_line(one: str, two: str) -> bool:
    """A landline with and without its area code."""
    if len(one) == len(two) or min(len(one), len(two)) < 7 or max(len(one), len(two)) > 10:
        return False
    return one.endswith(two) or two.endswith(one)


def _level(my: Phone, their: Phone, theirs: Sequence[tuple[Phone, int]]) -> str:
    if my.kind == "service" or their.kind == "service":
        return "service"
    if my.ext and my.ext == their.ext:
        return "extension"
    # a number that somebody gave an extension of is a line, whoever leaves it out
    if "landline" in (my.kind, their.kind) or my.ext or any(p.ext and p.digits == my.digits for p, _ in theirs):
        return "line"
    return "mobile" if my.kind == "mobile" or their.kind == "mobile" else "number"


def _masked(my: Phone, their: Phone, seq: int, scale: Scale) -> Met | None:
    """Digits known on both sides agree: worth as much as the digits, never more than a whole number."""
    one, two = known_digits(my), known_digits(their)
    if len(one) != len(two):
        return None
    if "~" in my.mask + their.mask:
        one, two = _rounded_alike(my, one, two), _rounded_alike(their, two, one)
    known = 0
    for left, right in zip(one, two, strict=True):
        if "*" in (left, right):
            continue
        if left != right:
            return None
        known += 1
    if known < 3:
        return None
    bits = (known - _KNOWN_BY_PREFIX) * _BITS_PER_DIGIT - 1
    return Met("phone", "masked", min(bits, scale.log_n + 1), seq)


def _rounded_alike(phone: Phone, known: str, other: str) -> str:
    """The known digits of a number that a spreadsheet rounded up (1.58483E+10), as the other's if that is why they differ."""
    head = known.rstrip("*")
    same = other[: len(head)]
    if "~" in phone.mask and head and same.isdigit() and int(head) - 1 == int(same):
        return same + known[len(head) :]
    return known
