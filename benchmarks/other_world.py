"""Who is there in the second make of leads: firms and the people in them, families, namesakes, heirs of a number, agencies."""

from __future__ import annotations

import random

import msgspec

from benchmarks.own_words import CITIES, EN_FIRST, FIRST, FREE, LEGAL, TRADES
from leads.name_tables import english, given_bits, surnames
from leads.pinyin import reading
from leads.text import knowledge


class Firm(msgspec.Struct):
    city: str
    area: str
    brand: str
    trade: str
    legal: str
    line: str
    domain: str
    address: str


class Person(msgspec.Struct):
    key: str
    name: str  # Han "surname given" or English "Given Surname", parts apart
    english: bool
    alias: str
    firm: Firm | None
    mobile: str
    mail: str
    work: str
    wechat: str
    desk: str = ""  # extension of the firm's line


class World:
    """Everything drawn from one seeded source."""

    def __init__(self, seed: int, names: list[str], brands: list[str], mild: float = 0.0) -> None:
        self.random = random.Random(seed)
        self.mild = mild
        self.taken: dict[str, int] = {}
        self.pick = self.random.choice
        self.brands = brands
        known = surnames()
        self.by_surname: dict[str, list[str]] = {}
        for name in names:
            if 2 <= len(name) <= 3 and name[0] in known:
                self.by_surname.setdefault(name[0], []).append(name[1:])
        self.families = [s for s in known if not names or s in self.by_surname]
        self.shares = [known[s].share for s in self.families]
        self.chars, bits = zip(*given_bits().items(), strict=True)
        self.char_shares = [2.0**b for b in bits]
        self.last, self.last_shares = zip(
            *((n.title(), e.last) for n, e in english().items() if e.last > 1e-4), strict=True
        )
        self.sounds: dict[str, list[str]] = {}
        for line in knowledge("pinyin.tsv"):
            syllable, chars = line.split("\t")
            self.sounds[syllable] = [c for c in chars if c in given_bits()]

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def rarely(self, p: float) -> bool:
        """A chance that a milder world takes less often."""
        return self.chance(p * (1.0 - self.mild))

    def digits(self, count: int) -> str:
        return "".join(self.random.choices("0123456789", k=count))

    def free(self, name: str, at: str = "") -> str:
        """A mailbox, handle or domain that nobody has yet: who comes later gets a number behind it, as providers offer."""
        count = self.taken[name + at] = self.taken.get(name + at, 0) + 1
        return name + (str(count) if count > 1 else "") + at

    def mobile(self) -> str:
        return self.pick(("135", "136", "137", "152", "158", "159", "180", "189", "133", "166")) + self.digits(8)

    def firm(self) -> Firm:
        city, _, area = self.pick(CITIES)
        brand = self.pick(self.brands) if self.brands else "".join(self.random.choices(self.chars, k=self.pick((2, 3))))
        domain = "".join(reading(brand)).lower()[:14] + self.pick(("", "", "cn", "-group", "tech"))
        domain = self.free(domain, self.pick((".com", ".cn")))
        road = "".join(self.random.choices(self.chars, k=2)) + self.pick(("路", "大道", "街"))
        line = self.pick("268") + self.digits(7)
        return Firm(
            city,
            area,
            brand,
            self.pick(TRADES),
            self.pick(LEGAL[:4]),
            line,
            domain,
            f"{road}{self.random.randint(1, 900)}号",
        )

    def person(self, firm: Firm | None, surname: str = "") -> Person:
        key = f"p{self.random.getrandbits(48):012x}"
        desk = self.digits(3)
        if not surname and self.chance(0.29):
            first, last = self.pick((*EN_FIRST, *FIRST)), self.random.choices(self.last, self.last_shares)[0]
            local = self.pick((f"{first}.{last}", f"{first[0]}{last}", f"{first}{last}{self.digits(2)}")).lower()
            work = self.free(f"{first[0]}.{last}".lower(), f"@{firm.domain}") if firm else ""
            number = f"+1 {self.pick(('206', '512', '617', '303'))} {self.random.randint(200, 999)} {self.digits(4)}"
            return Person(
                key,
                f"{first} {last}",
                True,
                "",
                firm,
                number,
                self.free(local, f"@{self.pick(('gmail.com', 'yahoo.com'))}"),
                work,
                "",
                desk,
            )
        surname = surname or self.random.choices(self.families, self.shares)[0]
        real = self.by_surname.get(surname)
        given = (
            self.pick(real)
            if real
            else "".join(self.random.choices(self.chars, self.char_shares, k=self.pick((1, 2, 2))))
        )
        family, rest = reading(surname)[0], "".join(reading(given))
        free = self.pick(FREE)
        local = f"{self.pick('123456789')}{self.digits(8)}" if free == "qq.com" and self.chance(0.7) else self.pick(
            (f"{family}{rest}", f"{rest}{self.digits(4)}", f"{family}_{rest}", f"{family[0]}{rest[0]}{self.digits(6)}")
        )  # fmt: skip
        styles = (f"{family}.{rest}", f"{rest}.{family}", f"{family}{rest[0]}")
        work = self.free(self.pick(styles), f"@{firm.domain}") if firm else ""
        person = Person(
            key,
            f"{surname} {given}",
            False,
            self.pick(FIRST) if self.chance(0.2) else "",
            firm,
            self.mobile(),
            self.free(local, f"@{free}"),
            work,
            "",
            desk,
        )
        person.wechat = self.pick(
            (
                "",
                f"wxid_{self.digits(10)}",
                f"{family}{self.digits(5)}",
                f"{self.pick(FIRST).lower()}{self.digits(4)}",
            )
        )
        person.wechat = self.free(person.wechat) if person.wechat else person.mobile
        return person

    def contacts(self, count: int) -> list[Person]:
        """Colleagues, namesakes in a firm, families, heirs of a number, an agency now and then."""
        people: list[Person] = []
        while len(people) < count:
            firm = self.firm()
            here = [self.person(firm) for _ in range(self.random.choices((1, 2, 3, 5), (68, 20, 8, 4))[0])]
            if self.chance(0.3):
                here.append(self.person(None))
            first = here[0]
            if self.rarely(0.015) and not first.english:
                twin = self.person(firm, first.name.split()[0])
                twin.name = first.name
                here.append(twin)
            if self.rarely(0.03) and not first.english:
                relative = self.person(None, first.name.split()[0]) if self.chance(0.6) else self.person(None)
                relative.mobile = first.mobile
                here.append(relative)
            if self.rarely(0.01):
                heir = self.person(None)
                heir.mobile = first.mobile
                here.append(heir)
            if self.rarely(0.002):
                clients = [self.person(self.firm()) for _ in range(15)]
                for client in clients:
                    client.mobile = first.mobile
                here += clients
            people += here
        return people
