"""The roster of a tenant: changes among people, numbered from 1, appended and never overwritten; any past moment can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from leads.roster import Change, Version
from stores.connect import connect_now, guarded
from stores.layout import Keys
from stores.scripts import Script

_append = Script("roster")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, Change]).decode


class Appended(msgspec.Struct, frozen=True):
    """``stale``: somebody else changed the roster meanwhile, nothing was written: read, check and append again."""

    status: Literal["done", "known", "stale"]
    version: int


async def append(client: Any, tenant: str, id: str, upon: int, changes: Sequence[Change], at_ms: int) -> Appended:
    """Append all changes in one step, if the roster is at version ``upon``. The same ``id`` again is known. Raises StoreDown."""
    at = Keys.of(tenant)
    arguments: list[Any] = [id, upon, at_ms]
    for change in changes:
        arguments += [_encode((at_ms, change)), change.what, change.member, change.actor, change.why]
    with guarded("change the roster"):
        status, version = await _append(client, [at.counters, at.journal, at.roster, at.roster_ids, at.open], arguments)
    return Appended(status.decode(), int(version))


async def known(client: Any, tenant: str, id: str) -> int:
    """The version after what was appended under this id, 0 when nothing was. Raises StoreDown."""
    with guarded("read the roster"):
        return int(await client.hget(Keys.of(tenant).roster_ids, id) or 0)


async def version(client: Any, tenant: str) -> int:
    """The number of the last change, 0 when there is none: cheap, for those who look often. Raises StoreDown."""
    with guarded("read the roster"):
        return int(await client.llen(Keys.of(tenant).roster))


async def changes(client: Any, tenant: str, after: int = 0) -> list[Version]:
    """The versions above number ``after``, in order. Raises StoreDown."""
    with guarded("read the roster"):
        return _read(await client.lrange(Keys.of(tenant).roster, after, -1), after)


def changes_now(url: str, tenants: Sequence[str]) -> dict[str, list[Version]]:
    """The whole roster of each tenant, for the start of a process. Raises StoreDown."""
    with guarded("read the roster"), connect_now(url) as client:
        return {tenant: _read(client.lrange(Keys.of(tenant).roster, 0, -1), 0) for tenant in tenants}


def _read(packed: Any, after: int) -> list[Version]:
    return [Version(after + n, *_decode(value)) for n, value in enumerate(packed, 1)]
