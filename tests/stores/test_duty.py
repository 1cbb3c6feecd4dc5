"""One worker at a time does what one is enough for, and the next one when he is gone."""

from __future__ import annotations

from stores.duty import on_duty
from stores.index import ValkeyIndex

TTL_MS = 15_000


async def test_one_at_a_time_is_on_duty(index: ValkeyIndex, tenant: str) -> None:
    assert await on_duty(index.client, tenant, "one", TTL_MS)
    assert not await on_duty(index.client, tenant, "other", TTL_MS)
    assert await on_duty(index.client, tenant, "one", TTL_MS)


async def test_nobody_waits_for_a_mark_of_before_the_clock_was_set_back(index: ValkeyIndex, tenant: str) -> None:
    await index.client.set(tenant, "gone", px=2 * 3_600_000 + TTL_MS)

    assert await on_duty(index.client, tenant, "one", TTL_MS)
    assert not await on_duty(index.client, tenant, "other", TTL_MS)
    assert await index.client.pttl(tenant) <= TTL_MS
