"""The door on its real parts, an embedded server that is killed and comes back."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from gateway.app import make_app
from stores.connect import connect
from stores.embedded import start_or_attach
from stores.idempotency import RedisIdempotency
from stores.index import ValkeyIndex
from stores.stream_log import StreamPublisher
from tests.gateway.door import Clock, bearer, configured, problem
from tests.parts import valkey


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ls") as directory:  # short: a socket lives in it
        yield Path(directory)


async def test_while_the_server_is_gone_every_door_says_503_and_then_goes_on(home: Path) -> None:
    with valkey.running(home, durable=True) as url:
        client = connect(url)
        publisher, index = StreamPublisher(url), ValkeyIndex(client)
        app = make_app(configured(), publisher, index, Clock(), RedisIdempotency(client))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as http:

            async def everything() -> list[httpx.Response]:
                return [
                    await http.post("/v1/forms/open", json={"phone": "1"}),
                    await http.post("/v1/forms/open", json={"phone": "1"}, headers={"Idempotency-Key": "k"}),
                    await http.post("/v1/imports", content=b"name,phone\nLi,1\n", headers=bearer()),
                    await http.get(f"/v1/receipts/{'0' * 32}", headers=bearer()),
                ]

            before = await everything()
            valkey.kill(home)
            began = time.monotonic()
            gone = await everything()
            took = time.monotonic() - began
            start_or_attach(home)
            after = await everything()

        assert [answer.status_code for answer in before] == [202] * 4
        for answer in gone:
            problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
        assert [answer.status_code for answer in after] == [202] * 4
        assert before[1].json() == after[1].json()
        assert before[2].json() == after[2].json()
        assert took < 30
        await client.aclose()
        await publisher.stop()
