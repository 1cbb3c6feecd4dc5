"""Bytes of the raw log -> work by tenant. What cannot be read becomes a rejected event; its bytes are kept."""

from __future__ import annotations

from collections.abc import Container, Sequence

import msgspec

from leads.records import Envelope, Refused, Row
from streams.pipeline import Work, event_of_bytes
from streams.ports import Message

#: Deaths of a worker with one message alone in its hands after which the message is set aside.
DEATHS = 2
#: The tenant on whose record events go that name no tenant we know.
NOBODY = "-"

_decode = msgspec.json.Decoder(Envelope).decode


class Taken(msgspec.Struct):
    """Works by tenant, in order of arrival. Each knows the message it came in."""

    works: dict[str, list[Work]]


def take(messages: Sequence[Message], tenants: Container[str], *, deaths: int = 0) -> Taken:
    """Decode messages into work. ``deaths``: how often a worker died with (only) these messages in hand."""
    works: dict[str, list[Work]] = {}
    for message in messages:
        try:
            envelope = _decode(message.value)
            if not envelope.rows:
                raise ValueError("an envelope without rows")
        except (ValueError, msgspec.DecodeError) as error:
            works.setdefault(NOBODY, []).append(_unreadable(message, error))
            continue
        refusal = _refusal(envelope, tenants, deaths)
        group = works.setdefault(envelope.tenant if envelope.tenant in tenants else NOBODY, [])
        for row in envelope.rows:
            group.append(_work(row, envelope, message, refusal))
    return Taken(works)


def _refusal(envelope: Envelope, tenants: Container[str], deaths: int) -> tuple[str, str] | None:
    if deaths >= DEATHS:
        return "killed_worker", "a worker died twice with this message alone in its hands; mend the cause, then redrive"
    if envelope.tenant not in tenants:
        return "unknown_tenant", "no such tenant is configured; add it or correct the source, then redrive"
    return None


def _work(row: Row, envelope: Envelope, message: Message, refusal: tuple[str, str] | None) -> Work:
    try:
        event = bytes.fromhex(row.event)
        if len(event) != 16:
            raise ValueError
    except ValueError:
        event = event_of_bytes(row.event.encode(errors="surrogateescape") + message.value)
        refusal = refusal or ("malformed", "the event id is not 32 hex digits; the door makes them")
        row = msgspec.structs.replace(row, event=event.hex())
    work = Work(event=event, row=row, envelope=envelope, message=message)
    if refusal:
        work.refused = Refused(event=row.event, code="rejected", reason=refusal[0], detail=refusal[1])
    return work


def _unreadable(message: Message, error: Exception) -> Work:
    event = event_of_bytes(message.value)
    row = Row(event=event.hex())
    envelope = Envelope(tenant=NOBODY, source="", door="import", at_ms=_time(message), rows=(row,))
    detail = f"not an envelope ({type(error).__name__}); the bytes are in the dead letter"
    refused = Refused(event=row.event, code="rejected", reason="malformed", detail=detail)
    return Work(event=event, row=row, envelope=envelope, message=message, refused=refused)


def _time(message: Message) -> int:
    """Acceptance time as the door wrote it in the header, else 0: the clock of the reader would differ on a replay."""
    value = dict(message.headers).get("at_ms", b"0")
    return int(value) if value.isdigit() else 0
