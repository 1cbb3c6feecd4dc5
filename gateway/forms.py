"""Door (b), forms: any JSON or form-encoded body by the names of its keys, and what Typeform and Google Ads send."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from gateway.acceptance import Acceptance, accepted, make_envelope
from gateway.delivery import fresh_event
from gateway.described import takes_anything
from gateway.idempotency import once
from gateway.mapping import assign, listed
from gateway.payload import Malformed, content_type, plain_text, read_flat, read_json
from gateway.problems import Problem
from gateway.providers import READERS, Delivered
from gateway.settings import SourceSpec
from gateway.signatures import check_key, check_signed
from leads.records import Row


def router(acceptance: Acceptance) -> APIRouter:
    """Routes of web forms, our own and the providers'."""
    routes = APIRouter()

    @routes.post(
        "/v1/forms/{source}", openapi_extra=takes_anything("application/json", "application/x-www-form-urlencoded")
    )
    async def forms(request: Request, source: str) -> JSONResponse:
        spec = acceptance.source(source, "form", "typeform", "google_ads")
        body = await request.body()
        if spec.scheme != "google_key":
            await _authorise(acceptance, spec, request, body)
            acceptance.admit(source, spec)
        try:
            delivered = await _read(acceptance, source, spec, request, body)
        except Malformed as error:
            if spec.scheme == "google_key":  # the key is inside: nobody knows who sent this
                raise Problem(400, "malformed", f"The body cannot be read: {error.reason}.") from None
            raise await acceptance.keep(spec, source, "form", body, error) from None
        if not delivered.flat:
            raise Problem(422, "empty", "The body has no field with a value.")
        key = request.headers.get("idempotency-key", "")
        webhook_id = request.headers.get("webhook-id", "") if spec.scheme == "standard" else ""  # else nobody signed it
        row = _row(acceptance, source, spec, delivered, webhook_id, key)
        envelope = make_envelope(request, spec, source, "form", acceptance.clock(), [row])

        async def publish() -> dict[str, Any]:
            return await acceptance.accept(envelope, row.event)

        if not key:
            return accepted(await publish())
        name = acceptance.digester.digest("idempotency", spec.tenant, source, key)
        digest = hashlib.sha256(body).hexdigest()
        return accepted(await once(acceptance.seen, name, digest, acceptance.config.idempotency_s, publish))

    return routes


async def _authorise(acceptance: Acceptance, spec: SourceSpec, request: Request, body: bytes) -> None:
    if spec.scheme in ("hmac", "standard"):
        check_signed(spec, request.headers, body, acceptance.clock())
    elif spec.scheme == "bearer":
        await acceptance.admit_caller(request.headers, "forms", spec)


async def _read(acceptance: Acceptance, source: str, spec: SourceSpec, request: Request, body: bytes) -> Delivered:
    """The body as its kind of source sends it. Raises Malformed, Problem."""
    limits = acceptance.config.limits
    reader = READERS.get(spec.kind)
    if reader is None:
        flat = await read_flat(request.headers, body, limits)
        return Delivered(flat.get(spec.event_field, "") if spec.event_field else "", {}, flat)
    kind, codec = content_type(request.headers.get("content-type", ""))
    if not kind.endswith("json"):
        raise Problem(415, "content_type", f"A source of kind {spec.kind} sends application/json.")
    value = read_json(body, codec)
    if spec.scheme == "google_key":
        check_key(spec, plain_text(value.get("google_key")))
        acceptance.admit(source, spec)
    return reader(value, limits)


def _row(acceptance: Acceptance, source: str, spec: SourceSpec, delivered: Delivered, webhook_id: str, key: str) -> Row:
    """The delivery key, first that there is: the provider's id, the webhook's id, the Idempotency-Key. Else each is new."""
    fields, extra = assign(delivered.flat, {**delivered.fields, **listed(spec.fields)})
    if delivered.test:
        fields["is_test"] = "true"
    ids = (("id", delivered.id), ("webhook", webhook_id), ("key", key))
    found = next((pair for pair in ids if pair[1]), None)
    event = acceptance.digester.event(spec.tenant, source, *found) if found else fresh_event()
    return Row(event=event, fields=fields, extra=extra)
