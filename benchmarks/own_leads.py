"""Leads of our own making, with truth: the classes that were hard elsewhere, to watch for over-fitting and for scale.

    python -m benchmarks.own_leads OUT --leads 10000 --seed 1 [--brands FILE]

Writes ``records.csv`` (with a ``marks`` column naming what was done to the lead), ``truth.csv`` and ``mapping.json``.
``--brands`` is a list of real company short forms, one a line; without it brands are made of syllables. It makes claims
about nothing: rates are guesses, and its author also wrote the matcher.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from pathlib import Path

import msgspec

from benchmarks.own_words import CHAT, CITIES, EN_FIRST, EN_LAST, FIELDS, FIRST, FREE, LEGAL, NICK, TITLES, TRADES
from leads.name_tables import given_bits, surnames
from leads.pinyin import reading
from leads.romanised import spellings, surname_spellings


class Firm(msgspec.Struct):
    brand: str
    trade: str
    legal: str
    city: tuple[str, str, str]
    line: str
    domain: str
    road: str
    agency: str = ""


class Person(msgspec.Struct):
    number: int
    surname: str
    given: str
    first: str
    firm: Firm | None
    mobile: str
    mail: str
    wechat: str
    english: bool = False
    old_mobile: str = ""


class Maker:
    """Draws people, firms and the leads they leave, all from one seeded source."""

    def __init__(self, seed: int, brands: list[str]) -> None:
        self.random = random.Random(seed)
        self.brands = brands
        self.surnames = list(surnames())
        self.shares = [known.share for known in surnames().values()]
        chars = given_bits()
        self.chars = list(chars)
        self.char_shares = [2.0**bits for bits in chars.values()]
        self.people: list[Person] = []

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def digits(self, count: int) -> str:
        return "".join(self.random.choices("0123456789", k=count))

    def mobile(self) -> str:
        return self.random.choice(("138", "139", "150", "151", "186", "188", "177", "199", "131")) + self.digits(8)

    def firm(self) -> Firm:
        pick = self.random.choice
        brand = pick(self.brands) if self.brands else "".join(self.random.choices(self.chars, k=pick((2, 2, 3))))
        city = pick(CITIES)
        domain = "".join(reading(brand)).lower() + pick((".com", ".cn", ".com.cn", "group.com", "tech.com"))
        road = f"{pick(('人民', '中山', '解放', '建设', '科技', '滨江', '长江', '和平', '文一西', '天府大道北段'))}路{pick(range(1, 999))}号"
        return Firm(brand, pick(TRADES), pick(LEGAL), city, f"0{city[2]}-{pick('5678')}{self.digits(7)}", domain, road)

    def person(self, firm: Firm | None, surname: str = "") -> Person:
        pick = self.random.choice
        number = len(self.people)
        if not surname and self.chance(0.15):
            person = Person(number, pick(EN_LAST), pick(EN_FIRST), "", firm, "", "", "", True)
            person.mobile = f"+1 {pick(('212', '415', '312'))} {self.random.randint(200, 999)} {self.digits(4)}"
            person.mail = f"{person.given}.{person.surname}{self.digits(2)}@gmail.com".lower()
        else:
            surname = surname or self.random.choices(self.surnames, self.shares)[0]
            given = "".join(self.random.choices(self.chars, self.char_shares, k=pick((1, 2, 2, 2))))
            sound, rest = reading(surname)[0], "".join(reading(given))
            person = Person(
                number, surname, given, pick(FIRST) if self.chance(0.3) else "", firm, self.mobile(), "", ""
            )
            local = pick(
                (f"{sound}{rest}", f"{rest}{sound}", f"{sound}{rest}{self.digits(2)}", f"{rest}{self.digits(3)}")
            )
            person.mail = f"{local}@{firm.domain if firm and self.chance(0.5) else pick(FREE)}"
            if person.mail.endswith("qq.com") and self.chance(0.6):
                person.mail = f"{pick('123456789')}{self.digits(8)}@qq.com"
            person.wechat = pick((person.mobile, f"{sound}{rest}{self.digits(3)}", f"wxid_{self.digits(9)}"))
        self.people.append(person)
        return person

    def population(self, count: int) -> None:
        """People in firms of all sizes, families on one phone, namesakes in one firm, agencies' clients, passed-on numbers."""
        while len(self.people) < count:
            firm = self.firm()
            size = self.random.choices((1, 2, 3, 6), (0.6, 0.2, 0.12, 0.08))[0]
            members = [self.person(firm) for _ in range(size)]
            if self.chance(0.03) and not members[0].english:
                twin = self.person(firm)
                twin.surname, twin.given = members[0].surname, members[0].given
            if self.chance(0.04) and not members[0].english:
                relative = self.person(None, members[0].surname)
                relative.mobile = members[0].mobile
            if self.chance(0.03):
                heir = self.person(None)
                heir.mobile = members[0].mobile
            if self.chance(0.01):
                for _ in range(12):
                    self.person(self.firm()).mobile = members[0].mobile
            if self.chance(0.25):
                self.person(None)
            if self.chance(0.03):
                members[0].old_mobile, members[0].mobile = members[0].mobile, self.mobile()

    def name(self, who: Person, marks: list[str]) -> str:
        if who.english:
            given = NICK.get(who.given, who.given) if self.chance(0.2) else who.given
            return self.random.choice(
                (f"{given} {who.surname}", f"{who.surname}, {given}", f"{given[0]}. {who.surname}")
            )
        kind = self.random.choices(
            ("full", "none", "title", "chat", "given", "english", "pinyin", "romanised", "titled"),
            (56, 14, 9, 3, 2, 3, 5, 3, 5),
        )[0]
        if kind != "full":
            marks.append(kind)
        han = who.surname + who.given
        sounds = [reading(who.surname)[0], "".join(reading(who.given))]
        if kind == "romanised":
            sound = self.random.choice(sorted(surname_spellings(who.surname, sounds[0])))
            parts = [self.random.choice(sorted(spellings(c, reading(c)[0]))) for c in who.given]
            return " ".join([sound, *parts]).title()
        options = {
            "full": han, "none": "", "title": who.surname + self.random.choice(TITLES[:3]), "chat": self.random.choice(CHAT),
            "given": who.given if len(who.given) > 1 else han, "english": who.first or han, "titled": f"{han} {self.random.choice(TITLES)}",
            "pinyin": self.random.choice((" ".join(sounds).title(), " ".join(sounds[::-1]).title(), "".join(sounds).upper())),
        }  # fmt: skip
        return options[kind]

    def company(self, firm: Firm, marks: list[str]) -> str:
        city = firm.city[0]
        form = self.random.choices(("full", "short", "brand", "bracket"), (45, 25, 15, 15))[0]
        if form == "brand":
            marks.append("brand")
        return {
            "full": f"{city}{firm.brand}{firm.trade}{firm.legal or '有限公司'}", "short": f"{firm.brand}{firm.trade}",
            "brand": firm.brand, "bracket": f"{firm.brand}{firm.trade}（{city}）{firm.legal}",
        }[form]  # fmt: skip

    def phone(self, who: Person, marks: list[str]) -> str:
        if who.firm and self.chance(0.12):
            marks.append("switchboard")
            return who.firm.line
        number = who.old_mobile if who.old_mobile and self.chance(0.5) else who.mobile
        if number.startswith("+1"):
            return self.random.choice((number, number.replace(" ", "-"), number.replace("+1 ", "")))
        damage = self.random.random()
        if damage < 0.06:
            marks.append("damaged")
            spot = self.random.randrange(3, 11)
            return self.random.choice(
                (
                    f"{number[:3]}****{number[-4:]}",
                    f"{float(number):.5E}",
                    number + ".0",
                    number[:spot] + self.digits(1) + number[spot + 1 :],
                )
            )
        return self.random.choice(
            (
                number,
                f"+86 {number}",
                f"{number[:3]}-{number[3:7]}-{number[7:]}",
                f"{number[:3]} {number[3:7]} {number[7:]}",
            )
        )

    def lead(self, who: Person) -> dict[str, str]:
        """One lead of a person: what a door would have got, with its marks."""
        marks: list[str] = []
        firm = who.firm
        call = self.chance(0.3)
        row = dict.fromkeys(FIELDS, "")
        row["name"] = self.name(who, marks)
        if call or self.chance(0.75):
            row["phone"] = self.phone(who, marks)
        if not call and (self.chance(0.45) or not row["phone"]):
            row["email"] = who.mail
        if not call and self.chance(0.25):
            row["wechat"] = who.wechat
        if firm and self.chance(0.4 if call else 0.7):
            row["company"] = self.company(firm, marks)
        if firm and self.chance(0.6):
            row["city"], row["province"] = firm.city[0] + self.random.choice(("", "市")), firm.city[1]
        if firm and self.chance(0.2):
            row["address"] = firm.city[0] + firm.road
        if row["company"] and row["name"] and self.chance(0.02):
            marks.append("shifted")
            row["name"], row["company"] = row["company"], row["name"]
        if row["email"] and self.chance(0.04):
            marks.append("mail")
            row["email"] = self.random.choice(
                (row["email"].replace("@", "@@"), row["email"] + ";", row["email"].replace("qq.com", "qq.con"))
            )
        row["marks"] = " ".join(marks)
        return row


