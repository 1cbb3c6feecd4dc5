"""One trace from the sender through the door and the worker to whoever reads the outcome; nothing personal in a span."""

from __future__ import annotations

import msgspec
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

from leads.records import Envelope, Outcome, Row
from streams.tracing import Traced, Untraced

SENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NOT_SAMPLED = SENT[:-2] + "00"
PERSON = {"name": "Ann Archer", "phone": "13912340001", "email": "ann@northwind.example"}


def traced(sample: float = 1.0) -> tuple[Traced, InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBasedTraceIdRatio(sample))
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return Traced(provider.get_tracer("test")), kept


def envelope(trace: str = "") -> Envelope:
    return Envelope("main", "web", "form", 1_700_000_000_000, (Row("ab" * 16, PERSON),), trace=trace)


def outcome(trace: str) -> Outcome:
    return Outcome("ab" * 16, "main", "assigned", "rule", 1_700_000_000_000, "web", "form", 1, 1, "amy", trace=trace)


def ids(span: ReadableSpan) -> tuple[int, int]:
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def test_door_and_worker_are_one_trace_under_the_senders_span() -> None:
    tracing, kept = traced()
    carried = tracing.accepted(envelope(SENT))
    onward = tracing.decided(outcome(carried), 1_700_000_000_250)
    door, worker = kept.get_finished_spans()
    assert door.parent is not None
    assert f"{door.parent.span_id:016x}" == SENT.split("-")[2]
    assert worker.parent is not None
    assert (ids(door)[0], worker.parent.span_id) == (int(SENT.split("-")[1], 16), ids(door)[1])
    assert onward.split("-")[1:3] == [f"{part:0{n}x}" for part, n in zip(ids(worker), (32, 16), strict=True)]
    assert (worker.end_time or 0) - (worker.start_time or 0) == 250_000_000


def test_a_span_says_nothing_of_the_person() -> None:
    tracing, kept = traced()
    tracing.decided(outcome(tracing.accepted(envelope())), 1_700_000_000_001)
    said = "".join(span.to_json() for span in kept.get_finished_spans())
    assert [value for value in PERSON.values() if value in said] == []
    assert '"leadstream.outcome": "assigned/rule"' in said


@pytest.mark.parametrize(("sent", "sample"), [(NOT_SAMPLED, 1.0), ("", 0.0)])
def test_what_is_not_sampled_is_carried_and_costs_no_span(sent: str, sample: float) -> None:
    tracing, kept = traced(sample)
    carried = tracing.accepted(envelope(sent))
    assert tracing.decided(outcome(carried), 1_700_000_000_001) == carried
    assert int(carried[-2:], 16) & 1 == 0
    assert kept.get_finished_spans() == ()


def test_without_tracing_what_came_goes_on() -> None:
    assert Untraced().accepted(envelope(SENT)) == SENT
    assert Untraced().decided(outcome(SENT), 0) == SENT
    assert msgspec.json.decode(msgspec.json.encode(outcome(SENT)))["trace"] == SENT
