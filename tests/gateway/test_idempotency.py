from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.idempotency import once
from gateway.problems import Problem
from leads.errors import StoreDown
from tests.gateway.door import Memory


async def test_a_second_request_while_the_first_is_under_way() -> None:
    store, begun, go = Memory(), asyncio.Event(), asyncio.Event()

    async def slow() -> dict[str, Any]:
        begun.set()
        await go.wait()
        return {"receipt": "1"}

    first = asyncio.create_task(once(store, "k", "body", 60, slow))
    await begun.wait()
    with pytest.raises(Problem) as refused:
        await once(store, "k", "body", 60, slow)
    go.set()

    assert refused.value.status == 409
    assert "Retry-After" in refused.value.headers
    assert await first == await once(store, "k", "body", 60, slow)


async def test_what_the_log_confirmed_is_answered_though_the_store_forgot() -> None:
    class Forgetful(Memory):
        async def put(self, key: str, value: bytes, ttl_s: int) -> None:
            raise StoreDown("gone")

    async def work() -> dict[str, Any]:
        return {"receipt": "1"}

    assert await once(Forgetful(), "k", "body", 60, work) == {"receipt": "1"}
