"""Invented people and companies, and the ways their details get written. Everything follows from the generator given."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from leadstream.sample import words

Fields = dict[str, str]
_PREFIXES = ("133", "135", "136", "137", "138", "139", "150", "152", "158", "159", "177", "180", "186", "189")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class Firm(NamedTuple):
    name: str  # registered
    traditional: str
    brand: str
    domain: str
    city: words.City | None  # None abroad
    country: str
    industry: str
    size: str
    line: str  # switchboard


class Person(NamedTuple):
    name: str
    traditional: str
    latin: str
    nick: str
    surname: str
    firm: Firm
    mobile: str
    email: str
    wechat: str


class People:
    """A well of people nobody has met before."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def chinese(self, firm: Firm | None = None, surname: tuple[str, str, str] | None = None) -> Person:
        """A person with a Chinese name, of ``firm`` or of one of his own."""
        pick = self._random.choice
        while True:
            sur, given = surname or pick(words.SURNAMES), (pick(words.GIVEN), pick(words.GIVEN))
            if self._fresh(sur[0] + given[0][0] + given[1][0]):
                break
        mobile = self._new(lambda: f"{pick(_PREFIXES)}55{self._random.randrange(10**6):06d}")
        latin = f"{sur[2].title()} {(given[0][2] + given[1][2]).title()}"
        firm = firm or self.firm()
        local = f"{given[0][2]}{given[1][2]}.{sur[2]}"
        return Person(
            name=sur[0] + given[0][0] + given[1][0],
            traditional=sur[1] + given[0][1] + given[1][1],
            latin=latin,
            nick="",
            surname=sur[0],
            firm=firm,
            mobile=mobile,
            email=f"{local}@{firm.domain}",
            wechat=f"{given[0][2]}_{sur[2]}{self._random.randrange(1000, 9999)}",
        )

    def english(self, country: str = "") -> Person:
        """A person with an English name, in the UK unless said otherwise."""
        pick = self._random.choice
        while True:
            first, nick = pick(words.FIRST).split()
            last = pick(words.LAST)
            if self._fresh(f"{first} {last}"):
                break
        brand, (trade, industry) = pick(words.ENGLISH_BRANDS), pick(words.ENGLISH_TRADES)
        domain = f"{brand.lower()}-{trade.lower()}.example"
        name = f"{brand} {trade} {'GmbH' if country == 'Germany' else 'Ltd.'}"
        line = f"+44 20 7946 0{self._random.randrange(1000):03d}"
        firm = Firm(name, name, brand, domain, None, country or "United Kingdom", industry, pick(words.SIZES), line)
        mobile = self._new(lambda: f"+447700900{self._random.randrange(1000):03d}")
        if country == "Germany":
            mobile = self._new(lambda: f"+493023125{self._random.randrange(1000):03d}")
        full = f"{first} {last}"
        return Person(full, full, full, f"{nick} {last}", last, firm, mobile, f"{first}.{last}@{domain}".lower(), "")

    def firm(self) -> Firm:
        """A company that has not been seen, in a Chinese city."""
        pick = self._random.choice
        city, (trade, industry, traditional) = pick(words.CITIES), pick(words.TRADES)
        while True:
            chars = [pick(words.BRAND_CHARS) for _ in range(3)]
            brand = "".join(char for char, _ in chars)
            if self._fresh(brand):
                break
        domain = "".join(sound for _, sound in chars) + ".example"
        name, odd = f"{city.name}{brand}{trade}有限公司", f"{city.name}{brand}{traditional}有限公司"
        line = f"{city.area}-5550{self._random.randrange(10_000):04d}"
        return Firm(name, odd, brand, domain, city, "", industry, pick(words.SIZES), line)

    def _fresh(self, value: str) -> bool:
        return value not in self._taken and not self._taken.add(value)  # type: ignore[func-returns-value]

    def _new(self, make: Callable[[], str]) -> str:
        while True:
            if self._fresh(value := make()):
                return value


def written(number: str, random: Random) -> str:
    """A mobile number as people write it; a number with a country code keeps it."""
    if number.startswith("+"):
        return random.choice(
            [
                number,
                number.replace("+", "00"),
                f"{number[:3]} {number[3:7]} {number[7:]}",
                f"({number[:3]}) {number[3:]}",
            ]
        )
    three = f"{number[:3]}{{0}}{number[3:7]}{{0}}{number[7:]}"
    return random.choice(
        [
            number,
            three.format(" "),
            three.format("-"),
            three.format("."),
            f"+86 {three.format(' ')}",
            f"0086{number}",
            f"(+86){number}",
            number.translate(_FULL_WIDTH),
            f"手机：{number}",
            f"{number}.0",
        ]
    )


def card(person: Person, random: Random) -> Fields:
    """What a careful person fills in, with the usual spellings; who and how to reach him are always there."""
    firm = person.firm
    fields = {
        "name": random.choice(
            [person.name, f" {person.name} ", f"{person.name}先生" if firm.city else f"Mr {person.name}"]
        )
    }
    fields["phone"] = written(person.mobile, random)
    if random.random() < 0.7:
        fields["email"] = random.choice([person.email, person.email.upper(), f" {person.email}"])
    if random.random() < 0.8:
        fields["company"] = random.choice([firm.name, firm.name.replace("有限公司", "(有限公司)"), f"{firm.name} "])
    if firm.city:
        fields["city"] = random.choice([firm.city.name, f"{firm.city.name}市", firm.city.latin])
        if random.random() < 0.5:
            fields["region"] = firm.city.region
        if random.random() < 0.2:
            fields["address"] = f"{firm.city.name}市{random.choice(words.ROADS)}{random.randrange(1, 300)}号"
        if person.wechat and random.random() < 0.3:
            fields["wechat"] = person.wechat
    else:
        fields["country"] = firm.country
    for field, values in (("value", words.VALUES), ("product", words.PRODUCTS), ("message", words.MESSAGES)):
        if random.random() < 0.4:
            fields[field] = random.choice(values)
    if random.random() < 0.6:
        fields |= {"industry": firm.industry, "company_size": firm.size}
    return fields
