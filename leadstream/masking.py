"""Values as they may be shown: enough to recognise by who knows them, too little to use."""

from __future__ import annotations

from leads.records import Address, Company, Custom, Email, Facts, Handle, Name, Phone

_OPEN_KINDS = frozenset({"category", "company"})


def phone(number: Phone) -> str:
    """138****5678. A number that came masked stays as it came, its leading digits alone."""
    if not number.digits:
        known, _, length = number.mask.partition("~")
        return f"{known[: int(length)]}…" if length.isdigit() else number.mask
    digits = number.digits
    kept = 3 if len(digits) >= 10 else 2
    tail = 4 if len(digits) >= 10 else 2
    return f"{digits[:kept]}****{digits[-tail:]}" if len(digits) > kept + tail else "****"


def email(mail: Email) -> str:
    """z***@acme.com"""
    return f"{mail.local[:1]}***@{mail.domain}"


def handle(value: Handle) -> str:
    """wechat zh***"""
    return f"{value.kind} {_start(value.value)}"


def name(person: Name) -> str:
    """张*, R***** S****: what a Han surname or initials tell."""
    if person.script == "han":
        return person.text[:1] + "*" * (len(person.text) - 1)
    return " ".join(word[:1] + "*" * (len(word) - 1) for word in person.text.split())


def company(firm: Company) -> str:
    """In full: a firm is no person."""
    return firm.text


def address(place: Address) -> str:
    """The road without number and room."""
    return " ".join(part for part in (place.city, place.district, place.road, "***") if part)


def custom(field: Custom) -> str:
    """member_no 12***; a category or an organisation in full."""
    return f"{field.name} {field.value if field.kind in _OPEN_KINDS else _start(field.value)}"


def values(field: str, facts: Facts) -> str:
    """What ``facts`` know for a field of the evidence, masked; "" when nothing. ``id``, ``date`` and the like name a kind
    of custom field."""
    match field:
        case "phone":
            shown = [phone(number) for number in facts.phones]
        case "email":
            shown = [email(mail) for mail in facts.emails]
        case "handle":
            shown = [handle(value) for value in facts.handles]
        case "name":
            shown = [name(facts.name)] if facts.name else []
        case "company":
            shown = [company(facts.company)] if facts.company else []
        case "address":
            shown = [address(facts.address)] if facts.address else []
        case "city":
            shown = [facts.city or (facts.address.city if facts.address else "")]
        case "postcode":
            shown = [facts.postcode]
        case "text":
            shown = ["…"] if facts.text else []
        case _:
            shown = [custom(value) for value in facts.custom if value.kind == field]
    return ", ".join(filter(None, shown))


def _start(value: str) -> str:
    return f"{value[: min(2, len(value) // 2)]}***"
