"""What all doors do alike: find the source, publish rows, and say 202 only when the log has confirmed them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse

from gateway.callers import Callers, Tokens
from gateway.delivery import Digester, fresh_event
from gateway.idempotency import IdempotencyStore
from gateway.limits import Buckets
from gateway.payload import Malformed
from gateway.problems import Problem
from gateway.settings import GatewayConfig, Scope, SourceSpec
from gateway.shedding import Ask, Backlog, Pace
from leads.errors import LogDown
from leads.records import Door, Envelope, Row
from stores.portions import LEADS
from streams.dead_letters import dead_letter
from streams.ports import Index, Message, Publisher
from streams.topics import DEAD, MESSAGE_BYTES, RAW
from streams.tracing import Tracing, Untraced

#: Bytes of one encoded envelope: what a message may have, less its key and headers.
ENVELOPE_BYTES = MESSAGE_BYTES - 16_384
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_json = msgspec.json.Encoder().encode


class Meter(Protocol):
    """Where the door counts."""

    def received(self, tenant: str, door: str, source: str, n: int = 1) -> None:
        """The log has confirmed ``n`` leads."""

    def request(self, route: str, status: int, seconds: float, refused: str) -> None:
        """One request was answered; ``route`` is the template, never the path. ``refused``: why it was, "" when it was not."""

    def door(self, pace: float, inside: int) -> None:
        """How many requests the door works on at a time, at most and now."""

    def ready(self, yes: bool, now_ms: int) -> None:
        """The door can take leads, or not."""


class Unmetered:
    """A meter for those who do not look."""

    def received(self, tenant: str, door: str, source: str, n: int = 1) -> None:
        """Counted nowhere."""

    def request(self, route: str, status: int, seconds: float, refused: str) -> None:
        """Counted nowhere."""

    def door(self, pace: float, inside: int) -> None:
        """Shown nowhere."""

    def ready(self, yes: bool, now_ms: int) -> None:
        """Shown nowhere."""


class Acceptance:
    """The doors' common ground. One for each process."""

    def __init__(
        self,
        config: GatewayConfig,
        publisher: Publisher,
        index: Index,
        clock: Callable[[], int],
        seen: IdempotencyStore,
        meter: Meter,
        tokens: Tokens | None = None,
        tracing: Tracing | None = None,
        backlog: Ask | None = None,
    ) -> None:
        self.config, self.publisher, self.index, self.clock = config, publisher, index, clock
        self.seen, self.meter = seen, meter
        self.tracing = tracing or Untraced()
        self.digester = Digester(config.digest_secret)
        self.buckets = Buckets(clock)
        self.backlog = Backlog(backlog, config.limits.backlog_messages, clock)
        self.pace = Pace(config.limits.requests_at_once)
        self.callers = Callers(config.tokens, tokens)

    def source(self, name: str, *kinds: str) -> SourceSpec:
        """The source of that name. Raises Problem 404 when there is none of these kinds; 503 while the workers are behind:
        before a body is read and a signature checked, since that is said most when there is least time."""
        spec = self.config.sources.get(name)
        if spec is None or spec.kind not in kinds:
            raise Problem(
                404, "unknown_source", "There is no such source here. Check the address, or configure the source."
            )
        self.backlog.check()
        return spec

    def admit(self, name: str, spec: SourceSpec) -> None:
        """Count a request whose sender is known. Raises Problem 429."""
        self.buckets.take(name, spec.rate_per_s, spec.burst)

    async def admit_caller(self, headers: Mapping[str, str], scope: Scope, spec: SourceSpec) -> None:
        """A token that opens ``scope``, of the source's tenant. Raises Problem 401, 403; StoreDown."""
        if (await self.callers.of(headers, scope)).tenant != spec.tenant:
            raise Problem(403, "wrong_tenant", "This token belongs to another tenant than the source.")

    async def accept(self, envelope: Envelope, key: str) -> dict[str, Any]:
        """Publish one lead; gives the body of the answer. Raises LogDown, Problem 413."""
        message = to_message(msgspec.structs.replace(envelope, trace=self.tracing.accepted(envelope)), key)
        if len(message.value) > ENVELOPE_BYTES:
            raise Problem(413, "too_large", "The lead is too large for one message of the log. Send less text.")
        await self._publish(RAW, message)
        self.meter.received(envelope.tenant, envelope.door, envelope.source)
        event = envelope.rows[0].event
        return {"receipt": event, "status": "accepted", "href": f"/v1/receipts/{event}"}

    async def keep(self, spec: SourceSpec, name: str, door: Door, body: bytes, error: Malformed) -> Problem:
        """Keep a body that its source sent and nobody can read in the dead letters; gives the answer. Raises LogDown."""
        event = fresh_event()
        known = {"tenant": spec.tenant, "source": name, "door": door, "at_ms": str(self.clock())}
        headers = tuple((key, value.encode()) for key, value in known.items())
        message = Message(topic=RAW, key=event.encode(), value=body, headers=headers)
        letter = dead_letter(message, event=event, reason="malformed", detail=error.reason, stage="door")
        await self._publish(DEAD, letter)
        detail = (
            f"The body cannot be read: {error.reason}. Its bytes are kept in the dead letters; mend and send again."
        )
        return Problem(400, "malformed", detail, more={"kept": True, "dead_letter": event})

    async def _publish(self, topic: str, message: Message) -> None:
        """Raises LogDown, also when the log takes longer than a sender waits."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self.config.limits.answer_s):
                await self.publisher.publish(topic, [message])
        except TimeoutError:
            raise LogDown("the log did not confirm in time") from None
        finally:
            self.pace.took(time.perf_counter() - began)


def to_message(envelope: Envelope, key: str) -> Message:
    """An envelope as a message of the raw log, with CloudEvents' headers. ``key`` decides the partition: a digest."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", (envelope.rows[0].event or key).encode()),
        ("ce_source", f"/{envelope.tenant}/{envelope.source}".encode()),
        ("ce_type", f"leadstream.lead.{envelope.door}".encode()),
        ("content-type", b"application/json"),
        ("at_ms", str(envelope.at_ms).encode()),
    ]
    if len(envelope.rows) > 1:
        headers.append((LEADS, str(len(envelope.rows)).encode()))
    if envelope.trace:
        headers.append(("traceparent", envelope.trace.encode()))
    return Message(topic=RAW, key=key.encode(), value=_json(envelope), headers=tuple(headers))


def make_envelope(
    request: Request, spec: SourceSpec, name: str, door: Door, at_ms: int, rows: Sequence[Row]
) -> Envelope:
    """The rows of one request as one message. A ``traceparent`` that is none is dropped."""
    trace = request.headers.get("traceparent", "")
    return Envelope(spec.tenant, name, door, at_ms, tuple(rows), trace=trace if _TRACE.fullmatch(trace) else "")


def accepted(answer: dict[str, Any]) -> JSONResponse:
    """202 and where the receipt is read."""
    return JSONResponse(answer, 202, headers={"Location": answer["href"]})
