"""Dead letters: a message that could not be used, set aside with its original key and bytes and the reason in headers.

The header names ``__connect.errors.*`` are those of Kafka Connect, so that common tools read them; ours begin with
``leadstream.``. A letter made twice from the same message is the same to the letter. No text of ours quotes the message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

import msgspec

from leads.records import Envelope, Row
from streams.ports import Message
from streams.topics import DEAD, RAW

_CONNECT = "__connect.errors."
_OURS = "leadstream."
_SET_ASIDE = "leads.DeadLetter"

_envelope = msgspec.json.Decoder(Envelope).decode
_json = msgspec.json.Encoder().encode


class Letter(msgspec.Struct, frozen=True):
    """A dead letter as people see it. ``stage`` is where it failed: prepare, worker, door. ``at_ms`` is when the door took it, from
    ``source``; 0 and "" when it does not say."""

    event: str
    reason: str
    detail: str
    stage: str
    origin: str  # ref of the original message: topic/partition/offset
    size: int  # bytes of the original value
    message: Message
    at_ms: int = 0
    source: str = ""


def dead_letter(
    message: Message, *, event: str, reason: str, detail: str = "", stage: str, error: str = _SET_ASIDE
) -> Message:
    """The letter for ``message``. ``reason`` is a closed code; ``detail`` says what to do and holds no personal data.

    ``error`` is the kind of error, never its text: that may quote what somebody told us.
    """
    topic, partition, offset = (*message.ref.split("/", 2), "", "", "")[:3]
    ours = {
        _CONNECT + "topic": topic or message.topic,
        _CONNECT + "partition": partition,
        _CONNECT + "offset": offset,
        _CONNECT + "stage": stage,
        _CONNECT + "exception.class.name": error,
        _CONNECT + "exception.message": reason,
        _OURS + "event": event,
        _OURS + "reason": reason,
        _OURS + "detail": detail,
        _OURS + "stage": stage,
    }
    kept = tuple((name, value) for name, value in message.headers if name not in ours)
    headers = kept + tuple((name, value.encode()) for name, value in ours.items())
    return Message(topic=DEAD, key=message.key, value=message.value, headers=headers)


def read_letter(message: Message) -> Letter:
    """A message of the dead letter topic, understood. Headers that are missing read as empty."""
    headers = {name: value.decode("utf-8", "replace") for name, value in message.headers}
    origin = [headers.get(_CONNECT + part, "") for part in ("topic", "partition", "offset")]
    return Letter(
        event=headers.get(_OURS + "event", ""),
        reason=headers.get(_OURS + "reason", ""),
        detail=headers.get(_OURS + "detail", ""),
        stage=headers.get(_OURS + "stage", ""),
        origin="/".join(origin),
        size=len(message.value),
        message=message,
        at_ms=int(at) if (at := headers.get("at_ms", "")).isdecimal() else 0,
        source=headers.get("source") or headers.get("ce_source", "").rpartition("/")[2],
    )


def list_letters(messages: Iterable[Message], *, reasons: Collection[str] = ()) -> list[Letter]:
    """The letters among ``messages``, each event once (a crash may have set it aside twice), oldest first."""
    letters: dict[tuple[str, str], Letter] = {}
    for message in messages:
        letter = read_letter(message)
        if not reasons or letter.reason in reasons:
            letters.setdefault((letter.event, letter.origin), letter)
    return list(letters.values())


def find_letter(messages: Iterable[Message], event: str) -> Letter | None:
    """The letter of one event, the first if there are several."""
    return next((letter for letter in map(read_letter, messages) if letter.event == event), None)


def redrive(letter: Letter, mended: bytes | None = None) -> Message:
    """The message to publish to the raw topic again, with the bytes a person has mended or else the original ones.

    It is a **new** event that names the old one, since the outcome of an event never changes. Redriving a letter twice
    gives the same event, so it adds nothing. Bytes that are no envelope go back as they are.
    """
    kept = tuple(pair for pair in letter.message.headers if not pair[0].startswith((_CONNECT, _OURS)))
    value = letter.message.value if mended is None else mended
    try:
        envelope = _envelope(value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    else:
        rows = [row for row in envelope.rows if row.event == letter.event] or envelope.rows
        again = tuple(_again(row, letter.event) for row in rows)
        value = _json(msgspec.structs.replace(envelope, rows=again, redrive_of=letter.event))
    return Message(topic=RAW, key=letter.message.key, value=value, headers=kept)


def receipts(message: Message) -> list[str]:
    """The events of a message of the raw topic; none of bytes that are no envelope."""
    try:
        return [row.event for row in _envelope(message.value).rows]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []


def _again(row: Row, event: str) -> Row:
    """A row under a new event id, made from the old one."""
    digest = hashlib.blake2b(f"redrive:{event}:{row.event}".encode(errors="replace"), digest_size=16).hexdigest()
    return msgspec.structs.replace(row, event=digest)
