"""The panels of the door hold what a real door does: a real Prometheus scrapes one that sheds, and then one that is not ready."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml
from prometheus_client import CollectorRegistry

from gateway.settings import Limits
from streams.metrics import CONTENT_TYPE, Metrics, exposition
from tests.gateway.door import Door, configured
from tests.grafana.test_dashboards import BOARDS, expressions
from tests.parts.prometheus import Prometheus, running

SHOWN = {panel["title"]: expressions(panel) for panel in BOARDS["leads_live"]["panels"] if panel["type"] != "row"}


async def many() -> int:
    """What waits in the log: more than this door lets be."""
    return 11


@pytest.fixture
async def served() -> AsyncIterator[tuple[Door, int]]:
    registry = CollectorRegistry()

    async def store() -> None:
        await door.record.outcomes("acme", [])

    door = Door(
        configured(Limits(backlog_messages=10, requests_at_once=60)),
        meter=Metrics(registry, component="gateway"),
        metrics=lambda: (exposition(registry), CONTENT_TYPE),
        backlog=many,
        probes={"store": store},
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(door.app, log_level="critical", lifespan="off"))
        task = asyncio.create_task(server.serve([listener]))
        yield door, listener.getsockname()[1]
        server.should_exit = True
        await task


async def test_a_board_shows_why_and_at_what_pace_the_door_refuses_and_since_when_it_is_not_ready(
    served: tuple[Door, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, port = served
    published = door.log.publish

    async def slowly(*message: Any) -> None:
        await asyncio.sleep(0.11)
        await published(*message)

    config = {
        "global": {"scrape_interval": "2s", "scrape_timeout": "2s"},
        "scrape_configs": [{"job_name": "gateway", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}],
    }
    starting = running(tmp_path, config=yaml.safe_dump(config))
    prometheus = await asyncio.to_thread(starting.__enter__)
    try:
        await seen(prometheus, "leadstream_door_pace_requests == 60 and leadstream_ready == 1")
        monkeypatch.setattr(door.log, "publish", slowly)
        # the first makes the door ask how much waits, the others go by the answer
        assert (await door.form({"phone": "1"})).status_code == 202
        assert [(await door.form({"phone": "1"})).status_code for _ in range(3)] == [503] * 3
        assert (await door.http.get("/v1/receipts/1", headers={"Authorization": "Bearer guessed"})).status_code == 401
        door.record.down = True

        (refused,), (most, now), (silent,) = (
            SHOWN[title] for title in ("Refused at the door", "Pace of the door", "Not ready for")
        )
        reasons = {series["metric"].get("problem") for series in await seen(prometheus, f"({refused}) > 0", least=2)}
        assert reasons == {"backlog", "bad_token"}
        assert await seen(prometheus, f"({most}) == 40 and on () ({now}) == 0")
        (series,) = await seen(prometheus, f"({silent}) > 0")
        assert series["metric"]["job"] == "gateway"
    finally:
        await asyncio.to_thread(starting.__exit__, None, None, None)


async def seen(prometheus: Prometheus, expression: str, *, least: int = 1) -> list[dict[str, Any]]:
    """What the expression gives once it gives as many series."""
    for _ in range(400):
        if len(series := await asyncio.to_thread(prometheus.query, expression)) >= least:
            return series
        await asyncio.sleep(0.1)
    raise AssertionError(f"not seen: {expression}; up: {prometheus.query('up')}")
