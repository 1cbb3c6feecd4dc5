"""Door (a), the hotline: our own call events and Twilio's status callbacks. Every status is an event, a call is one lead.

Call statuses are ringing, answered, missed, abandoned (the caller hung up first) and ended.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from gateway.acceptance import Acceptance, accepted, make_envelope
from gateway.described import takes_anything
from gateway.mapping import assign, listed
from gateway.payload import Malformed, content_type, flatten, read_form, read_json
from gateway.problems import Problem
from gateway.settings import Limits, SourceSpec
from gateway.signatures import check_signed, check_twilio
from leads.records import Row

STATUSES = ("ringing", "answered", "missed", "abandoned", "ended")
TWILIO_STATUSES = {
    "queued": "ringing",
    "initiated": "ringing",
    "ringing": "ringing",
    "in-progress": "answered",
    "answered": "answered",
    "completed": "ended",
    "busy": "missed",
    "no-answer": "missed",
    "failed": "missed",
    "canceled": "abandoned",
}
#: What networks put where a number should be. The digits spell ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and so on a keypad.
WITHHELD = frozenset(
    (
        *("anonymous", "withheld", "restricted", "unavailable", "private", "unknown", "blocked"),
        *("匿名", "隐藏", "未知", "未知号码", "无"),
        *("266696687", "7378742833", "2562533", "8656696", "86282452253", "464"),
    )
)
_EXTENSION = re.compile(r"\d{2,4}")
_NOTED = ("started_at", "answered_at", "ended_at", "direction", "sequence")


class Caller(msgspec.Struct, frozen=True):
    """Who rang. ``kind`` is withheld, internal or "" for a number."""

    phone: str
    kind: str


def read_caller(number: str, direction: str = "") -> Caller:
    """The caller as the network gave it: +8613800138000, anonymous, sip:+86...@host, client:desk, an extension."""
    text = number.strip().lower()
    if text.startswith("sip:"):
        number = text = text[4:].partition("@")[0]
    if not text or text.lstrip("+") in WITHHELD:
        return Caller("", "withheld")
    if direction.lower() == "internal" or text.startswith("client:") or _EXTENSION.fullmatch(text):
        return Caller(number.strip(), "internal")
    return Caller(number.strip(), "")


def call_row(acceptance: Acceptance, name: str, spec: SourceSpec, flat: dict[str, str]) -> Row:
    """Our own call event as a row. Raises Problem 422 naming the field that is missing or wrong."""
    call_id, status = flat.pop("call_id", ""), flat.pop("status", "").lower()
    if not call_id:
        raise Problem(422, "missing_field", "call_id is missing: the id of the call, the same in all its events.")
    if status not in STATUSES:
        raise Problem(422, "bad_field", f"status is one of {', '.join(STATUSES)}.")
    if "caller" not in flat and status == "ringing":
        flat["caller"] = ""
    sequence = flat.get("sequence", "")
    noted = {key: flat.pop(key) for key in _NOTED if key in flat}
    return _row(acceptance, name, spec, call_id, sequence or status, status, flat, noted)


def twilio_row(acceptance: Acceptance, name: str, spec: SourceSpec, params: dict[str, str]) -> Row:
    """Twilio's status callback as a row. Raises Problem 422.

    The customer is ``From``, but ``To`` when we rang him. A forwarded leg belongs to the call that it came from.
    """
    status = TWILIO_STATUSES.get(params.get("CallStatus", "").lower(), "")
    if not params.get("CallSid") or not status:
        raise Problem(422, "missing_field", "CallSid or CallStatus is missing or not one that Twilio documents.")
    rest = dict(params)
    ours = rest.get("Direction", "") == "outbound-api"
    caller, line = rest.pop("From", ""), rest.pop("To", "")
    place = "To" if ours else "From"
    flat = {"caller": line if ours else caller, "line": caller if ours else line, "name": rest.pop("CallerName", "")}
    for field, key in (("city", "City"), ("region", "State"), ("postcode", "Zip"), ("country", "Country")):
        flat[field] = rest.pop(place + key, "")
    order = f"{rest['CallSid']}:{rest.get('SequenceNumber') or status}"
    call_id = rest.get("ParentCallSid") or rest["CallSid"]
    noted = {key: value for key, value in rest.items() if value}
    return _row(acceptance, name, spec, call_id, order, status, flat, noted)


def _row(
    acceptance: Acceptance,
    name: str,
    spec: SourceSpec,
    call_id: str,
    order: str,
    status: str,
    flat: dict[str, str],
    noted: dict[str, str],
) -> Row:
    known = {"line": flat.pop("line", "")} if "line" in flat else {}
    caller = read_caller(flat.pop("caller"), noted.get("direction", "")) if "caller" in flat else None
    fields, extra = assign({key: value for key, value in flat.items() if value}, listed(spec.fields))
    fields |= {key: value for key, value in known.items() if value}
    if caller is not None:
        if caller.phone:
            fields["phone"] = caller.phone
        if caller.kind:
            fields["caller"] = caller.kind
            extra["caller"] = caller.kind
    digester = acceptance.digester
    return Row(
        event=digester.event(spec.tenant, name, "call", call_id, order),
        fields=fields,
        extra=noted | extra,
        call=digester.call(spec.tenant, name, call_id),
        status=status,
    )


def router(acceptance: Acceptance) -> APIRouter:
    """Routes of the hotline: our own call event, and Twilio's."""
    routes = APIRouter()

    async def publish(request: Request, name: str, spec: SourceSpec, row: Row) -> JSONResponse:
        envelope = make_envelope(request, spec, name, "call", acceptance.clock(), [row])
        return accepted(await acceptance.accept(envelope, row.call))  # by call: its statuses stay in order

    @routes.post("/v1/calls", openapi_extra=takes_anything("application/json", "application/x-www-form-urlencoded"))
    async def calls(request: Request, source: str = "calls") -> JSONResponse:
        spec = acceptance.source(source, "calls")
        body = await request.body()
        await _authorise(acceptance, spec, request, body)
        acceptance.admit(source, spec)
        try:
            flat = _read_event(request, body, acceptance.config.limits)
        except Malformed as error:
            raise await acceptance.keep(spec, source, "call", body, error) from None
        return await publish(request, source, spec, call_row(acceptance, source, spec, flat))

    @routes.post("/v1/calls/twilio", openapi_extra=takes_anything("application/x-www-form-urlencoded"))
    async def twilio(request: Request, source: str = "twilio") -> JSONResponse:
        spec = acceptance.source(source, "twilio")
        body = await request.body()
        kind, codec = content_type(request.headers.get("content-type", ""))
        if kind != "application/x-www-form-urlencoded":
            raise Problem(415, "content_type", "Twilio's status callback is application/x-www-form-urlencoded.")
        limits = acceptance.config.limits
        try:
            pairs = read_form(body, codec, limits)
        except Malformed as error:  # signed as text, so what is no text cannot have been signed
            raise Problem(400, "malformed", f"The body cannot be read: {error.reason}.") from None
        given = request.headers.get("x-twilio-signature", "")
        check_twilio(spec, _public_url(acceptance, request), given, pairs, body)
        acceptance.admit(source, spec)
        try:
            flat = flatten(dict(pairs), limits)
        except Malformed as error:
            raise await acceptance.keep(spec, source, "call", body, error) from None
        return await publish(request, source, spec, twilio_row(acceptance, source, spec, flat))

    return routes


