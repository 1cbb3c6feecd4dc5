"""The life of the index: what is silent for too long is forgotten, and its keys are made anew when their scheme changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from leads.errors import BadInput, Unavailable
from leadstream.configuration.policy import DAY_MS
from leadstream.configuration.settings import Settings
from leadstream.runtime import Runtime, clock
from matchers.keys import KEY_VERSION
from matchers.schemes import cased
from stores.forget import expire, its_turn
from stores.rekey import begin, build, finish, in_force
from streams.metrics import Metrics

#: How often a tenant's old leads are looked for, and how often a worker asks whether it is time.
SWEEP_MS, ASK_S = DAY_MS, 60.0


async def retention(runtime: Runtime, metrics: Metrics) -> None:
    """Until cancelled: once a day one of the workers forgets what is older than each tenant keeps. What is down is asked again."""
    kept = {name: tenant.keep_days for name, tenant in runtime.settings.tenants.items() if tenant.keep_days}
    while kept:
        for tenant, days in kept.items():
            try:
                if await its_turn(runtime.client, tenant, SWEEP_MS):
                    before = clock() - round(days * DAY_MS)
                    gone = await expire(runtime.client, tenant, before, runtime.keys_of(tenant), clock())
                    metrics.expired(gone)
            except Unavailable:
                metrics.retry("store")
        await asyncio.sleep(ASK_S)


async def expire_now(settings: Settings, tenant: str, before: str, dry_run: bool) -> str:
    """Forget customers without an owner who are silent since ``before`` (a date). Raises BadInput, StoreDown."""
    try:
        moment = datetime.fromisoformat(before)
    except ValueError:
        raise BadInput("bad_date", "give a date as 2026-01-31") from None
    before_ms = round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000)
    runtime = Runtime(settings)
    try:
        gone = await expire(runtime.client, tenant, before_ms, runtime.keys_of(tenant), clock(), preview=dry_run)
    finally:
        await runtime.close()
    return f"{gone:,} leads {'would be' if dry_run else 'were'} forgotten: no owner, and nothing heard since {before}"


async def rekey(settings: Settings, tenant: str, told: Callable[[str], None]) -> None:
    """Bring the index to this program's keys while leads keep coming. Can be stopped and taken up again.

    Every worker must have been restarted with this program: one that was not is refused by the store. Raises StoreDown.
    """
    runtime = Runtime(settings)
    try:
        spec = runtime.tenants()[tenant]
        if await in_force(runtime.client, tenant) == ((KEY_VERSION, runtime.index.cases[tenant]),):
            told(f"the index has keys of version {KEY_VERSION}, which is the present one: nothing to do")
            return
        upto = await begin(runtime.client, tenant, KEY_VERSION)
        case = runtime.index.cases[tenant][0]
        done = 0
        while done < upto:
            done = await build(
                runtime.index, tenant, upto, lambda record: cased(KEY_VERSION, case, runtime.facts(record), spec.secret)
            )
            if done % 10_000 == 0:
                told(f"{done:,} of {upto:,} leads")
        await finish(runtime.client, tenant)
        told(f"{upto:,} leads have keys of version {KEY_VERSION}; the old ones are gone")
    finally:
        await runtime.close()
