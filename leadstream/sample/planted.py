"""The cases a lead system gets wrong, each several times with other people: what arrives, and what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from leadstream.sample import words
from leadstream.sample.arrivals import Arrival, Case, Expect, call, form, row
from leadstream.sample.people import Fields, People, Person, card, written

Make = Callable[[People, Random], tuple[Arrival, ...]]


def cases(people: People, random: Random, times: int = 8) -> Iterator[Case]:
    """Every planted case ``times`` times."""
    for kind, (expect, make) in CASES.items():
        for _ in range(times):
            yield Case(kind, expect, make(people, random))


def _place(person: Person) -> Fields:
    city = person.firm.city
    return {"city": city.name, "region": city.region} if city else {"country": person.firm.country}


def _same_phone(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    return call(f"+86{one.mobile}"), form(
        {"name": one.name, "phone": f"{one.mobile[:3]} {one.mobile[3:7]}-{one.mobile[7:]}"}
    )


def _pinyin(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    first = {"name": one.name, "company": one.firm.name, "email": one.email} | _place(one)
    return row(first), form({"name": one.latin, "email": one.email.upper(), "phone": written(one.mobile, random)})


def _traditional(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    first = {"name": one.name, "company": one.firm.name, "phone": one.mobile} | _place(one)
    return form(first), row({"name": one.traditional, "company": one.firm.traditional, "phone": one.mobile + ".0"})


def _nickname(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.english()
    firm = one.firm.name
    return (
        form({"name": one.name, "email": one.email, "company": firm}),
        row({"name": one.nick, "company": firm.upper(), "email": f" {one.email.upper()}", "country": one.firm.country}),
    )


def _brand(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    return (
        row({"name": one.name, "company": one.firm.name, "phone": one.mobile} | _place(one)),
        call(f"0{one.mobile}", {"name": one.name, "company": one.firm.brand} | _place(one)),
    )


def _changed_phone(people: People, random: Random) -> tuple[Arrival, ...]:
    one, other = people.chinese(), people.chinese()
    first = {"name": one.name, "phone": one.mobile, "email": one.email, "company": one.firm.name} | _place(one)
    return form(first), form(first | {"phone": other.mobile})


def _two_numbers(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    both = f"{one.firm.line} / {one.mobile}"
    return row({"name": one.name, "company": one.firm.name, "phone": both}), call(one.mobile)


def _family(people: People, random: Random) -> tuple[Arrival, ...]:
    surname = random.choice(words.SURNAMES)
    one, kin = people.chinese(surname=surname), people.chinese(surname=surname)
    home = {"phone": one.mobile, "city": random.choice(words.CITIES).name}
    return form({"name": one.name} | home), form({"name": kin.name} | home)


def _switchboard(people: People, random: Random) -> tuple[Arrival, ...]:
    firm = people.firm()
    staff = (people.chinese(firm), people.chinese(firm), people.chinese(firm))
    return tuple(
        row({"name": p.name, "company": firm.name, "phone": firm.line, "email": p.email} | _place(p)) for p in staff
    )


def _claimed(people: People, random: Random) -> tuple[Arrival, ...]:
    one, (first, second) = people.chinese(), random.sample(["amy", "bo", "chen", "dora"], 2)
    known = {"name": one.name, "phone": one.mobile, "company": one.firm.name}
    return row(known, owner=first), row(known | {"phone": written(one.mobile, random)}, owner=second)


def _two_owners(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    return (
        row({"name": one.name, "phone": one.mobile}, owner="amy"),
        row({"name": one.name, "email": one.email}, owner="bo"),
        form({"name": one.name, "phone": one.mobile, "email": one.email}),
    )


def _call_statuses(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    id = call(one.mobile).call
    return tuple(call(f"+86 {one.mobile}", id=id, status=status) for status in ("ringing", "answered", "ended"))


def _unsure(people: People, random: Random) -> tuple[Arrival, ...]:
    """A name and a city agree, numbers and mailboxes do not: desk and home, or two of one name."""
    one, other, where = people.chinese(), people.chinese(), random.choice(words.CITIES).name
    return row({"name": one.name, "phone": one.firm.line, "email": one.email, "city": where}), form(
        {"name": one.name, "phone": one.mobile, "email": other.email, "city": where}
    )


def _withheld(people: People, random: Random) -> tuple[Arrival, ...]:
    said = {"caller": "withheld", "line": "4008205501"}
    return (
        Arrival("call", said, call=call(people.chinese().mobile).call, status="missed", extra={"caller": "withheld"}),
    )


def _internal(people: People, random: Random) -> tuple[Arrival, ...]:
    return (call(random.choice(["021-55550100", "+862155550101"]), id=call(people.chinese().mobile).call),)


def _do_not_contact(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    return (
        form(random.choice([{"phone": "139-5555-0199"}, {"email": "No-More-Mail@example.com"}]) | {"name": one.name}),
    )


def _test_lead(people: People, random: Random) -> tuple[Arrival, ...]:
    return (form({"name": "Test Test", "email": "test@example.com", "phone": people.chinese().mobile}),)


def _malformed(people: People, random: Random) -> tuple[Arrival, ...]:
    one = people.chinese()
    return (
        Arrival(
            "import", {}, fault="malformed", extra={"cells": f"{one.name},{one.firm.city and one.firm.city.name},,,,,"}
        ),
    )


def _no_identity(people: People, random: Random) -> tuple[Arrival, ...]:
    return (form({"message": random.choice(words.MESSAGES), "phone": random.choice(["", "-", "无", "n/a"])}),)


def _partner(people: People, random: Random) -> tuple[Arrival, ...]:
    return (row(card(people.chinese(), random) | {"channel": random.choice(["partner", "渠道", "Reseller"])}),)


def _nobody_there(people: People, random: Random) -> tuple[Arrival, ...]:
    fields = card(people.english("Germany"), random)
    return (form({k: v for k, v in fields.items() if k not in ("value", "company_size")}),)


#: kind -> what is expected, who makes it. Families and colleagues must not become one customer.
CASES: dict[str, tuple[Expect, Make]] = {
    "same phone, other spelling": ("one", _same_phone),
    "pinyin for Han": ("one", _pinyin),
    "traditional characters": ("one", _traditional),
    "nickname": ("one", _nickname),
    "brand for registered name": ("one", _brand),
    "changed phone": ("one", _changed_phone),
    "two numbers in a cell": ("one", _two_numbers),
    "family on one phone": ("apart", _family),
    "switchboard colleagues": ("colleagues", _switchboard),
    "claimed by two": ("contested", _claimed),
    "two owners meet": ("contested", _two_owners),
    "statuses of one call": ("call_update", _call_statuses),
    "unsure": ("unsure", _unsure),
    "withheld number": ("suppressed", _withheld),
    "internal call": ("suppressed", _internal),
    "do not contact": ("suppressed", _do_not_contact),
    "test lead": ("suppressed", _test_lead),
    "malformed row": ("rejected", _malformed),
    "no identity": ("rejected", _no_identity),
    "partner traffic": ("pooled", _partner),
    "nobody available": ("pooled", _nobody_there),
}
