"""Fields that only one customer of a scope may have a value of: what counts as the value, and what people are told.

Values are compared as they are normalised. Two customers are found through the match keys of the value, so a field can be
unique if it has keys: what belongs to one person, and an organisation within its city. A declared field that is unique is an
identifier and read as one. A name is nobody's own.
"""

from __future__ import annotations

from typing import Final

from leads.policy import Clash
from leads.records import Facts

#: Beside the declared fields.
UNIQUE: Final[tuple[str, ...]] = ("phone", "email", "wechat", "qq", "company")
#: What a clash leads to, the strictest first; what is told never says whose the other customer is.
TOLD: Final[dict[Clash, str]] = {
    "refuse": "another customer has this {field} already and it must be unique; mend it and send it again, or file a case",
    "merge": "united with the customer who has this {field}: it must be unique",
    "warn": "another customer has the same {field}",
}


def distinct(facts: Facts, field: str) -> frozenset[str]:
    """The values of a field by which two customers clash; none when it is not filled or known in part only."""
    match field:
        case "phone":
            return frozenset([phone.digits for phone in facts.phones if phone.digits])
        case "email":
            return frozenset([f"{mail.local}@{mail.domain}" for mail in facts.emails])
        case "wechat" | "qq":
            return frozenset([handle.value for handle in facts.handles if handle.kind == field])
        case "company":
            return frozenset((facts.company.full,)) if facts.company is not None else frozenset()
    return frozenset([item.value for item in facts.custom if item.name == field and item.value])
