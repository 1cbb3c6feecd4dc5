"""Whether two leads are of one account: colleagues in an organisation, people under one roof. Odds of their own.

``bits = log2(mates / N) + organisation + line + house + place``. For one contact colleagues are rivals, here they are what
is looked for: what counts is how many *other* organisations bear the name. A brand of two characters is one of two
thousand, so among a hundred thousand customers a brand alone is nobody's account; with its trade or its city it is.
Figures from the truth of leads100k (docs/decisions/0014-accounts.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log2
from typing import Final

from leads.records import Company
from matchers.scale import Met

_MATES: Final = log2(1.5)  # leads that a lead shares its account with, on average
#: Bits of a brand, from the share of organisations that bear it: Han by characters, Latin by letters.
_HAN: Final = {1: -log2(0.02), 2: -log2(0.0005), 3: -log2(0.00005)}
_LATIN: Final = ((3, -log2(0.002)), (7, -log2(0.0005)))
_RARE: Final = -log2(0.00001)
_RARE_LATIN: Final = -log2(0.0001)
_SAME_TRADE: Final = 3.5
_NEAR_TRADE: Final = -4.0  # a character or word in common: 信息技术 and 网络技术 are seldom one firm
_OTHER_TRADE: Final = -6.0  # 电子 and 服装 never
_HEARD: Final = -3.7  # other characters of one sound: 宇创, 雨创
_OTHER: Final = -6.0  # two names, a branch and its head office (an account of its own), one brand in two cities
#: Field and level -> bits beyond log2(N): who shares it is one account more often than not, or nearly always.
_BEYOND: Final = {
    "phone": {"line": 6.0, "mobile": 6.0, "number": 6.0, "extension": 6.0},
    "email": {"role": 4.0, "role_near": 1.0},
    "address": {"room": 4.0, "whole": 0.5, "road_number": 0.5, "near": -1.0},
}
_DOMAIN: Final = 0.5  # one mail domain, beyond log2(N)
_PLACE: Final = 4.0  # most that city and postcode say
_ELSEWHERE: Final = -2.0  # most that another house says against it: organisations have several


def of_name(level: str, likeness: float, mine: Company, their: Company) -> float:
    """Bits of two organisations' names, by their level and likeness as ``leads.companies.same_company`` has them."""
    if level not in ("exact", "core", "homophone", "pinyin", "prefix", "contained", "abbreviation", "typo"):
        return -log2(4) if level == "other_script" else _OTHER
    bits = _brand(mine if _letters(mine) <= _letters(their) else their)
    if level == "homophone":
        bits += _HEARD
    if level in ("exact", "core", "homophone"):
        bits += _trade(mine.trade, their.trade, likeness)
    return bits


def of_domain(company: Company) -> float:
    """Bits of a mail domain that spells an organisation's brand."""
    return _brand(company) - 1


def most_by_brand(company: Company, log_n: float) -> float:
    """The most that the odds of one account can be when an organisation of this brand and the place are all there is."""
    return _MATES - log_n + _brand(company) + (_SAME_TRADE if company.trade else 0.0) + _PLACE


def odds(mets: Iterable[Met], log_n: float) -> float:
    """log2 of the odds that two leads are of one account, by the levels that met among N customers."""
    name = domain = other = place = 0.0
    for met in mets:
        field = met.field
        if field == "company":
            name = met.kin
        elif field == "city" or field == "postcode":
            place += met.bits
        elif levels := _BEYOND.get(field):
            beyond = levels.get(met.level)
            if beyond is not None:
                other += log_n + beyond
            elif field == "address":
                other += max(met.bits, _ELSEWHERE)
            elif met.level == "domain":
                domain = log_n + _DOMAIN
    organisation = max(name, domain) if name > 0 else name + domain
    return _MATES - log_n + organisation + other + min(place, _PLACE)


def _trade(mine: str, their: str, likeness: float) -> float:
    if not mine or not their:
        return 0.0
    if likeness < 1.0:
        return _OTHER_TRADE
    return _SAME_TRADE if mine == their else _NEAR_TRADE


def _letters(company: Company) -> int:
    """Of the brand as it sounds, about."""
    size = len(company.core)
    return size if company.core.isascii() else 3 * size


def _brand(company: Company) -> float:
    """Bits of a brand: log2 of one over the share of organisations that bear it."""
    core = company.core
    if not core.isascii():
        return _HAN.get(len(core), _RARE)
    for most, bits in _LATIN:
        if len(core) <= most:
            return bits
    return _RARE_LATIN
