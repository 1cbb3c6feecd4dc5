"""``leadstream access``: everything that is kept of one person, as a file for him. ``leadstream audit``: who saw what of whom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from leads.errors import BadInput
from leads.records import Outcome
from leadstream.configuration.settings import Settings
from leadstream.past import history, when
from leadstream.runtime import Runtime, clock
from leadstream.subject import Subject, find, raw
from matchers import question
from stores import guard
from stores.journal import Move, note

#: Moves that say that somebody looked at a person, or changed what may be done with him.
SEEN = ("revealed", "asked", "accessed", "erased", "barred", "unbarred", "refuse")


async def gathered(settings: Settings, tenant: str, receipt: str, fields: dict[str, str], actor: str) -> dict[str, Any]:
    """What is kept of whom a receipt or a value means. It is on record who had it. Raises BadInput, Unavailable."""
    if not actor.strip():
        raise BadInput("no_actor", "say who asks with --actor: it goes on record")
    runtime = Runtime(settings)
    try:
        who = await find(runtime, tenant, receipt, fields)
        for now in who.entities:  # on record before it is shown
            await note(runtime.client, tenant, "accessed", clock(), now.id, actor, "")
        return await _all(runtime, who)
    finally:
        await runtime.close()


async def audited(settings: Settings, tenant: str, receipt: str) -> list[str]:
    """A line for each time somebody looked: when, who, what he did, at which customer. Of one customer with a ``receipt``."""
    runtime = Runtime(settings)
    try:
        ids: set[int] | None = None
        if receipt:
            who = await find(runtime, tenant, receipt, {})
            ids = {member for now in who.entities for member in now.members}
        lines = []
        async for effect in history(runtime, tenant):
            move = effect.move
            if move is not None and move.what in SEEN and (ids is None or move.entity in ids):
                lines.append(_line(move))
        return lines or ["nobody has looked, as far as the journal goes back"]
    finally:
        await runtime.close()


async def _all(runtime: Runtime, who: Subject) -> dict[str, Any]:
    ids = {member for now in who.entities for member in now.members}
    events = [event for event, seq in who.events.items() if seq]
    outcomes = await runtime.index.outcomes(who.tenant, [bytes.fromhex(event) for event in events])
    by_event: dict[str, Outcome] = {outcome.event: outcome for outcome in outcomes if outcome}
    moves = [e.move async for e in history(runtime, who.tenant) if e.move is not None and e.move.entity in ids]
    messages = [
        {
            "received": when(envelope.at_ms),
            "source": envelope.source,
            "door": envelope.door,
            "row": row.fields | row.extra,
        }
        async for envelope, row in raw(runtime, who)
    ]
    return {
        "tenant": who.tenant,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "leads": [
            {
                "receipt": event,
                "outcome": msgspec.to_builtins(by_event.get(event)),
                "understood": _known(who, seq),
            }
            for event, seq in who.events.items()
        ],
        "customers": [msgspec.to_builtins(now) for now in who.entities],
        "contacts": await _contacts(runtime, who),
        "history": [{"at": when(move.at_ms), **_named(move)} for move in moves],
        "received": messages,
    }


def _known(who: Subject, seq: int) -> Any:
    facts = who.facts.get(seq)
    if facts is None:
        return None
    fields = {name: getattr(facts, name) for name in facts.__struct_fields__ if getattr(facts, name)}
    return {name: _spelled(value) for name, value in fields.items()}


def _spelled(value: Any) -> Any:
    """A packed record with its field names: an array says little to the person it is about."""
    if isinstance(value, msgspec.Struct):
        return {name: _spelled(getattr(value, name)) for name in value.__struct_fields__ if getattr(value, name)}
    return [_spelled(item) for item in value] if isinstance(value, tuple) else value


def _named(move: Move) -> dict[str, Any]:
    return {name: value for name in ("what", "member", "why", "kind", "seconds") if (value := getattr(move, name, ""))}


async def _contacts(runtime: Runtime, who: Subject) -> list[dict[str, Any]]:
    spec = runtime.tenants()[who.tenant]
    told = []
    for facts in who.facts.values():
        if keys := question.keys(facts, spec.keying, spec.secret):
            known = await guard.look(runtime.client, who.tenant, keys, most=1_000_000)
            mine = {now.id for now in who.entities}
            contacts = [c for h, c in zip(known.held.holders, known.contacts, strict=True) if h.entity in mine]
            for one in (*contacts, known.before):
                told += [{"at": when(moment)} for moment in one.moments]
                told += [{"refused_until": when(one.refused_ms)}] if one.refused_ms else []
    return list({repr(one): one for one in told}.values())


def _line(move: Move) -> str:
    whom = f"customer {move.entity}" if move.entity else "no customer"
    return f"{when(move.at_ms)}  {move.member or '-':<16} {move.what:<10} {whom}"
