"""A lead's way as spans of OpenTelemetry: accepted at the door, decided by a worker, joined by its ``traceparent``.

Off by default. The door decides what is sampled; a worker looks at one flag of the trace that came with the lead, so that a
lead that is not traced costs nothing. Spans name events, sources and outcomes, never what a person said.
"""

from __future__ import annotations

from typing import Any, Protocol

from leads.records import Envelope, Outcome

_SAMPLED = 1  # of the flags, two hex digits at the end
_NS = 1_000_000


class Tracing(Protocol):
    """Where spans go."""

    def accepted(self, envelope: Envelope) -> str:
        """Begin the door's span, under the trace the sender sent if there is one. Gives the ``traceparent`` to carry."""

    def decided(self, outcome: Outcome, now_ms: int) -> str:
        """The span from acceptance to the published outcome. Gives the ``traceparent`` for whoever reads the outcome."""


class Untraced:
    """Carries what came, adds nothing."""

    def accepted(self, envelope: Envelope) -> str:
        return envelope.trace

    def decided(self, outcome: Outcome, now_ms: int) -> str:
        return outcome.trace


class Traced:
    """Spans to an OpenTelemetry ``tracer`` (of opentelemetry.trace)."""

    def __init__(self, tracer: Any) -> None:
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._tracer, self._kinds = tracer, trace.SpanKind
        self._propagator = TraceContextTextMapPropagator()
        self._within = trace.set_span_in_context

    def accepted(self, envelope: Envelope) -> str:
        """A span for what a door accepted; gives the traceparent that travels with it."""
        span = self._tracer.start_span(
            f"accept {envelope.door}",
            self._parent(envelope.trace),
            kind=self._kinds.PRODUCER,
            attributes={
                "leadstream.event": envelope.rows[0].event,
                "leadstream.tenant": envelope.tenant,
                "leadstream.source": envelope.source,
                "leadstream.rows": len(envelope.rows),
            },
            start_time=envelope.at_ms * _NS,
        )
        span.end()
        return self._header(span)

    def decided(self, outcome: Outcome, now_ms: int) -> str:
        """A span for an outcome, from the lead's acceptance to ``now_ms``; gives its traceparent. None where the sender does not sample."""
        if not outcome.trace or not int(outcome.trace[-2:], 16) & _SAMPLED:
            return outcome.trace
        span = self._tracer.start_span(
            f"decide {outcome.door}",
            self._parent(outcome.trace),
            kind=self._kinds.CONSUMER,
            attributes={
                "leadstream.event": outcome.event,
                "leadstream.tenant": outcome.tenant,
                "leadstream.outcome": f"{outcome.code}/{outcome.reason}",
                "leadstream.entity": outcome.entity,
            },
            start_time=outcome.at_ms * _NS,
        )
        span.end(max(now_ms, outcome.at_ms) * _NS)
        return self._header(span)

    def _parent(self, traceparent: str) -> Any:
        return self._propagator.extract({"traceparent": traceparent}) if traceparent else None

    def _header(self, span: Any) -> str:
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, self._within(span))
        return carrier.get("traceparent", "")


def exporter(endpoint: str, component: str, sample: float) -> Traced:
    """Spans to an OTLP collector over HTTP, in batches from a thread of their own; ``sample`` in [0, 1] of new traces.

    A trace whose sender has decided is sampled as he says. Raises ImportError without the extra ``tracing``.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    resource = Resource.create({"service.name": f"leadstream-{component}"})
    provider = TracerProvider(sampler=ParentBasedTraceIdRatio(sample), resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return Traced(provider.get_tracer("leadstream"))
