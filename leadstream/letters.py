"""``leadstream deadletters``: the dead letter topic of either log, for a person."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from leads.errors import BadInput
from leadstream.configuration.settings import Settings
from leadstream.runtime import Runtime
from streams.dead_letters import Letter, find_letter, list_letters, redrive
from streams.ports import Message
from streams.topics import DEAD, RAW


async def listing(settings: Settings, reasons: Collection[str]) -> list[str]:
    """A line a letter: event, reason, stage, size and what to do. Raises LogDown."""
    letters = list_letters(await _messages(settings), reasons=reasons)
    if not letters:
        return ["no dead letters"]
    return [f"{x.event}  {x.reason:<14} {x.stage:<8} {x.size:>7} B  {x.detail}" for x in letters]


async def showing(settings: Settings, event: str) -> str:
    """One letter with its headers and its original bytes (escaped where they are no text)."""
    letter = await _letter(settings, event)
    about = msgspec.json.format(
        msgspec.json.encode({k: getattr(letter, k) for k in ("event", "reason", "detail", "stage", "origin", "size")}),
        indent=2,
    ).decode()
    return f"{about}\n{letter.message.value.decode('utf-8', 'backslashreplace')}"


async def redriving(settings: Settings, event: str) -> str:
    """Publish the letter's message again. Gives what to tell the person."""
    letter = await _letter(settings, event)
    runtime = Runtime(settings)
    try:
        await runtime.publisher.publish(RAW, [redrive(letter)])
    finally:
        await runtime.close()
    return f"sent again; the new event names {event}. What became of it: leadstream deadletters list, or its receipt"


async def _letter(settings: Settings, event: str) -> Letter:
    letter = find_letter(await _messages(settings), event)
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
