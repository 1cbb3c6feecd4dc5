"""What /readyz says, how often it asks, and that it asks nobody for long."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from fastapi import FastAPI

from gateway.app import make_app
from gateway.readiness import Readiness
from leads.errors import LogDown, StoreDown
from tests.gateway.door import Clock, Log, Memory, Record, configured, problem


class Asked:
    """A probe that counts, and says what it is told to."""

    def __init__(self, error: Exception | None = None, takes_s: float = 0.0) -> None:
        self.error, self.takes_s, self.times = error, takes_s, 0

    async def __call__(self) -> None:
        self.times += 1
        await asyncio.sleep(self.takes_s)
        if self.error:
            raise self.error


async def test_the_door_is_ready_when_nothing_is_wanting_and_else_says_what() -> None:
    store, log = Asked(StoreDown("the store refuses to write")), Asked(LogDown("the log is away"))
    probes = {"store": store, "log": log}
    app: FastAPI = make_app(configured(), Log(), Record(), Clock(), Memory(), probes=probes)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door") as http:
        answer = await http.get("/readyz")
        said = problem(answer, 503, "not_ready")["detail"]
        store.error = log.error = None
        still = await http.get("/readyz")
        await asyncio.sleep(1.0)
        ready = await http.get("/readyz")

    assert said == "the store refuses to write; the log is away"
    assert int(answer.headers["retry-after"]) > 0
    assert still.status_code == 503  # within a second nobody is asked again
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_a_flood_asks_once() -> None:
    probe = Asked(takes_s=0.02)
    readiness = Readiness({"store": probe}, every_s=0.1)

    at_once = await asyncio.gather(*(readiness.wanting() for _ in range(500)))
    after = [await readiness.wanting() for _ in range(500)]

    assert at_once == after == [[]] * 500
    assert probe.times == 1
    await asyncio.sleep(0.1)
    await readiness.wanting()
    assert probe.times == 2


async def test_who_hangs_is_not_waited_for_and_hides_nobody_else() -> None:
    readiness = Readiness({"store": Asked(takes_s=60), "log": Asked(LogDown("the log is away"))}, within_s=0.05)

    began = time.monotonic()

    assert await readiness.wanting() == ["the store did not answer within 0.05 s", "the log is away"]
    assert time.monotonic() - began < 1


async def test_who_gives_up_leaves_the_answer_to_the_others() -> None:
    readiness = Readiness({"store": Asked(takes_s=0.1)})
    patient = asyncio.create_task(readiness.wanting())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await readiness.wanting()

    assert await patient == []


async def test_a_fault_of_ours_is_not_kept() -> None:
    probe = Asked(KeyError("a bug"))
    readiness = Readiness({"store": probe})
    with pytest.raises(KeyError):
        await readiness.wanting()
    probe.error = None

    assert await readiness.wanting() == []
