"""Cases and shares in the store. What a step makes of a case is worked out elsewhere (routing/casework.py); here it is kept,
if the case is still as it was read, in one atomic step with what it does to the lease.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

import msgspec

from leads.cases import Case, Shares
from stores import codec
from stores.connect import guarded
from stores.entities import entity
from stores.layout import Keys
from stores.reviews import alone
from stores.scripts import Script

What = Literal["open", "join", "put", "settle"]
Status = Literal["done", "known", "running", "no_owner", "own", "moved", "unknown", "under_way"]
#: What happened and to whom, for the journal: one a party, so that each is told.
Moves = Sequence[tuple[str, str]]

_step = Script("case", "entities", "lease", "alone")
_agree = Script("agree", "entities", "lease", "alone")
_encode = msgspec.msgpack.Encoder().encode
_case = msgspec.msgpack.Decoder(Case).decode
_shares = msgspec.msgpack.Decoder(Shares).decode


async def write(
    client: Any,
    tenant: str,
    what: What,
    case: Case,
    moves: Moves,
    *,
    at_ms: int,
    who: str,
    why: str,
    key: str = "",
    member: str = "",
    shares: Shares | None = None,
) -> tuple[Status, int]:
    """One step of a case -> what came of it and its number (of the running case when it is ``running``). Raises StoreDown.

    ``case`` as it shall be; its ``version`` is that it was read with. ``key``: what opens it or joins it, once. ``member``:
    the contender of open and join, the new owner of settle.
    """
    at = Keys.of(tenant)
    tables = [*alone(tenant), at.cases, at.case_keys, at.running_cases, at.shares]
    kept = msgspec.structs.replace(case, number=0, version=0)
    arguments: list[Any] = [bytes.fromhex(case.event), at_ms, who, why, what, key]
    arguments += [case.number.to_bytes(4, "big") if case.number else b""]
    arguments += [case.version.to_bytes(8, "big") if case.version else b"", _encode(kept)]
    arguments += [case.decide_by_ms if case.running else "", case.scope, member]
    arguments.append(case.parties[0] if what == "open" else _encode(shares) if shares else b"")
    for move in moves:
        arguments += move
    with guarded("write a case"):
        status, number = await _step(client, tables, arguments)
    return cast(Status, status.decode()), int(number)


async def read(client: Any, tenant: str, number: int) -> Case | None:
    """A case by its number. Raises StoreDown."""
    with guarded("read a case"):
        value = await client.hget(Keys.of(tenant).cases, number.to_bytes(4, "big"))
    return _read(number.to_bytes(4, "big"), value) if value else None


async def opened_by(client: Any, tenant: str, key: str) -> int:
    """Number of the case that this opened, 0 when it opened none. Raises StoreDown."""
    with guarded("read a case"):
        number = await client.hget(Keys.of(tenant).case_keys, key)
    return int.from_bytes(number or b"", "big")


async def cases(client: Any, tenant: str, *, running: bool = True) -> list[Case]:
    """Every case that runs, or every case there ever was, what is due first first. Raises StoreDown."""
    at = Keys.of(tenant)
    with guarded("read cases"):
        if running:
            numbers = await client.hkeys(at.running_cases)
            values = await client.hmget(at.cases, numbers) if numbers else []
            found = dict(zip(numbers, values, strict=True))
        else:
            found = await client.hgetall(at.cases)
    return sorted((_read(n, value) for n, value in found.items() if value), key=lambda c: (c.decide_by_ms, c.number))


class Kept(msgspec.Struct, frozen=True):
    """The shares of a customer in a scope and where they are kept."""

    shares: Shares
    field: bytes
    raw: bytes = b""


async def shares(client: Any, tenant: str, seq: int, scope: str) -> Kept:
    """The shares of the customer a lead belongs to. They are kept with the lead they were agreed for, so that they survive
    merges; of several what came into force last counts. Raises StoreDown."""
    now = await entity(client, tenant, seq)
    names = [codec.pack_seqs([member]) + scope.encode() for member in now.members]
    with guarded("read shares"):
        values = await client.hmget(Keys.of(tenant).shares, names)
    found = [Kept(_shares(value), name, value) for name, value in zip(names, values, strict=True) if value]
    return max(found, key=lambda k: k.shares.now.at_ms if k.shares.now else 0, default=Kept(Shares(), names[0]))


async def share(
    client: Any, tenant: str, event: str, scope: str, kept: Kept, now: Shares, moves: Moves, *, at_ms: int, who: str
) -> str:
    """Keep shares as they are ``now``, if nobody changed them meanwhile: done, moved, unknown or under_way. Raises StoreDown."""
    arguments: list[Any] = [bytes.fromhex(event), at_ms, who, "", kept.field, kept.raw, _encode(now), scope]
    for move in moves:
        arguments += move
    with guarded("write shares"):
        answer = await _agree(client, [*alone(tenant), Keys.of(tenant).shares], arguments)
    return str(answer.decode()) if isinstance(answer, bytes) else str(answer[0].decode())


def _read(number: bytes, value: bytes) -> Case:
    found = _case(value[8:])
    return msgspec.structs.replace(
        found, number=int.from_bytes(number, "big"), version=int.from_bytes(value[:8], "big")
    )
