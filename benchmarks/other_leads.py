"""A second make of leads, unlike ``own_leads``: by door (call, form, import), with names and brands of real lists.

    python -m benchmarks.other_leads OUT --leads 10000 --seed 1 [--names FILE] [--brands FILE] [--mild .5]

Here to see whether what helps on one make helps on another; like the first it makes claims about nothing. What is done to a
lead depends on its door: speech leaves names out, says firms short and by their sound; typing slips; copying shifts cells and
damages numbers. Rates follow what is published where anything is: four of five typing errors are a single letter (Damerau
1964), a tenth to a fifth of mobiles and jobs change within a year, a third of business contacts leave a desk's number now and
then. ``--names`` and ``--brands`` are lists, one a line; without them names and brands are made of tables and syllables.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

from benchmarks.other_world import Firm, Person, World
from benchmarks.own_words import CHAT, FIELDS, NICK
from leads.pinyin import reading
from leads.romanised import spellings, surname_spellings

_KEYS = {"a": "s", "e": "w", "i": "o", "n": "m", "o": "p", "u": "y", "l": "k", "g": "h", "t": "r"}


class Doors(World):
    """What a door makes of what people are called and reached by."""

    def slip(self, text: str) -> str:
        """A typing error: a letter doubled, lost, beside the right key, or two in the wrong order."""
        if len(text) < 4:
            return text
        at = self.random.randrange(1, len(text) - 1)
        one = text[at]
        return (
            text[:at]
            + self.pick((one + one, "", _KEYS.get(one, one), text[at + 1] + one))
            + text[at + 1 + self.chance(0.3) :]
        )

    def by_sound(self, text: str) -> str:
        """Another character of the same sound: speech, or the wrong choice of an input method."""
        at = self.random.randrange(len(text))
        others = self.sounds.get(reading(text[at])[0] if reading(text[at]) else "", [])
        return text[:at] + self.pick(others) + text[at + 1 :] if others else text

    def name(self, who: Person, door: str, marks: list[str]) -> str:
        first, second = who.name.split()
        if who.english:
            kind = self.random.choices(
                ("full", "none", "title", "turned", "nick", "initial", "slip"),
                (55, 18 if door == "call" else 6, 6, 6, 6, 4, 4),
            )[0]
            marks.append(f"en_{kind}")
            slipped = self.slip(second)
            return {
                "full": f"{first} {second}", "none": "", "title": f"{self.pick(('Mr', 'Ms', 'Dr.'))} {second}", "turned": f"{second.upper()}, {first}",
                "nick": f"{NICK.get(first, first)} {second}", "initial": f"{first[0]}. {second}", "slip": f"{first} {slipped}",
            }[kind]  # fmt: skip
        weights = {
            "call": (34, 28, 24, 0, 2, 3, 0, 0, 5, 4), "form": (66, 4, 6, 6, 3, 4, 4, 3, 3, 1), "import": (64, 4, 4, 2, 1, 2, 8, 5, 8, 2)
        }[door]  # fmt: skip
        kind = self.random.choices(
            ("full", "none", "title", "chat", "given", "english", "pinyin", "romanised", "titled", "sound"), weights
        )[0]
        marks.append(kind)
        return self.spelled(who, kind)

    def spelled(self, who: Person, kind: str) -> str:
        """A Chinese name as one of the kinds of ``name``."""
        first, second = who.name.split()
        han, family, rest = first + second, reading(first)[0], "".join(reading(second))
        if kind == "romanised":
            parts = [self.pick(sorted(spellings(c, reading(c)[0]))).title() for c in second]
            return f"{self.pick(sorted(surname_spellings(first, family))).title()} {self.pick((' ', '-')).join(parts)}"
        return {
            "full": han, "none": "", "title": first + self.pick(("先生", "女士", "总", "小姐", "经理", "工", "老师", "总监")), "chat": self.pick(CHAT),
            "given": second if len(second) > 1 else han, "english": who.alias or han, "sound": self.by_sound(han),
            "titled": self.pick((f"{han} 经理", f"{han}先生", f"{han}（采购）", f"销售总监 {han}", f"{han}/{who.alias or '总'}")),
            "pinyin": self.pick((f"{family} {rest}".title(), f"{rest} {family}".title(), (family + rest).upper(), (family + " " + rest).upper())),
        }[kind]  # fmt: skip

    def company(self, firm: Firm, door: str, marks: list[str]) -> str:
        brand = firm.brand
        if door == "call" and self.chance(0.12) and not brand.isascii():
            brand = self.by_sound(brand)
            marks.append("firm_sound")
        full = f"{firm.city}{brand}{firm.trade}{firm.legal}"
        if door == "import" or self.chance(0.35 if door == "form" else 0.1):
            return self.pick(
                (
                    full,
                    full,
                    f"{firm.city}市{brand}{firm.trade}{firm.legal}",
                    f"{brand}（{firm.city}）{firm.trade}{firm.legal}",
                    f"{brand}{firm.trade}{firm.legal}",
                )
            )
        marks.append("said")
        return self.said(firm, brand)

    def said(self, firm: Firm, brand: str) -> str:
        """A firm as people say it, its brand perhaps misheard."""
        return self.pick(
            (brand, f"{brand}{firm.trade}", f"{firm.city}{brand}", f"{brand}{firm.trade[:2]}", f"{brand}公司")
        )

    def phone(self, who: Person, door: str, marks: list[str]) -> str:
        if who.firm and self.rarely(0.14):
            marks.append("line")
            ext = self.pick(("", "", "", f"-{who.desk}", f"转{who.desk}"))
            return (
                self.pick(
                    (
                        f"0{who.firm.area}-{who.firm.line}",
                        f"0{who.firm.area}{who.firm.line}",
                        f"(0{who.firm.area}){who.firm.line}",
                    )
                )
                + ext
            )
        number = who.mobile
        if number.startswith("+1"):
            return self.pick((number, number.replace(" ", "-"), number.replace(" ", ""), number[3:]))
        if door == "import" and self.chance(0.1):
            marks.append("phone_damaged")
            return self.damaged(number)
        if door == "form" and self.chance(0.025):
            marks.append("phone_slip")
            at = self.random.randrange(3, 10)
            return number[:at] + self.digits(1) + number[at + 1 :]
        return self.pick(
            (
                number,
                number,
                f"+86{number}",
                f"86-{number}",
                f"{number[:3]} {number[3:7]} {number[7:]}",
                f"{number[:3]}-{number[3:7]}-{number[7:]}",
            )
        )

    def damaged(self, number: str) -> str:
        """A mobile after a spreadsheet, a careful clerk or a slip of the hand."""
        at = self.random.randrange(3, 10)
        return self.pick((
                f"{float(number):.2E}", f"{float(number):.5E}", number + ".0", f"{number[:3]}****{number[-4:]}", "'" + number,
                number[:at] + number[at + 1] + number[at] + number[at + 2 :], f"{number}/{self.mobile()}", number[:-1],
            ))  # fmt: skip

    def mail(self, who: Person, marks: list[str]) -> str:
        box = who.work if who.work and self.chance(0.45) else who.mail
        if self.chance(0.05):
            marks.append("mail_damaged")
            return self.spoilt(box)
        return box

    def spoilt(self, box: str) -> str:
        """A mailbox mistyped or copied with what stood beside it."""
        local, _, domain = box.partition("@")
        return self.pick(
            (
                f"{local}@@{domain}",
                box + ";",
                box.replace(".com", ".con"),
                f"{self.slip(local)}@{domain}",
                box.replace("@", " @ "),
                box.upper(),
            )
        )

    def lead(self, who: Person) -> dict[str, str]:
        """What a door got of a contact, with its marks."""
        door = self.random.choices(("call", "form", "import"), (30, 45, 25))[0]
        marks = [door]
        row = dict.fromkeys(FIELDS, "")
        row["name"] = self.name(who, door, marks)
        say = {
            "call": (1.0, 0.03, 0.03, 0.45, 0.3),
            "form": (0.85, 0.55, 0.22, 0.65, 0.5),
            "import": (0.88, 0.5, 0.15, 0.85, 0.7),
        }[door]
        say = tuple(p + (1.0 - p) * self.mild / 2 for p in say)
        if self.chance(say[0]):
            row["phone"] = self.phone(who, door, marks)
        if self.chance(say[1]) or not row["phone"]:
            row["email"] = self.mail(who, marks)
        if who.wechat and self.chance(say[2]):
            row["wechat"] = who.wechat
        if who.firm and self.chance(say[3]):
            row["company"] = self.company(who.firm, door, marks)
        if who.firm and self.chance(say[4]):
            row["city"] = who.firm.city + self.pick(("", "", "市"))
        if who.firm and self.chance(0.15):
            row["address"] = f"{self.pick(('', who.firm.city, who.firm.city + '市'))}{who.firm.address}"
        if door == "import":
            self.cells(row, marks)
        row["marks"] = " ".join(marks)
        return row

    def cells(self, row: dict[str, str], marks: list[str]) -> None:
        """Copying: a column too far, two cells in one."""
        if row["company"] and row["name"] and self.chance(0.03):
            marks.append("shifted")
            row["name"], row["company"] = row["company"], row["name"]
        elif row["company"] and row["name"] and self.chance(0.03):
            marks.append("merged")
            row["name"], row["company"] = f"{row['company']} {row['name']}", ""
        elif row["phone"] and row["name"] and self.chance(0.02):
            marks.append("phone_in_name")
            row["name"], row["phone"] = f"{row['name']} {row['phone']}", ""


def desk(maker: Doors, firm: Firm) -> dict[str, str]:
    """A lead of a firm itself: its line, a role or nobody."""
    row = dict.fromkeys(FIELDS, "")
    row |= {
        "name": maker.pick(("", "", "前台", "采购部", "客服")),
        "company": maker.company(firm, "form", []),
        "city": firm.city if maker.chance(0.7) else "",
    }
    row |= {"phone": f"0{firm.area}-{firm.line}" if maker.chance(0.8) else "", "marks": "desk"}
    if not row["phone"]:
        row["email"] = f"info@{firm.domain}"
    return row


def make(out: Path, leads: int, seed: int, names: list[str], brands: list[str], mild: float = 0.0) -> None:
    """Write the three files of a data folder."""
    maker = Doors(seed, names, brands, mild)
    rows: list[tuple[str, dict[str, str]]] = []
    firms: dict[int, Firm] = {}
    for who in maker.contacts(int(leads * 0.72)):
        count = maker.random.choices((1, 2, 3, 4, 6), (76, 14, 6, 3, 1))[0]
        for number in range(count):
            if number and maker.rarely(0.05):
                who.mobile = maker.mobile() if not who.english else who.mobile
            if number and who.firm and maker.rarely(0.05):
                who.firm = maker.firm()
                who.work = f"{who.work.partition('@')[0]}@{who.firm.domain}"
            rows.append((who.key, maker.lead(who)))
        if who.firm:
            firms[id(who.firm)] = who.firm
    for number, firm in enumerate(firms.values()):
        if maker.chance(0.12):
            rows += [(f"f{number}", desk(maker, firm)) for _ in range(maker.pick((1, 1, 2, 3)))]
    maker.random.shuffle(rows)
    out.mkdir(parents=True, exist_ok=True)
    for file, head, lines in (
        (
            "records.csv",
            ("id", *FIELDS, "marks"),
            [(f"R{i}", *row.values()) for i, (_, row) in enumerate(rows[:leads])],
        ),
        ("truth.csv", ("id", "cluster_id"), [(f"R{i}", entity) for i, (entity, _) in enumerate(rows[:leads])]),
    ):
        with (out / file).open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows((head, *lines))
    (out / "mapping.json").write_text(json.dumps({"fields": {name: name for name in FIELDS}}, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mild", type=float, default=0.0, help="in [0, 1]: fuller leads, fewer lines, moves, families")
    parser.add_argument("--names", type=Path)
    parser.add_argument("--brands", type=Path)
    args = parser.parse_args()
    names, brands = (path.read_text(encoding="utf-8").split() if path else [] for path in (args.names, args.brands))
    make(args.out, args.leads, args.seed, names, brands, args.mild)


if __name__ == "__main__":
    main()
