"""The state made again from what was relayed: writes repeated in their order, outcomes put back, keys made from the records.

Nothing is judged again, so a rebuild gives what was, whatever the rules say today. What makes it short of the lost store:
leads that were registered and not decided (their messages come again), and what the relay had not published yet.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leads.errors import BadInput
from stores.codec import outcome_at
from stores.connect import guarded
from stores.demoted import set_again
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.rekey import put_keys
from stores.removal import KeysOf
from stores.scripts import Script

_repeat = Script("repeat", logged=False)
_SLICE = 200


class Rebuilt(msgspec.Struct, frozen=True):
    """How much was put back. ``last`` is the number of the last effect."""

    writes: int
    outcomes: int
    records: int
    last: int


async def rebuild(
    index: ValkeyIndex,
    tenant: str,
    writes: Iterable[tuple[bytes, bytes]],
    effects: Iterable[tuple[int, bytes]],
    records: Mapping[int, bytes],
    keys_of: KeysOf,
) -> Rebuilt:
    """Fill a tenant that has no leads yet. ``writes`` are (place, packed) and ``effects`` (number, packed), in any order, with
    repeats; ``records`` by lead. Raises BadInput when the tenant has leads already, StoreDown."""
    at, client = Keys.of(tenant), index.client
    with guarded("rebuild"):
        if await client.exists(at.entities, at.events):
            raise BadInput("not_empty", "this store has leads of the tenant already; rebuild into an empty one")
    outcomes = {number: effect for number, effect in effects if outcome_at(effect)}
    steps = {place(name): packed for name, packed in writes}
    steps |= {(number, 0): _as_write(effect) for number, effect in outcomes.items()}
    ordered = [steps[step] for step in sorted(steps)]
    done = 0
    with guarded("rebuild"):
        for start in range(0, len(ordered), _SLICE):
            done += await _repeat(client, [at.counters], [at.tag, *ordered[start : start + _SLICE]])
    await _put_records(index, at, records, keys_of)
    await set_again(client, tenant)
    return Rebuilt(done - len(outcomes), len(outcomes), len(records), max(steps, default=(0, 0))[0])


def place(name: bytes) -> tuple[int, int]:
    """Where an entry of the journal's stream stands: b"12-1" is (12, 1)."""
    number, _, within = name.partition(b"-")
    return int(number), int(within)


async def _put_records(index: ValkeyIndex, at: Keys, records: Mapping[int, bytes], keys_of: KeysOf) -> None:
    client: Any = index.client
    seqs = sorted(records)
    for start in range(0, len(seqs), _SLICE):
        part = seqs[start : start + _SLICE]
        with guarded("rebuild"):
            await client.hset(at.records, mapping={seq.to_bytes(4, "big"): records[seq] for seq in part})
        await put_keys(index, at, [(seq, keys_of(records[seq])) for seq in part])
    with guarded("rebuild"):
        known = int(await client.hget(at.counters, "seq") or 0)
        await client.hset(at.counters, "seq", max(known, seqs[-1] if seqs else 0))


def _as_write(effect: bytes) -> bytes:
    """An outcome as the write that put it on record."""
    words = (b"HSET", b"e", effect[1:17], effect[outcome_at(effect) :])
    return struct.pack(">H", len(words)) + b"".join(struct.pack(">I", len(word)) + word for word in words)
