"""The contact guard: what all colleagues together have said to a customer, and who must not be contacted at all.

Contacts are kept under leads, never under entities, so that merges carry them along; while no lead has the number they
are kept under its match key. Nothing here is personal data but the numbers of leads and keyed digests.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, Literal, cast

import msgspec

from stores.connect import guarded
from stores.holders import Held, held, tables
from stores.layout import Keys
from stores.scripts import Script

Noted = Literal["noted", "known", "gone"]
_guard = Script("guard", "holders", logged=False)
_contact = Script("contact", "moments")
_bar = Script("bar")
_unlist = Script("unlist")
_MOMENT = Struct(">Q")


class Contacts(msgspec.Struct, frozen=True, gc=False):
    """``refused_ms``: refused until, 0 not. ``moments`` (ms) of the last contacts, oldest first."""

    refused_ms: int = 0
    moments: tuple[int, ...] = ()


class Known(msgspec.Struct, frozen=True, gc=False):
    """What the store knows before a contact. ``contacts`` by holder, in the order of ``held.holders``; ``before`` those noted
    while no lead had the number; ``barred``: it must not be contacted at all."""

    held: Held
    contacts: tuple[Contacts, ...]
    before: Contacts
    barred: bool


async def look(client: Any, tenant: str, keys: Sequence[bytes], *, most: int, records: bool = False) -> Known:
    """Everything that says whether these values may be contacted: one round trip, no writes. Raises StoreDown."""
    at, arguments = tables(tenant, keys)
    with guarded("look before a contact"):
        reply, contacts, before, barred = await _guard(client, at, [*arguments, int(records), most])
    return Known(held(reply), tuple(map(_together, contacts)), _together(before), barred > 0)


async def contacted(
    client: Any, tenant: str, fields: Sequence[bytes], at_ms: int, who: str, *, refused_ms: int = 0, entity: int = 0
) -> Noted:
    """Note a contact at ``at_ms``, or with ``refused_ms`` that the customer wants none until then, under these seqs (4 bytes)
    or match keys (9). The same moment again counts once. ``gone``: the leads were erased. Raises StoreDown."""
    at = Keys.of(tenant)
    packed = b"".join(bytes((len(field),)) + field for field in fields)
    with guarded("note a contact"):
        status = await _contact(
            client, [at.counters, at.journal, at.records, at.contacts], [packed, at_ms, refused_ms, who, entity, ""]
        )
    return cast(Noted, status.decode())


async def bar(client: Any, tenant: str, keys: Sequence[bytes], at_ms: int, who: str, *, off: bool = False) -> int:
    """Put values on the do-not-contact list, or take them ``off``; gives how many that changed. Raises StoreDown."""
    at = Keys.of(tenant)
    with guarded("change the do-not-contact list"):
        arguments = [b"".join(keys), at_ms, who, int(not off)]
        return int(await _bar(client, [at.counters, at.journal, at.barred], arguments))


def _together(kept: Sequence[bytes]) -> Contacts:
    refused = max((_MOMENT.unpack_from(value)[0] for value in kept), default=0)
    moments = {moment for value in kept for (moment,) in _MOMENT.iter_unpack(value[8:])}
    return Contacts(refused, tuple(sorted(moments)))


async def forget(client: Any, tenant: str, fields: Sequence[bytes]) -> int:
    """Forget the contacts under these seqs and match keys; gives how many had any. Raises StoreDown."""
    at = Keys.of(tenant)
    with guarded("forget contacts"):
        return int(await _unlist(client, [at.counters, at.contacts], list(fields))) if fields else 0