def _read_event(request: Request, body: bytes, limits: Limits) -> dict[str, str]:
    """Our own event as flat text; a caller that is given as empty stays: the number was withheld."""
    kind, codec = content_type(request.headers.get("content-type", ""))
    if kind == "multipart/form-data":
        raise Problem(415, "content_type", "Send application/json.")
    value: dict[str, Any] = read_json(body, codec) if kind.endswith("json") else dict(read_form(body, codec, limits))
    flat = flatten(value, limits)
    if value.get("caller") == "":
        flat["caller"] = ""
    return flat


async def _authorise(acceptance: Acceptance, spec: SourceSpec, request: Request, body: bytes) -> None:
    """A bearer token of the source's tenant, or the source's signature."""
    if spec.scheme in ("hmac", "standard") and "authorization" not in request.headers:
        check_signed(spec, request.headers, body, acceptance.clock())
    elif spec.scheme != "none":
        await acceptance.admit_caller(request.headers, "calls", spec)


def _public_url(acceptance: Acceptance, request: Request) -> str:
    base = acceptance.config.public_url.rstrip("/")
    if not base:
        return str(request.url)
    query = request.scope["query_string"].decode("latin-1")
    return f"{base}{request.scope.get('raw_path', request.url.path.encode()).decode('latin-1')}" + (
        f"?{query}" if query else ""
    )
