"""Phone numbers: every spelling of one number gives one ``digits``, the national significant number.

Common shapes are read by three expressions; the rest is cleaned step by step, and ``phonenumbers`` is asked only
about countries that are not written down here. A region is never guessed: digits do not depend on it, and ``kind``
says ``landline`` only where the number, an area code written apart or ``country`` tells.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from leads.damaged_phones import CN_MOBILE, read_masked, take_rounded
from leads.phone_cells import EXT, LOCAL, area_code, area_codes, digits_of, parts, without_extension, without_words
from leads.phone_extensions import is_complete
from leads.phone_plans import BY_CODE, PLANS, NumberPlan
from leads.records import Phone
from leads.text import fold

Phones = tuple[Phone, ...]

_86 = r"(?:\(?\+?86\)?[\s-]*|0086[\s-]*)"
_FAST_MOBILE: Final = re.compile(rf"\s*(?:手机:\s*)?{_86}?({CN_MOBILE})[\s-]?(\d{{4}})[\s-]?(\d{{4}})\s*")
_FAST_NANP: Final = re.compile(
    rf"\s*((?:\+|00)?1[\s.-]*)?\(?([2-9]\d\d)\)?[\s./-]*([2-9]\d\d)[\s.-]?(\d{{4}}){EXT}?\s*"
)
_FAST_LAND: Final = re.compile(
    rf"\s*({_86})?\(?0?(10|2\d|[3-9]\d\d)\)?[\s.-]*(\d{{3,4}})[\s.-]?(\d{{4}})(?:{EXT}|-(\d{{1,6}}))?\s*"
)
#: 023-68887777 and 02368887777: how landlines are written. 07... in one run may be a British mobile as well.
_LAND: Final = re.compile(r"\s*(?:\(?0\d{2,3}[)-]|0(?!7\d{9}$)\d{10,11}$)")
_MOBILE: Final = re.compile(rf"{CN_MOBILE}\d{{8}}")
_AMERICAN: Final = re.compile(
    r"\s*(?:\+?1[\s.-]+)?\(?[2-9]\d\d[)\s.-]+\d{3}[\s.-]\d{4}"
)  # 312 406 3488: landlines are not
_NANP: Final = re.compile(r"[2-9]\d\d[2-9]\d{6}")
_TOLL_FREE: Final = re.compile(r"8(?:00|88|77|66|55|44|33)\d{7}")
_SERVICE: Final = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1(?:00\d\d|1\d|2\d{1,3})")
_VANITY: Final = re.compile(r"\+?(1[\s-]?8(?:00|88|77|66|55|44|33)[\s-]?)([a-z][a-z\s-]{5,12})")
_CONTEXT: Final = re.compile(r";phone-context=[^+;\n][^;\n]*|;isub=[^;\n]*|;a=[^;\n]*")
_DASHED: Final = re.compile(r"(.*\d)\s*-\s*(\d{1,4})")
_KEYPAD: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_LOOKALIKE: Final = str.maketrans("oil|", "0111")
_LETTER_FOR_DIGIT: Final = re.compile(r"(?<=\d)[oil|]+(?=[\d\s-]|$)|(?<![a-z])[oil|]+(?=\d)")
_HAN_DIGITS: Final = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_FAKES: Final = frozenset(
    {"1234567", "12345678", "123456789", "1234567890", "12345678900", "12345678901", "12345678910", "7654321"}
    | {"87654321", "987654321", "9876543210", "13800138000"}
)


_FEWEST_CODED: Final = 7
_LONGER_THAN_ANY: Final = 12
_NANP_COUNTRIES: Final = frozenset({"US", "CA"})


def line_city(phone: Phone) -> str:
    """The city of a Chinese landline by its area code; "" for other numbers and those written without it."""
    if phone.kind != "landline" or phone.country not in ("", "86"):
        return ""
    size = area_code(phone.digits)
    return area_codes()[phone.digits[:size]] if size and len(phone.digits) - size in LOCAL[size] else ""


def phones(text: str, country: str = "") -> tuple[Phones, str]:
    """The numbers in one cell, in order, without repeats.

    ``country`` is the ISO code of where numbers without a country code are from ("CN", "US"); "" when not known.
    The reason is that of the first number that could not be used: empty, no_number, too_short, too_long or placeholder;
    "" when all were understood. A partly readable number is a ``Phone`` with ``mask`` and reason partial.
    """
    if not text:
        return (), "empty"
    if not text.isascii() and "\n" not in text:
        text = fold(text)
    if match := _FAST_MOBILE.fullmatch(text):
        if country not in _NANP_COUNTRIES or match.start(1) > 0 or not _NANP.match("".join(match.groups())[1:]):
            return _finish(Phone("".join(match.groups()), "86", "mobile"))
    elif (match := _FAST_NANP.fullmatch(text)) and (country != "CN" or _AMERICAN.match(text)):
        one, area, exchange, line, ext = match.groups()
        digits = area + exchange + line
        if one or country in _NANP_COUNTRIES:
            return _finish(Phone(digits, "1", "service" if _TOLL_FREE.match(digits) else "unknown", ext or ""))
        if country in ("", "CN") and not _SERVICE.match(digits):
            return _finish(Phone(digits, "", "unknown", ext or ""))
    elif country in ("", "CN") and (match := _FAST_LAND.fullmatch(text)):
        code, area, first, last, ext, dashed = match.groups()
        if area in area_codes() and (len(first) == 4 or len(area) == 3):
            known = bool(code) or country == "CN"
            digits = area + first + last
            if not _SERVICE.fullmatch(digits):
                kind = "landline" if known or _LAND.match(text) else "unknown"
                return _finish(Phone(digits, "86" if known else "", kind, ext or dashed or ""))
    return _slow(text, country)


def _finish(phone: Phone) -> tuple[Phones, str]:
    return ((), "placeholder") if is_placeholder(phone.digits) else ((phone,), "")


def is_placeholder(digits: str) -> bool:
    """Whether people type these digits when they do not want to give a number: 00000000, 12345678, 13800000000."""
    return digits in _FAKES or (len(digits) >= 7 and digits[-7] == digits[-1] and len(set(digits[-8:])) == 1)


def _slow(text: str, country: str) -> tuple[Phones, str]:
    lines = "\n".join(filter(None, map(fold, text.splitlines()))) if "\n" in text else fold(text)
    lines = lines.replace("'", "").replace("`", "").replace("’", "").replace("‘", "")
    if not lines:
        return (), "empty"
    found_all: dict[tuple[str, str], Phone] = {}
    reason = ""
    if "e" in lines and (taken := take_rounded(lines, country)):
        rounded, lines = taken
        if not digits_of(lines):
            return rounded, "partial" if rounded else "no_number"
        reason = "partial" if rounded else ""
        found_all = {(phone.mask, "~"): phone for phone in rounded}
    elif (masked := read_masked(lines)) is not None:
        return ((masked,), "partial") if isinstance(masked, Phone) else ((), "no_number")
    lines = _CONTEXT.sub("", lines)
    if ";phone-context=" in lines:
        phone = _ask(lines, country)
        return _finish(phone) if phone else ((), "no_number")
    if match := _VANITY.search(lines):
        lines = "+" + match[1] + match[2].translate(_KEYPAD)
    for part in parts(lines):
        phone, fault = _one(part, country)
        if phone:
            found_all.setdefault((phone.digits, phone.ext), phone)
        elif fault:
            reason = reason or fault
    return tuple(found_all.values()), reason


def _one(text: str, country: str) -> tuple[Phone | None, str]:
    """One number, already folded."""
    text, ext = without_extension(without_words(text))
    if not ext and (match := _DASHED.fullmatch(text)) and is_complete(match[1], match[2], country):
        text, ext = match.groups()
    text = text.translate(_HAN_DIGITS) if not text.isascii() else text
    text = _LETTER_FOR_DIGIT.sub(lambda m: m[0].translate(_LOOKALIKE), text)
    if match := re.fullmatch(r"(\D*\d{5,})\.0{1,2}", text):
        text = match[1]
    plus = "+" in text[: text.find(digits_of(text)[:1])] if digits_of(text) else False
    if plus:
        text = text.replace("(0)", "")
    digits = digits_of(text)
    if plus and (digits.startswith("10") or (digits[:1] == "1" and 8 <= len(digits) <= 10)):
        # no American number begins with a trunk zero or is so short: the form put the +1 there
        text, digits, plus = text.replace("+", "").replace("1", "", 1), digits[1:], False
    if not digits:
        return None, "no_number"
    if len(digits) > 4 and not digits.strip("0"):
        return None, "placeholder"
    if not plus and (idd := _idd(digits, country)):
        digits, plus = digits[idd:], True
    phone = _international(digits.lstrip("0")) if plus else _national(digits, text, country)
    if len(phone.digits) > 15:
        return None, "too_long"
    if len(phone.digits) < (4 if phone.country else 5 if phone.kind == "service" else 7):
        return None, "too_short"
    if is_placeholder(phone.digits):
        return None, "placeholder"
    return (Phone(phone.digits, phone.country, phone.kind, ext or phone.ext, phone.mask) if ext else phone), ""


def _idd(digits: str, country: str) -> int:
    """Length of the prefix for calls abroad, 0 when there is none."""
    if digits.startswith("011") and (country in _NANP_COUNTRIES or (not country and len(digits) >= 13)):
        return 3
    return 2 if digits.startswith("00") and len(digits) > 9 and country not in _NANP_COUNTRIES else 0


def _international(digits: str) -> Phone:
    if digits.startswith("86"):
        return _china(digits[2:])
    if digits.startswith("1"):
        digits = digits[1:]
        return Phone(digits, "1", "service" if _TOLL_FREE.fullmatch(digits) else "unknown")
    for length in (2, 3):
        if plan := BY_CODE.get(digits[:length]):
            rest = digits[length:].lstrip("0")
            if plan.own.fullmatch(rest):
                return _planned(rest, plan)
    return _ask("+" + digits, "") or Phone(digits, "", "unknown")


def _china(digits: str) -> Phone:
    digits = digits.lstrip("0")
    if _MOBILE.fullmatch(digits):
        return Phone(digits, "86", "mobile")
    if _SERVICE.fullmatch(digits):
        return Phone(digits, "86", "service")
    size = area_code(digits)
    fixed = (size and len(digits) - size in LOCAL[size]) or (len(digits) in (7, 8) and digits[0] in "2345678")
    return Phone(digits, "86", "landline" if fixed else "unknown")


def _planned(digits: str, plan: NumberPlan) -> Phone:
    kind = "mobile" if plan.mobile.fullmatch(digits) else "landline" if plan.landline.fullmatch(digits) else "unknown"
    return Phone(digits, plan.code, kind)


def _national(digits: str, text: str, country: str) -> Phone:
    """A number without a country code in front, or with one but without the plus sign."""
    bare = digits.lstrip("0")
    if country in _NANP_COUNTRIES:
        nanp = bare[1:] if len(bare) == 11 and bare[0] == "1" else bare
        if _NANP.fullmatch(nanp):
            return _international("1" + nanp)
    elif plan := PLANS.get(country):
        coded = bare.startswith(plan.code) and (not plan.own.fullmatch(bare) or (bare == digits and len(bare) >= 10))
        own = bare[len(plan.code) :] if coded else bare
        if plan.own.fullmatch(own.lstrip("0")):
            return _planned(own.lstrip("0"), plan)
    elif country not in ("", "CN") and (phone := _ask(text, country) or _coded(digits, country)):
        return phone
    american = len(digits) == 11 and digits[0] == "1" and bool(_NANP.fullmatch(digits[1:]))
    if _MOBILE.fullmatch(bare) and not (american and country != "CN" and _AMERICAN.match(text)):
        return Phone(bare, "86", "mobile")
    if bare.startswith("86") and len(bare) >= 12:
        phone = _china(bare[2:])
        if phone.kind != "unknown":
            return phone
    if american:
        return _international(bare)
    plan = BY_CODE.get(bare[:2]) or BY_CODE.get(bare[:3]) if country in ("", "CN") and len(bare) > 10 else None
    if plan and plan.mobile.fullmatch(rest := bare.removeprefix(plan.code).lstrip("0")):
        return _planned(rest, plan)  # 447700900123, 852-91234567
    if not country and 11 <= len(digits) == len(bare) <= 13 and (phone := _abroad(bare)):
        return phone
    if country == "CN":
        return _china(bare)
    return Phone(bare, "", "service" if _SERVICE.fullmatch(digits) else "unknown")


def _coded(digits: str, country: str) -> Phone | None:
    """A number of ``country`` behind the country's code without a plus sign, when it is too long to be one without."""
    code = str(phonenumbers.country_code_for_region(country))
    if not digits.startswith(code) or len(digits) < len(code) + _FEWEST_CODED:
        return None
    whole, rest = (phonenumbers.PhoneNumber(int(code), int(part)) for part in (digits, digits[len(code) :]))
    if phonenumbers.is_possible_number(whole) or not phonenumbers.is_possible_number(rest):
        return None
    return _ask("+" + digits, "")


