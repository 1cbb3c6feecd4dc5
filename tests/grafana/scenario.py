"""Ten minutes of a small company's day, told through the counting API only: one door, two workers, a bad minute."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import cycle

from prometheus_client import CollectorRegistry

from leads.records import REASONS, Code, Door, Evidence, Outcome
from streams.catalogue import STAGES
from streams.metrics import Metrics
from tests.parts.prometheus import Recorder

SOURCES: dict[Door, str] = {"call": "hotline", "form": "website", "import": "trade-fair"}
DISPOSITIONS: tuple[tuple[Code, str], ...] = tuple((c, r) for c, rs in REASONS.items() for r in rs)  # type: ignore[misc]
SCRAPES, EVERY_S = 41, 15
FIELDS = ("phone", "email", "company", "name", "wechat")


def outcomes(dice: random.Random, n: int) -> list[Outcome]:
    """``n`` outcomes of every kind, some with evidence."""
    made = []
    kinds = cycle(dice.sample(DISPOSITIONS, len(DISPOSITIONS)))
    for _, (code, reason) in zip(range(n), kinds, strict=False):
        door = dice.choice(list(SOURCES))
        evidence = tuple(Evidence(field, "same", dice.uniform(1, 20)) for field in dice.sample(FIELDS, 3))
        lead = Outcome(f"{dice.getrandbits(128):032x}", "acme", code, reason, 0, SOURCES[door], door, evidence=evidence)
        made.append(lead)
    return made


class Company:
    """The processes, and the page of each."""

    def __init__(self, seed: int = 7) -> None:
        self.dice = random.Random(seed)
        self.registries = {name: CollectorRegistry() for name in ("gateway", "worker-1", "worker-2")}
        self.door, *self.workers = (
            Metrics(registry, component=name.split("-")[0], version="1.0.0")
            for name, registry in self.registries.items()
        )
        for worker in self.workers:
            worker.ready(True)
        self.door.ready(True)
        self.waiting = 0

    def quarter_minute(self, step: int) -> None:
        """Fifteen seconds: requests, leads in, batches out; now and then something goes wrong."""
        bad = step % 10 == 9
        for door, source in SOURCES.items():
            n = self.dice.randint(20, 60)
            self.door.received("acme", door, source, n)
            self.waiting += n
            for _ in range(n):
                self.door.request(f"/v1/{door}s", 503 if bad else 202, self.dice.expovariate(1 / 0.02))
        for number, worker in enumerate(self.workers):
            n = self.waiting // (2 - number)
            self.batch(worker, outcomes(self.dice, n), step * 1000 + 500)
            self.waiting -= n
            self.measure(worker, number, bad)
            if bad:
                worker.retry("store")
                worker.dead("malformed", 2)
                worker.set_aside()

    def batch(self, worker: Metrics, made: list[Outcome], now_ms: int) -> None:
        """One batch with a lead or two that came again."""
        repeats = self.dice.randint(0, 2)
        accepted = [now_ms - self.dice.randint(1, 400) for _ in range(len(made) + repeats)]
        stages = {stage: self.dice.uniform(0.001, 0.02) for stage in STAGES}
        candidates = [self.dice.randint(0, 12) for _ in made]
        worker.observe_batch(made, accepted, now_ms, stages, candidates, 1, repeats=repeats, full_buckets=3)

    def measure(self, worker: Metrics, number: int, bad: bool) -> None:
        """What a worker reads from its store and its log when it is asked."""
        place = ("leads.raw", str(number))
        worker.gauge("leadstream_oldest_unanswered_seconds", {place: 20.0 if bad else 0.2})
        worker.gauge("leadstream_log_lag_messages", {place: 40.0 if bad else 1.0})
        worker.gauge("leadstream_pool_customers", {("acme", "public"): 120.0, ("acme", "north"): 30.0})
        worker.gauge(
            "leadstream_owner_customers", {("acme", "li"): 50.0, ("acme", "wang"): 40.0, ("acme", "zhao"): 10.0}
        )
        for name, value in {"review_waiting_leads": 4, "journal_lag_entries": 9, "index_leads": 5000}.items():
            worker.gauge(f"leadstream_{name}", {("acme",): float(value)})
        worker.gauge("leadstream_store_memory_bytes", {(): 3e8})
        worker.gauge("leadstream_store_memory_limit_bytes", {(): 1e9})

    def scraped(self) -> Iterable[tuple[dict[str, str], CollectorRegistry]]:
        for name, registry in self.registries.items():
            yield {"job": name.split("-")[0], "instance": name}, registry


def record(end_s: float) -> Recorder:
    """The ten minutes before ``end_s``, as Prometheus would have scraped them."""
    recorder, company = Recorder(), Company()
    for step in range(SCRAPES):
        at_s = end_s - (SCRAPES - 1 - step) * EVERY_S
        if step:
            company.quarter_minute(step)
        for labels, registry in company.scraped():
            recorder.keep(iter(registry.collect()), at_s, labels)  # type: ignore[arg-type]
            recorder.add("up", 1.0, at_s, labels)
    return recorder
