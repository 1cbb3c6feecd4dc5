"""One embedded Valkey a run, a town of its own a test."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from stores.connect import connect
from stores.index import ValkeyIndex
from tests.parts import valkey
from tests.scenarios.town import Town


@pytest.fixture(scope="session")
def scenario_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ls") as directory, valkey.running(Path(directory)) as url:
        yield url


@pytest.fixture
async def town(scenario_url: str) -> AsyncIterator[Town]:
    client = connect(scenario_url)
    yield Town(ValkeyIndex(client), uuid4().hex[:12])
    await client.aclose()
