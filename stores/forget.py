"""Forgetting: a person's erasure, and retention. Both take leads out of the index, the records and the entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leads.records import Decision, Refused, Verdict
from stores import codec
from stores.connect import guarded
from stores.layout import Keys
from stores.removal import KeysOf, Removed, remove
from stores.scripts import Script

_SCAN = 1_000
_condemn = Script("condemn")
_ERASED = codec.NUMBERS["suppressed", "erased"]


async def erase(client: Any, tenant: str, events: Sequence[bytes], keys_of: KeysOf, at_ms: int) -> list[Removed]:
    """Erase leads for good: what stays is ``suppressed/erased`` under the event's digest, so no replay brings them back."""
    refused = Refused("", "suppressed", "erased")
    _, body = codec.pack_decision(Decision(bytes(16), 0, Verdict("new"), (), None, at_ms, 0, refused=refused), 0, 0)
    return await remove(client, tenant, events, keys_of, "erased", at_ms, leaving=body)


async def its_turn(client: Any, tenant: str, every_ms: int) -> bool:
    """Whether it is time for this tenant's retention: True once every ``every_ms``, for whoever asks first. Raises StoreDown."""
    with guarded("take its turn"):
        return bool(await client.set(Keys.of(tenant).sweep, "1", nx=True, px=every_ms))


async def expire(
    client: Any, tenant: str, before_ms: int, keys_of: KeysOf, at_ms: int, *, preview: bool = False
) -> int:
    """Retention: forget entities without an owner whose last lead came before ``before_ms``. Gives how many leads went.

    Walks all events twice, in slices, and may run beside the workers. Numbers grow with time, so the last number given
    before that moment tells old entities from those that were heard of since. Refused events of before go too, but not
    the marks of erasure. ``preview`` changes nothing. Raises StoreDown.
    """
    last = await _last_before(client, tenant, before_ms)
    removed = 0
    async for events in _slices(client, tenant):
        old = [event for event, stored in events if len(stored) > 4 and _is_old(stored, last, before_ms)]
        done = await remove(client, tenant, old, keys_of, "expired", at_ms, last_seq=last, preview=preview)
        large = [one.event for one in done if one.status == "large"]
        removed += sum(one.status == "removed" for one in done)
        if preview:
            removed += len(large)
        elif large:
            seqs = {event: stored[:4] for event, stored in events}
            await _condemn_all(client, tenant, [seqs[event] for event in large], last, at_ms)
            done = await remove(client, tenant, large, keys_of, "expired", at_ms, last_seq=last)
            removed += sum(one.status == "removed" for one in done)
    return removed


async def _condemn_all(client: Any, tenant: str, seqs: Sequence[bytes], last: int, at_ms: int) -> None:
    """Dissolve very large customers, each in one step: taking their leads out one by one would regroup the rest each time.
    What is cut short afterwards is single leads, which the next sweep takes."""
    at = Keys.of(tenant)
    tables = [at.counters, at.entities, at.aliases, at.open, at.journal, at.beyond]
    for seq in seqs:
        with guarded("dissolve a customer"):
            await _condemn(client, tables, [seq, last, at_ms])


def _is_old(stored: bytes, last: int, before_ms: int) -> bool:
    if seq := int.from_bytes(stored[:4], "big"):
        return seq <= last
    return stored[8] != _ERASED and codec.at_ms(stored) < before_ms


async def _last_before(client: Any, tenant: str, before_ms: int) -> int:
    last = 0
    async for events in _slices(client, tenant):
        for _, stored in events:
            seq = int.from_bytes(stored[:4], "big")
            if len(stored) > 4 and seq > last and codec.at_ms(stored) < before_ms:
                last = seq
    return last


async def _slices(client: Any, tenant: str) -> Any:
    cursor = 0
    while True:
        with guarded("walk the events"):
            cursor, found = await client.hscan(Keys.of(tenant).events, cursor, count=_SCAN)
        yield list(found.items())
        if cursor == 0:
            return
