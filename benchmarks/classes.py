"""How often a lead of one of the harder classes finds its customer: pairs of leads in an index of ten thousand, by what they share.

    python -m benchmarks.classes [--names FILE] [--brands FILE] [--pairs 400]

The first lead is whole (name, mobile, company, city; mailbox and WeChat where the class is about them), the second has a name
of the class and one other thing. What is damaged is damaged at random, so not all of it can be found again. Material as for
``other_leads``; seed 99 is used for nothing else.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from benchmarks.accuracy import facts_of
from benchmarks.other_leads import Doors
from benchmarks.other_world import Firm, Person
from leads.preparation import Preparation
from leads.records import Facts, IndexStats, Neighbour
from matchers.keys import keys_of
from matchers.verdict import judge
from matchers.weights import DEFAULT

STATS = IndexStats(leads=10_000, joined=2_000)
KINDS = ("romanised", "pinyin", "chat", "given", "english", "title", "none", "sound", "titled")
Fields = dict[str, str]


def registered(firm: Firm) -> str:
    return f"{firm.city}{firm.brand}{firm.trade}{firm.legal or '有限公司'}"


def seconds(doors: Doors, who: Person, firm: Firm) -> dict[str, Fields]:
    """Class and what it shares -> the second lead."""
    han = who.name.replace(" ", "")
    moved = doors.firm()
    found: dict[str, Fields] = {}
    for kind in KINDS:
        found[f"{kind} | mobile"] = {"name": doors.spelled(who, kind), "phones": who.mobile}
    for kind in ("romanised", "pinyin", "title", "sound"):
        found[f"{kind} | company"] = {"name": doors.spelled(who, kind), "company": registered(firm), "city": firm.city}
    for kind in ("romanised", "chat", "none"):
        found[f"{kind} | mailbox"] = {"name": doors.spelled(who, kind), "emails": who.mail}
    said, heard = doors.said(firm, firm.brand), doors.said(firm, doors.by_sound(firm.brand))
    return found | {
        "whole name | company as it is said": {"name": han, "company": said},
        "whole name | company as it is heard": {"name": han, "company": heard, "city": firm.city},
        "whole name, another mobile | company as it is said": {"name": han, "company": said, "phones": doors.mobile()},
        "whole name, another firm and city | mobile": {"name": han, "company": registered(moved), "phones": who.mobile},
        "surname, another firm | mobile": {"name": han[0] + "总", "company": registered(moved), "phones": who.mobile},
        "whole name | damaged mobile": {"name": han, "phones": doors.damaged(who.mobile)},
        "surname | damaged mobile": {"name": han[0] + "总", "phones": doors.damaged(who.mobile)},
        "whole name | damaged mailbox": {"name": han, "emails": doors.spoilt(who.mail)},
        "nameless | damaged mailbox": {"emails": doors.spoilt(who.mail)},
        "name and company exchanged | mobile": {"name": registered(firm), "company": han, "phones": who.mobile},
        "the same without a legal form | mobile": {
            "name": firm.brand + firm.trade,
            "company": han,
            "phones": who.mobile,
        },
        "all a column too far": {"name": registered(firm), "company": who.mobile, "phones": who.mail},
        "name and company in one cell": {"name": f"{registered(firm)} {han}", "phones": doors.mobile()},
        "brand and name in one cell | mobile": {"name": f"{firm.brand}-{han}", "phones": who.mobile},
    }


def found(first: Facts, second: Facts) -> bool:
    """Whether the second lead joins the customer of the first."""
    keys = keys_of(second, b"classes")
    held = set(keys_of(first, b"classes"))
    shared = sum(1 << bit for bit, key in enumerate(keys) if key in held)
    counts = [int(key in held) for key in keys]
    neighbours = [Neighbour(1, (1,), (first,), shared, 1)] if shared else []
    return judge(second, counts, neighbours, STATS, DEFAULT).kind == "same"


def rates(pairs: int, names: list[str], brands: list[str]) -> dict[str, float]:
    """Share of the pairs of each class that are found to be one customer."""
    doors = Doors(99, names, brands)
    met: dict[str, list[bool]] = defaultdict(list)
    while len(met["none | mobile"]) < pairs:
        firm = doors.firm()
        who = doors.person(firm)
        if who.english:
            continue
        whole = {
            "name": who.name.replace(" ", ""),
            "phones": who.mobile,
            "company": registered(firm),
            "city": firm.city,
        }
        more = whole | {"emails": who.mail, "wechat": who.wechat}
        for kind, fields in seconds(doors, who, firm).items():
            first = more if "mail" in kind or "column" in kind else whole
            facts, _, _ = facts_of([("1", first), ("2", {k: v for k, v in fields.items() if v})], Preparation())
            met[kind].append(len(facts) == 2 and found(facts[0][1], facts[1][1]))
    return {kind: sum(hits) / len(hits) for kind, hits in met.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=400)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--brands", type=Path)
    args = parser.parse_args()
    names, brands = (path.read_text(encoding="utf-8").split() if path else [] for path in (args.names, args.brands))
    for kind, rate in sorted(rates(args.pairs, names, brands).items(), key=lambda item: item[1]):
        print(f"{kind:55} {rate:.3f}")


if __name__ == "__main__":
    main()
