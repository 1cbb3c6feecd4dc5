"""Whose a customer is, and what is asked of it: each act one atomic step, answered the same however often it is sent.

The rules are in ``lua/``, one file an act: what is not done is refused with a reason of ``leads.ownership.REFUSALS``, leaves the
lease as it was, and is in the journal all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from leads.ownership import Act, Lease, Moved, What
from stores.connect import guarded
from stores.entities import Entity, entity
from stores.layout import Keys
from stores.scripts import Script

_DAY_MS = 86_400_000
_TAKING = ("entities", "lease", "act", "take")
_KEEPING = ("entities", "lease", "act")
_mark = Script("mark", *_KEEPING)
_SCRIPTS: dict[What, Script] = {
    "claim": Script("claim", *_TAKING),
    "report": Script("report", *_TAKING),
    "approve": Script("approve", *_KEEPING),
    "follow_up": Script("follow_up", *_TAKING),
    "release": Script("release", *_KEEPING),
    "transfer": Script("transfer", *_TAKING),
    "refuse": Script("refuse", *_KEEPING),
    "lock": _mark,
    "exempt": _mark,
    "opportunity": _mark,
    "close": _mark,
    "reopen": _mark,
}
_encode = msgspec.msgpack.Encoder().encode
_lease = msgspec.msgpack.Decoder(Lease).decode


async def act(client: Any, tenant: str, one: Act) -> Moved:
    """Do what is asked, or say why not. Raises StoreDown; sending the same act again is safe."""
    with guarded(one.what):
        return _moved(await _SCRIPTS[one.what](client, *_call(tenant, one)))


async def acts(client: Any, tenant: str, several: Sequence[Act]) -> list[Moved]:
    """Several in one round trip, in order, each atomic by itself. Raises StoreDown."""
    with guarded("do what was asked"):
        for script in {_SCRIPTS[one.what] for one in several}:
            await script.load(client)
        async with client.pipeline(transaction=False) as pipeline:
            for one in several:
                _SCRIPTS[one.what].queue(pipeline, *_call(tenant, one))
            return [_moved(reply) for reply in await pipeline.execute()]


async def leases(client: Any, tenant: str, event: bytes) -> Entity | None:
    """The customer that this lead is of and its leases, in ``holdings``; None when there is no such lead. Raises StoreDown."""
    with guarded("read an event"):
        value = await client.hget(Keys.of(tenant).events, event)
    seq = int.from_bytes(value[:4], "big") if value else 0
    return await entity(client, tenant, seq) if seq else None


def _call(tenant: str, one: Act) -> tuple[list[str], list[Any]]:
    """Keys and arguments as lua/act.lua asks for them."""
    at, day = Keys.of(tenant), one.at_ms // _DAY_MS
    tables = [at.counters, at.events, at.entities, at.aliases, at.plans, at.turns, at.open, at.journal, at.apart]
    tables += [
        at.beyond,
        at.waiting,
        at.timers,
        at.holders,
        at.claims(one.terms.day),
        at.answers(day),
        at.answers(day - 1),
    ]
    fields = {name: getattr(one, name) for name in one.__struct_fields__}
    fields["terms"] = msgspec.structs.asdict(one.terms)
    return tables, [bytes.fromhex(one.id), bytes.fromhex(one.event), _encode(fields)]


def _moved(reply: Any) -> Moved:
    status, reason, number, journal, lease = reply
    return Moved(status.decode(), reason.decode(), number, journal, _lease(lease) if lease else None)
