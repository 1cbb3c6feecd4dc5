"""A question about a customer: under which keys to look, and whether what is found there is what was asked about. Pure.

Values (phone, mailbox, handle, identifier) are looked up as they are. A name needs a value or a company beside it. A company
is looked up with its city; without one in every city we know, since leads of people are kept under organisation and city.
"""

from __future__ import annotations

from typing import Literal

from leads.companies import core_reading
from leads.places import cities
from leads.records import Facts
from matchers.compare.name import CONFLICTS, relation
from matchers.compare.phone import same_line
from matchers.keys import KEY_VERSION, Plan, hashed, phone_value, told_city
from matchers.schemes import SCHEMES, Keying

About = Literal["value", "person", "company", ""]


def about(facts: Facts) -> About:
    """What is asked about; "" when it is not enough to ask."""
    if _values(facts):
        return "value"
    if facts.company is None:
        return ""
    return "person" if facts.name is not None and facts.name.surname else "company"


def keys(facts: Facts, keying: Keying, secret: bytes) -> tuple[bytes, ...]:
    """The keys to look under, of all versions in force; none when it is not enough to ask."""
    made: list[bytes] = []
    for version, case in keying.versions:
        found = hashed(_plan(facts, version), secret)
        made += found if case == "U" else (key[:1].lower() + key[1:] for key in found)
    return tuple(made)


def looks_closer(facts: Facts) -> bool:
    """Whether the records found must be compared: a name was given, or a landline, which is kept by its last seven digits."""
    return facts.name is not None or bool(_loose(facts))


def agrees(asked: Facts, known: Facts) -> bool:
    """Whether a record found under one of the keys is what was asked about."""
    if asked.name is not None and known.name is not None and relation(asked.name, known.name) in CONFLICTS:
        return False
    loose = _loose(asked)
    if not loose or {*_values(asked)}.difference(loose).intersection(_values(known)):
        return True
    pairs = ((one.digits, two.digits) for one in asked.phones for two in known.phones)
    return any(one == two or same_line(one, two) for one, two in pairs if one and two)


def _plan(facts: Facts, version: int) -> Plan:
    match about(facts):
        case "value":
            return _values(facts, version)
        case "person":
            return tuple(pair for pair in SCHEMES[version](facts) if pair[0] == "S")
        case "company":
            assert facts.company is not None
            place = told_city(facts)
            organisation = core_reading(facts.company)
            return tuple(("O", f"{organisation}|{city}") for city in ("", *((place,) if place else cities())))
    return ()


def _values(facts: Facts, version: int = KEY_VERSION) -> Plan:
    """What belongs to one person, by kind. A mailbox's name is not asked about as the handle it may be."""
    made: Plan = ()
    if facts.phones or facts.handles or facts.custom:
        bare = Facts(phones=facts.phones, handles=facts.handles, custom=facts.custom)
        made = tuple(pair for pair in SCHEMES[version](bare) if pair[0] in "PEWI")
    if facts.emails:
        made += tuple(pair for pair in SCHEMES[version](Facts(emails=facts.emails)) if pair[0] == "E")
    return made


def _loose(facts: Facts) -> set[tuple[str, str]]:
    return {("P", phone_value(phone)) for phone in facts.phones if phone_value(phone) != phone.digits}
