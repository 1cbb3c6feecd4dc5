"""Whose a customer is, and what is asked of it: each act one atomic step, answered the same however often it is sent.

The rules are in ``lua/``, one file an act: what is not done is refused with a reason of ``leads.ownership.REFUSALS``, leaves the
lease as it was, and is in the journal all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

import msgspec

from leads.ownership import Act, Lease, Moved, What
from leads.records import Packed, Plan
from stores import codec
from stores.connect import guarded
from stores.entities import Entity, entity
from stores.layout import POOL, Keys
from stores.scripts import Script

_DAY_MS = 86_400_000
_NUMBERED = bytes(12)
_TAKING = ("entities", "lease", "act", "take")
_KEEPING = ("entities", "lease", "act")
_mark = Script("mark", *_KEEPING)
_SCRIPTS: dict[What, Script] = {
    "claim": Script("claim", *_TAKING),
    "report": Script("report", *_TAKING),
    "approve": Script("approve", *_KEEPING),
    "follow_up": Script("follow_up", *_TAKING, "moments"),
    "release": Script("release", *_KEEPING),
    "transfer": Script("transfer", *_TAKING),
    "refuse": Script("refuse", *_KEEPING),
    "lock": _mark,
    "exempt": _mark,
    "opportunity": _mark,
    "close": _mark,
    "reopen": _mark,
}
_due = Script("due", "entities", "lease")
_held = Script("held", "entities", "lease")
_place = Script("place", "entities", "lease", "commit_turn")
_encode = msgspec.msgpack.Encoder().encode
_lease = msgspec.msgpack.Decoder(Lease).decode


class Due(Packed, frozen=True):
    """What time came for. lapsed: it is in a pool now; warning: it will be; unanswered: it is to be placed."""

    what: Literal["lapsed", "warning", "unanswered"]
    seq: int
    entity: int
    why: str
    lease: Lease


class Held(Packed, frozen=True):
    """A customer that somebody holds. ``version`` of the entity, to do something only while it is as it was seen."""

    entity: int
    version: int
    lease: Lease


class Placed(msgspec.Struct, frozen=True):
    """placed: ``lease`` says with whom. nobody: he stays in his pool, one nobody answered goes to it. overdue: he has waited in
    line long enough and stays in the pool. moved: he is not as he was seen, look again. settled: he has an owner, is locked, or a case about him is open."""

    status: Literal["placed", "nobody", "overdue", "moved", "settled"]
    entity: int
    lease: Lease | None


_one_due = msgspec.msgpack.Decoder(Due).decode
_one_held = msgspec.msgpack.Decoder(Held).decode


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
    if event.startswith(_NUMBERED):
        seq = int.from_bytes(event[12:], "big")
    else:
        with guarded("read an event"):
            value = await client.hget(Keys.of(tenant).events, event)
        seq = int.from_bytes(value[:4], "big") if value else 0
    return await entity(client, tenant, seq) if seq else None


def numbered(seq: int) -> str:
    """An event, as hex, that names a lead by its number: for customers of lists, where no receipt is at hand."""
    return (_NUMBERED + seq.to_bytes(4, "big")).hex()


async def claimed(client: Any, tenant: str, day: int, member: str) -> int:
    """How many turns a member has used up on a day of the tenant's calendar. Raises StoreDown."""
    with guarded("read the claim log"):
        return int(await client.hstrlen(Keys.of(tenant).claims(day), member)) // 4


async def due(client: Any, tenant: str, now_ms: int, most: int, pool: str = "public") -> tuple[int, list[Due]]:
    """Do what time has come for, of up to ``most`` hints, the longest overdue first -> how many hints were looked at, what was done
    or is to be done. Call it until it looked at less than ``most``. ``pool`` is where customers go whose lease names no other.

    What is unanswered is told again every minute until somebody places it. Raises StoreDown; calling it again is safe.
    """
    with guarded("look at what is due"):
        looked, *told = await _due(client, _tables(tenant), [now_ms, most, pool])
    return looked, [_one_due(one) for one in told]


async def held(client: Any, tenant: str, holder: str, after: int = -1, most: int = 500) -> tuple[int, list[Held]]:
    """What a member holds, or a pool (``in_pool``), latest first, suspended leases too -> where to go on (0: that was all), a page
    of it. ``after`` is where the page before said. A customer that changes hands meanwhile may be told twice. Raises StoreDown."""
    with guarded("list what somebody holds"):
        tables = [*_tables(tenant), Keys.of(tenant).holders + holder]
        left, *found = await _held(client, tables, [after, most])
    return left, [_one_held(one) for one in found]


def in_pool(pool: str) -> str:
    """The holder that a pool is, for ``held``."""
    return POOL + pool


async def place(
    client: Any,
    tenant: str,
    seq: int,
    scope: str,
    plan: Plan,
    *,
    at_ms: int,
    day: int,
    version: int,
    came_ms: int = 0,
    answer_by_ms: int = 0,
    until_ms: int = 0,
) -> Placed:
    """Give a customer who waits, or whom nobody answered in time, to one of the plan's shares: to nobody who has had him since
    ``came_ms``, and only while his entity has the ``version`` that was seen. He waits until ``until_ms``, 0 for ever. Raises
    StoreDown."""
    digest, packed = codec.pack_plan(plan)
    arguments = [
        codec.pack_seqs([seq]),
        scope,
        digest,
        packed,
        at_ms,
        version.to_bytes(8, "big"),
        came_ms,
        answer_by_ms,
        until_ms,
    ]
    with guarded("place a customer"):
        status, entity, lease = await _place(client, [*_tables(tenant), Keys.of(tenant).day(day)], arguments)
    return Placed(cast(Any, status.decode()), entity, _lease(lease) if lease else None)


def _tables(tenant: str) -> list[str]:
    at = Keys.of(tenant)
    tables = [at.counters, at.events, at.entities, at.aliases, at.plans, at.turns, at.open, at.journal, at.apart]
    return [*tables, at.beyond, at.waiting, at.timers, at.holders]


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
        at.contacts,
    ]
    fields = {name: getattr(one, name) for name in one.__struct_fields__}
    fields["terms"] = msgspec.structs.asdict(one.terms)
    return tables, [bytes.fromhex(one.id), bytes.fromhex(one.event), _encode(fields)]


def _moved(reply: Any) -> Moved:
    status, reason, number, journal, lease = reply
    return Moved(status.decode(), reason.decode(), number, journal, _lease(lease) if lease else None)