def make(out: Path, leads: int, seed: int, brands: list[str]) -> None:
    """Write the three files of a data folder."""
    maker = Maker(seed, brands)
    maker.population(int(leads * 0.7))
    rows: list[tuple[float, str, dict[str, str]]] = []
    for who in maker.people:
        for _ in range(maker.random.choices((1, 2, 3, 5), (0.72, 0.17, 0.08, 0.03))[0]):
            row = maker.lead(who)
            if row["phone"] or row["email"] or row["wechat"] or (row["name"] and row["company"]):
                rows.append((maker.random.random(), f"E{who.number}", row))
    rows.sort(key=lambda item: item[0])
    out.mkdir(parents=True, exist_ok=True)
    with (out / "records.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", *FIELDS, "marks"))
        writer.writerows((f"R{i}", *row.values()) for i, (_, _, row) in enumerate(rows[:leads]))
    with (out / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "cluster_id"))
        writer.writerows((f"R{i}", entity) for i, (_, entity, _) in enumerate(rows[:leads]))
    (out / "mapping.json").write_text(json.dumps({"fields": {name: name for name in FIELDS}}, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--brands", type=Path)
    args = parser.parse_args()
    brands = args.brands.read_text(encoding="utf-8").split() if args.brands else []
    make(args.out, args.leads, args.seed, brands)


if __name__ == "__main__":
    main()
