"""Counting, for one process: plain numbers in dictionaries, handed over when Prometheus asks.

A client library's counter costs about a microsecond a call and would be called ten times a lead; adding up a batch first
costs a fraction of that. What is counted, and under which labels, is in `streams.catalogue`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from streams.catalogue import BY_NAME, CATALOGUE, Guard, Metric, Values
from streams.histogram import Histogram
from streams.tally import Tally

#: What `exposition` answers with.
CONTENT_TYPE = CONTENT_TYPE_LATEST
#: A lead that comes so long after the customer left his details is late: most have then bought or been called.
LATE_MS = 3_600_000
Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class Metrics(Collector):
    """Counts for one process. Pass a fresh `CollectorRegistry`; nothing is global, so tests and processes do not meet.

    Every method may be called from any thread and never raises on a label's value.
    """

    def __init__(self, registry: CollectorRegistry, *, component: str = "worker", version: str = "0") -> None:
        self._lock = threading.Lock()
        self._guard = Guard()
        self._sums: dict[str, dict[Values, float]] = {m.name: {} for m in CATALOGUE if m.kind != "histogram"}
        self._shapes: dict[str, dict[Values, Histogram]] = {m.name: {} for m in CATALOGUE if m.kind == "histogram"}
        self._measure: Callable[[Metrics], None] | None = None
        self._start_at_zero()
        self.gauge("leadstream_build_info", {(version, component): 1.0})
        registry.register(self)

    # ------------------------------------------------------------ the door

    def received(self, tenant: str, door: str, source: str, n: int = 1) -> None:
        """A door accepted ``n`` leads and the log confirmed them."""
        self._add("leadstream_leads_received_total", (tenant, door, source), n)

    def request(self, route: str, status: int, seconds: float, refused: str = "") -> None:
        """One HTTP request was answered. ``route`` is the template (``/v1/receipts/{id}``), never the path; ``refused`` why it
        was, "" when it was not."""
        with self._lock:
            self._many("leadstream_http_requests_total", {(route, str(status)): 1})
            if refused:
                self._many("leadstream_door_refusals_total", {(refused,): 1})
            self._shape("leadstream_http_request_seconds", (route,)).add(seconds)

    def door(self, pace: float, inside: int) -> None:
        """How many requests the door works on at a time, at most and now."""
        self.gauge("leadstream_door_pace_requests", {(): pace})
        self.gauge("leadstream_door_inside_requests", {(): float(inside)})

    # ------------------------------------------------------------ the flow

    def observe_batch(
        self,
        batch: Tally,
        now_ms: int,
        stages: Mapping[str, float],
        candidates: Sequence[int],
        stale: int,
        full_buckets: int = 0,
    ) -> None:
        """One batch was published at ``now_ms`` and is about to be acknowledged.

        ``stages`` are seconds by stage, ``candidates`` how many earlier leads each lead was compared with, ``full_buckets`` how
        many keys were no evidence.
        """
        with self._lock:
            self._many("leadstream_outcomes_total", batch.outcomes)
            self._many("leadstream_collisions_total", batch.collisions)
            self._many("leadstream_evidence_total", batch.levels)
            for verdict, bits in batch.bits.items():
                self._shape("leadstream_match_weight", (verdict,)).extend(bits)
            for door, times_ms in batch.at_ms.items():
                waits = [(now_ms - at_ms) / 1000 if at_ms < now_ms else 0.0 for at_ms in times_ms]
                self._shape("leadstream_answer_seconds", (door,)).extend(waits)
            self._shape("leadstream_lead_candidates", ()).extend(candidates)
            for stage, seconds in stages.items():
                self._shape("leadstream_stage_seconds", (stage,)).add(seconds)
            self._shape("leadstream_batch_leads", ()).add(batch.leads)
            self._sums["leadstream_events_total"][()] += batch.leads
            self._sums["leadstream_repeats_total"][()] += batch.repeats
            self._sums["leadstream_stale_decisions_total"][()] += stale
            self._sums["leadstream_full_buckets_total"][()] += full_buckets

    def begin(self, tenant: str) -> None:
        """This process counts for a tenant: counters whose other labels are closed exist for it from now on, so that the first
        of a kind is a step that a rate sees."""
        for metric in CATALOGUE:
            others = [values for label, values in metric.labels.items() if label != "tenant"]
            if metric.kind == "counter" and len(others) < len(metric.labels) and all(others):
                kinds = [values or (tenant,) for values in metric.labels.values()]
                self.count(metric.name, dict.fromkeys(product(*kinds), 0.0))

    def timed(self, tenant: str, delays_ms: Sequence[tuple[str, int | None]]) -> None:
        """Leads that say when their customers left their details: (source, how long ago; None when it cannot be read)."""
        told = [(source, delay) for source, delay in delays_ms if delay is not None]
        timed, late = Counter(s for s, _ in told), Counter(s for s, delay in told if delay > LATE_MS)
        self.count("leadstream_timed_leads_total", {(tenant, source): n for source, n in timed.items()})
        self.count("leadstream_late_leads_total", {(tenant, source): late[source] for source in timed})

    def count(self, name: str, counts: Mapping[Values, float]) -> None:
        """Add to a counter, by label values in the catalogue's order. Raises KeyError for a name that is not in the catalogue."""
        with self._lock:
            self._many(name, counts)

    def spent(self, name: str, labels: Values, seconds: float) -> None:
        """One observation of a histogram. Raises KeyError for a name that is not in the catalogue."""
        with self._lock:
            self._shape(name, labels).add(seconds)

    def dead(self, reason: str, n: int = 1) -> None:
        """``n`` leads went to the dead letters; ``reason`` is one of the rejected codes."""
        self._add("leadstream_dead_letters_total", (reason,), n)

    def asked(self, tenant: str, answer: str, *, fishing: bool) -> None:
        """A conflict query was answered; ``fishing`` when the asker is slowed down."""
        self._add("leadstream_conflict_queries_total", (tenant, answer), 1)
        if fishing:
            self._add("leadstream_conflict_fishing_total", (), 1)

    def checked(self, tenant: str, reason: str) -> None:
        """Somebody asked whether a customer may be called."""
        self._add("leadstream_contact_checks_total", (tenant, reason), 1)

    def expired(self, n: int) -> None:
        """``n`` leads were forgotten by retention."""
        self._add("leadstream_expired_leads_total", (), n)

    def due(self, tenant: str, what: str, n: int) -> None:
        """Time came for ``n`` customers: they lapsed, or their owners were warned."""
        if n:
            self._add("leadstream_due_total", (tenant, what), n)

    def set_aside(self, n: int = 1) -> None:
        """``n`` messages were set aside because they killed a worker twice."""
        self._add("leadstream_set_aside_total", (), n)

    def retry(self, dependency: str) -> None:
        """A call to ``store`` or ``log`` failed and is tried again in place. An alert fires while this keeps growing."""
        self._add("leadstream_retries_total", (dependency,), 1)

    # ------------------------------------------------------------ what is read, not counted

    def gauge(self, name: str, values: Mapping[Values, float], *, keep: bool = False) -> None:
        """Replace the values of a gauge, by label values in the catalogue's order: what is no longer named disappears.

        ``keep`` leaves the other values as they are. Raises KeyError for a name that is not in the catalogue.
        """
        with self._lock:
            fresh = self._sums[name] if keep else {}
            fresh.update({self._named(name, labels): value for labels, value in values.items()})
            self._sums[name] = fresh

    def ready(self, yes: bool, now_ms: int) -> None:
        """This process takes work, or not. When it began to, or ceased, is shown beside it."""
        if self._sums["leadstream_ready"].get(()) != float(yes):
            self.gauge("leadstream_ready_since_seconds", {(): now_ms / 1000})
        self.gauge("leadstream_ready", {(): float(yes)})

    def on_scrape(self, measure: Callable[[Metrics], None]) -> None:
        """``measure`` sets gauges each time the page is asked for, in the asking thread. It must be quick and must not block."""
        self._measure = measure

    def collect(self) -> Iterator[Family]:
        """Called by the registry: every entry of the catalogue as a metric family, from one consistent moment."""
        if self._measure is not None:
            try:
                self._measure(self)
            except Exception:  # the page must come even when a value cannot be measured: it is needed most then
                self._add("leadstream_scrape_faults_total", (), 1)
        with self._lock:
            families = [self._family(metric) for metric in CATALOGUE]
        yield from families

    def describe(self) -> list[GaugeMetricFamily]:
        """Registering asks for names; answering from the catalogue keeps it from measuring."""
        return [GaugeMetricFamily(metric.name, metric.help) for metric in CATALOGUE]

    # ------------------------------------------------------------ inside (the lock is held, or nobody else is there yet)

    def _start_at_zero(self) -> None:
        """Whatever has only closed labels exists from the start: a rate over the first event would be lost otherwise."""
        for metric in CATALOGUE:
            if metric.kind == "gauge" or not all(metric.labels.values()):
                continue
            for labels in product(*metric.labels.values()):
                if metric.kind == "counter":
                    self._sums[metric.name][labels] = 0.0
                else:
                    self._shape(metric.name, labels)

    def _add(self, name: str, labels: Values, n: float) -> None:
        with self._lock:
            self._many(name, {labels: n})

    def _many(self, name: str, counts: Mapping[Values, float]) -> None:
        sums = self._sums[name]
        for labels, n in counts.items():
            before = sums.get(labels)
            if before is None:
                labels = self._named(name, labels)
                before = sums.get(labels, 0.0)
            sums[labels] = before + n

    def _shape(self, name: str, labels: Values) -> Histogram:
        shapes = self._shapes[name]
        if labels not in shapes:
            labels = self._named(name, labels)
        if labels not in shapes:
            shapes[labels] = Histogram(BY_NAME[name].buckets)
        return shapes[labels]

    def _named(self, name: str, labels: Values) -> Values:
        kinds = BY_NAME[name].labels
        return tuple(
            (value if value in closed else "other") if closed else self._guard(label, value)
            for (label, closed), value in zip(kinds.items(), labels, strict=True)
        )

    def _family(self, metric: Metric) -> Family:
        labels = tuple(metric.labels)
        if metric.kind == "histogram":
            shapes = HistogramMetricFamily(metric.name, metric.help, labels=labels)
            for values, shape in self._shapes[metric.name].items():
                shapes.add_metric(values, shape.cumulated(), shape.total)
            return shapes
        numbers = self._sums[metric.name].items()
        if metric.kind == "counter":
            counter = CounterMetricFamily(metric.name, metric.help, labels=labels)
            for values, number in numbers:
                counter.add_metric(values, number)
            return counter
        gauge = GaugeMetricFamily(metric.name, metric.help, labels=labels)
        for values, number in numbers:
            gauge.add_metric(values, number)
        return gauge


def new_registry() -> CollectorRegistry:
    """A registry with this process's memory, CPU and open files; `Metrics` adds ours."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return registry


def exposition(registry: CollectorRegistry) -> bytes:
    """The page `/metrics` answers with; its content type is `CONTENT_TYPE`."""
    return generate_latest(registry)


def serve(registry: CollectorRegistry, port: int, host: str = "0.0.0.0") -> Callable[[], None]:  # noqa: S104 - in its container
    """Answer `/metrics` from a thread of its own, for processes without an HTTP door. Returns what stops it."""
    server, thread = start_http_server(port, host, registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