def _abroad(digits: str) -> Phone | None:
    """A mobile of any country whose plus sign was lost: 33650973769. Only where no country is known that it could be from;
    a landline too where the number is too long for any country."""
    phone = _ask("+" + digits, "")
    if phone is None or phone.digits == digits:
        return None
    long = len(digits) >= _LONGER_THAN_ANY and phone.kind == "landline"
    return phone if phone.kind == "mobile" or long else None


_KINDS: Final = {
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE: "landline",
    phonenumbers.PhoneNumberType.TOLL_FREE: "service",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "service",
    phonenumbers.PhoneNumberType.SHARED_COST: "service",
    phonenumbers.PhoneNumberType.UAN: "service",
}


#: A digit that only calls from abroad to a mobile had in front of the ten that everybody writes: Argentina, Mexico.
_MOBILE_SIGN: Final = {54: "9", 52: "1"}


def _ask(text: str, country: str) -> Phone | None:
    """What ``phonenumbers`` makes of it; None unless it is a possible number, and a valid one where a region is used."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if country and not phonenumbers.is_valid_number(number):
        return None
    kind = _KINDS.get(phonenumbers.number_type(number), "unknown")
    digits = str(number.national_number)
    if number.country_code in _MOBILE_SIGN and len(digits) == 11:
        digits = digits.removeprefix(_MOBILE_SIGN[number.country_code])
    return Phone(digits, str(number.country_code), kind, number.extension or "")
