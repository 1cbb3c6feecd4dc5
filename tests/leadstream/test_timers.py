"""The worker's timers on an embedded store: a month passes in a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from leadstream.configuration import config
from leadstream.configuration.policy import DAY_MS
from leadstream.configuration.settings import Settings
from leadstream.runtime import Runtime
from leadstream.service import store_home
from leadstream.timers import catch_up, timers
from stores.embedded import stop
from stores.lookup import standing
from stores.ownership import Due
from streams.metrics import Metrics, exposition, new_registry
from tests.stores.asking import BEGAN, ask
from tests.stores.making import plan, put

TENANT = "main"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    file = tmp_path / "leadstream.yaml"
    file.write_text(f"data: {tmp_path / 'data'}\ntenants: {{{TENANT}: {{country: CN}}}}\n")
    yield config.load(file, {})
    stop(store_home(tmp_path / "data"))


async def test_a_month_of_lapses_warnings_and_waiting(settings: Settings) -> None:
    runtime, registry, waited = Runtime(settings), new_registry(), list[str]()
    metrics = Metrics(registry)

    async def placing(tenant: str, told: Sequence[Due], now_ms: int) -> None:
        waited.extend(one.what for one in told if one.what == "unanswered")

    try:
        await put(runtime.index, TENANT, 1, "p1", plan=plan("ann", protect_ms=5 * DAY_MS), at_ms=BEGAN)
        await put(runtime.index, TENANT, 2, "p2", plan=plan("ann", protect_ms=90 * DAY_MS), at_ms=BEGAN)
        await put(
            runtime.index,
            TENANT,
            3,
            "p3",
            plan=plan("bob", protect_ms=90 * DAY_MS),
            at_ms=BEGAN,
            answer_by_ms=BEGAN + DAY_MS,
        )
        await ask(runtime.index, TENANT, "follow_up", 2, "ann", BEGAN, kind="mail", allowed={"recycle_ms": 0})
        for day in range(30):
            await catch_up(runtime, TENANT, BEGAN + day * DAY_MS, metrics, placing)
        stand = await standing(runtime.client, TENANT)
    finally:
        await runtime.close()
    assert (stand.owners, stand.pools) == ({"ann": 1, "bob": 1}, {"public": 1})
    assert waited == ["unanswered"] * 28
    page = exposition(registry).decode()
    assert 'leadstream_due_total{tenant="main",what="lapsed"} 1.0' in page
    assert 'leadstream_due_total{tenant="main",what="warning"} 1.0' in page


async def test_the_duty_does_what_came_due_while_nobody_looked(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        await put(runtime.index, TENANT, 1, "p1", plan=plan("ann", protect_ms=DAY_MS), at_ms=BEGAN)
        duty = asyncio.create_task(timers(runtime, Metrics(new_registry())))
        async with asyncio.timeout(10):
            while (await standing(runtime.client, TENANT)).pools != {"public": 1}:  # noqa: ASYNC110 it is the store that changes
                await asyncio.sleep(0.01)
        duty.cancel()
        await asyncio.gather(duty, return_exceptions=True)
    finally:
        await runtime.close()
