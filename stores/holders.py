"""Who holds the values asked about: what ``lua/holders.lua`` tells, as records. Registers nothing."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any

import msgspec

from leads.ownership import Lease
from stores import codec
from stores.layout import Keys

#: Customers behind one number or mailbox from which on it says nothing, as in judging; a company has as many contacts as it has.
CROWDED, COMPANY = 16, 128
_NAME = Struct(">IQ")
_leases = msgspec.msgpack.Decoder(tuple[Lease, ...]).decode


class Holder(msgspec.Struct, frozen=True, gc=False):
    """An entity that holds a value. ``settled``: False while its only lead is under way. ``seqs`` are the leads that hold it."""

    entity: int
    settled: bool
    seqs: tuple[int, ...]
    leases: tuple[Lease, ...]


class Held(msgspec.Struct, frozen=True, gc=False):
    """``shared``: how many of the values asked about belong to too many. ``records`` of the holders' leads, where asked for."""

    shared: int
    holders: tuple[Holder, ...]
    records: dict[int, bytes]


def tables(tenant: str, keys: Sequence[bytes], asker: str = "") -> tuple[list[str], list[Any]]:
    """KEYS, and ARGV 1 and 2, of a script that has holders.lua in it."""
    at = Keys.of(tenant)
    kinds = bytes(sorted({key[0] for key in keys}))
    fixed = [at.counters, at.journal, at.records, at.entities, at.aliases, at.contacts, at.barred]
    buckets = [at.bucket(chr(kind)) for kind in kinds]
    return [*fixed, at.asker(asker), at.beyond, *buckets], [b"".join(keys), kinds]


def held(reply: Any) -> Held:
    """What the script told."""
    shared, names, holdings, seqs, records = reply
    holders = []
    for name, packed in zip(names, holdings, strict=True):
        entity, version = _NAME.unpack_from(name)
        leases = _leases(packed) if packed else ()
        holders.append(Holder(entity, version > 0, codec.unpack_seqs(name[12:]), leases))
    known = zip(codec.unpack_seqs(seqs), records, strict=True)
    return Held(shared, tuple(holders), {seq: record for seq, record in known if record is not None})
