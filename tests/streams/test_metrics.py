"""Counting: what a batch adds up to, what a label may hold, what a lead costs."""

from __future__ import annotations

import threading
import urllib.request
from pathlib import Path

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from leads.records import Evidence, Outcome
from streams.catalogue import CATALOGUE, DEPENDENCIES, STAGES, Guard, as_markdown
from streams.metrics import Metrics, exposition, new_registry, serve
from streams.tally import Tally
from tests.parts.kafka import free_port

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry, version="1.2.3")


def outcome(code: str = "assigned", reason: str = "rule", door: str = "form", **more: object) -> Outcome:
    return Outcome("0" * 32, "acme", code, reason, 0, f"{door}-source", door, **more)  # type: ignore[arg-type]


def observe(metrics: Metrics, outcomes: list[Outcome], ages_ms: list[int], repeats: int = 0) -> None:
    now_ms = 1_000_000
    made = [msgspec.structs.replace(o, at_ms=now_ms - age) for o, age in zip(outcomes, ages_ms, strict=True)]
    batch = Tally(made, len(made) + repeats, repeats)
    metrics.observe_batch(batch, now_ms, {"judge": 0.002}, [3] * len(outcomes), 0)


def test_the_page_has_every_entry_of_the_catalogue_and_reads_back(
    registry: CollectorRegistry, metrics: Metrics
) -> None:
    families = {family.name: family for family in text_string_to_metric_families(exposition(registry).decode())}
    for metric in CATALOGUE:
        family = families[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind, metric.help)


def test_docs_list_the_catalogue() -> None:
    assert (DOCS / "metrics.md").read_text() == as_markdown()


def test_names_are_in_base_units() -> None:
    for metric in CATALOGUE:
        assert metric.name.startswith("leadstream_")
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert not any(word in metric.name for word in ("milli", "_ms", "minutes", "kilo", "percent"))


def test_a_batch_adds_up(registry: CollectorRegistry, metrics: Metrics) -> None:
    observe(metrics, [outcome(), outcome(), outcome("merged", "same_contact")], [10, 20, 300], repeats=1)
    assigned = {"tenant": "acme", "door": "form", "source": "form-source", "code": "assigned", "reason": "rule"}
    assert registry.get_sample_value("leadstream_outcomes_total", assigned) == 2
    assert registry.get_sample_value("leadstream_events_total") == 4
    assert registry.get_sample_value("leadstream_repeats_total") == 1
    assert registry.get_sample_value("leadstream_lead_candidates_sum") == 9
    assert registry.get_sample_value("leadstream_stage_seconds_sum", {"stage": "judge"}) == 0.002


@pytest.mark.parametrize(
    ("age_ms", "edge", "inside"), [(250, "0.25", 1), (251, "0.25", 0), (60_000, "60.0", 1), (60_001, "60.0", 0)]
)
def test_an_objective_is_a_bucket_edge(
    registry: CollectorRegistry, metrics: Metrics, age_ms: int, edge: str, inside: int
) -> None:
    observe(metrics, [outcome()], [age_ms])
    assert registry.get_sample_value("leadstream_answer_seconds_bucket", {"door": "form", "le": edge}) == inside
    assert registry.get_sample_value("leadstream_answer_seconds_count", {"door": "form"}) == 1


def test_a_collision_counts_for_its_strongest_evidence(registry: CollectorRegistry, metrics: Metrics) -> None:
    evidence = (Evidence("name", "same", 3.0), Evidence("phone", "same", 17.0), Evidence("city", "other", -2.0))
    observe(metrics, [outcome("contested", "owned_by_other", evidence=evidence), outcome(evidence=evidence)], [1, 1])
    counted = [sample for family in registry.collect() for sample in family.samples if "collisions" in sample.name]
    assert [(sample.labels["field"], sample.value) for sample in counted] == [("phone", 1)]


@pytest.mark.parametrize(
    "value", ["13800138000", "138-0013-8000", "li@acme.cn", "王 小明 的 名单", "a" * 65, "import-2026-11-23", "x\ny"]
)
def test_what_may_be_personal_never_becomes_a_label(registry: CollectorRegistry, metrics: Metrics, value: str) -> None:
    metrics.received(value, "import", value)
    labels = {"tenant": "other", "door": "import", "source": "other"}
    assert registry.get_sample_value("leadstream_leads_received_total", labels) == 1
    assert value not in exposition(registry).decode()


@pytest.mark.parametrize("value", ["hotline", "百度推广", "/v1/receipts/{id}", "leads.raw", "", "row-123456"])
def test_identifiers_are_kept(value: str) -> None:
    assert Guard()("source", value) == value


