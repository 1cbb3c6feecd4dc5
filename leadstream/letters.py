"""``leadstream deadletters``: the dead letter topic of either log, for a person."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from leads.errors import BadInput
from leadstream.configuration.settings import Settings
from leadstream.past import when
from leadstream.runtime import Runtime
from streams.dead_letters import Letter, find_letter, list_letters, receipts, redrive
from streams.ports import Message
from streams.topics import DEAD, RAW


async def listing(settings: Settings, reasons: Collection[str]) -> list[str]:
    """A line a letter: when and from which source it came, event, reason, size and what to do. Raises LogDown."""
    letters = list_letters(await _messages(settings), reasons=reasons)
    if not letters:
        return ["no dead letters"]
    return [
        f"{when(x.at_ms) if x.at_ms else '-':<20}  {x.event}  {x.reason:<13} {x.source:<12} {x.size:>7} B  {x.detail}"
        for x in letters
    ]


async def showing(settings: Settings, event: str) -> str:
    """One letter with its headers and its original bytes (escaped where they are no text)."""
    letter = _found(await _messages(settings), event)
    about = msgspec.json.format(
        msgspec.json.encode({k: getattr(letter, k) for k in ("event", "reason", "detail", "stage", "origin", "size")}),
        indent=2,
    ).decode()
    return f"{about}\n{letter.message.value.decode('utf-8', 'backslashreplace')}"


async def redriving(settings: Settings, events: Collection[str], reasons: Collection[str]) -> list[str]:
    """Publish the letters of these events again, or all of these reasons. A line each for the person. Raises BadInput, LogDown."""
    if not events and not reasons:
        raise BadInput("nothing_named", "say which: events of leadstream deadletters list, or --reason for all of one")
    kept = await _messages(settings)
    letters = [_found(kept, event) for event in events] + (list_letters(kept, reasons=reasons) if reasons else [])
    again = [redrive(letter) for letter in letters]
    runtime = Runtime(settings)
    try:
        if again:
            await runtime.publisher.publish(RAW, again)
    finally:
        await runtime.close()
    lines = [
        f"{letter.event}  sent again, receipt {', '.join(receipts(message)) or 'not known: its bytes are no lead'}"
        for letter, message in zip(letters, again, strict=True)
    ]
    return [*lines, f"{len(lines)} sent again; what was sent before adds nothing. What is wrong still comes back here."]


def _found(kept: Collection[Message], event: str) -> Letter:
    letter = find_letter(kept, event)
    if letter is None:
        raise BadInput("unknown_event", f"no dead letter has the event {event}; see leadstream deadletters list")
    return letter


async def _messages(settings: Settings) -> list[Message]:
    if settings.log.kind == "kafka":
        from streams.kafka_log import read  # the Kafka extra need not be installed

        return [message async for message in read(",".join(settings.log.bootstrap), DEAD)]
    from stores.stream_log import read as read_stream

    runtime = Runtime(settings)
    try:
        delivered = [message async for message in read_stream(runtime.url, DEAD)]
    finally:
        await runtime.close()
    return [Message(DEAD, m.key, m.value, m.headers, m.ref) for m in delivered]
