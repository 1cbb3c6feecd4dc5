"""Outcomes on record, many at a time: what was compared, for learning from it."""

from __future__ import annotations

from leads.records import Outcome
from stores import codec
from stores.connect import guarded
from stores.index import ValkeyIndex
from stores.layout import Keys

_SCAN = 1_000


async def latest(index: ValkeyIndex, tenant: str, most: int) -> list[Outcome]:
    """The outcomes of up to ``most`` leads, the latest by number, in order. Walks all events once. Raises StoreDown."""
    first = max((await index.stats(tenant)).leads - most, 0)
    stored: dict[bytes, bytes] = {}
    cursor = None
    while cursor != 0:
        with guarded("walk the events"):
            cursor, found = await index.client.hscan(Keys.of(tenant).events, cursor or 0, count=_SCAN)
        stored |= {
            e: value for e, value in found.items() if len(value) > 4 and int.from_bytes(value[:4], "big") > first
        }
    plans = await index.plans_of(tenant, list(stored.values()))
    outcomes = [codec.outcome_of(tenant, event, value, plans) for event, value in stored.items()]
    return sorted(outcomes, key=lambda outcome: outcome.seq)
