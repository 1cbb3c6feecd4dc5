"""Who shares nothing with a lead but the brand of an organisation and is not worth comparing.

A firm of another trade is another firm (docs/decisions/0014-accounts.md). And where a brand has so many bearers that it makes
nobody a colleague, a person of another name is nobody's contact either.
"""

from __future__ import annotations

from typing import Final

from leads.company_levels import other_trade
from leads.records import Company, Facts, Name
from matchers.account import most_by_brand
from matchers.scale import Scale

#: Kind of key that holds an organisation.
BRAND: Final = "O"


def strangers(mine: Facts, theirs: tuple[Facts, ...], scale: Scale) -> bool:
    """Whether all leads of an entity are strangers', for one with an organisation."""
    firm = mine.company
    if firm is None:
        return False
    common = most_by_brand(firm, scale.log_n) <= scale.weights.account
    return all(_other_firm(firm, their) or (common and _other_person(mine, their)) for their in theirs)


def _other_firm(mine: Company, their: Facts) -> bool:
    """Known by an organisation of another trade."""
    return their.company is not None and other_trade(mine, their.company)


def _other_person(mine: Facts, their: Facts) -> bool:
    """Of another name, with nothing that makes two people of one brand colleagues: houses to compare, a number, a mail domain."""
    if mine.address is not None and their.address is not None:
        return False
    return _unlike(mine.name, their.name) and not _tied(mine, their)


def _unlike(mine: Name | None, their: Name | None) -> bool:
    """Two whole Chinese names without one syllable in common."""
    if mine is None or their is None or not mine.kind == their.kind == "full":
        return False
    return mine.script == their.script == "han" and not any(syllable in their.latin for syllable in mine.latin)


def _tied(mine: Facts, their: Facts) -> bool:
    """Whether they have a number or a mail domain of an organisation in common."""
    numbers = [phone.digits for phone in their.phones]
    domains = [mail.domain for mail in their.emails if mail.kind != "free"]
    return any(phone.digits in numbers for phone in mine.phones) or any(mail.domain in domains for mail in mine.emails)
