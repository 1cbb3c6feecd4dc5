"""What time does to owners, done as it comes due: lapses, warnings, and whom nobody answered handed to whoever places him.

Every worker looks; the store does each thing once, whoever looks first and however late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from leads.errors import Unavailable
from leadstream.runtime import Runtime, clock
from stores.ownership import Due, due
from streams.metrics import Metrics

#: How often a worker looks, and how many leads it has looked at in one step (about 10 ms of the store).
LOOK_S, MOST = 5.0, 500

#: Places customers of a tenant whom nobody answered in time, at a moment (ms). Told again every minute until they have an owner.
Placing = Callable[[str, Sequence[Due], int], Awaitable[None]]


async def timers(runtime: Runtime, metrics: Metrics, placing: Placing | None = None) -> None:
    """Until cancelled. What is down is asked again; after a downtime everything that came due meanwhile is done first."""
    while True:
        for tenant in runtime.settings.tenants:
            try:
                await catch_up(runtime, tenant, clock(), metrics, placing)
            except Unavailable:
                metrics.retry("store")
        await asyncio.sleep(LOOK_S)


async def catch_up(
    runtime: Runtime, tenant: str, now_ms: int, metrics: Metrics, placing: Placing | None = None
) -> None:
    """Do all that is due by ``now_ms``. Raises StoreDown."""
    pool = runtime.policies.known(tenant).default_pool
    looked = MOST
    while looked == MOST:
        looked, told = await due(runtime.client, tenant, now_ms, MOST, pool)
        for what in ("lapsed", "warning"):
            metrics.due(tenant, what, sum(one.what == what for one in told))
        if placing and any(one.what == "unanswered" for one in told):
            await placing(tenant, told, now_ms)
