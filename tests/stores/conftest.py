"""The same suite on the embedded Valkey, on Debian's Redis 7 and, in its long form, on a cluster of three: a fresh tenant a
test, one server of each kind a run."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from stores.connect import connect
from stores.index import ValkeyIndex
from tests.parts import cluster, redis, valkey


@pytest.fixture(scope="session", params=["valkey", "redis", pytest.param("cluster", marks=pytest.mark.slow)])
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ls") as directory:  # short: a socket lives in it
        part = {"valkey": valkey, "redis": redis, "cluster": cluster}[request.param]
        with part.running(Path(directory)) as url:
            yield url


@pytest.fixture
async def index(store_url: str) -> AsyncIterator[ValkeyIndex]:
    client = connect(store_url)
    yield ValkeyIndex(client)
    await client.aclose()


@pytest.fixture
def tenant() -> str:
    return uuid4().hex[:12]
