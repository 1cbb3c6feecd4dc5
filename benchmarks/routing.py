"""``python -m benchmarks.routing``: what a plan costs over matching, microseconds of Python a lead, best and worst of seven.

The shipped policy, and a heavy one: 60 rules, 200 people in shifts with absences, scopes, caps, protection and answers by kind.
"""

from __future__ import annotations

from time import perf_counter

from leads.policy import Absence, Answer, Condition, Hours, Member, Policy, Pool, Rule, Scope, Team
from leads.prepare import prepare
from leads.records import Lead
from leadstream.configuration.config import load
from leadstream.sample.leads import samples
from routing.plan import compile_policy

CITIES = ("上海", "北京", "深圳", "杭州", "成都", "武汉", "西安", "苏州", "厦门", "郑州")
WEEK = tuple((day, 540, 1_080) for day in range(5))


def heavy(at_ms: int) -> Policy:
    """A large company's policy around ``at_ms``."""
    shifts = {"day": Hours(WEEK, "CN"), "night": Hours(tuple((day, 1_080, 1_980) for day in range(7)))}
    people = {
        f"m{i}": Member(
            f"m{i}",
            level=("senior", "mid", "new")[i % 3],
            skills=("english",) if i % 5 == 0 else (),
            max_open=400,
            max_day=30,
            shifts=("day", "night")[: 1 + i % 2],
            absences=(Absence(at_ms + i * 3_600_000, at_ms + (i + 40) * 3_600_000),),
        )
        for i in range(200)
    }
    rules = tuple(
        Rule(
            f"r{i}",
            (Condition("city", "in", (CITIES[i % 10],)), Condition("value", "at_least", (str((60 - i) * 10_000),))),
            team="all",
            levels=(("senior", "mid", "new")[i % 3],),
            grade="ABC"[i % 3],
        )
        for i in range(59)
    )
    return Policy(
        "heavy",
        members=people,
        teams={"all": Team("all", tuple(people))},
        pools={"public": Pool("public", max_open=300, recycle_ms=1)},
        rules=(*rules, Rule("rest", team="all")),
        hours=shifts,
        scopes=tuple(Scope(city, (Condition("region", "in", (city,)),)) for city in CITIES),
        protect={"call": 1, "A": 2},
        answer={"": Answer(3_600_000, "day")},
        credit=3.0,
    )


def main() -> None:
    settings = load(None, {}).tenants["main"]
    preparation = settings.preparation()
    made = (prepare(row, envelope, preparation) for envelope in samples(3, "main") for row in envelope.rows)
    leads = [lead for lead in made if isinstance(lead, Lead)]
    for name, policy in (("shipped", settings.policy()), ("heavy", heavy(leads[0].at_ms))):
        router, runs = compile_policy(policy), []
        for _ in range(7):
            begun = perf_counter()
            for lead in leads:
                router.answer_by(router.plan(lead, lead.at_ms), lead.at_ms)
            runs.append((perf_counter() - begun) / len(leads) * 1e6)
        first, *warm = runs
        print(
            f"{name:8} {len(leads):,} leads: {min(warm):.2f} to {max(warm):.2f} us a lead, {first:.1f} us the first time"
        )


if __name__ == "__main__":
    main()
