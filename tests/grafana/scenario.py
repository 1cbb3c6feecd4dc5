"""Ten minutes of a small company's day, told through the counting API only: one door, two workers, all well or in trouble."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import cycle

import msgspec
from prometheus_client import CollectorRegistry

from leads.ownership import LAPSES, REFUSALS
from leads.records import REASONS, Code, Door, Evidence, Outcome
from routing.fairness import HOW
from streams.catalogue import ANSWERS, MET, MOVES, PERMISSIONS, PROBLEMS, STAGES
from streams.metrics import Metrics, new_registry
from streams.tally import Tally
from tests.parts.prometheus import Recorder

SOURCES: dict[Door, str] = {"call": "hotline", "form": "website", "import": "trade-fair"}
DISPOSITIONS: tuple[tuple[Code, str], ...] = tuple((c, r) for c, rs in REASONS.items() for r in rs)  # type: ignore[misc]
#: What a good day brings: hardly anything refused, disputed or unsure.
GOOD: tuple[tuple[Code, str], ...] = (
    *(("assigned", "rule"),) * 50,
    *(("merged", "same_contact"),) * 9,
    ("review", "unsure"),
)
SCRAPES, EVERY_S = 41, 15
LEVELS = (("phone", "mobile"), ("phone", "differs"), ("email", "exact"), ("company", "core"), ("name", "exact"))
VERDICTS = {"assigned": "new", "pooled": "new", "merged": "same", "contested": "same", "review": "unsure"}


def outcomes(dice: random.Random, n: int, broken: bool) -> list[Outcome]:
    """``n`` outcomes, some with evidence; of every kind in a broken company."""
    made = []
    ill = (*DISPOSITIONS, *(("review", "unsure"),) * 4)
    kinds = cycle(dice.sample(ill, len(ill)) if broken else dice.sample(GOOD, len(GOOD)))
    for _, (code, reason) in zip(range(n), kinds, strict=False):
        door = dice.choice(list(SOURCES))
        verdict = VERDICTS.get(code, "")
        evidence = (
            tuple(Evidence(f, level, dice.uniform(1, 20)) for f, level in dice.sample(LEVELS, 3)) if verdict else ()
        )
        lead = Outcome(f"{dice.getrandbits(128):032x}", "acme", code, reason, 0, SOURCES[door], door, evidence=evidence)
        made.append(_judged(lead, verdict, dice.uniform(-25, 45)))
    return made


def _judged(lead: Outcome, verdict: str, bits: float) -> Outcome:
    return msgspec.structs.replace(lead, verdict=verdict, bits=bits)


class Company:
    """The processes, and the page of each. A ``broken`` one breaks half-way through."""

    def __init__(self, seed: int = 7, *, broken: bool = False) -> None:
        self.dice = random.Random(seed)
        self.broken = broken
        self.registries = {name: new_registry() for name in ("gateway", "worker-1", "worker-2")}
        self.door, *self.workers = (
            Metrics(registry, component=name.split("-")[0], version="1.0.0")
            for name, registry in self.registries.items()
        )
        for worker in self.workers:
            worker.ready(True, 0)
            worker.gauge("leadstream_policy_info", {("acme", "a1b2c3"): 1.0})
            worker.gauge("leadstream_level_expected_ratio", {("phone", "differs"): 0.14, ("phone", "mobile"): 0.9})
        self.door.ready(True, 0)
        self.waiting = 0

    def quarter_minute(self, step: int) -> None:
        """Fifteen seconds: requests, leads in, batches out; in a broken company something goes wrong."""
        bad = self.broken and step > SCRAPES // 2
        for door, source in SOURCES.items():
            n = self.dice.randint(20, 60)
            self.door.received("acme", door, source, n)
            self.waiting += n
            for i in range(n):
                refused = bad and i % 5 == 0
                status, why = (503, PROBLEMS[i % len(PROBLEMS)]) if refused else (202, "")
                self.door.request(f"/v1/{door}s", status, self.dice.expovariate(1 / 0.02), why)
        self.door.door(4.0 if bad else 64.0, 4 if bad else 2)
        self.door.ready(not bad, step * 1000)
        for answer in ANSWERS:
            self.door.request("/v1/conflicts", 200, 0.5 if bad else 0.05)
            self.door.asked("acme", answer, fishing=False)
        for permission in PERMISSIONS:
            self.door.checked("acme", permission)
        for number, worker in enumerate(self.workers):
            n = self.waiting // (2 - number)
            self.batch(worker, outcomes(self.dice, n, bad), step * 1000 + 500, late=bad)
            self.waiting -= n
            self.measure(worker, number, bad)
            if bad:
                worker.retry("store")
                worker.dead("malformed", 2)
                worker.set_aside()
        self.people(self.workers[0], bad)

    def batch(self, worker: Metrics, made: list[Outcome], now_ms: int, *, late: bool) -> None:
        """One batch with a lead or two that came again."""
        repeats = self.dice.randint(0, 2)
        made = [msgspec.structs.replace(o, at_ms=now_ms - (9_000 if late else self.dice.randint(1, 400))) for o in made]
        stages = {stage: self.dice.uniform(0.001, 0.02) for stage in STAGES}
        candidates = [self.dice.randint(0, 12) for _ in made]
        worker.observe_batch(Tally(made, len(made) + repeats, repeats), now_ms, stages, candidates, 1, full_buckets=3)
        worker.timed("acme", [(source, 7_200_000 if late else 60_000) for source in SOURCES.values()])

    def people(self, relay: Metrics, bad: bool) -> None:
        """What the journal told whoever relays it."""
        relay.count(
            "leadstream_moves_total", {("acme", move): 1 for move in (MOVES if bad else ("claim", "follow_up"))}
        )
        relay.count("leadstream_refusals_total", {("acme", refusal): 1 for refusal in REFUSALS})
        relay.count("leadstream_lapses_total", {("acme", lapse): 1 for lapse in LAPSES})
        relay.count("leadstream_gifts_total", {("acme", "team:sales", how): 2 for how in HOW})
        relay.spent("leadstream_first_contact_seconds", ("acme",), 90_000 if bad else 1_200)
        for source in SOURCES.values():
            relay.count("leadstream_duplicates_total", {("acme", source, met): 20 if bad else 1 for met in MET})
        due = {("acme", "team:sales", member): 20.0 for member in ("li", "wang", "zhao")}
        given = due | {("acme", "team:sales", "li"): 50.0, ("acme", "team:sales", "zhao"): 0.0} if bad else due
        relay.gauge("leadstream_turns_due_leads", due)
        relay.gauge("leadstream_turns_given_leads", given)
        relay.gauge("leadstream_fairness_gini_ratio", {("acme", "team:sales"): 0.5 if bad else 0.02})
        relay.gauge("leadstream_fairness_deviation_ratio", {("acme", "team:sales"): 0.4 if bad else 0.02})
        for name, well, ill in (
            ("calls", 40, 40),
            ("share_ratio", 0.45, 1.0),
            ("even_ratio", 0.33, 0.33),
            ("chance_ratio", 0.8, 1e-9),
        ):
            relay.gauge(f"leadstream_hotline_{name}", {("acme", "hotline"): ill if bad else well})

    def measure(self, worker: Metrics, number: int, bad: bool) -> None:
        """What a worker reads from its store and its log when it is asked."""
        place = ("leads.raw", str(number))
        worker.gauge("leadstream_oldest_unanswered_seconds", {place: 90.0 if bad else 0.2})
        worker.gauge("leadstream_log_lag_messages", {place: 9_000.0 if bad else 1.0})
        worker.gauge("leadstream_pool_customers", {("acme", "public"): 120.0, ("acme", "north"): 30.0})
        worker.gauge("leadstream_pool_oldest_seconds", {("acme", "public"): 3e6 if bad else 86_400.0})
        worker.gauge(
            "leadstream_owner_customers", {("acme", "li"): 50.0, ("acme", "wang"): 40.0, ("acme", "zhao"): 10.0}
        )
        waiting = {
            "review_waiting_leads": 2_000 if bad else 4,
            "cases_open_cases": 5,
            "cases_overdue_cases": 3 if bad else 0,
        }
        rest = {"journal_lag_entries": 9, "index_leads": 5000, "large_customers": 2 if bad else 0, "demoted_keys": 7}
        for name, value in (waiting | rest).items():
            worker.gauge(f"leadstream_{name}", {("acme",): float(value)})
        worker.gauge("leadstream_store_memory_bytes", {(): 9e8 if bad else 3e8})
        worker.gauge("leadstream_store_memory_limit_bytes", {(): 1e9})

    def scraped(self) -> Iterable[tuple[dict[str, str], CollectorRegistry]]:
        for name, registry in self.registries.items():
            yield {"job": name.split("-")[0], "instance": name}, registry


def record(end_s: float, *, broken: bool = False) -> Recorder:
    """The ten minutes before ``end_s``, as Prometheus would have scraped them. In the end one worker of a broken company is gone."""
    recorder, company = Recorder(), Company(broken=broken)
    for step in range(SCRAPES):
        at_s = end_s - (SCRAPES - 1 - step) * EVERY_S
        if step:
            company.quarter_minute(step)
        bad = broken and step > SCRAPES // 2
        for labels, registry in company.scraped():
            recorder.keep(iter(registry.collect()), at_s, labels)  # type: ignore[arg-type]
            recorder.add("up", 0.0 if bad and labels["instance"] == "worker-2" else 1.0, at_s, labels)
        if bad:
            recorder.add(
                "ALERTS", 1.0, at_s, {"alertname": "AnswersBurning", "alertstate": "firing", "severity": "page"}
            )
    return recorder
