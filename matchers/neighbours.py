"""What an entity knows: every value of its leads, each with the lead it came from. And whether it is but a company."""

from __future__ import annotations

from typing import TypeVar

from leads.records import Address, Company, Custom, Email, Facts, Handle, Name, Neighbour, Phone
from matchers.compare.email import is_role, of_organisation
from matchers.keys import city_of, is_mobile


def phones_of(facts: Facts) -> tuple[Phone, ...]:
    """Phones, and WeChat handles and mailboxes that are mobile numbers."""
    extra = [handle.value for handle in facts.handles if is_mobile(handle.value)]
    extra += [mail.local for mail in facts.emails if len(mail.local) == 11 and is_mobile(mail.local)]
    if not extra:
        return facts.phones
    known = {phone.digits for phone in facts.phones}
    new = [value for value in dict.fromkeys(extra) if value not in known]
    return facts.phones + tuple([Phone(value, "86", "mobile") for value in new])


def handles_of(facts: Facts) -> tuple[Handle, ...]:
    """Handles that are not phone numbers, anybody's mobile or the lead's own line: those are compared, once, as phones."""
    if not facts.handles:
        return ()
    own = {phone.digits for phone in facts.phones}
    return tuple([h for h in facts.handles if not is_mobile(h.value) and h.value.lstrip("0") not in own])


def _nobody(name: Name) -> bool:
    """A role, or a code that stands in the name field."""
    return name.kind == "role" or (name.kind == "chat" and any(map(str.isdigit, name.text)))


def bare(facts: Facts) -> bool:
    """An organisation without a person: no name of one, no mobile, no personal mailbox, no handle."""
    if facts.handles or (facts.name is not None and not _nobody(facts.name)):
        return False
    for phone in facts.phones:
        if phone.kind == "mobile" or phone.mask:
            return False
    firm = facts.company
    if firm is None and not any(is_role(mail) for mail in facts.emails):
        return any(phone.kind == "landline" for phone in facts.phones) and not facts.emails
    return all(is_role(mail) or (firm is not None and of_organisation(mail, firm)) for mail in facts.emails)


V = TypeVar("V")


class Known:
    """The union of an entity's leads, without repeats. Cheap to build; the entity of one lead is the common case."""

    __slots__ = (
        "addresses", "bare", "cities", "companies", "customs", "emails", "handles", "names", "phones", "postcodes", "texts",
    )  # fmt: skip

    def __init__(self, neighbour: Neighbour) -> None:
        names, companies, phones, emails = [], [], [], []
        handles, addresses, customs, cities, postcodes, texts = [], [], [], [], [], []
        self.bare = True
        for facts, seq in zip(neighbour.facts, neighbour.seqs, strict=True):
            self.bare = self.bare and bare(facts)
            if facts.name is not None:
                names.append((facts.name, seq))
            if facts.company is not None:
                companies.append((facts.company, seq))
            if facts.former is not None:
                companies.append((facts.former, seq))
            for phone in phones_of(facts):
                phones.append((phone, seq))
            if facts.emails:
                emails += [(mail, seq) for mail in facts.emails]
            if facts.handles:
                handles += [(handle, seq) for handle in handles_of(facts)]
            if facts.address is not None:
                addresses.append((facts.address, seq))
            if facts.custom:
                customs += [(item, seq) for item in facts.custom]
            city = city_of(facts)
            if city:
                cities.append((city, seq))
            if facts.postcode:
                postcodes.append((facts.postcode, seq))
            if facts.text:
                texts.append((facts.text, seq))
        self.names: list[tuple[Name, int]] = _first(names)
        self.companies: list[tuple[Company, int]] = _first(companies)
        self.phones: list[tuple[Phone, int]] = _first(phones)
        self.emails: list[tuple[Email, int]] = _first(emails)
        self.handles: list[tuple[Handle, int]] = _first(handles)
        self.addresses: list[tuple[Address, int]] = _first(addresses)
        self.customs: list[tuple[Custom, int]] = _first(customs)
        self.cities: list[tuple[str, int]] = _first(cities)
        self.postcodes: list[tuple[str, int]] = _first(postcodes)
        self.texts: list[tuple[str, int]] = _first(texts)


def _first(pairs: list[tuple[V, int]]) -> list[tuple[V, int]]:
    """Each value once, with the first lead that had it."""
    if len(pairs) < 2:
        return pairs
    seen: dict[V, int] = {}
    for value, seq in pairs:
        seen.setdefault(value, seq)
    return list(seen.items())
