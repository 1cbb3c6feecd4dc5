"""What a worker reads off store and log now and then, for its /metrics: ages, lags, pools, owners, memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from leads.errors import Unavailable
from leadstream.runtime import WORKERS, Runtime, clock
from matchers.weights import TABLE
from stores.cases import cases
from stores.demoted import counted, large
from stores.entities import longest_in_pool
from stores.lookup import memory, standing
from stores.reviews import waiting_count
from streams.metrics import Metrics
from streams.topics import RAW

EVERY_S = 5.0


async def watch(runtime: Runtime, metrics: Metrics, ready: Callable[[], bool], folded: Callable[[], None]) -> None:
    """Until cancelled. ``folded`` sets what is folded from the journal. What does not answer keeps its last values; the retries of
    the worker tell of it."""
    metrics.gauge("leadstream_level_expected_ratio", {(row.field, row.level): row.m for row in TABLE})
    while True:
        folded()
        try:
            await measure(runtime, metrics)
            measured = True
        except Unavailable:
            measured = False
        metrics.ready(measured and ready(), clock())
        await asyncio.sleep(EVERY_S)


async def measure(runtime: Runtime, metrics: Metrics) -> None:
    """Set every gauge once. Raises Unavailable."""
    used, limit = await memory(runtime.client)
    metrics.gauge("leadstream_store_memory_bytes", {(): float(used)})
    metrics.gauge("leadstream_store_memory_limit_bytes", {(): float(limit)})
    pools: dict[Any, float] = {}
    owners: dict[Any, float] = {}
    waits: dict[Any, float] = {}
    policies: dict[Any, float] = {}
    now_ms = clock()
    for tenant in runtime.settings.tenants:
        now = await standing(runtime.client, tenant)
        metrics.gauge("leadstream_index_leads", {(tenant,): float(now.leads)}, keep=True)
        waiting = await waiting_count(runtime.client, tenant)
        metrics.gauge("leadstream_review_waiting_leads", {(tenant,): float(waiting)}, keep=True)
        metrics.gauge("leadstream_journal_lag_entries", {(tenant,): float(now.journal_lag)}, keep=True)
        states = await counted(runtime.client, tenant)
        metrics.gauge("leadstream_demoted_keys", {(tenant,): float(states["full"] + states["blocked"])}, keep=True)
        too_large = await large(runtime.client, tenant, runtime.settings.tenants[tenant].large_customer)
        metrics.gauge("leadstream_large_customers", {(tenant,): float(len(too_large))}, keep=True)
        running = await cases(runtime.client, tenant)
        overdue = sum(case.decide_by_ms < now_ms for case in running)
        metrics.gauge("leadstream_cases_open_cases", {(tenant,): float(len(running))}, keep=True)
        metrics.gauge("leadstream_cases_overdue_cases", {(tenant,): float(overdue)}, keep=True)
        policies[tenant, (await runtime.policies.now(tenant)).version[:6]] = (
            1.0  # seven digits would be none of a label
        )
        for pool, n in now.pools.items():
            since_ms = await longest_in_pool(runtime.client, tenant, pool) if n else 0
            waits[tenant, pool] = max(0, now_ms - since_ms) / 1_000 if since_ms else 0.0
        pools |= {(tenant, pool): float(n) for pool, n in now.pools.items()}
        owners |= {(tenant, owner): float(n) for owner, n in now.owners.items()}
    metrics.gauge("leadstream_policy_info", policies)
    metrics.gauge("leadstream_pool_customers", pools)
    metrics.gauge("leadstream_pool_oldest_seconds", waits)
    metrics.gauge("leadstream_owner_customers", owners)
    lag, oldest = await log_waiting(runtime)
    metrics.gauge("leadstream_log_lag_messages", {(RAW, part): float(n) for part, n in lag.items()})
    metrics.gauge(
        "leadstream_oldest_unanswered_seconds",
        {(RAW, part): max(0.0, (now_ms - at_ms) / 1000) if at_ms else 0.0 for part, at_ms in oldest.items()},
    )


async def log_waiting(runtime: Runtime) -> tuple[dict[str, int], dict[str, int]]:
    """(messages not acknowledged, time in ms of the oldest of them or 0), by partition."""
    if runtime.embedded_log:
        reader = runtime.consumer(WORKERS, "gauges")
        try:
            return {"0": await reader.backlog(RAW)}, {"0": await reader.oldest_ms(RAW)}
        finally:
            await reader.stop()
    from streams.kafka_log import waiting  # the Kafka extra need not be installed

    found = await waiting(",".join(runtime.settings.log.bootstrap), WORKERS, RAW)
    return {str(p): lag for p, (lag, _) in found.items()}, {str(p): at_ms for p, (_, at_ms) in found.items()}
