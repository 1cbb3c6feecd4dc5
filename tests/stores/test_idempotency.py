from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from leads.errors import StoreDown
from stores.connect import connect
from stores.idempotency import RedisIdempotency


@pytest.fixture
async def seen(store_url: str) -> AsyncIterator[RedisIdempotency]:
    client = connect(store_url)
    yield RedisIdempotency(client)
    await client.aclose()


async def test_the_first_to_put_has_it(seen: RedisIdempotency) -> None:
    key = uuid4().hex

    assert await seen.put_if_absent(key, b"mine", 60) is None
    assert await seen.put_if_absent(key, b"yours", 60) == b"mine"
    assert await seen.get(key) == b"mine"


async def test_of_many_at_once_exactly_one_puts(seen: RedisIdempotency) -> None:
    key = uuid4().hex

    answers = await asyncio.gather(*(seen.put_if_absent(key, str(n).encode(), 60) for n in range(50)))

    assert answers.count(None) == 1
    assert len(set(answers)) == 2


async def test_put_replaces_and_delete_forgets(seen: RedisIdempotency) -> None:
    key = uuid4().hex
    await seen.put(key, b"a", 60)
    await seen.put(key, b"b", 60)
    before = await seen.get(key)
    await seen.delete(key)

    assert (before, await seen.get(key)) == (b"b", None)


async def test_values_expire(seen: RedisIdempotency, store_url: str) -> None:
    key, client = uuid4().hex, connect(store_url)
    await seen.put_if_absent(key, b"a", 60)

    assert 0 < await client.ttl(f"seen:{key}") <= 60
    await client.aclose()


async def test_a_store_that_is_gone_is_store_down() -> None:
    client = connect("unix:///nowhere/valkey.sock")

    with pytest.raises(StoreDown):
        await RedisIdempotency(client).put_if_absent("k", b"v", 1)
    await client.aclose()