def test_an_open_label_is_bounded() -> None:
    guard = Guard(most=3)
    assert [guard("source", name) for name in "abcda"] == ["a", "b", "c", "other", "a"]
    assert guard("tenant", "d") == "d"


def test_a_closed_label_takes_nothing_else(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.dead("malformed", 2)
    metrics.dead("invented")
    assert registry.get_sample_value("leadstream_dead_letters_total", {"reason": "malformed"}) == 2
    assert registry.get_sample_value("leadstream_dead_letters_total", {"reason": "other"}) == 1


def test_closed_series_start_at_zero_so_that_the_first_event_shows_in_a_rate(
    registry: CollectorRegistry, metrics: Metrics
) -> None:
    for dependency in DEPENDENCIES:
        assert registry.get_sample_value("leadstream_retries_total", {"dependency": dependency}) == 0
    for stage in STAGES:
        assert registry.get_sample_value("leadstream_stage_seconds_count", {"stage": stage}) == 0


def test_a_pool_that_is_gone_disappears(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.gauge("leadstream_pool_customers", {("acme", "north"): 5.0, ("acme", "south"): 6.0})
    metrics.gauge("leadstream_pool_customers", {("acme", "south"): 7.0})
    assert registry.get_sample_value("leadstream_pool_customers", {"tenant": "acme", "pool": "north"}) is None
    assert registry.get_sample_value("leadstream_pool_customers", {"tenant": "acme", "pool": "south"}) == 7


def test_the_page_comes_when_a_value_cannot_be_measured(registry: CollectorRegistry, metrics: Metrics) -> None:
    def measure(_: Metrics) -> None:
        raise OSError

    metrics.on_scrape(measure)
    assert b"leadstream_scrape_faults_total 1.0" in exposition(registry)


def test_measuring_happens_when_the_page_is_asked_for(registry: CollectorRegistry, metrics: Metrics) -> None:
    ages = iter((1.0, 2.0))
    metrics.on_scrape(lambda m: m.gauge("leadstream_oldest_unanswered_seconds", {("raw", "0"): next(ages)}))
    found = [
        line
        for _ in "ab"
        for line in exposition(registry).decode().splitlines()
        if line.startswith("leadstream_oldest")
    ]
    assert [line.rsplit(" ", 1)[1] for line in found] == ["1.0", "2.0"]


def test_threads_lose_no_count(registry: CollectorRegistry, metrics: Metrics) -> None:
    def count() -> None:
        for _ in range(2_000):
            metrics.request("/v1/calls", 202, 0.001)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    labels = {"route": "/v1/calls", "status": "202"}
    assert registry.get_sample_value("leadstream_http_requests_total", labels) == 8_000


def test_two_processes_of_one_test_do_not_meet() -> None:
    first, second = CollectorRegistry(), CollectorRegistry()
    Metrics(first).dead("malformed")
    Metrics(second)
    assert second.get_sample_value("leadstream_dead_letters_total", {"reason": "malformed"}) == 0


def test_a_worker_serves_its_page() -> None:
    registry, port = new_registry(), free_port()
    Metrics(registry, version="1.2.3")
    stop = serve(registry, port, "127.0.0.1")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            page = answer.read().decode()
    finally:
        stop()
    assert 'leadstream_build_info{component="worker",version="1.2.3"} 1.0' in page
    assert "process_resident_memory_bytes" in page


def test_a_tenants_counters_with_closed_labels_begin_at_nothing(registry: CollectorRegistry, metrics: Metrics) -> None:
    metrics.begin("acme")
    metrics.count("leadstream_moves_total", {("acme", "split"): 7.0})
    metrics.begin("acme")
    assert registry.get_sample_value("leadstream_moves_total", {"tenant": "acme", "move": "claim"}) == 0
    assert registry.get_sample_value("leadstream_moves_total", {"tenant": "acme", "move": "split"}) == 7
    assert registry.get_sample_value("leadstream_duplicates_total", {"tenant": "acme"}) is None, "sources are not known"


def test_since_when_a_process_is_ready_changes_with_it_only(registry: CollectorRegistry, metrics: Metrics) -> None:
    since = []
    for yes, now_ms in ((True, 1_000), (True, 2_000), (False, 3_000), (False, 4_000), (True, 5_000)):
        metrics.ready(yes, now_ms)
        since.append(registry.get_sample_value("leadstream_ready_since_seconds"))
    assert since == [1, 1, 3, 3, 5]
